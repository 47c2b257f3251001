package provider

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azurebackup/terraform-provider-backup/internal/tfvalue"
	"github.com/azurebackup/terraform-provider-backup/internal/vault"
)

// foreignProtectedVM is what a protected VM keeps of its state when it moves here from azurerm. Everything else is read
// from the service by the refresh that follows.
type foreignProtectedVM struct {
	ID              types.String `tfsdk:"id"`
	SourceVMID      types.String `tfsdk:"source_vm_id"`
	BackupPolicyID  types.String `tfsdk:"backup_policy_id"`
	ProtectionState types.String `tfsdk:"protection_state"`
	IncludeDiskLUNs types.Set    `tfsdk:"include_disk_luns"`
	ExcludeDiskLUNs types.Set    `tfsdk:"exclude_disk_luns"`
	Timeouts        types.Object `tfsdk:"timeouts"`
}

// foreignProtectedVMSchema has the attributes of foreignProtectedVM; what else is in the state is passed over.
func foreignProtectedVMSchema(ctx context.Context) *schema.Schema {
	return &schema.Schema{Attributes: map[string]schema.Attribute{
		"id":                schema.StringAttribute{Computed: true},
		"source_vm_id":      schema.StringAttribute{Optional: true},
		"backup_policy_id":  schema.StringAttribute{Optional: true},
		"protection_state":  schema.StringAttribute{Optional: true},
		"include_disk_luns": schema.SetAttribute{Optional: true, ElementType: types.Int64Type},
		"exclude_disk_luns": schema.SetAttribute{Optional: true, ElementType: types.Int64Type},
		"timeouts":          schema.ObjectAttribute{Optional: true, AttributeTypes: noTimeouts(ctx).AttributeTypes(ctx)},
	}}
}

// MoveState takes over a protected VM that azurerm looked after, from that state alone.
func (r *protectedVMResource) MoveState(ctx context.Context) []resource.StateMover {
	return []resource.StateMover{{SourceSchema: foreignProtectedVMSchema(ctx), StateMover: moveProtectedVM}}
}

func moveProtectedVM(ctx context.Context, req resource.MoveStateRequest, resp *resource.MoveStateResponse) {
	if !comesFrom(req, "hashicorp/azurerm", "azurerm_backup_protected_vm") {
		resp.Diagnostics.AddError("Not a protected VM of another provider", fmt.Sprintf(
			"A %s of the provider %s cannot become a backup_protected_vm. An azurerm_backup_protected_vm of hashicorp/azurerm can.",
			req.SourceTypeName, req.SourceProviderAddress))
		return
	}
	if req.SourceState == nil || req.SourceState.Raw.IsNull() {
		resp.Diagnostics.AddError("State to move cannot be read", fmt.Sprintf(
			"The state of the %s is not the JSON that its provider writes.\n\n%s", req.SourceTypeName, moveAdvice))
		return
	}
	var source foreignProtectedVM
	resp.Diagnostics.Append(req.SourceState.Get(ctx, &source)...)
	if resp.Diagnostics.HasError() {
		return
	}
	id, err := vault.ParseItemID(source.ID.ValueString())
	if err != nil {
		resp.Diagnostics.AddAttributeError(path.Root("id"), "State to move is not of a protected VM", tfvalue.Sentence(err.Error())+"\n\n"+moveAdvice)
		return
	}
	if err := checkVMID(source.SourceVMID.ValueString()); err != nil {
		// azurerm keeps none of a protection that outlived its VM. Without it, a plan would replace the protection.
		resp.Diagnostics.AddAttributeError(path.Root("source_vm_id"), "State to move names no VM", tfvalue.Sentence(err.Error())+"\n\n"+moveAdvice)
		return
	}
	model := emptyProtectedVMModel(ctx)
	model.ID = tfvalue.ARMName.Value(source.ID.ValueString())
	model.VaultID, model.SourceVMID = tfvalue.ARMName.Value(id.Vault.String()), tfvalue.ARMName.Value(source.SourceVMID.ValueString())
	if s := source.BackupPolicyID.ValueString(); s != "" {
		model.BackupPolicyID = tfvalue.ARMName.Value(s)
	}
	model.ProtectionState = textOrNull(source.ProtectionState.ValueString())
	// azurerm keeps [] where nothing is set.
	if len(source.IncludeDiskLUNs.Elements()) > 0 {
		model.IncludeDiskLUNs = source.IncludeDiskLUNs
	}
	if len(source.ExcludeDiskLUNs.Elements()) > 0 {
		model.ExcludeDiskLUNs = source.ExcludeDiskLUNs
	}
	if hasTimeout(source.Timeouts) {
		model.Timeouts.Object = source.Timeouts
	}
	resp.Diagnostics.Append(resp.TargetState.Set(ctx, model)...)
	if resp.TargetIdentity != nil {
		resp.Diagnostics.Append(resp.TargetIdentity.Set(ctx, model.identity())...)
	}
}
