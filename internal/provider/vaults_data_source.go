package provider

import (
	"context"
	"path"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/vault"
)

var _ datasource.DataSourceWithConfigure = (*vaultsDataSource)(nil)

// NewVaultsDataSource makes the data source backup_vaults.
func NewVaultsDataSource() datasource.DataSource { return &vaultsDataSource{} }

type vaultsDataSource struct{ run *run }

// vaultsModel is the data source backup_vaults: filters, and what they let through.
type vaultsModel struct {
	SubscriptionID    equalText        `tfsdk:"subscription_id"`
	ResourceGroupName equalText        `tfsdk:"resource_group_name"`
	Region            equalText        `tfsdk:"region"`
	NamePattern       types.String     `tfsdk:"name_pattern"`
	State             types.String     `tfsdk:"state"`
	Tags              types.Map        `tfsdk:"tags"`
	Vaults            []vaultDataModel `tfsdk:"vaults"`
}

// vaultStates are the allowed values of the filter state.
func vaultStates() []string {
	var names []string
	for _, state := range vault.States() {
		names = append(names, string(state))
	}
	return names
}

func (d *vaultsDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_vaults"
}

func (d *vaultsDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "The backup vaults of a subscription that match every filter, ordered by name. No match is an empty list, not an error.",
		Attributes: map[string]schema.Attribute{
			"subscription_id": schema.StringAttribute{
				MarkdownDescription: "The subscription: a UUID. Default: the provider's `subscription_id`.",
				CustomType:          armNameType,
				Optional:            true,
				Computed:            true,
				Validators:          []validator.String{rule("subscription id", catalog.CheckSubscriptionID)},
			},
			"resource_group_name": schema.StringAttribute{
				MarkdownDescription: "Only vaults of this resource group. Default: those of all groups.",
				CustomType:          armNameType,
				Optional:            true,
				Validators:          []validator.String{rule("resource group name", catalog.CheckResourceGroupName)},
			},
			"region": schema.StringAttribute{
				MarkdownDescription: "Only vaults in this region, in any spelling. Default: those of all regions.",
				CustomType:          regionType,
				Optional:            true,
				Validators:          []validator.String{regionValidator{}},
			},
			"name_pattern": schema.StringAttribute{
				MarkdownDescription: "Only vaults whose name matches: `*` stands for any characters, `?` for one, `[ab]` for one of these. Letter " +
					"case does not matter. Default: all names.",
				Optional:   true,
				Validators: []validator.String{rule("name pattern", checkNamePattern)},
			},
			"state": schema.StringAttribute{
				MarkdownDescription: "Only vaults in this state: `Creating`, `Active`, `Updating`, `Deleting` or `Failed`. Default: those in any state.",
				Optional:            true,
				Validators:          []validator.String{stringvalidator.OneOf(vaultStates()...)},
			},
			"tags": schema.MapAttribute{
				MarkdownDescription: "Only vaults that have all of these tags, with these values. Default: vaults with any tags or none.",
				ElementType:         types.StringType,
				Optional:            true,
				Validators:          []validator.Map{tagsValidator{}},
			},
			"vaults": schema.ListNestedAttribute{
				MarkdownDescription: "The vaults, ordered by name.",
				Computed:            true,
				NestedObject:        schema.NestedAttributeObject{Attributes: vaultDataAttributes()},
			},
		},
	}
}

func (d *vaultsDataSource) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	d.run = runFrom(req.ProviderData, &resp.Diagnostics)
}

func (d *vaultsDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var m vaultsModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	tags, _ := stringMap(ctx, m.Tags, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	if m.SubscriptionID.IsNull() {
		m.SubscriptionID.StringValue = d.run.subscriptionID
	}
	m.Vaults = []vaultDataModel{}
	for v, err := range d.run.vaults.List(ctx, m.SubscriptionID.ValueString(), m.ResourceGroupName.ValueString()) {
		if err != nil {
			resp.Diagnostics.AddError("Unable to list backup vaults", problem("Vaults of subscription "+m.SubscriptionID.ValueString(), err, ""))
			return
		}
		if m.matches(v, tags) {
			usage, err := d.run.vaults.Usage(ctx, v)
			if err != nil {
				resp.Diagnostics.AddError("Unable to read what a backup vault holds", problem("Vault "+v.ARMID, err, ""))
				return
			}
			m.Vaults = append(m.Vaults, newVaultDataModel(ctx, v, usage, &resp.Diagnostics))
		}
	}
	slices.SortFunc(m.Vaults, func(a, b vaultDataModel) int {
		return strings.Compare(armNameType.normalize(a.ID.ValueString()), armNameType.normalize(b.ID.ValueString()))
	})
	slices.SortStableFunc(m.Vaults, func(a, b vaultDataModel) int {
		return strings.Compare(armNameType.normalize(a.Name.ValueString()), armNameType.normalize(b.Name.ValueString()))
	})
	resp.Diagnostics.Append(resp.State.Set(ctx, m)...)
}

// matches tells whether a vault passes every filter that is set; the resource group is the service's to filter.
func (m vaultsModel) matches(v vault.Vault, tags map[string]string) bool {
	if !m.Region.IsNull() && !m.Region.same(regionType.value(v.Region)) {
		return false
	}
	if !m.State.IsNull() && m.State.ValueString() != string(v.State) {
		return false
	}
	if !m.NamePattern.IsNull() {
		matched, err := path.Match(strings.ToLower(m.NamePattern.ValueString()), strings.ToLower(v.ID.Name))
		if err != nil || !matched {
			return false
		}
	}
	for name, value := range tags {
		if has, ok := (*v.Settings.Tags)[name]; !ok || has != value {
			return false
		}
	}
	return true
}
