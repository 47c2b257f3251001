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

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
	"github.com/azurebackup/terraform-provider-backup/internal/vault"
)

// ModifyPlan finds while planning what the service would refuse later. As with vaults, a replacement is planned in two
// calls, the second of which looks like a creation.
func (r *protectedVMResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if r.run == nil {
		return // the provider could not be configured, and has said why
	}
	r.run.notePhase(req)
	var plan, state protectedVMModel
	pending, diags := req.Private.GetKey(ctx, pendingKey)
	resp.Diagnostics.Append(diags...)
	if !req.State.Raw.IsNull() {
		resp.Diagnostics.Append(req.State.GetAttribute(ctx, path.Root("vault_id"), &state.VaultID)...)
		resp.Diagnostics.Append(req.State.GetAttribute(ctx, path.Root("source_vm_id"), &state.SourceVMID)...)
		if id, err := state.itemID(); err == nil && !req.Plan.Raw.IsNull() {
			r.run.plans.items.keep(id, req.Config.Raw)
		}
		if req.Plan.Raw.Equal(req.State.Raw) && pending == nil {
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
	switch {
	case req.Plan.Raw.IsNull():
		r.planDestroy(ctx, state, &resp.Diagnostics)
	case req.State.Raw.IsNull():
		r.planCreate(ctx, plan, req, resp)
	case !plan.VaultID.same(state.VaultID) || !plan.SourceVMID.same(state.SourceVMID):
		r.checkMove(plan, state, &resp.Diagnostics)
		r.checkDeletion(ctx, state, "replaced", &resp.Diagnostics)
	default:
		r.planUpdate(ctx, state, pending != nil, req, resp)
	}
}

// planDestroy plans to end the protection. Of a resource that is no longer in the configuration Terraform asks before it
// refreshes it, so what the state says of it may be old.
func (r *protectedVMResource) planDestroy(ctx context.Context, state protectedVMModel, diags *diag.Diagnostics) {
	id, err := state.itemID()
	if err != nil {
		return
	}
	refreshed := r.run.plans.items.isRead(id)
	r.run.plans.items.destroy(id)
	if state.DeletionPolicy.ValueString() != deletionSuspend { // what is suspended keeps its policy
		r.run.plans.leave(id)
	}
	if !refreshed && !r.run.applying.Load() {
		item, err := r.run.vaults.ProtectedVM(ctx, id)
		if arm.IsNotFound(err) || err == nil && item.SoftDeleted {
			return // gone already, as the refresh will say
		}
		if err == nil {
			state.RecoveryPointCount = types.Int64Value(int64(item.RecoveryPoints))
		}
	}
	r.checkDeletion(ctx, state, "destroyed", diags)
}

func (r *protectedVMResource) planCreate(ctx context.Context, plan protectedVMModel, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	diags := &resp.Diagnostics
	if configIsNull(req, "backup_policy_id") {
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
		r.checkRegionOfNewVaults(plan, vm, diags)
	}
	if diags.HasError() {
		return
	}
	if region := cmp.Or(vm.name, v.region); region != "" && configIsNull(req, "source_vm_region") {
		diags.Append(resp.Plan.SetAttribute(ctx, path.Root("source_vm_region"), regionType.value(region))...)
	}
	checkPolicyVault(plan, diags)
	if r.run.applying.Load() || diags.HasError() {
		return // what follows was looked at while planning; Create looks again
	}
	r.checkOnce(plan, diags)
	r.checkPolicy(ctx, plan, armNameType.null(), v, diags)
	r.checkNotProtected(ctx, plan, vm, v, func(id vault.ItemID) bool {
		return r.run.plans.releasedItem(id) || r.run.plans.items.replaces(id, req.Config.Raw)
	}, diags)
	r.warnOfLock(plan, vm, v, known, diags)
}

// planUpdate plans a change in place. The framework has marked every computed attribute unknown because something
// differs, be it the spelling of an id; each of them keeps its value here unless the service is going to be asked.
func (r *protectedVMResource) planUpdate(ctx context.Context, state protectedVMModel, pending bool, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	diags := &resp.Diagnostics
	filled, err := keepUnset(req)
	if err != nil {
		diags.AddError("Unable to plan the protection of a VM", problem(protectedVMLabel(state), err, "This is a defect of the provider."))
		return
	}
	resp.Plan.Raw = filled
	var plan protectedVMModel
	diags.Append(resp.Plan.Get(ctx, &plan)...)
	if diags.HasError() {
		return
	}
	// What the service makes of the change is not known before it has been made.
	volatile := []string{"health", "last_backup_status", "last_backup_time", "next_scheduled_backup"}
	if configIsNull(req, "protection_state") && (takesBackups(state.ProtectionState.ValueString()) || plan.BackupPolicyID.IsUnknown()) {
		volatile = append(volatile, "protection_state")
		if !takesBackups(state.ProtectionState.ValueString()) {
			plan.ProtectionState = types.StringUnknown() // it is taken up again, unless there turns out to be no policy
		}
	}
	r.checkUpdate(ctx, plan, state, diags)
	if !pending && !changesProtection(plan, state) {
		return
	}
	for _, name := range volatile {
		diags.Append(resp.Plan.SetAttribute(ctx, path.Root(name), types.StringUnknown())...)
	}
	diags.Append(resp.Plan.SetAttribute(ctx, path.Root("recovery_point_count"), types.Int64Unknown())...)
	if pending {
		diags.AddWarning("Protection of a VM was interrupted", protectedVMLabel(state)+
			": the service was still setting it up. The apply goes on from there; nothing is replaced.")
	}
}

// checkUpdate checks what changes.
func (r *protectedVMResource) checkUpdate(ctx context.Context, plan, state protectedVMModel, diags *diag.Diagnostics) {
	moved := !plan.SourceVMRegion.IsUnknown() && !sameText(plan.SourceVMRegion, state.SourceVMRegion)
	stops := !plan.ProtectionState.Equal(state.ProtectionState) || !plan.DeletionPolicy.Equal(state.DeletionPolicy)
	stopped := !takesBackups(state.ProtectionState.ValueString())
	resumes := stopped && !plan.ProtectionState.IsUnknown() && plan.wantsBackups()
	// A protection that was stopped elsewhere comes back with the policy of the state, which may be gone since.
	newPolicy := resumes || !sameText(plan.BackupPolicyID, state.BackupPolicyID)
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
		r.checkRegion(plan, vmRegion{name: regionType.normalize(plan.SourceVMRegion.ValueString()), configured: true}, v, diags)
	}
	if known && stops {
		checkImmutable(plan, v, diags)
	}
	if newPolicy {
		checkPolicyVault(plan, diags)
		if known && !r.run.applying.Load() && !diags.HasError() {
			was := state.BackupPolicyID
			if state.isStopped() && plan.isStopped() {
				was = armNameType.null() // only written down; the state may never have been the service's either
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
	return plan.changes(state.diskChoiceModel) || !state.isStopped() && !sameText(plan.BackupPolicyID, state.BackupPolicyID)
}

// sameText tells whether two values mean the same, or are both null.
func sameText(a, b equalText) bool { return a.same(b) || a.IsNull() && b.IsNull() }

// utc words a time for the user.
func utc(t time.Time) string { return t.UTC().Format(time.RFC1123) }
