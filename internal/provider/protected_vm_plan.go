package provider

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/tfvalue"
	"github.com/azurebackup/terraform-provider-backup/internal/vault"
)

// ModifyPlan finds while planning what the service would refuse later. As with vaults, a replacement is planned in two
// calls, the second of which looks like a creation.
func (r *protectedVMResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if r.run == nil {
		return // the provider could not be configured, and has said why
	}
	if refusesDamage(req, &resp.Diagnostics, "vault_id", "source_vm_id") {
		return
	}
	if !req.Plan.Raw.IsNull() && !isSecondLook(req) {
		defer adviseDestroy(&resp.Diagnostics)
	}
	var plan, state protectedVMModel
	pending, diags := req.Private.GetKey(ctx, pendingKey)
	resp.Diagnostics.Append(diags...)
	var id vault.ItemID
	if !req.State.Raw.IsNull() {
		resp.Diagnostics.Append(req.State.GetAttribute(ctx, path.Root("vault_id"), &state.VaultID)...)
		resp.Diagnostics.Append(req.State.GetAttribute(ctx, path.Root("source_vm_id"), &state.SourceVMID)...)
		id, _ = state.itemID()
		if !req.Plan.Raw.IsNull() {
			r.run.planned(id, protectedVMLabel(state), &resp.Diagnostics)
			r.run.warnOfTwoAddresses(ctx, id, protectedVMLabel(state), req.Private, &resp.Diagnostics)
			resp.Diagnostics.Append(handOn(ctx, id, resp.Private)...)
		}
		if req.Plan.Raw.Equal(req.State.Raw) && pending == nil {
			r.checkStaysImmutable(ctx, id, req, &resp.Diagnostics)
			return // nothing to do, which is what most plans find
		}
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
		r.planEnd(ctx, state, "destroyed", nil, &resp.Diagnostics)
	case req.State.Raw.IsNull():
		r.planCreate(ctx, plan, req, resp)
	default:
		r.planExisting(ctx, id, plan, state, pending != nil, req, resp)
	}
}

// planExisting plans a change of a protection, or the first half of its replacement.
func (r *protectedVMResource) planExisting(ctx context.Context, id vault.ItemID, plan, state protectedVMModel, pending bool, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	changes := tfvalue.Replacing(tfvalue.Compare("vault_id", plan.VaultID, state.VaultID), tfvalue.Compare("source_vm_id", plan.SourceVMID, state.SourceVMID))
	switch {
	case len(changes) > 0 && r.run.turnsOut(req, id):
		addTurnedOut(protectedVMLabel(state), changes, &resp.Diagnostics)
	case len(changes) > 0:
		checkKeeping(plan, state, &resp.Diagnostics)
		r.planEnd(ctx, state, "replaced", changes, &resp.Diagnostics)
		r.run.warnUnread(id, protectedVMLabel(state), changes, &resp.Diagnostics)
	case plan.VaultID.IsUnknown() && r.run.state.leaves(id.Vault):
		// Not for the unknown id: this run takes the vault away, and the protection with it.
		resp.RequiresReplace = append(resp.RequiresReplace, path.Root("vault_id"))
		r.planEnd(ctx, state, "replaced with its vault", nil, &resp.Diagnostics)
	default:
		r.planUpdate(ctx, state, pending, req, resp)
	}
}

// planEnd plans to end a protection, and says what becomes of the backups. The service is asked: of a resource that is no
// longer in the configuration Terraform asks before it refreshes it, so that what the state says may be old.
func (r *protectedVMResource) planEnd(ctx context.Context, state protectedVMModel, fate string, changes []tfvalue.Change, diags *diag.Diagnostics) {
	id, err := state.itemID()
	if err != nil {
		return
	}
	r.run.state.ends(id, state.ending())
	item, err := r.run.vaults.ProtectedVMOrGone(ctx, id)
	if vault.IsGone(err) || err == nil && item.SoftDeleted {
		return // gone already, as the refresh will say
	}
	var points *int64
	if err == nil {
		points = r.countPoints(ctx, item)
	}
	r.checkDeletion(ctx, id.Vault, state, points, fate+tfvalue.Because(changes), diags)
}

