package provider

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/tflog"
	"github.com/azurebackup/terraform-provider-backup/internal/tfvalue"
	"github.com/azurebackup/terraform-provider-backup/internal/vault"
)

// checkPolicyVault refuses a policy of another vault.
func checkPolicyVault(m protectedVMModel, diags *diag.Diagnostics) {
	if m.VaultID.IsUnknown() || m.BackupPolicyID.IsNull() || m.BackupPolicyID.IsUnknown() {
		return
	}
	vaultID, err := vault.ParseID(m.VaultID.ValueString())
	if err != nil {
		return // the validator has said so
	}
	policy, err := vault.ParsePolicyID(m.BackupPolicyID.ValueString())
	if err != nil || policy.Vault.Equal(vaultID) {
		return
	}
	diags.AddAttributeError(path.Root("backup_policy_id"), "Policy of another vault", fmt.Sprintf(
		"The policy %q belongs to the vault %q in resource group %q, and vault_id is the vault %q in resource group %q. A vault applies only policies of its "+
			"own.\n\nUse a policy of that vault; every vault has DefaultPolicy and EnhancedPolicy, and a backup_policy_vm can be made in each.",
		policy.Name, policy.Vault.Name, policy.Vault.ResourceGroup, vaultID.Name, vaultID.ResourceGroup))
}

// checkPolicy refuses a policy that the vault does not have, has for something else than VMs, or cannot give to a VM that
// had the policy was; null when it is not known to have had one.
func (r *protectedVMResource) checkPolicy(ctx context.Context, plan protectedVMModel, was tfvalue.EqualText, v plannedVault, diags *diag.Diagnostics) {
	if plan.BackupPolicyID.IsNull() || plan.BackupPolicyID.IsUnknown() || v.id.Name == "" || v.isNew {
		return
	}
	id, err := vault.ParsePolicyID(plan.BackupPolicyID.ValueString())
	if err != nil {
		return // the validator has said so
	}
	policy, err := r.run.vaults.UncountedPolicy(ctx, id)
	if arm.IsNotFound(err) && !r.run.plans.plansPolicy(id) {
		policy, err = r.run.vaults.PolicyOrGone(ctx, id)
	}
	at := path.Root("backup_policy_id")
	switch {
	case vault.IsGone(err):
		detail := fmt.Sprintf("The vault %q has no policy %q.%s\n\nIf the same apply makes the policy, use the id of its resource instead of a text, so that "+
			"Terraform makes it first.", id.Vault.Name, id.Name, r.policiesOf(ctx, v.id))
		diags.AddAttributeError(at, "Backup policy does not exist", detail)
	case err != nil:
		tflog.Debug(ctx, "unable to read the policy", map[string]any{"policy": id.String(), "error": err.Error()})
	case !strings.EqualFold(policy.Kind, vault.KindVM):
		diags.AddAttributeError(at, "Policy is not for VMs", fmt.Sprintf(
			"The policy %q of the vault %q is of the kind %s; a VM needs one of the kind %s.%s",
			policy.ID.Name, id.Vault.Name, policy.Kind, vault.KindVM, r.policiesOf(ctx, v.id)))
	default:
		r.checkPolicyChange(ctx, plan, was, policy, v, diags)
	}
}

