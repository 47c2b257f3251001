package provider

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/tflog"
	"github.com/azurebackup/terraform-provider-backup/internal/tfvalue"
	"github.com/azurebackup/terraform-provider-backup/internal/vault"
)

// bornPolicies are the policies that every vault has from birth.
var bornPolicies = []string{"DefaultPolicy", "EnhancedPolicy"}

// ModifyPlan finds while planning what the service would refuse later.
func (r *vmPolicyResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if r.run == nil {
		return // the provider could not be configured, and has said why
	}
	if refusesDamage(req, &resp.Diagnostics, "name", "vault_id") {
		return
	}
	if !req.Plan.Raw.IsNull() && !isSecondLook(req) {
		defer adviseDestroy(&resp.Diagnostics)
	}
	var plan, state vmPolicyModel
	if !req.State.Raw.IsNull() {
		resp.Diagnostics.Append(req.State.GetAttribute(ctx, path.Root("vault_id"), &state.VaultID)...)
		resp.Diagnostics.Append(req.State.GetAttribute(ctx, path.Root("name"), &state.Name)...)
	}
	id, _ := state.policyID()
	if !req.State.Raw.IsNull() && !req.Plan.Raw.IsNull() {
		r.run.planned(id, policyLabel(id), &resp.Diagnostics)
		r.run.warnOfTwoAddresses(ctx, id, policyLabel(id), req.Private, &resp.Diagnostics)
		resp.Diagnostics.Append(handOn(ctx, id, resp.Private)...)
		if req.Plan.Raw.Equal(req.State.Raw) {
			return // nothing to do, which is what most plans find; reading the models takes most of their time
		}
	}
	if !req.State.Raw.IsNull() {
		resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	}
	if !req.Plan.Raw.IsNull() {
		resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := planContext(ctx, req)
	defer cancel()
	switch {
	case req.Plan.Raw.IsNull():
		r.run.state.ends(id, goes)
		r.warnOfUse(ctx, id, "destroyed", &resp.Diagnostics)
	case req.State.Raw.IsNull():
		r.planCreate(ctx, plan, req, resp)
	default:
		r.planExisting(ctx, id, plan, state, req, resp)
	}
}

// planExisting plans a change of a policy, or the first half of its replacement.
func (r *vmPolicyResource) planExisting(ctx context.Context, id vault.PolicyID, plan, state vmPolicyModel, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	changes := tfvalue.Replacing(
		tfvalue.Compare("name", plan.Name, state.Name), tfvalue.Compare("vault_id", plan.VaultID, state.VaultID),
		tfvalue.Compare("policy_type", tfvalue.ARMName.Of(plan.PolicyType), tfvalue.ARMName.Of(state.PolicyType)),
	)
	switch {
	case len(changes) > 0 && r.run.turnsOut(req, id):
		addTurnedOut(policyLabel(id), changes, &resp.Diagnostics)
	case len(changes) > 0:
		r.run.state.ends(id, replaced)
		r.warnOfUse(ctx, id, "replaced", &resp.Diagnostics)
		r.run.warnUnread(id, policyLabel(id), changes, &resp.Diagnostics)
	case plan.VaultID.IsUnknown() && r.run.state.leaves(id.Vault):
		// Not for the unknown id: this run takes the vault away, and the policy with it.
		resp.RequiresReplace = append(resp.RequiresReplace, path.Root("vault_id"))
		r.run.state.ends(id, replaced)
	default:
		r.planUpdate(ctx, state, req, resp)
	}
}

// leavesSettings tells whether a plan changes nothing that the service knows of.
func (m vmPolicyModel) leavesSettings(state vmPolicyModel) bool {
	return !m.InstantRestoreRetentionDays.IsUnknown() && len(m.differing(state.vmPolicySettingsModel)) == 0
}

func (r *vmPolicyResource) planCreate(ctx context.Context, plan vmPolicyModel, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	again := isSecondLook(req)
	if !again {
		r.warnOfDaylightSaving(plan, &resp.Diagnostics)
	}
	id, known := plan.policyID()
	made, planned := r.run.plans.vault(id.Vault)
	newVault := planned && made.isNew && !r.run.plans.made(id.Vault)
	if slices.ContainsFunc(bornPolicies, func(name string) bool { return plan.Name.Same(tfvalue.ARMName.Value(name)) }) && (newVault || plan.VaultID.IsUnknown()) {
		addBornPolicy(&resp.Diagnostics, plan.Name.ValueString(), newVault)
	}
	if !known {
		return
	}
	r.run.plans.planPolicy(id)
	r.checkInstantAccess(ctx, id, plan, &resp.Diagnostics)
	switch {
	case newVault:
	case again || r.run.plans.made(id): // OpenTofu does not tell a second look, but what this run has made is no stranger's
		r.checkVaultThere(ctx, id.Vault, &resp.Diagnostics) // Create looks itself whether a policy is in the way
	default:
		r.checkPolicyFree(ctx, id, req, &resp.Diagnostics)
	}
}

// checkPolicyFree finds a policy that holds the planned name already, and a vault that is not there.
func (r *vmPolicyResource) checkPolicyFree(ctx context.Context, id vault.PolicyID, req resource.ModifyPlanRequest, diags *diag.Diagnostics) {
	p, err := r.run.vaults.Policy(ctx, id)
	switch {
	case arm.IsNotFound(err):
		r.checkVaultThere(ctx, id.Vault, diags)
	case err != nil:
		// Without an answer the service decides.
		tflog.Warn(ctx, "unable to look for a policy of the same name", map[string]any{"error": err.Error()})
	case !r.run.state.mayReplace(id, handedOn(ctx, req.Private)):
		addPolicyExists(diags, id, p.ARMID)
	}
}

// checkVaultThere finds that the vault named by a known id neither exists nor is made in this run.
func (r *vmPolicyResource) checkVaultThere(ctx context.Context, id arm.ID, diags *diag.Diagnostics) {
	if _, err := r.run.vaults.VaultOrGone(ctx, id); !vault.IsGone(err) {
		return
	}
	diags.AddAttributeError(path.Root("vault_id"), "Backup vault not found", fmt.Sprintf(
		"There is no vault %s in the environment %q.\n\nIf this configuration makes the vault, refer to it, as in vault_id = backup_vault.example.id, "+
			"so that it is made first.", id, r.run.environment))
}

// addPolicyExists says who holds the name, and how to adopt it.
func addPolicyExists(diags *diag.Diagnostics, id vault.PolicyID, armID string) {
	detail := fmt.Sprintf("The vault %q has a policy named %q already.", id.Vault.Name, id.Name)
	if slices.ContainsFunc(bornPolicies, func(name string) bool { return strings.EqualFold(name, id.Name) }) {
		detail += " Every vault has it from birth. To use it as it is, read it with the data source backup_policy_vm instead."
	}
	if armID == "" {
		armID = id.String()
	}
	diags.AddAttributeError(path.Root("name"), "Backup policy exists already", fmt.Sprintf(
		"%s\n\nIf it is the one you mean, adopt it: paste this block into the configuration, with the address of this resource after \"to =\", and apply.\n\n"+
			"import {\n  to = backup_policy_vm.example\n  id = %s\n}\n\nIf the resource was renamed in the configuration, use a moved block instead. If it is "+
			"being replaced with create_before_destroy, the old one is there until the new one is: give the new one another name. Otherwise choose another name.",
		detail, catalog.HCL(armID)))
}

// addBornPolicy says that a vault which is yet to be made will have the policy. While the id of the vault is not known, it
// may be one that has lost it.
func addBornPolicy(diags *diag.Diagnostics, name string, certain bool) {
	const summary = "Backup policy exists already"
	detail := fmt.Sprintf("Every vault has a policy named %q from birth, and so will this one, whose id is not known yet.\n\nTo use it as it is, read it with the data source "+
		"backup_policy_vm instead. To change it, make the vault first, and then adopt the policy with an import block whose id ends in "+
		"/backupPolicies/%s. Otherwise choose another name.", name, name)
	if certain {
		diags.AddAttributeError(path.Root("name"), summary, detail)
		return
	}
	diags.AddAttributeWarning(path.Root("name"), summary, detail+" If the vault has no such policy any more, all is well.")
}

// planUpdate plans a change in place. The framework has marked every computed attribute unknown because something
// differs; each keeps its value here unless it will really change.
func (r *vmPolicyResource) planUpdate(ctx context.Context, state vmPolicyModel, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	filled, err := tfvalue.KeepUnset(req)
	if err != nil {
		resp.Diagnostics.AddError("Unable to plan backup policy", tfvalue.Problem(fmt.Sprintf("Policy %q", state.Name.ValueString()), err, "This is a defect of the provider."))
		return
	}
	resp.Plan.Raw = filled
	if filled.Equal(req.State.Raw) {
		return
	}
	var plan vmPolicyModel
	resp.Diagnostics.Append(resp.Plan.Get(ctx, &plan)...)
	// It changes behind Terraform's back, such as in this very apply.
	resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("protected_vm_count"), types.Int64Unknown())...)
	if tfvalue.ConfigIsNull(req, "instant_restore_retention_days") && plan.changesFrequency(ctx, state, &resp.Diagnostics) {
		// What fitted the old schedule need not fit the new one: the service chooses again.
		resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("instant_restore_retention_days"), types.Int64Unknown())...)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(resp.Plan.Get(ctx, &plan)...)
	// What the configuration leaves out has the values of the state here, which validation could not know.
	addPolicyProblems(ctx, plan.vmPolicySettingsModel, resp.Plan.Raw, &resp.Diagnostics)
	r.checkRetentionStays(ctx, plan, state, resp.Plan.Raw, &resp.Diagnostics)
	if id, known := plan.policyID(); known && !plan.InstantAccessEnabled.Equal(state.InstantAccessEnabled) {
		r.checkInstantAccess(ctx, id, plan, &resp.Diagnostics)
	}
	if id, known := state.policyID(); known && plan.settings(ctx, &resp.Diagnostics).KeepsLess(state.settings(ctx, &resp.Diagnostics)) {
		r.run.warnGuarded(ctx, id.Vault, policyLabel(id), &resp.Diagnostics, catalog.WeakenPolicy)
	}
}

