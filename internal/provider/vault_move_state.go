package provider

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/tfvalue"
	"github.com/azurebackup/terraform-provider-backup/internal/vault"
)

var _ resource.ResourceWithMoveState = (*vaultResource)(nil)

// foreignVault is what a vault keeps of its state when it moves here from another provider. Everything else is read
// from the service by the refresh that follows.
type foreignVault struct {
	ID       types.String `tfsdk:"id"`
	Type     types.String `tfsdk:"type"` // azapi's, such as "Microsoft.RecoveryServices/vaults@2025-02-01"
	Location types.String `tfsdk:"location"`
	Tags     types.Map    `tfsdk:"tags"`
	Timeouts types.Object `tfsdk:"timeouts"`
}

// foreignVaultSchema has the attributes of foreignVault; what else is in the state of the other provider is passed over.
func foreignVaultSchema(ctx context.Context) *schema.Schema {
	return &schema.Schema{Attributes: map[string]schema.Attribute{
		"id":       schema.StringAttribute{Computed: true},
		"type":     schema.StringAttribute{Optional: true},
		"location": schema.StringAttribute{Optional: true},
		"tags":     schema.MapAttribute{Optional: true, ElementType: types.StringType},
		"timeouts": schema.ObjectAttribute{Optional: true, AttributeTypes: noTimeouts(ctx).AttributeTypes(ctx)},
	}}
}

// MoveState takes over a vault that azurerm or azapi looked after. It works from that state alone: Terraform asks for
// the move before the provider is configured.
func (r *vaultResource) MoveState(ctx context.Context) []resource.StateMover {
	return []resource.StateMover{{SourceSchema: foreignVaultSchema(ctx), StateMover: moveVault}}
}

func moveVault(ctx context.Context, req resource.MoveStateRequest, resp *resource.MoveStateResponse) {
	fromAzapi := comesFrom(req, "azure/azapi", "azapi_resource")
	if !fromAzapi && !comesFrom(req, "hashicorp/azurerm", "azurerm_recovery_services_vault") {
		resp.Diagnostics.AddError("Not a backup vault of another provider", fmt.Sprintf(
			"A %s of the provider %s cannot become a backup_vault. These can: azurerm_recovery_services_vault of hashicorp/azurerm, and "+
				"azapi_resource of Azure/azapi with the type %s.", req.SourceTypeName, req.SourceProviderAddress, catalog.VaultType))
		return
	}
	var source foreignVault
	if req.SourceState == nil || req.SourceState.Raw.IsNull() {
		resp.Diagnostics.AddError("State to move cannot be read", fmt.Sprintf(
			"The state of the %s is not the JSON that its provider writes.\n\n%s", req.SourceTypeName, moveAdvice))
		return
	}
	resp.Diagnostics.Append(req.SourceState.Get(ctx, &source)...)
	if resp.Diagnostics.HasError() {
		return
	}
	id := source.vaultID(fromAzapi, req.SourceTypeName, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	model := emptyVaultModel(ctx)
	model.ID = tfvalue.ARMName.Value(source.ID.ValueString())
	model.SubscriptionID, model.ResourceGroupName, model.Name = tfvalue.ARMName.Value(id.SubscriptionID), tfvalue.ARMName.Value(id.ResourceGroup), tfvalue.ARMName.Value(id.Name)
	model.Region = tfvalue.Region.Value(source.Location.ValueString())
	if len(source.Tags.Elements()) > 0 { // azurerm keeps {} of a vault without tags, whose configuration names none
		model.Tags = source.Tags
	}
	if hasTimeout(source.Timeouts) {
		model.Timeouts.Object = source.Timeouts
	}
	resp.Diagnostics.Append(resp.TargetState.Set(ctx, model)...)
	if resp.TargetIdentity != nil {
		resp.Diagnostics.Append(resp.TargetIdentity.Set(ctx, model.identity())...)
	}
}

// moveAdvice is the way in that needs nothing of the other provider's state.
const moveAdvice = "Use a removed block for the old resource and an import block for the new one instead of the moved block."

// comesFrom tells whether a move is from this resource type of a provider. The registry's host does not matter: OpenTofu
// has its own, and so have mirrors. Before 1.11.12 and 1.12.4, OpenTofu named a provider by the first word of the type alone.
func comesFrom(req resource.MoveStateRequest, provider, typeName string) bool {
	address := strings.ToLower(req.SourceProviderAddress)
	_, word, _ := strings.Cut(provider, "/")
	return req.SourceTypeName == typeName && (address == word || strings.HasSuffix(address, "/"+provider))
}

// vaultID is the id of the vault that the state describes.
func (f foreignVault) vaultID(fromAzapi bool, typeName string, diags *diag.Diagnostics) arm.ID {
	if kind, _, _ := strings.Cut(f.Type.ValueString(), "@"); fromAzapi && !strings.EqualFold(kind, catalog.VaultType) {
		diags.AddAttributeError(path.Root("type"), "Not a backup vault", fmt.Sprintf(
			"The azapi_resource to move has the type %q. Only a %s, with any API version, can become a backup_vault.", f.Type.ValueString(), catalog.VaultType))
		return arm.ID{}
	}
	if f.ID.ValueString() == "" {
		diags.AddAttributeError(path.Root("id"), "State to move has no id", fmt.Sprintf("The state of the %s names no id.\n\n%s", typeName, moveAdvice))
		return arm.ID{}
	}
	id, err := vault.ParseID(f.ID.ValueString())
	if err != nil {
		diags.AddAttributeError(path.Root("id"), "State to move is not of a backup vault", tfvalue.Sentence(err.Error()))
		return arm.ID{}
	}
	if f.Location.ValueString() == "" {
		// Without a region in the state, a plan with -refresh=false would replace the vault.
		diags.AddAttributeError(path.Root("location"), "State to move has no location", fmt.Sprintf(
			"The state of the %s names no location. Refresh it with its own provider before the move, such as with `terraform apply -refresh-only`.", typeName))
	}
	return id
}

// hasTimeout tells whether any timeout is set.
func hasTimeout(timeouts types.Object) bool {
	for _, value := range timeouts.Attributes() {
		if !value.IsNull() {
			return true
		}
	}
	return false
}
