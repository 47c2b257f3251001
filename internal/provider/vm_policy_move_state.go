package provider

import (
	"cmp"
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/tfvalue"
	"github.com/azurebackup/terraform-provider-backup/internal/vault"
)

// foreignPolicy is what a policy keeps of its state when it moves here from azurerm, where what is an object here is a
// block: a list of one or none.
type foreignPolicy struct {
	ID                          types.String `tfsdk:"id"`
	PolicyType                  types.String `tfsdk:"policy_type"`
	TimeZone                    types.String `tfsdk:"timezone"`
	Backup                      types.List   `tfsdk:"backup"`
	InstantRestoreRetentionDays types.Int64  `tfsdk:"instant_restore_retention_days"`
	InstantRestoreResourceGroup types.List   `tfsdk:"instant_restore_resource_group"`
	SnapshotConsistencyType     types.String `tfsdk:"consistency_type"`
	RetentionDaily              types.List   `tfsdk:"retention_daily"`
	RetentionWeekly             types.List   `tfsdk:"retention_weekly"`
	RetentionMonthly            types.List   `tfsdk:"retention_monthly"`
	RetentionYearly             types.List   `tfsdk:"retention_yearly"`
	TieringPolicy               types.List   `tfsdk:"tiering_policy"`
	Timeouts                    types.Object `tfsdk:"timeouts"`
}

// foreignPolicySchema has the attributes of foreignPolicy; what else is in the state is passed over.
func foreignPolicySchema(ctx context.Context) *schema.Schema {
	block := func(of map[string]attr.Type) schema.Attribute {
		return schema.ListAttribute{Optional: true, ElementType: types.ObjectType{AttrTypes: of}}
	}
	return &schema.Schema{Attributes: map[string]schema.Attribute{
		"id":                             schema.StringAttribute{Computed: true},
		"policy_type":                    schema.StringAttribute{Optional: true},
		"timezone":                       schema.StringAttribute{Optional: true},
		"backup":                         block(policyBackupTypes),
		"instant_restore_retention_days": schema.Int64Attribute{Optional: true},
		"instant_restore_resource_group": block(instantRestoreGroupTypes),
		"consistency_type":               schema.StringAttribute{Optional: true},
		"retention_daily":                block(dailyRetentionTypes),
		"retention_weekly":               block(weeklyRetentionTypes),
		"retention_monthly":              block(monthlyRetentionTypes),
		"retention_yearly":               block(yearlyRetentionTypes),
		"tiering_policy": block(map[string]attr.Type{
			"archived_restore_point": types.ListType{ElemType: types.ObjectType{AttrTypes: archivedRestorePointTypes}},
		}),
		"timeouts": schema.ObjectAttribute{Optional: true, AttributeTypes: noTimeouts(ctx).AttributeTypes(ctx)},
	}}
}

// settings are those of the state that moves, in the words of this provider.
func (f foreignPolicy) settings(ctx context.Context, diags *diag.Diagnostics) vmPolicySettingsModel {
	m := emptyPolicySettings()
	// States of azurerm before 3.9 name no type; there was only one.
	m.PolicyType = types.StringValue(cmp.Or(f.PolicyType.ValueString(), catalog.PolicyV1))
	m.TimeZone = tfvalue.TimeZone.Value(cmp.Or(f.TimeZone.ValueString(), defaultTimeZone))
	m.InstantRestoreRetentionDays, m.SnapshotConsistencyType = f.InstantRestoreRetentionDays, f.SnapshotConsistencyType
	for list, object := range map[*types.List]*types.Object{
		&f.Backup: &m.Backup, &f.InstantRestoreResourceGroup: &m.InstantRestoreResourceGroup, &f.RetentionDaily: &m.RetentionDaily,
		&f.RetentionWeekly: &m.RetentionWeekly, &f.RetentionMonthly: &m.RetentionMonthly, &f.RetentionYearly: &m.RetentionYearly,
	} {
		if block, ok := onlyBlock(*list); ok {
			*object = block
		}
	}
	if tiering, ok := onlyBlock(f.TieringPolicy); ok {
		points, _ := tiering.Attributes()["archived_restore_point"].(types.List)
		if point, ok := onlyBlock(points); ok {
			m.TieringPolicy = objectValue(tieringPolicyTypes, map[string]attr.Value{"archived_restore_point": point}, diags)
		}
	}
	// azurerm's state has 0, "" and empty sets for what is null here.
	settings := emptyPolicySettings()
	settings.TimeZone = m.TimeZone
	settings.take(ctx, m.settings(ctx, diags), diags)
	return settings
}

// onlyBlock is the one element of a list of blocks; ok is false when there is none.
func onlyBlock(list types.List) (block types.Object, ok bool) {
	if len(list.Elements()) == 0 {
		return types.Object{}, false
	}
	block, ok = list.Elements()[0].(types.Object)
	return block, ok
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
		resp.Diagnostics.AddAttributeError(path.Root("id"), "State to move is not of a backup policy", tfvalue.Sentence(err.Error()))
		return
	}
	model := emptyVMPolicyModel(ctx)
	model.ID, model.Name, model.VaultID = tfvalue.ARMName.Value(source.ID.ValueString()), tfvalue.ARMName.Value(id.Name), tfvalue.ARMName.Value(id.Vault.String())
	model.vmPolicySettingsModel = source.settings(ctx, &resp.Diagnostics)
	if hasTimeout(source.Timeouts) {
		model.Timeouts.Object = source.Timeouts
	}
	resp.Diagnostics.Append(resp.TargetState.Set(ctx, model)...)
	if resp.TargetIdentity != nil {
		resp.Diagnostics.Append(resp.TargetIdentity.Set(ctx, model.identity())...)
	}
}