// checkInstantAccess finds that the cloud does not know of instant access, and would pass it over.
func (r *vmPolicyResource) checkInstantAccess(ctx context.Context, id vault.PolicyID, plan vmPolicyModel, diags *diag.Diagnostics) {
	if !plan.InstantAccessEnabled.ValueBool() {
		return
	}
	if err := r.run.vaults.Lack(ctx, id.Vault, vault.AttributeInstantAccess); err != nil {
		addLack(diags, vault.AttributeInstantAccess, policyLabel(id), err, "Leave it out in this cloud, or set it to false.")
	}
}

// addLack says that the cloud does not know of an attribute.
func addLack(diags *diag.Diagnostics, attribute, object string, err error, advice string) {
	diags.AddAttributeError(path.Root(attribute), lackingTitle, tfvalue.Problem(object, err, advice))
}

// checkRetentionStays refuses to shorten the retention of a policy in a vault that is immutable, or becomes so in this run.
func (r *vmPolicyResource) checkRetentionStays(ctx context.Context, plan, state vmPolicyModel, raw tftypes.Value, diags *diag.Diagnostics) {
	before := state.settings(ctx, diags)
	shortened := plan.settings(ctx, diags).ShortensRetention(before, unknownFields(raw))
	if len(shortened) == 0 {
		return
	}
	id, _ := state.policyID()
	immutability := r.immutabilityOf(ctx, id.Vault)
	advice := ""
	switch immutability {
	case vault.ImmutabilityUnlocked:
		advice = "Set the immutability of the vault to \"Disabled\" first, which is possible until it is Locked."
	case vault.ImmutabilityLocked:
		advice = "Locked is for good. VMs whose backups are to be kept for less time need a vault of their own."
	default:
		return
	}
	for _, rule := range shortened {
		diags.AddAttributeError(fieldPath(rule.Field), "Retention cannot be shortened in an immutable vault", fmt.Sprintf(
			"%s The immutability of the vault %q is %s, so that the service refuses to keep recovery points for less time. A longer retention and another "+
				"schedule are possible.\n\n%s", tfvalue.Sentence(rule.Message), id.Vault.Name, immutability, advice))
	}
}