// checkPolicyChange refuses a policy that cannot follow the one a VM had.
func (r *protectedVMResource) checkPolicyChange(ctx context.Context, plan protectedVMModel, was tfvalue.EqualText, policy vault.Policy, v plannedVault, diags *diag.Diagnostics) {
	id, err := vault.ParsePolicyID(was.ValueString())
	if err != nil {
		return // it had none
	}
	before, err := r.run.vaults.UncountedPolicy(ctx, id)
	if err != nil {
		// Without an answer, as when the policy is gone, the service decides.
		tflog.Debug(ctx, "unable to read the policy there was", map[string]any{"policy": id.String(), "error": err.Error()})
		return
	}
	if err := catalog.CheckPolicyTypeChange(before.Settings.Type, policy.Settings.Type); err != nil {
		diags.AddAttributeError(path.Root("backup_policy_id"), "Policy of a type that the VM has left", fmt.Sprintf(
			"%s has the policy %q, and is to get %q: %s.\n\nUse a policy with policy_type = %q. To go back all the same, the backups have to be deleted: "+
				"destroy this resource, wait until the vault's soft delete has purged them, and protect the VM again.",
			protectedVMLabel(plan), before.ID.Name, policy.ID.Name, err, before.Settings.Type))
	}
	if policy.Settings.KeepsLess(before.Settings) {
		r.run.warnGuarded(ctx, v.id, protectedVMLabel(plan), diags, catalog.KeepBackupsForLess)
	}
	if v.immutability != vault.ImmutabilityUnlocked && v.immutability != vault.ImmutabilityLocked {
		return
	}
	var shortened []string
	for _, p := range policy.Settings.ShortensRetention(before.Settings, nil) {
		shortened = append(shortened, p.Message)
	}
	if len(shortened) > 0 {
		diags.AddAttributeError(path.Root("backup_policy_id"), "Immutable vault keeps the backups of a VM", fmt.Sprintf(
			"%s has the policy %q, and is to get %q, which keeps backups for less time: %s. The service refuses that, since the immutability of the vault is %s.\n\n"+
				"Use a policy that keeps backups as long as the one there is, or longer.",
			protectedVMLabel(plan), before.ID.Name, policy.ID.Name, strings.Join(shortened, "; "), v.immutability))
	}
}

// policiesOf lists the policies for VMs that a vault has.
func (r *protectedVMResource) policiesOf(ctx context.Context, id arm.ID) string {
	var names []string
	for policy, err := range r.run.vaults.Policies(ctx, id) {
		if err != nil && !arm.IsUnreadable(err) {
			return ""
		}
		if err == nil && strings.EqualFold(policy.Kind, vault.KindVM) {
			names = append(names, policy.ID.Name)
		}
	}
	if len(names) == 0 {
		return ""
	}
	return " It has these policies for VMs: " + strings.Join(names, ", ") + "."
}

// checkImmutable refuses what only an immutable vault does.
func checkImmutable(m protectedVMModel, v plannedVault, diags *diag.Diagnostics) {
	if v.immutability != vault.ImmutabilityDisabled {
		return
	}
	const why = "The vault %q is not immutable%s. Only an immutable vault suspends backups, keeping those there are until they expire by the policy.\n\n%s, or %s."
	after, otherwise := "", "set immutability of the vault"
	if v.becomesMutable {
		after, otherwise = " any more after this apply", "leave the immutability of the vault as it is"
	}
	if m.ProtectionState.ValueString() == vault.StateSuspended {
		diags.AddAttributeError(path.Root("protection_state"), "Vault is not immutable", fmt.Sprintf(why, v.id.Name, after, "Use protection_state = \"ProtectionStopped\"", otherwise))
	}
	if m.DeletionPolicy.ValueString() == deletionSuspend {
		diags.AddAttributeError(path.Root("deletion_policy"), "Vault is not immutable", fmt.Sprintf(why, v.id.Name, after, "Use deletion_policy = \"retain_data\"", otherwise))
	}
}

// checkStaysImmutable refuses to take the immutability from the vault of a protection that needs it and does not change itself.
func (r *protectedVMResource) checkStaysImmutable(ctx context.Context, id vault.ItemID, req resource.ModifyPlanRequest, diags *diag.Diagnostics) {
	v, planned := r.run.plans.vault(id.Vault)
	if !planned || !v.becomesMutable {
		return
	}
	var state protectedVMModel
	diags.Append(req.State.Get(ctx, &state)...)
	checkImmutable(state, v, diags)
}

