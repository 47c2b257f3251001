package provider

import (
	"cmp"
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/vault"
)

// foreignPolicy is what a policy keeps of its state when it moves here from azurerm: what decides about a replacement,
// and the user's spelling. Everything else is read from the service by the refresh that follows.
type foreignPolicy struct {
	ID         types.String `tfsdk:"id"`
	PolicyType types.String `tfsdk:"policy_type"`
	TimeZone   types.String `tfsdk:"timezone"`
	Timeouts   types.Object `tfsdk:"timeouts"`
}

// foreignPolicySchema has the attributes of foreignPolicy; what else is in the state is passed over.
func foreignPolicySchema(ctx context.Context) *schema.Schema {
	return &schema.Schema{Attributes: map[string]schema.Attribute{
		"id":          schema.StringAttribute{Computed: true},
		"policy_type": schema.StringAttribute{Optional: true},
		"timezone":    schema.StringAttribute{Optional: true},
		"timeouts":    schema.ObjectAttribute{Optional: true, AttributeTypes: noTimeouts(ctx).AttributeTypes(ctx)},
	}}
}

// MoveState takes over a policy that azurerm looked after, from that state alone: Terraform asks for the move before
// the provider is configured.
func (r *vmPolicyResource) MoveState(ctx context.Context) []resource.StateMover {
	return []resource.StateMover{{SourceSchema: foreignPolicySchema(ctx), StateMover: movePolicy}}
}

func movePolicy(ctx context.Context, req resource.MoveStateRequest, resp *resource.MoveStateResponse) {
	if !comesFrom(req, "hashicorp/azurerm", "azurerm_backup_policy_vm") {
		resp.Diagnostics.AddError("Not a backup policy of another provider", fmt.Sprintf(
			"A %s of the provider %s cannot become a backup_policy_vm. An azurerm_backup_policy_vm of hashicorp/azurerm can.",
			req.SourceTypeName, req.SourceProviderAddress))
		return
	}
	if req.SourceState == nil || req.SourceState.Raw.IsNull() {
		resp.Diagnostics.AddError("State to move cannot be read", fmt.Sprintf(
			"The state of the %s is not the JSON that its provider writes.\n\n%s", req.SourceTypeName, moveAdvice))
		return
	}
	var source foreignPolicy
	resp.Diagnostics.Append(req.SourceState.Get(ctx, &source)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if source.ID.ValueString() == "" {
		resp.Diagnostics.AddAttributeError(path.Root("id"), "State to move has no id", fmt.Sprintf("The state of the %s names no id.\n\n%s", req.SourceTypeName, moveAdvice))
		return
	}
	id, err := vault.ParsePolicyID(source.ID.ValueString())
	if err != nil {
		resp.Diagnostics.AddAttributeError(path.Root("id"), "State to move is not of a backup policy", sentence(err.Error()))
		return
	}
	model := emptyVMPolicyModel(ctx)
	model.ID, model.Name, model.VaultID = armNameType.value(source.ID.ValueString()), armNameType.value(id.Name), armNameType.value(id.Vault.String())
	// States of azurerm before 3.28 name no type; there was only one.
	model.PolicyType = types.StringValue(cmp.Or(source.PolicyType.ValueString(), catalog.PolicyV1))
	model.TimeZone = timeZoneType.value(cmp.Or(source.TimeZone.ValueString(), defaultTimeZone))
	if hasTimeout(source.Timeouts) {
		model.Timeouts.Object = source.Timeouts
	}
	resp.Diagnostics.Append(resp.TargetState.Set(ctx, model)...)
	if resp.TargetIdentity != nil {
		resp.Diagnostics.Append(resp.TargetIdentity.Set(ctx, model.identity())...)
	}
}