// immutabilityOf is what the vault has when its policies are changed; empty while it is not known.
func (r *vmPolicyResource) immutabilityOf(ctx context.Context, id arm.ID) string {
	if intended, planned := r.run.plans.vault(id); planned {
		return intended.immutability
	}
	v, err := r.run.vaults.Get(ctx, id)
	if err != nil {
		// Without an answer the service decides.
		tflog.Warn(ctx, "unable to read the vault of a policy", map[string]any{"error": err.Error()})
		return ""
	}
	return v.ImmutabilityState()
}

func (m vmPolicyModel) changesFrequency(ctx context.Context, state vmPolicyModel, diags *diag.Diagnostics) bool {
	after, known := as[policyBackupModel](ctx, m.Backup, diags)
	before, had := as[policyBackupModel](ctx, state.Backup, diags)
	return !known || !had || !after.Frequency.Equal(before.Frequency)
}

// warnOfUse says which VMs have a policy that is going to be destroyed or replaced. It is a warning, since they may have
// left it by then; the service refuses otherwise. Nothing is said when this run ends the protection of all of
// them: it plans their destruction first when everything is destroyed. The count in the state is that of when the policy
// was made, which is before its VMs: the service is asked.
func (r *vmPolicyResource) warnOfUse(ctx context.Context, id vault.PolicyID, fate string, diags *diag.Diagnostics) {
	if p, err := r.run.vaults.Policy(ctx, id); err != nil || p.ProtectedItems == 0 {
		return
	}
	users, err := r.usersOf(ctx, id)
	if err != nil {
		tflog.Warn(ctx, "unable to list the VMs of a policy", map[string]any{"error": err.Error()})
		return
	}
	if !slices.ContainsFunc(users, func(user vault.ItemID) bool { return !r.run.state.leavesPolicy(user) }) {
		return
	}
	have := "VMs have"
	if len(users) == 1 {
		have = "VM has"
	}
	advice := movingAdvice
	if fate == "replaced" {
		advice = "They can move to the new one first: give it another name, too, and set lifecycle { create_before_destroy = true } in this resource."
	}
	diags.AddWarning("Backup policy is in use", fmt.Sprintf(
		"%s is to be %s. %d %s it: %s.\n\nThe service refuses to delete it while they have it. %s", policyLabel(id), fate, len(users), have, tfvalue.Listed(vmNames(users)), advice))
}