// checkNotProtected finds an item in the way of a new one: in this vault, whose own resource it may be, or in another.
// One that is being replaced does not count. A soft-deleted item of this vault comes back, which is said.
func (r *protectedVMResource) checkNotProtected(ctx context.Context, plan protectedVMModel, in vmRegion, v plannedVault, replaced func(vault.ItemID) bool, diags *diag.Diagnostics) {
	if plan.SourceVMID.IsUnknown() || diags.HasError() {
		return
	}
	vm, err := vault.ParseVMID(plan.SourceVMID.ValueString())
	if err != nil {
		return // the validator has said so
	}
	if v.id.Name != "" && !v.isNew {
		id := vault.NewItemID(v.id, vm)
		item, found, _ := r.run.vaults.FindProtectedVM(ctx, id) // without an answer the service decides
		switch {
		case found && item.SoftDeleted:
			diags.AddAttributeWarning(path.Root("source_vm_id"), "Backups of the VM will be undeleted", fmt.Sprintf(
				"%s was protected by the vault %q before, and its backups are soft-deleted: %s. The apply undeletes them and protects the VM again.",
				vmLabel(plan), v.id.Name, keptUntil(item)))
			return
		case found && !replaced(id):
			addProtected(diags, plan, item)
			return
		case found:
			r.endReplaced(ctx, plan, item, diags)
			return
		}
	}
	region := cmp.Or(in.name, v.region)
	if region == "" {
		return
	}
	r.checkFree(ctx, plan, vm, region, v, replaced, diags)
}

// checkFree refuses a VM of which another vault takes backups. One that only keeps earlier ones does not stand in the way, nor
// does an item that this run ends first.
func (r *protectedVMResource) checkFree(ctx context.Context, plan protectedVMModel, vm arm.ID, region string, v plannedVault, ends func(vault.ItemID) bool, diags *diag.Diagnostics) {
	other, found, err := r.run.vaults.BackingUpVault(ctx, vm, region)
	if err != nil {
		// Without an answer the service decides.
		tflog.Debug(ctx, "unable to ask which vault protects the VM", map[string]any{"vm": vm.String(), "error": err.Error()})
		return
	}
	if found && (v.id.Name == "" || !other.Equal(v.id)) && !ends(vault.NewItemID(other, vm)) {
		addOtherVault(diags, plan, other)
	}
}

// checkResumes refuses to take up a protection while another vault takes backups of the VM.
func (r *protectedVMResource) checkResumes(ctx context.Context, plan protectedVMModel, v plannedVault, diags *diag.Diagnostics) {
	vm, err := vault.ParseVMID(plan.SourceVMID.ValueString())
	if err != nil || v.region == "" {
		return
	}
	r.checkFree(ctx, plan, vm, v.region, v, func(id vault.ItemID) bool { return r.run.plans.released(id) || r.run.state.mayEnd(id) }, diags)
}

func addOtherVault(diags *diag.Diagnostics, plan protectedVMModel, other arm.ID) {
	diags.AddAttributeError(path.Root("source_vm_id"), "VM is protected by another vault", fmt.Sprintf(
		"%s is protected by the vault %q in resource group %q already. One vault at a time takes backups of a VM.\n\nThat vault: %s\n\n"+
			"Set vault_id to it and import the VM, or stop the protection there first, in an apply of its own; the backups there can stay. If this apply was to "+
			"move the VM, it has to leave that vault first: take create_before_destroy out of the lifecycle block, or set protection_state = %q, apply that, and then move it.",
		vmLabel(plan), other.Name, other.ResourceGroup, other, vault.StateStopped))
}

