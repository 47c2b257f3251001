package provider

import (
	"context"
	"fmt"
	"maps"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/tfvalue"
	"github.com/azurebackup/terraform-provider-backup/internal/vault"
)

var _ datasource.DataSourceWithConfigure = (*vaultDataSource)(nil)

// NewVaultDataSource makes the data source backup_vault.
func NewVaultDataSource() datasource.DataSource { return &vaultDataSource{} }

type vaultDataSource struct{ run *run }

// vaultDataModel is a vault in the data sources.
type vaultDataModel struct {
	ID                tfvalue.EqualText `tfsdk:"id"`
	Name              tfvalue.EqualText `tfsdk:"name"`
	Region            tfvalue.EqualText `tfsdk:"region"`
	ResourceGroupName tfvalue.EqualText `tfsdk:"resource_group_name"`
	SubscriptionID    tfvalue.EqualText `tfsdk:"subscription_id"`
	vaultSettingsModel
	Tags  types.Map    `tfsdk:"tags"`
	Usage types.Object `tfsdk:"usage"`
}

func (d *vaultDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_vault"
}

func (d *vaultDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	attributes := vaultDataAttributes()
	attributes["name"] = schema.StringAttribute{
		MarkdownDescription: "The name of the vault; letter case does not matter.",
		CustomType:          tfvalue.ARMName,
		Required:            true,
		Validators:          []validator.String{nameValidator{}},
	}
	attributes["resource_group_name"] = schema.StringAttribute{
		MarkdownDescription: "The resource group. When it is not set, the vault of that name is found in whichever group it is.",
		CustomType:          tfvalue.ARMName,
		Optional:            true,
		Computed:            true,
		Validators:          []validator.String{rule("resource group name", catalog.CheckResourceGroupName)},
	}
	attributes["subscription_id"] = schema.StringAttribute{
		MarkdownDescription: "The subscription: a UUID. Default: the provider's `subscription_id`.",
		CustomType:          tfvalue.ARMName,
		Optional:            true,
		Computed:            true,
		Validators:          []validator.String{rule("subscription id", catalog.CheckSubscriptionID)},
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "One backup vault, found by its name. A vault that does not exist is an error.",
		Attributes:          attributes,
	}
}

// vaultDataAttributes describes a vault that was found; all of them are computed.
func vaultDataAttributes() map[string]schema.Attribute {
	attributes := settingsDataAttributes()
	maps.Copy(attributes, map[string]schema.Attribute{
		"id":     schema.StringAttribute{MarkdownDescription: "The ARM resource id.", CustomType: tfvalue.ARMName, Computed: true},
		"name":   schema.StringAttribute{MarkdownDescription: "The name.", CustomType: tfvalue.ARMName, Computed: true},
		"region": schema.StringAttribute{MarkdownDescription: "The Azure region, such as `chinaeast`.", CustomType: tfvalue.Region, Computed: true},
		"resource_group_name": schema.StringAttribute{
			MarkdownDescription: "The resource group.", CustomType: tfvalue.ARMName, Computed: true,
		},
		"subscription_id": schema.StringAttribute{MarkdownDescription: "The subscription: a UUID.", CustomType: tfvalue.ARMName, Computed: true},
		"tags": schema.MapAttribute{
			MarkdownDescription: "The tags; empty when there are none.", ElementType: types.StringType, Computed: true,
		},
	})
	return attributes
}

func (d *vaultDataSource) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	d.run = runFrom(req.ProviderData, &resp.Diagnostics)
}

func (d *vaultDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var m vaultDataModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if m.SubscriptionID.IsNull() && d.run.waits(req, resp, "subscription_id", "subscription_id") || d.run.waitsForPast(req, resp) {
		return
	}
	ctx, cancel := reading(ctx)
	defer cancel()
	if m.SubscriptionID.IsNull() {
		m.SubscriptionID.StringValue = d.run.subscriptionID
	}
	if m.SubscriptionID.IsNull() {
		d.run.addMissingSubscription(&resp.Diagnostics)
		return
	}
	v, found, err := d.find(ctx, m)
	label := fmt.Sprintf("Vault %q", m.Name.ValueString())
	if err != nil {
		resp.Diagnostics.AddError("Unable to read backup vault", tfvalue.Problem(label, err, ""))
		return
	}
	if !found {
		where := "subscription " + m.SubscriptionID.ValueString()
		if !m.ResourceGroupName.IsNull() {
			where = fmt.Sprintf("resource group %q of %s", m.ResourceGroupName.ValueString(), where)
		}
		resp.Diagnostics.AddAttributeError(path.Root("name"), "Backup vault not found",
			fmt.Sprintf("There is no vault named %q in %s (environment %q).\n\n%s", m.Name.ValueString(), where, d.run.environment, tfvalue.GoneAdvice))
		return
	}
	usage, err := d.run.vaults.Usage(ctx, v)
	if err != nil {
		resp.Diagnostics.AddError("Unable to read what the backup vault holds", tfvalue.Problem(label, err, ""))
		return
	}
	if v, err = d.run.vaults.WithGuard(ctx, v); err != nil {
		resp.Diagnostics.AddError("Unable to read the resource guard of the backup vault", tfvalue.Problem(label, err, ""))
		return
	}
	was := m
	m = newVaultDataModel(ctx, v, usage, &resp.Diagnostics)
	m.Name, m.ResourceGroupName, m.SubscriptionID = tfvalue.Keep(was.Name, m.Name), tfvalue.Keep(was.ResourceGroupName, m.ResourceGroupName), tfvalue.Keep(was.SubscriptionID, m.SubscriptionID)
	resp.Diagnostics.Append(resp.State.Set(ctx, m)...)
}

func (d *vaultDataSource) find(ctx context.Context, m vaultDataModel) (v vault.Vault, found bool, err error) {
	if m.ResourceGroupName.IsNull() {
		return d.run.vaults.FindByName(ctx, m.SubscriptionID.ValueString(), m.Name.ValueString())
	}
	v, err = d.run.vaults.VaultOrGone(ctx, vault.NewID(m.SubscriptionID.ValueString(), m.ResourceGroupName.ValueString(), m.Name.ValueString()))
	if vault.IsGone(err) {
		return v, false, nil
	}
	return v, err == nil, err
}

// newVaultDataModel is a vault as the service describes it.
func newVaultDataModel(ctx context.Context, v vault.Vault, u vault.Usage, diags *diag.Diagnostics) vaultDataModel {
	m := vaultDataModel{
		ID:                 tfvalue.ARMName.Value(v.ARMID),
		Name:               tfvalue.ARMName.Value(v.ID.Name),
		Region:             tfvalue.Region.Value(v.Region),
		ResourceGroupName:  tfvalue.ARMName.Value(v.ID.ResourceGroup),
		SubscriptionID:     tfvalue.ARMName.Value(v.ID.SubscriptionID),
		vaultSettingsModel: emptySettings(),
		Usage:              usageValue(u, diags),
	}
	diags.Append(m.take(ctx, v)...)
	tags, d := types.MapValueFrom(ctx, types.StringType, *v.Settings.Tags)
	diags.Append(d...)
	m.Tags = tags
	return m
}