func (r *protectedVMResource) planCreate(ctx context.Context, plan protectedVMModel, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	diags := &resp.Diagnostics
	again := isSecondLook(req)
	r.checkScan(ctx, plan, diags)
	if tfvalue.ConfigIsNull(req, "backup_policy_id") {
		diags.AddAttributeError(path.Root("backup_policy_id"), "Missing backup policy", fmt.Sprintf(
			"%s is not protected yet. The service protects a VM before it stops, so it takes a policy to begin with, even with protection_state = %q. "+
				"Set backup_policy_id.", vmLabel(plan), plan.ProtectionState.ValueString()))
	}
	vm := r.regionOfVM(ctx, plan, diags)
	v, known := r.vaultOf(ctx, plan, diags)
	switch {
	case known:
		r.checkRegion(plan, vm, v, diags)
		checkImmutable(plan, v, diags)
	case plan.VaultID.IsUnknown():
		r.warnOfRegion(plan, vm, diags)
	}
	if diags.HasError() {
		return
	}
	// Where the VM is by the service may follow from the protection that ends in this plan, so it is left open while the vault is.
	if region := cmp.Or(vm.name, v.region); region != "" && known && tfvalue.ConfigIsNull(req, "source_vm_region") {
		diags.Append(resp.Plan.SetAttribute(ctx, path.Root("source_vm_region"), tfvalue.Region.Value(region))...)
	}
	if tfvalue.ConfigIsNull(req, "os_disk_only") {
		diags.Append(resp.Plan.SetAttribute(ctx, path.Root("os_disk_only"), plan.chooseUnset(types.BoolNull()))...)
	}
	checkPolicyVault(plan, diags)
	if diags.HasError() {
		return
	}
	r.checkPolicy(ctx, plan, tfvalue.ARMName.Null(), v, diags)
	// OpenTofu does not tell a second look, but what this run protects is no stranger's.
	if id, err := plan.itemID(); again || err == nil && r.run.plans.made(id) {
		return // Create looks itself whether an item is in the way
	}
	old := handedOn(ctx, req.Private)
	r.checkNotProtected(ctx, plan, vm, v, func(id vault.ItemID) bool {
		return r.run.plans.released(id) || r.run.state.mayReplace(id, old)
	}, diags)
	r.warnOfLock(plan, vm, v, known, diags)
}

// planUpdate plans a change in place. The framework has marked every computed attribute unknown because something
// differs, be it the spelling of an id; each of them keeps its value here unless the service is going to be asked.
func (r *protectedVMResource) planUpdate(ctx context.Context, state protectedVMModel, pending bool, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	diags := &resp.Diagnostics
	filled, err := tfvalue.KeepUnset(req)
	if err != nil {
		diags.AddError("Unable to plan the protection of a VM", tfvalue.Problem(protectedVMLabel(state), err, "This is a defect of the provider."))
		return
	}
	resp.Plan.Raw = filled
	var plan protectedVMModel
	diags.Append(resp.Plan.Get(ctx, &plan)...)
	if diags.HasError() {
		return
	}
	if tfvalue.ConfigIsNull(req, "os_disk_only") {
		plan.OSDiskOnly = plan.chooseUnset(state.OSDiskOnly)
		diags.Append(resp.Plan.SetAttribute(ctx, path.Root("os_disk_only"), plan.OSDiskOnly)...)
	}
	// What the service makes of the change is not known before it has been made.
	volatile := []string{"health", "last_backup_status", "last_backup_time", "next_scheduled_backup"}
	if tfvalue.ConfigIsNull(req, "protection_state") && (takesBackups(state.ProtectionState.ValueString()) || plan.BackupPolicyID.IsUnknown()) {
		volatile = append(volatile, "protection_state")
		if !takesBackups(state.ProtectionState.ValueString()) {
			plan.ProtectionState = types.StringUnknown() // it is taken up again, unless there turns out to be no policy
		}
	}
	r.checkUpdate(ctx, plan, state, diags)
	if !plan.SourceScanEnabled.Equal(state.SourceScanEnabled) {
		r.checkScan(ctx, plan, diags)
	}
	if !pending && !changesProtection(plan, state) {
		return
	}
	for _, name := range volatile {
		diags.Append(resp.Plan.SetAttribute(ctx, path.Root(name), types.StringUnknown())...)
	}
	if pending {
		diags.AddWarning("Protection of a VM is not finished", protectedVMLabel(state)+
			": the service was still setting it up. The apply goes on from there; nothing is replaced.")
	}
}