// addProtected says that the vault has the item already, and how to adopt it.
func addProtected(diags *diag.Diagnostics, plan protectedVMModel, item vault.ProtectedVM) {
	if !tfvalue.ARMName.Value(item.SourceVMID).Same(plan.SourceVMID) {
		diags.AddAttributeError(path.Root("source_vm_id"), "Vault protects a VM of the same name", fmt.Sprintf(
			"The vault %q protects the VM %s, and tells VMs apart by resource group and name alone. Protect this VM in another vault.",
			item.ID.Vault.Name, item.SourceVMID))
		return
	}
	diags.AddAttributeError(path.Root("source_vm_id"), "VM is protected already", fmt.Sprintf(
		"%s is protected by this vault already; the protection is in the state %s.\n\nTo adopt it, paste this block into the configuration, with the address "+
			"of this resource after \"to =\", and apply.\n\nimport {\n  to = backup_protected_vm.example\n  id = %s\n}\n\nIf the resource was renamed in the "+
			"configuration, use a moved block instead. If it is this resource's own, which is being replaced, take "+
			"create_before_destroy out of the lifecycle block.",
		vmLabel(plan), item.State, catalog.HCL(item.ARMID)))
}

// checkKeeping refuses to replace a protection whose backups the configuration keeps, and the state does not yet: Terraform
// destroys by what the state says, so that they would be deleted.
func checkKeeping(plan, state protectedVMModel, diags *diag.Diagnostics) {
	if plan.DeletionPolicy.IsUnknown() || plan.ending() == goes || state.ending() != goes {
		return
	}
	diags.AddAttributeError(path.Root("deletion_policy"), "Deletion policy is not applied yet", fmt.Sprintf(
		"%s is to be replaced. The configuration has deletion_policy = %q, and the state still has %q, which decides what becomes of the backups when the protection "+
			"there is ends: they would be deleted.\n\nSet vault_id and source_vm_id back, apply deletion_policy = %[2]q, and then change them.",
		protectedVMLabel(state), plan.DeletionPolicy.ValueString(), cmp.Or(state.DeletionPolicy.ValueString(), deletionDelete)))
}

// warnOfLock says, once for each vault, that its first VM locks its redundancy. Who has written it beside the vault that
// this run makes or changes has made the choice.
func (r *protectedVMResource) warnOfLock(plan protectedVMModel, vm vmRegion, v plannedVault, known bool, diags *diag.Diagnostics) {
	sure := known
	if !known && plan.VaultID.IsUnknown() {
		// Terraform plans a vault before what refers to it, so the sole new one in the region is likely to be it.
		for _, candidate := range r.run.plans.newVaults() {
			if vm.name != "" && candidate.region != "" && candidate.region != vm.name {
				continue
			}
			if known {
				return
			}
			v, known = candidate, true
		}
	}
	if !known || v.locked || v.chosen || v.redundancy == "" || diags.HasError() || !r.run.plans.once("lock "+v.id.Key()) {
		return
	}
	begins := "This apply registers"
	if !sure {
		begins = "The id of its vault is not known yet. If it is the new vault of this configuration, this apply registers"
	}
	diags.AddAttributeWarning(path.Root("vault_id"), "Storage redundancy gets locked", fmt.Sprintf(
		"%s the first VM with the vault %q, which locks its storage redundancy, %s, for good. To have another, set storage_redundancy of "+
			"the vault before the apply, or in the same.", begins, v.id.Name, v.redundancy))
}

// keptUntil says how long a soft-deleted item is kept.
func keptUntil(item vault.ProtectedVM) string {
	if item.PurgeAt.IsZero() {
		return "they are kept for a while"
	}
	return "they are kept until " + utc(item.PurgeAt)
}

// nextBackup is when the policy of an item takes the next backup; null when it takes none, or cannot be read.
func (r *run) nextBackup(ctx context.Context, item vault.ProtectedVM) (at time.Time) {
	if !takesBackups(item.State) || item.PolicyID == "" || item.SoftDeleted {
		return at
	}
	id, err := vault.ParsePolicyID(item.PolicyID)
	if err != nil {
		return at
	}
	policy, err := r.vaults.UncountedPolicy(ctx, id)
	if err != nil {
		tflog.Debug(ctx, "unable to read the policy", map[string]any{"policy": item.PolicyID, "error": err.Error()})
		return at
	}
	at, _ = policy.Settings.Next(r.vaults.Now())
	return at
}
