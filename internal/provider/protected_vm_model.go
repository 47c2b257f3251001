package provider

import (
	"cmp"
	"context"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azurebackup/terraform-provider-backup/internal/tfvalue"
	"github.com/azurebackup/terraform-provider-backup/internal/vault"
)

// The values of deletion_policy.
const (
	deletionDelete  = "delete"
	deletionRetain  = "retain_data"
	deletionSuspend = "suspend"
)

// protectedVMModel is a backup_protected_vm in configuration, plan and state.
type protectedVMModel struct {
	ID              tfvalue.EqualText `tfsdk:"id"`
	VaultID         tfvalue.EqualText `tfsdk:"vault_id"`
	SourceVMID      tfvalue.EqualText `tfsdk:"source_vm_id"`
	BackupPolicyID  tfvalue.EqualText `tfsdk:"backup_policy_id"`
	SourceVMRegion  tfvalue.EqualText `tfsdk:"source_vm_region"`
	ProtectionState types.String      `tfsdk:"protection_state"`
	diskChoiceModel
	SourceScanEnabled types.Bool   `tfsdk:"source_scan_enabled"`
	DeletionPolicy    types.String `tfsdk:"deletion_policy"`
	protectionStatusModel
	Timeouts timeouts.Value `tfsdk:"timeouts"`
}

// protectionStatusModel is what the service says about the backups of a VM, in lists as well as of one alone. How many recovery
// points there are is not among it: lists do not say, so that a state would differ by how it was read.
type protectionStatusModel struct {
	Health              types.String `tfsdk:"health"`
	LastBackupStatus    types.String `tfsdk:"last_backup_status"`
	LastBackupTime      types.String `tfsdk:"last_backup_time"`
	NextScheduledBackup types.String `tfsdk:"next_scheduled_backup"`
}

// emptyProtectedVMModel is a protected VM of which nothing is known yet, as typed nulls. Import, moved blocks and lists
// start from it.
func emptyProtectedVMModel(ctx context.Context) protectedVMModel {
	return protectedVMModel{
		ID: tfvalue.ARMName.Null(), VaultID: tfvalue.ARMName.Null(), SourceVMID: tfvalue.ARMName.Null(), BackupPolicyID: tfvalue.ARMName.Null(),
		SourceVMRegion: tfvalue.Region.Null(), diskChoiceModel: emptyDiskChoice(),
		// Terraform's own setting, which no service knows: its default, so that the first plan has nothing to add.
		DeletionPolicy: types.StringValue(deletionDelete), Timeouts: noTimeouts(ctx),
	}
}

// fillFromID makes of a damaged state, which has nothing but the id, what an import by that id begins with. Which VM it is of
// the service has to say.
func (m *protectedVMModel) fillFromID(ctx context.Context) {
	id, err := vault.ParseItemID(m.ID.ValueString())
	if err != nil || !m.VaultID.IsNull() && !m.SourceVMID.IsNull() {
		return
	}
	was := *m
	*m = emptyProtectedVMModel(ctx)
	m.ID, m.SourceVMID, m.Timeouts = was.ID, was.SourceVMID, was.Timeouts
	m.VaultID = tfvalue.ARMName.Value(id.Vault.String())
}

// itemID is the id of the item in the vault; vault and VM must be known and well-formed. A damaged state may have nothing but
// the id of the item.
func (m protectedVMModel) itemID() (vault.ItemID, error) {
	if item, err := vault.ParseItemID(m.ID.ValueString()); err == nil && m.SourceVMID.IsNull() {
		return item, nil
	}
	vaultID, err := vault.ParseID(m.VaultID.ValueString())
	if err != nil {
		return vault.ItemID{}, err
	}
	vm, err := vault.ParseVMID(m.SourceVMID.ValueString())
	if err != nil {
		return vault.ItemID{}, err
	}
	return vault.NewItemID(vaultID, vm), nil
}

// protection is what the model asks of the service.
func (m protectedVMModel) protection(ctx context.Context, diags *diag.Diagnostics) vault.Protection {
	return vault.Protection{SourceVMID: m.SourceVMID.ValueString(), PolicyID: m.BackupPolicyID.ValueString(), Disks: m.disks(ctx, diags)}
}

// wantsBackups tells whether the model asks for backups to be taken.
func (m protectedVMModel) wantsBackups() bool { return takesBackups(m.ProtectionState.ValueString()) }

// ending is what becomes of the protection when the resource is destroyed.
func (m protectedVMModel) ending() ending {
	switch m.DeletionPolicy.ValueString() {
	case deletionRetain:
		return retains
	case deletionSuspend:
		return suspends
	}
	return goes
}

