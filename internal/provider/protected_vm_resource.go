package provider

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
	"github.com/azurebackup/terraform-provider-backup/internal/tflog"
	"github.com/azurebackup/terraform-provider-backup/internal/tfvalue"
	"github.com/azurebackup/terraform-provider-backup/internal/vault"
)

var (
	_ resource.Resource                   = (*protectedVMResource)(nil)
	_ resource.ResourceWithConfigure      = (*protectedVMResource)(nil)
	_ resource.ResourceWithValidateConfig = (*protectedVMResource)(nil)
	_ resource.ResourceWithModifyPlan     = (*protectedVMResource)(nil)
	_ resource.ResourceWithImportState    = (*protectedVMResource)(nil)
	_ resource.ResourceWithIdentity       = (*protectedVMResource)(nil)
	_ resource.ResourceWithMoveState      = (*protectedVMResource)(nil)
)

// protectedVMTimeouts are the timeouts of a protected VM. Azure first looks for the VM, which may take a long time.
var protectedVMTimeouts = resourceTimeouts{
	create: operationTimeout{"How long to wait until the VM is protected", 80 * time.Minute},
	read:   operationTimeout{"How long reading the protection may take", readTimeout},
	update: operationTimeout{"How long to wait for a change to be applied", 80 * time.Minute},
	delete: operationTimeout{"How long to wait until the protection has ended", 80 * time.Minute},
}

// NewProtectedVMResource makes the resource backup_protected_vm.
func NewProtectedVMResource(e *environments) resource.Resource {
	return &protectedVMResource{environments: e}
}

type protectedVMResource struct {
	run          *run
	environments *environments
}

func (r *protectedVMResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_protected_vm"
}

func (r *protectedVMResource) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	r.run = runFrom(req.ProviderData, &resp.Diagnostics)
}

