package provider

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/tflog"
	"github.com/azurebackup/terraform-provider-backup/internal/tfvalue"
	"github.com/azurebackup/terraform-provider-backup/internal/vault"
)

var (
	_ resource.Resource                   = (*vmPolicyResource)(nil)
	_ resource.ResourceWithConfigure      = (*vmPolicyResource)(nil)
	_ resource.ResourceWithValidateConfig = (*vmPolicyResource)(nil)
	_ resource.ResourceWithModifyPlan     = (*vmPolicyResource)(nil)
	_ resource.ResourceWithImportState    = (*vmPolicyResource)(nil)
	_ resource.ResourceWithMoveState      = (*vmPolicyResource)(nil)
	_ resource.ResourceWithIdentity       = (*vmPolicyResource)(nil)
)

// vmPolicyTimeouts are the timeouts of a policy. Only a change of a policy in use takes long: the service brings it to
// every VM that has the policy.
var vmPolicyTimeouts = resourceTimeouts{
	create: operationTimeout{"How long making the policy may take", 30 * time.Minute},
	read:   operationTimeout{"How long reading the policy may take", readTimeout},
	update: operationTimeout{"How long to wait for a change to reach every VM that has the policy", 30 * time.Minute},
	delete: operationTimeout{"How long to wait for the policy to be gone", 30 * time.Minute},
}

// NewVMPolicyResource makes the resource backup_policy_vm.
func NewVMPolicyResource() resource.Resource { return &vmPolicyResource{} }

type vmPolicyResource struct{ run *run }

func (r *vmPolicyResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_policy_vm"
}

func (r *vmPolicyResource) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	r.run = runFrom(req.ProviderData, &resp.Diagnostics)
}