// isStopped tells whether the protection is stopped, or to be. That one has no policy; a suspended one has.
func (m protectedVMModel) isStopped() bool {
	return m.ProtectionState.ValueString() == vault.StateStopped
}

// takesBackups tells whether a protection state is one in which backups are taken, be it the wish for them.
func takesBackups(state string) bool {
	return !strings.EqualFold(state, vault.StateStopped) && !strings.EqualFold(state, vault.StateSuspended)
}

// sameState tells whether two protection states ask for the same.
func sameState(a, b string) bool {
	return a == b || takesBackups(a) && takesBackups(b)
}

// take makes the model what the service says about the item. Spellings that mean the same stay as they were. A service
// that has stopped the protection forgets what the policy was, and Azure does not promise to remember the disks; both
// stay, so that the protection can be resumed, and no plan shows a change.
func (m *protectedVMModel) take(ctx context.Context, item vault.ProtectedVM, region string, next time.Time) (diags diag.Diagnostics) {
	m.ID = tfvalue.Keep(m.ID, tfvalue.ARMName.Value(item.ARMID))
	m.VaultID = tfvalue.Keep(m.VaultID, tfvalue.ARMName.Value(item.ID.Vault.String()))
	if item.SourceVMID != "" {
		m.SourceVMID = tfvalue.Keep(m.SourceVMID, tfvalue.ARMName.Value(item.SourceVMID))
	}
	if item.PolicyID != "" {
		m.BackupPolicyID = tfvalue.Keep(m.BackupPolicyID, tfvalue.ARMName.Value(item.PolicyID))
	} else if m.BackupPolicyID.IsUnknown() {
		m.BackupPolicyID = tfvalue.ARMName.Null()
	}
	if region != "" {
		m.SourceVMRegion = tfvalue.Keep(m.SourceVMRegion, tfvalue.Region.Value(region))
	} else if m.SourceVMRegion.IsUnknown() {
		m.SourceVMRegion = tfvalue.Region.Null()
	}
	m.ProtectionState = stateValue(m.ProtectionState, item.State)
	switch {
	case item.Disks != nil || takesBackups(item.State):
		diags.Append(m.diskChoiceModel.take(ctx, item.Disks)...)
	case m.OSDiskOnly.IsNull() || m.OSDiskOnly.IsUnknown():
		m.OSDiskOnly = types.BoolValue(false)
	}
	m.protectionStatusModel = newProtectionStatus(item, next)
	return diags
}

// newProtectionStatus reads what the service says of an item whose next backup is due then.
func newProtectionStatus(item vault.ProtectedVM, next time.Time) protectionStatusModel {
	return protectionStatusModel{
		Health: textOrNull(item.Health), LastBackupStatus: textOrNull(item.LastBackupStatus), LastBackupTime: timeOrNull(item.LastBackup),
		NextScheduledBackup: timeOrNull(next),
	}
}

// stateValue is the service's protection state. A VM that was asked to be Protected is, although the first backup is
// still to come; that word stays, so that nothing seems to have changed after an apply.
func stateValue(was types.String, is string) types.String {
	if is == vault.StateIRPending && was.ValueString() == vault.StateProtected {
		return was
	}
	return textOrNull(is)
}

// protectedVMIdentity is the resource identity of a protected VM.
type protectedVMIdentity struct {
	VaultID    types.String `tfsdk:"vault_id"`
	SourceVMID types.String `tfsdk:"source_vm_id"`
}

// identity follows the spelling in state, since Terraform refuses an identity that changes.
func (m protectedVMModel) identity() protectedVMIdentity {
	return protectedVMIdentity{
		VaultID: types.StringValue(m.VaultID.ValueString()), SourceVMID: types.StringValue(m.SourceVMID.ValueString()),
	}
}

// protectedVMLabel names a protected VM in messages.
func protectedVMLabel(m protectedVMModel) string {
	vm, err := vault.ParseVMID(m.SourceVMID.ValueString())
	if item, itemErr := vault.ParseItemID(m.ID.ValueString()); err != nil && itemErr == nil {
		return itemLabel(item)
	}
	if err != nil {
		return "VM " + cmp.Or(m.SourceVMID.ValueString(), "(not known yet)")
	}
	label := `VM "` + vm.Name + `" in resource group "` + vm.ResourceGroup + `"`
	if id, err := vault.ParseID(m.VaultID.ValueString()); err == nil {
		label += `, vault "` + id.Name + `"`
	}
	return label
}