func (r *protectedVMResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan protectedVMModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	timeout, diags := plan.Timeouts.Create(ctx, protectedVMTimeouts.create.after)
	resp.Diagnostics.Append(diags...)
	id, err := plan.itemID()
	if err != nil {
		resp.Diagnostics.AddError("Unable to protect a VM", tfvalue.Sentence(err.Error()))
	}
	wanted := plan.protection(ctx, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := limited(ctx, plan.Timeouts.Attributes(), "create", timeout)
	defer cancel()

	// Terraform has had the plan looked at again just now: the regions fit, as far as they are known.
	progress := logProtection(ctx, id)
	protect := r.run.vaults.ProtectNew
	if r.run.plans.released(id) {
		protect = r.run.vaults.Protect // replaced, and the earlier protection's backups were kept
	}
	if !r.run.plans.make(id) {
		resp.Diagnostics.AddAttributeError(path.Root("source_vm_id"), "VM is protected twice", fmt.Sprintf(
			"Another resource of this configuration protects %s, by the same vault. A VM is protected by one vault at a time, with one policy.", vmLabel(plan)))
		return
	}
	item, err := protect(ctx, id, wanted, progress)
	if item.ARMID == "" {
		r.run.plans.unmake(id)
	}
	resp.Diagnostics.Append(markOwner(ctx, resp.Private)...)
	var already *vault.AlreadyProtectedError
	if errors.As(err, &already) {
		addProtected(&resp.Diagnostics, plan, already.Item)
		return
	}
	if err == nil && !plan.wantsBackups() {
		var stopped vault.ProtectedVM
		if stopped, err = r.run.vaults.StopProtection(ctx, id, plan.ProtectionState.ValueString(), progress); stopped.ARMID != "" {
			item = stopped
		}
	}
	// However it ended, the item there is goes into the state.
	r.save(ctx, plan, item, &resp.State, resp.Identity, &resp.Diagnostics)
	switch {
	case err == nil:
		r.finish(plan, item, &resp.Diagnostics)
		resp.Diagnostics.Append(tfvalue.KeepPlanned(req.Plan.Raw, &resp.State)...)
		if err := r.configureScan(ctx, id, plan); err != nil {
			// An error would mark the protection as tainted, and the next apply delete the backups.
			resp.Diagnostics.AddAttributeWarning(path.Root("source_scan_enabled"), "Scan of a VM is not as planned", tfvalue.Problem(protectedVMLabel(plan), err,
				"The VM is protected. The next plan shows how its scan stands, and the next apply tries again."))
		}
	case item.ARMID == "":
		r.addProtectError(ctx, plan, err, &resp.Diagnostics)
	case vault.IsUnsure(err):
		// As with vaults: the marker says that the planned values are not reached.
		resp.Diagnostics.Append(tfvalue.KeepPlanned(req.Plan.Raw, &resp.State)...)
		addUnfinished("Protection of a VM", protectedVMLabel(plan), err, "The next apply goes on from there.", &resp.Diagnostics)
		resp.Diagnostics.Append(resp.Private.SetKey(context.WithoutCancel(ctx), pendingKey, pendingMark)...)
	case plan.wantsBackups() && item.Stopped():
		resp.Diagnostics.AddError("Backups of a VM were undeleted, and the VM is not protected", tfvalue.Problem(protectedVMLabel(plan), err,
			"The backups are in the state, marked as tainted: the next apply, when what was refused is put right, would delete and undelete them once more. To "+
				"spare that, take the mark off by `terraform untaint` (or `tofu untaint`) and the address of this resource."))
	default:
		resp.Diagnostics.AddError("Protection of a VM was not completed", tfvalue.Problem(protectedVMLabel(plan), err,
			"It is in the state, marked as tainted: the next apply would delete it and begin again. To keep it, and have the next apply complete it, take the "+
				"mark off by `terraform untaint` (or `tofu untaint`) and the address of this resource."))
	}
}

func (r *protectedVMResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state protectedVMModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	lookOnce(ctx, protectedVMModels, state, func() *look[protectedVMModel] { return r.look(ctx, state, req.Private) }).save(ctx, resp)
}

// look asks the service for a protection of the state.
func (r *protectedVMResource) look(ctx context.Context, state protectedVMModel, private tfvalue.PrivateReader) *look[protectedVMModel] {
	l := &look[protectedVMModel]{of: state}
	state.fillFromID(ctx)
	l.identity = state.identity()
	timeout, diags := state.Timeouts.Read(ctx, protectedVMTimeouts.read.after)
	l.diags.Append(diags...)
	pending, diags := private.GetKey(ctx, pendingKey)
	l.diags.Append(diags...)
	id, err := state.itemID()
	if err != nil {
		l.diags.AddError("Unable to read the protection of a VM", tfvalue.Sentence(err.Error()))
	}
	if l.diags.HasError() {
		return l
	}
	if r.run.keepsState() {
		l.fate = kept
		return l
	}
	ctx, cancel := limited(ctx, state.Timeouts.Attributes(), "read", timeout)
	defer cancel()

	r.run.state.read(id)
	r.run.warnOfTwoAddresses(ctx, id, protectedVMLabel(state), private, &l.diags)
	item, err := r.run.vaults.ProtectedVMOrGone(ctx, id)
	switch {
	case vault.IsGone(err) && pending != nil:
		// The service may show it only when it is done. The next apply looks again, and begins again if need be.
		l.fate = kept
		return l
	case vault.IsGone(err):
		r.lose(l, state, "no longer exists and is removed from the state."+goneWith(err)+" Earlier backups are gone. If it is still in the configuration, the next apply protects the VM again.")
		return l
	case err != nil:
		l.diags.AddError("Unable to read the protection of a VM", tfvalue.Problem(protectedVMLabel(state), err, ""))
		return l
	case item.SoftDeleted:
		r.lose(l, state, "was deleted and is removed from the state. Its backups are soft-deleted: "+keptUntil(item)+
			". If it is still in the configuration, the next apply undeletes them and protects the VM again.")
		return l
	case item.SourceVMID == "" && state.SourceVMID.IsNull():
		l.diags.AddError("VM of the item is not known", fmt.Sprintf("%s: the state has nothing but its id, and the service does not say which VM it is of. "+
			"Take it out of the state by `terraform state rm` (or `tofu state rm`) and its address, and import it by identity, which takes vault_id and source_vm_id.",
			protectedVMLabel(state)))
		return l
	case item.SourceVMID != "" && !state.SourceVMID.IsNull() && !tfvalue.ARMName.Value(item.SourceVMID).Same(state.SourceVMID):
		r.lose(l, state, "is no longer in the vault, which now protects another VM of the same group and name: "+item.SourceVMID+". It is removed from the state.")
		return l
	}
	if state.SourceScanEnabled = r.readScan(ctx, id, state, &l.diags); l.diags.HasError() {
		return l
	}
	l.fate = found
	l.is = r.taken(ctx, state, item, &l.diags)
	l.identity = l.is.identity()
	return l
}

// lose takes what is gone out of the state, and says so.
func (r *protectedVMResource) lose(l *look[protectedVMModel], state protectedVMModel, what string) {
	l.diags.AddWarning("Protection of a VM is gone", protectedVMLabel(state)+": the protection "+what)
	if id, err := state.itemID(); err == nil {
		r.run.state.forget(id)
	}
	l.fate = gone
}

func (r *protectedVMResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan, state protectedVMModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	timeout, diags := plan.Timeouts.Update(ctx, protectedVMTimeouts.update.after)
	resp.Diagnostics.Append(diags...)
	pending, diags := req.Private.GetKey(ctx, pendingKey)
	resp.Diagnostics.Append(diags...)
	id, err := state.itemID()
	if err != nil {
		resp.Diagnostics.AddError("Unable to change the protection of a VM", tfvalue.Sentence(err.Error()))
	}
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := limited(ctx, plan.Timeouts.Attributes(), "update", timeout)
	defer cancel()

	resp.Diagnostics.Append(resp.Private.SetKey(ctx, replacedKey, nil)...) // it was for the plan alone
	if pending != nil || changesProtection(plan, state) {
		item, err := r.change(ctx, id, plan, state, pending != nil, &resp.Diagnostics)
		if err != nil {
			// The state stays as it was; the next plan reads what was reached, and goes on from there.
			resp.Diagnostics.AddError("Unable to change the protection of a VM", tfvalue.Problem(protectedVMLabel(plan), err, guardAdvice(err, goesOn(err, "timeouts.update"))))
			return
		}
		r.save(ctx, state, item, &resp.State, resp.Identity, &resp.Diagnostics)
		r.finish(plan, item, &resp.Diagnostics)
		resp.Diagnostics.Append(resp.Private.SetKey(ctx, pendingKey, nil)...)
	}
	if !plan.SourceScanEnabled.Equal(state.SourceScanEnabled) {
		if err := r.configureScan(ctx, id, plan); err != nil {
			resp.Diagnostics.AddAttributeError(path.Root("source_scan_enabled"), "Unable to change the scan of a VM",
				tfvalue.Problem(protectedVMLabel(plan), err, goesOn(err, "timeouts.update")))
			return
		}
	}
	if resp.Identity != nil {
		// Even when nothing was written; states from before Terraform 1.12 have none.
		resp.Diagnostics.Append(resp.Identity.Set(ctx, state.identity())...)
	}
	resp.Diagnostics.Append(tfvalue.KeepPlanned(req.Plan.Raw, &resp.State)...)
}

// change brings an item from what the state says to what is planned. A policy or disks are given to a protection that
// takes backups, so it is stopped or suspended after that. While it is suspended, backups expire by the policy; a stopped
// one has none and keeps them for ever, so that it is taken up before it is suspended.
func (r *protectedVMResource) change(ctx context.Context, id vault.ItemID, plan, state protectedVMModel, again bool, diags *diag.Diagnostics) (item vault.ProtectedVM, err error) {
	progress := logProtection(ctx, id)
	wish := plan.ProtectionState
	if wish.IsUnknown() || wish.IsNull() {
		wish = state.ProtectionState // not configured: what there is stays
	}
	takes := takesBackups(wish.ValueString())
	otherPolicy := state.isStopped() || !tfvalue.SameText(plan.BackupPolicyID, state.BackupPolicyID)
	if takes || again || plan.changes(state.diskChoiceModel) || otherPolicy && wish.ValueString() == vault.StateSuspended {
		if item, err = r.run.vaults.Protect(ctx, id, plan.protection(ctx, diags), progress); err != nil {
			return item, err
		}
	}
	if !takes {
		return r.run.vaults.StopProtection(ctx, id, wish.ValueString(), progress)
	}
	return item, nil
}

func (r *protectedVMResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state protectedVMModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	state.fillFromID(ctx)
	timeout, diags := state.Timeouts.Delete(ctx, protectedVMTimeouts.delete.after)
	resp.Diagnostics.Append(diags...)
	id, err := state.itemID()
	if err != nil {
		resp.Diagnostics.AddError("Unable to end the protection of a VM", tfvalue.Sentence(err.Error()))
	}
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := limited(ctx, state.Timeouts.Attributes(), "delete", timeout)
	defer cancel()
	progress := logProtection(ctx, id)
	switch state.DeletionPolicy.ValueString() {
	case deletionRetain:
		err = r.leave(ctx, id, state, vault.StateStopped, progress)
	case deletionSuspend:
		err = r.leave(ctx, id, state, vault.StateSuspended, progress)
	default:
		err = r.run.vaults.Unprotect(ctx, id, progress)
	}
	if err != nil {
		resp.Diagnostics.AddError("Unable to end the protection of a VM", tfvalue.Problem(protectedVMLabel(state), err, guardAdvice(err, deleteAdvice(err, state))))
		return
	}
	r.run.plans.release(id)
	r.run.state.forget(id)
}

// leave ends backups and leaves those there are in the vault.
func (r *protectedVMResource) leave(ctx context.Context, id vault.ItemID, state protectedVMModel, to string, progress func(string)) error {
	if state.ProtectionState.ValueString() == to {
		return nil
	}
	_, err := r.run.vaults.StopProtection(ctx, id, to, progress)
	if vault.IsGone(err) {
		return nil
	}
	return err
}

// codeImmutable is the service's refusal to shorten the life of backups in an immutable vault, or to suspend in any other;
// codeImmutableItem is how it ends the deletion of backups there that it has accepted.
const (
	codeImmutable     = "UserErrorOperationDeniedOnImmutableItem"
	codeImmutableItem = "UserErrorDeleteBackupItemOnImmutableItem"
)

func deleteAdvice(err error, state protectedVMModel) string {
	if advice := goesOn(err, "timeouts.delete"); advice != "" {
		return advice
	}
	switch {
	case !arm.HasCode(err, codeImmutable, codeImmutableItem):
		return ""
	case state.ending() == goes:
		return "An immutable vault keeps backups until they expire. " + otherPolicies(deletionRetain, deletionSuspend)
	}
	return "Only an immutable vault suspends backups. " + otherPolicies(deletionRetain, deletionDelete)
}

// The codes of a refused protection: for a VM that is of another vault, or not there at all, and of old for one in another region;
// for one in another region; and for one more than a vault can protect.
const (
	codeNotProtectable = "BMSUserErrorInvalidConfigureProtectionRequest"
	codeOtherRegion    = "UserErrorVmVaultLocationMismatch"
	codeVaultFull      = "UserErrorProtectionQuotaExceeded"
)

// addProtectError explains a refusal as far as it can be explained.
func (r *protectedVMResource) addProtectError(ctx context.Context, plan protectedVMModel, err error, diags *diag.Diagnostics) {
	advice := ""
	vm, parseErr := vault.ParseVMID(plan.SourceVMID.ValueString())
	v, known := r.vaultOf(ctx, plan, diags)
	switch {
	case vault.IsUnsure(err):
		advice = notKnown("the protection", err)
	case arm.HasCode(err, codeVaultFull):
		advice = "Protect the VM in another vault of the same region."
	case arm.HasCode(err, codeNotProtectable, codeOtherRegion) && parseErr == nil && known:
		if other, found, findErr := r.run.vaults.BackingUpVault(ctx, vm, v.region); findErr == nil && found && !other.Equal(v.id) {
			addOtherVault(diags, plan, other)
			return
		}
		advice = fmt.Sprintf("Make sure that the VM exists, and that it is in %s, the region of the vault.", regionLabel(v.region))
		if !plan.SourceVMRegion.IsNull() && !plan.SourceVMRegion.IsUnknown() {
			advice += " That source_vm_region says so does not make it so; where the VM really is, is only looked at while planning when " +
				"source_vm_region is not set."
		}
	}
	diags.AddError("Unable to protect a VM", tfvalue.Problem(protectedVMLabel(plan), err, advice))
}

// finish ends a write that succeeded. What the service accepted and ignored is said.
func (r *protectedVMResource) finish(plan protectedVMModel, item vault.ProtectedVM, diags *diag.Diagnostics) {
	if wish := plan.ProtectionState.ValueString(); wish != "" && !sameState(wish, item.State) {
		diags.AddError("The service ignored a change", fmt.Sprintf("%s: the service accepted protection_state = %q, and the protection is in the state %s.",
			protectedVMLabel(plan), wish, item.State))
	}
}

// save writes an item, as the service describes it, over a model into state and identity.
func (r *protectedVMResource) save(ctx context.Context, m protectedVMModel, item vault.ProtectedVM, state *tfsdk.State, identity *tfsdk.ResourceIdentity, diags *diag.Diagnostics) {
	if item.ARMID == "" {
		return
	}
	m = r.taken(ctx, m, item, diags)
	// An interrupted context must not keep what is known out of the state.
	ctx = context.WithoutCancel(ctx)
	diags.Append(state.Set(ctx, m)...)
	if identity != nil {
		diags.Append(identity.Set(ctx, m.identity())...)
	}
}

// taken is a model made what the service says of an item, and of what the item has with its vault and its policy.
func (r *protectedVMResource) taken(ctx context.Context, m protectedVMModel, item vault.ProtectedVM, diags *diag.Diagnostics) protectedVMModel {
	next := r.run.nextBackup(ctx, item)
	region := ""
	if m.SourceVMRegion.IsNull() || m.SourceVMRegion.IsUnknown() {
		if v, err := r.run.vaults.Get(ctx, item.ID.Vault); err == nil {
			region = item.Region(v)
		}
	}
	diags.Append(m.take(context.WithoutCancel(ctx), item, region, next)...)
	return m
}

// logProtection reports each status the service gives, at the log level INFO.
func logProtection(ctx context.Context, id vault.ItemID) func(string) {
	start := time.Now()
	return func(status string) {
		tflog.Info(ctx, "waiting for protected VM", map[string]any{
			"vm": id.VMName(), "vault": id.Vault.Name, "status": status, "waited_ms": time.Since(start).Milliseconds(),
		})
	}
}