func (r *vmPolicyResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan vmPolicyModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	timeout, diags := plan.Timeouts.Create(ctx, vmPolicyTimeouts.create.after)
	resp.Diagnostics.Append(diags...)
	settings := plan.settings(ctx, &resp.Diagnostics)
	id := plan.mustPolicyID(&resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := limited(ctx, plan.Timeouts.Attributes(), "create", timeout)
	defer cancel()
	if !r.run.plans.make(id) {
		resp.Diagnostics.AddAttributeError(path.Root("name"), "Backup policy name used twice", fmt.Sprintf(
			"Another resource of this configuration has made the policy %q in the vault %q in this apply. Names are unique within a vault, in any letter case.",
			id.Name, id.Vault.Name))
		return
	}
	p, err := r.run.vaults.CreatePolicy(ctx, id, settings)
	if p.ARMID == "" || errors.Is(err, vault.ErrPolicyExists) {
		r.run.plans.unmake(id)
	}
	if errors.Is(err, vault.ErrPolicyExists) {
		addPolicyExists(&resp.Diagnostics, id, p.ARMID) // and keep out of the state what is not ours
		return
	}
	resp.Diagnostics.Append(markOwner(ctx, resp.Private)...)
	// Whatever else happened, a policy that the service accepted goes into the state.
	r.save(ctx, plan, p, &resp.State, resp.Identity, &resp.Diagnostics)
	switch {
	case err == nil:
		checkKept(ctx, plan, p, &resp.Diagnostics)
	case p.ARMID != "" && vault.IsUnsure(err):
		resp.Diagnostics.Append(tfvalue.KeepPlanned(req.Plan.Raw, &resp.State)...)
		addUnfinished("Creation of backup policy", policyLabel(id), err, "The next plan shows what has come of it.", &resp.Diagnostics)
	default:
		resp.Diagnostics.AddError("Unable to create backup policy", tfvalue.Problem(policyLabel(id), err, notKnown("the policy", err)))
	}
}

func (r *vmPolicyResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state vmPolicyModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	lookOnce(ctx, vmPolicyModels, state, func() *look[vmPolicyModel] { return r.look(ctx, state, req.Private) }).save(ctx, resp)
}

// look asks the service for a policy of the state.
func (r *vmPolicyResource) look(ctx context.Context, state vmPolicyModel, private tfvalue.PrivateReader) *look[vmPolicyModel] {
	l := &look[vmPolicyModel]{of: state}
	state.fillFromID(ctx)
	timeout, diags := state.Timeouts.Read(ctx, vmPolicyTimeouts.read.after)
	l.diags.Append(diags...)
	id := state.mustPolicyID(&l.diags)
	if l.diags.HasError() {
		return l
	}
	l.identity = state.identity()
	if r.run.keepsState() {
		l.fate = kept
		return l
	}
	ctx, cancel := limited(ctx, state.Timeouts.Attributes(), "read", timeout)
	defer cancel()

	r.run.state.read(id)
	r.run.warnOfTwoAddresses(ctx, id, policyLabel(id), private, &l.diags)
	p, err := r.run.readPolicy(ctx, id, state)
	if vault.IsGone(err) {
		l.diags.AddWarning("Backup policy is gone", fmt.Sprintf(
			"%s no longer exists and is removed from the state.%s The next apply creates it again.", policyLabel(id), goneWith(err)))
		r.run.state.forget(id)
		l.fate = gone
		return l
	}
	if err != nil {
		l.diags.AddError("Unable to read backup policy", tfvalue.Problem(policyLabel(id), err, ""))
		return l
	}
	if checkKind(p, "Unable to read backup policy", &l.diags) {
		l.fate, l.is = found, state
		l.diags.Append(l.is.take(context.WithoutCancel(ctx), p)...)
		l.identity = l.is.identity()
	}
	return l
}

func (r *vmPolicyResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan, state vmPolicyModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	timeout, diags := plan.Timeouts.Update(ctx, vmPolicyTimeouts.update.after)
	resp.Diagnostics.Append(diags...)
	settings := plan.settings(ctx, &resp.Diagnostics)
	id := state.mustPolicyID(&resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := limited(ctx, plan.Timeouts.Attributes(), "update", timeout)
	defer cancel()
	resp.Diagnostics.Append(resp.Private.SetKey(ctx, replacedKey, nil)...) // it was for the plan alone
	if settings.InstantAccess == nil && state.saysInstantAccess() {
		settings.InstantAccess = &catalog.InstantAccess{} // taken out of the configuration
	}
	var p vault.Policy
	var err error
	if plan.leavesSettings(state) {
		p, err = r.run.readPolicy(ctx, id, plan)
	} else {
		p, err = r.run.vaults.UpdatePolicy(ctx, id, settings, logPolicyProgress(ctx, id))
	}
	if err != nil {
		// State stays as it was: the next refresh tells how far the service has come.
		resp.Diagnostics.AddError("Unable to update backup policy", tfvalue.Problem(policyLabel(id), err, guardAdvice(err, policyUpdateAdvice(err))))
		return
	}
	r.save(ctx, plan, p, &resp.State, resp.Identity, &resp.Diagnostics)
	checkKept(ctx, plan, p, &resp.Diagnostics)
}

func (r *vmPolicyResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state vmPolicyModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	state.fillFromID(ctx)
	timeout, diags := state.Timeouts.Delete(ctx, vmPolicyTimeouts.delete.after)
	resp.Diagnostics.Append(diags...)
	id := state.mustPolicyID(&resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := limited(ctx, state.Timeouts.Attributes(), "delete", timeout)
	defer cancel()
	if err := r.run.vaults.DeletePolicy(ctx, id); err != nil {
		advice := ""
		if arm.HasCode(err, codePolicyInUse) {
			advice = r.inUseAdvice(ctx, id)
		}
		resp.Diagnostics.AddError("Unable to delete backup policy", tfvalue.Problem(policyLabel(id), err, advice))
		return
	}
	r.run.plans.release(id)
	r.run.state.forget(id)
}

// codePolicyInUse is the service's code for a policy that VMs have.
const codePolicyInUse = "BMSUserErrorPolicyObjectInUse"

// inUseAdvice names the VMs that keep a policy from being deleted.
func (r *vmPolicyResource) inUseAdvice(ctx context.Context, id vault.PolicyID) string {
	users, err := r.usersOf(ctx, id)
	if err != nil || len(users) == 0 {
		return "Give the VMs that have it another policy or stop protecting them first. " + movingAdvice
	}
	return "Give these VMs another policy or stop protecting them first: " + tfvalue.Listed(vmNames(users)) + ". " + movingAdvice
}

// readPolicy reads a policy as far as a model says anything about it: the API version that shows instant access is asked for
// where there is some, and where a policy is read for the first time.
func (r *run) readPolicy(ctx context.Context, id vault.PolicyID, m vmPolicyModel) (vault.Policy, error) {
	if m.saysInstantAccess() || m.Backup.IsNull() {
		return r.vaults.PolicyInFullOrGone(ctx, id)
	}
	return r.vaults.PolicyOrGone(ctx, id)
}

// save writes a policy, as the service describes it, over a model into state and identity.
func (r *vmPolicyResource) save(ctx context.Context, m vmPolicyModel, p vault.Policy, state *tfsdk.State, identity *tfsdk.ResourceIdentity, diags *diag.Diagnostics) {
	if p.ARMID == "" {
		return
	}
	// An interrupted context must not keep what is known out of the state.
	ctx = context.WithoutCancel(ctx)
	diags.Append(m.take(ctx, p)...)
	diags.Append(state.Set(ctx, m)...)
	if identity != nil {
		diags.Append(identity.Set(ctx, m.identity())...)
	}
}

// checkKept finds what the service accepted and did not keep, which Terraform would call a defect of the provider.
func checkKept(ctx context.Context, plan vmPolicyModel, p vault.Policy, diags *diag.Diagnostics) {
	is := plan
	diags.Append(is.take(ctx, p)...)
	if names := plan.differing(is.vmPolicySettingsModel); len(names) > 0 {
		diags.AddError("The service ignored a setting", fmt.Sprintf(
			"%s: the service accepted the policy, but did not keep these settings: %s. The state has what it made of them.",
			policyLabel(p.ID), strings.Join(names, ", ")))
	}
}

// checkKind refuses a policy that is not for VMs.
func checkKind(p vault.Policy, summary string, diags *diag.Diagnostics) bool {
	if p.Kind == vault.KindVM {
		return true
	}
	diags.AddError(summary, fmt.Sprintf("%s is for %s, not for virtual machines (%s).", policyLabel(p.ID), p.Kind, vault.KindVM))
	return false
}

// mustPolicyID is policyID where nothing is unknown any more.
func (m vmPolicyModel) mustPolicyID(diags *diag.Diagnostics) vault.PolicyID {
	id, ok := m.policyID()
	if !ok {
		diags.AddAttributeError(path.Root("vault_id"), "Invalid backup vault id", fmt.Sprintf("%q is not the id of a backup vault.", m.VaultID.ValueString()))
	}
	return id
}

func policyUpdateAdvice(err error) string {
	if arm.HasCode(err, codeImmutable) {
		return "An immutable vault takes no policy that keeps recovery points for less time than before. A longer retention and another schedule are possible."
	}
	return goesOn(err, "timeouts.update")
}

// policyLabel names a policy in messages.
func policyLabel(id vault.PolicyID) string {
	return fmt.Sprintf("Policy %q of vault %q", id.Name, id.Vault.Name)
}

// logPolicyProgress reports each status the service gives, once, at the log level INFO.
func logPolicyProgress(ctx context.Context, id vault.PolicyID) func(string) {
	start := time.Now()
	last := ""
	return func(status string) {
		if status == last {
			return
		}
		last = status
		tflog.Info(ctx, "waiting for backup policy", map[string]any{
			"policy": id.Name, "vault": id.Vault.Name, "status": status, "waited_ms": time.Since(start).Milliseconds(),
		})
	}
}
