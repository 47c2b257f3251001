package provider

import (
	"context"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
	"github.com/azurebackup/terraform-provider-backup/internal/tfvalue"
	"github.com/azurebackup/terraform-provider-backup/internal/vault"
)

// vaultModel is a backup_vault in configuration, plan and state.
type vaultModel struct {
	ID                tfvalue.EqualText `tfsdk:"id"`
	Name              tfvalue.EqualText `tfsdk:"name"`
	Region            tfvalue.EqualText `tfsdk:"region"`
	ResourceGroupName tfvalue.EqualText `tfsdk:"resource_group_name"`
	SubscriptionID    tfvalue.EqualText `tfsdk:"subscription_id"`
	vaultSettingsModel
	Tags         types.Map      `tfsdk:"tags"`
	ForceDestroy types.Bool     `tfsdk:"force_destroy"`
	Usage        types.Object   `tfsdk:"usage"`
	Timeouts     timeouts.Value `tfsdk:"timeouts"`
}

// emptyVaultModel is a vault of which nothing is known yet: every attribute is a null of its type, which the zero value
// is not. Import, moved blocks and lists start from it.
func emptyVaultModel(ctx context.Context) vaultModel {
	return vaultModel{
		ID: tfvalue.ARMName.Null(), Name: tfvalue.ARMName.Null(), Region: tfvalue.Region.Null(),
		ResourceGroupName: tfvalue.ARMName.Null(), SubscriptionID: tfvalue.ARMName.Null(),
		vaultSettingsModel: emptySettings(), Tags: types.MapNull(types.StringType),
		// Terraform's own setting, which no service knows: its default, so that the first plan has nothing to add.
		ForceDestroy: types.BoolValue(false), Usage: types.ObjectNull(usageTypes), Timeouts: noTimeouts(ctx),
	}
}

// fillFromID makes of a damaged state, which has nothing but the id, what an import by that id begins with.
func (m *vaultModel) fillFromID(ctx context.Context) {
	id, err := vault.ParseID(m.ID.ValueString())
	if err != nil || !m.Name.IsNull() && !m.ResourceGroupName.IsNull() && !m.SubscriptionID.IsNull() {
		return
	}
	was := *m
	*m = emptyVaultModel(ctx)
	m.ID, m.Timeouts = was.ID, was.Timeouts
	m.SubscriptionID, m.ResourceGroupName, m.Name = tfvalue.ARMName.Value(id.SubscriptionID), tfvalue.ARMName.Value(id.ResourceGroup), tfvalue.ARMName.Value(id.Name)
}

// armID is the id of the vault that the model describes; its parts must be known.
func (m vaultModel) armID() arm.ID {
	return vault.NewID(m.SubscriptionID.ValueString(), m.ResourceGroupName.ValueString(), m.Name.ValueString())
}

// settings are those that the model chooses. A model without tags wants none.
func (m vaultModel) settings(ctx context.Context, diags *diag.Diagnostics) vault.Settings {
	s := m.wanted(ctx, diags)
	tags, _ := stringMap(ctx, m.Tags, diags)
	if tags == nil {
		tags = map[string]string{}
	}
	s.Tags = &tags
	return s
}

// take makes the model what the service says the vault is. Spellings that mean the same stay as they were, and so
// does an empty tags map, which the service does not tell from none.
func (m *vaultModel) take(ctx context.Context, v vault.Vault) diag.Diagnostics {
	m.ID = tfvalue.Keep(m.ID, tfvalue.ARMName.Value(v.ARMID))
	m.Name = tfvalue.Keep(m.Name, tfvalue.ARMName.Value(v.ID.Name))
	m.Region = tfvalue.Keep(m.Region, tfvalue.Region.Value(v.Region))
	m.ResourceGroupName = tfvalue.Keep(m.ResourceGroupName, tfvalue.ARMName.Value(v.ID.ResourceGroup))
	m.SubscriptionID = tfvalue.Keep(m.SubscriptionID, tfvalue.ARMName.Value(v.ID.SubscriptionID))
	diags := m.vaultSettingsModel.take(ctx, v)
	tags, d := tagsValue(ctx, m.Tags, *v.Settings.Tags)
	diags.Append(d...)
	m.Tags = tags
	if m.Usage.IsNull() || m.Usage.IsUnknown() {
		m.Usage = usageValue(vault.Usage{RecoveryPoints: new(0)}, &diags)
	}
	return diags
}

// tagsValue is the service's tags as a Terraform value, which is null for none unless it was an empty map.
func tagsValue(ctx context.Context, was types.Map, tags map[string]string) (types.Map, diag.Diagnostics) {
	if len(tags) == 0 && (was.IsNull() || was.IsUnknown() || len(was.Elements()) > 0) {
		return types.MapNull(types.StringType), nil
	}
	// ARM may return a name in another letter case; the spelling there was stays.
	spelled := make(map[string]string, len(tags))
	for name, value := range tags {
		spelled[tagSpelling(was, name)] = value
	}
	return types.MapValueFrom(ctx, types.StringType, spelled)
}

func tagSpelling(tags types.Map, name string) string {
	for spelled := range tags.Elements() {
		if strings.EqualFold(spelled, name) {
			return spelled
		}
	}
	return name
}

// keepTagSpelling plans the state's tags when those of the configuration differ from them in the letter case of names alone.
type keepTagSpelling struct{}

func (keepTagSpelling) Description(context.Context) string {
	return "another letter case of a tag's name is not a change"
}

func (k keepTagSpelling) MarkdownDescription(ctx context.Context) string { return k.Description(ctx) }

func (keepTagSpelling) PlanModifyMap(ctx context.Context, req planmodifier.MapRequest, resp *planmodifier.MapResponse) {
	state, known := stringMap(ctx, req.StateValue, &resp.Diagnostics)
	plan, planned := stringMap(ctx, req.PlanValue, &resp.Diagnostics)
	if known && planned && vault.SameTags(state, plan) {
		resp.PlanValue = req.StateValue
	}
}

// vaultIdentity is the resource identity of a vault.
type vaultIdentity struct {
	SubscriptionID    types.String `tfsdk:"subscription_id"`
	ResourceGroupName types.String `tfsdk:"resource_group_name"`
	Name              types.String `tfsdk:"name"`
}

// identity follows the spelling in state, since Terraform refuses an identity that changes.
func (m vaultModel) identity() vaultIdentity {
	return vaultIdentity{
		SubscriptionID:    types.StringValue(m.SubscriptionID.ValueString()),
		ResourceGroupName: types.StringValue(m.ResourceGroupName.ValueString()),
		Name:              types.StringValue(m.Name.ValueString()),
	}
}