// checkUpdate checks what changes.
func (r *protectedVMResource) checkUpdate(ctx context.Context, plan, state protectedVMModel, diags *diag.Diagnostics) {
	moved := !plan.SourceVMRegion.IsUnknown() && !tfvalue.SameText(plan.SourceVMRegion, state.SourceVMRegion)
	stops := !plan.ProtectionState.Equal(state.ProtectionState) || !plan.DeletionPolicy.Equal(state.DeletionPolicy)
	stopped := !takesBackups(state.ProtectionState.ValueString())
	resumes := stopped && !plan.ProtectionState.IsUnknown() && plan.wantsBackups()
	// A protection that was stopped elsewhere comes back with the policy of the state, which may be gone since.
	newPolicy := resumes || !tfvalue.SameText(plan.BackupPolicyID, state.BackupPolicyID)
	plan.check(diags) // what lifecycle.ignore_changes leaves was not there to be validated
	if stopped && !resumes && !plan.ProtectionState.IsUnknown() && plan.isKnown() && plan.changes(state.diskChoiceModel) {
		diags.AddError("Disks cannot be chosen while the protection is stopped", protectedVMLabel(plan)+
			": the disks are chosen with the policy, which a stopped protection does not have.\n\n"+
			"Set include_disk_luns, exclude_disk_luns and os_disk_only back, or set protection_state = \"Protected\" in the same apply.")
	}
	if !moved && !stops && !newPolicy {
		return
	}
	v, known := r.vaultOf(ctx, plan, diags)
	if known && moved {
		r.checkRegion(plan, vmRegion{name: tfvalue.Region.Normalize(plan.SourceVMRegion.ValueString()), configured: true}, v, diags)
	}
	if known && stops {
		checkImmutable(plan, v, diags)
	}
	if known && plan.isStopped() && !state.isStopped() {
		r.run.warnGuarded(ctx, v.id, protectedVMLabel(plan), diags, catalog.StopBackups)
	}
	if known && resumes {
		r.checkResumes(ctx, plan, v, diags)
	}
	if newPolicy {
		checkPolicyVault(plan, diags)
		if known && !diags.HasError() {
			was := state.BackupPolicyID
			if state.isStopped() && plan.isStopped() {
				was = tfvalue.ARMName.Null() // only written down; the state may never have been the service's either
			}
			r.checkPolicy(ctx, plan, was, v, diags)
		}
	}
}

// changesProtection tells whether the plan takes, or may take, a call to the service. A stopped protection has no policy, so
// there a change of the policy is only written down.
func changesProtection(plan, state protectedVMModel) bool {
	if plan.ProtectionState.IsUnknown() || !sameState(plan.ProtectionState.ValueString(), state.ProtectionState.ValueString()) {
		return true
	}
	return plan.changes(state.diskChoiceModel) || !state.isStopped() && !tfvalue.SameText(plan.BackupPolicyID, state.BackupPolicyID)
}

// utc words a time for the user.
func utc(t time.Time) string { return t.UTC().Format(time.RFC1123) }