// movingAdvice is for a policy that goes while its VMs get another: Terraform deletes it first.
const movingAdvice = "An apply that destroys it and gives its VMs another policy fails, because Terraform destroys first. Give them the other policy in an apply of its " +
	"own, and take this one out in the next; or set lifecycle { create_before_destroy = true } in this resource and apply that, from when on one apply " +
	"does both in the right order. VMs whose protection is destroyed in the same apply need neither."

// usersOf returns the items that have a policy.
func (r *vmPolicyResource) usersOf(ctx context.Context, id vault.PolicyID) ([]vault.ItemID, error) {
	var users []vault.ItemID
	for vm, err := range r.run.vaults.ProtectedVMs(ctx, id.Vault) {
		if err != nil {
			return nil, err
		}
		if !vm.SoftDeleted && tfvalue.ARMName.Value(vm.PolicyID).Same(tfvalue.ARMName.Value(id.String())) {
			users = append(users, vm.ID)
		}
	}
	return users, nil
}

func vmNames(items []vault.ItemID) []string {
	var names []string
	for _, item := range items {
		names = append(names, item.VMName())
	}
	return names
}

// warnOfDaylightSaving says once in a run that backups do not move with the clocks of people.
func (r *vmPolicyResource) warnOfDaylightSaving(plan vmPolicyModel, diags *diag.Diagnostics) {
	if plan.TimeZone.IsUnknown() || !catalog.FollowsDaylightSaving(plan.TimeZone.ValueString()) || !r.run.plans.once("daylight saving time") {
		return
	}
	diags.AddAttributeWarning(path.Root("timezone"), "The service does not follow daylight saving time", fmt.Sprintf(
		"Backups are taken by the standard time of %q all year: in summer, clocks there show an hour later than the policy says. "+
			"This is said once for all policies of the run.", plan.TimeZone.ValueString()))
}
