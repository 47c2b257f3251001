package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

var _ datasource.DataSource = (*regionsDataSource)(nil)

// NewRegionsDataSource makes the data source backup_regions.
func NewRegionsDataSource() datasource.DataSource { return &regionsDataSource{} }

type regionsDataSource struct{}

type regionsModel struct {
	Cloud   types.String  `tfsdk:"cloud"`
	Regions []regionModel `tfsdk:"regions"`
}

type regionModel struct {
	Name        types.String `tfsdk:"name"`
	DisplayName types.String `tfsdk:"display_name"`
	Cloud       types.String `tfsdk:"cloud"`
	Geography   types.String `tfsdk:"geography"`
	Pair        types.String `tfsdk:"pair"`
	Zones       types.Bool   `tfsdk:"zones"`
}

// cloudNames are the allowed values of the filter cloud.
func cloudNames() []string {
	var names []string
	for _, cloud := range catalog.Clouds() {
		names = append(names, string(cloud))
	}
	return names
}

func (d *regionsDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_regions"
}

func (d *regionsDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "The regions that this version of the provider knows as open, ordered by cloud and name. It asks no service; a cloud may have opened more since.",
		Attributes: map[string]schema.Attribute{
			"cloud": schema.StringAttribute{
				MarkdownDescription: "Only regions of this cloud: `public`, `china` or `usgovernment`. Default: those of all clouds.",
				Optional:            true,
				Validators:          []validator.String{stringvalidator.OneOf(cloudNames()...)},
			},
			"regions": schema.ListNestedAttribute{
				MarkdownDescription: "The regions.",
				Computed:            true,
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"name":         schema.StringAttribute{MarkdownDescription: "The name, such as `chinaeast`.", Computed: true},
					"display_name": schema.StringAttribute{MarkdownDescription: "The name for people, such as `China East`.", Computed: true},
					"cloud":        schema.StringAttribute{MarkdownDescription: "The cloud: `public`, `china` or `usgovernment`.", Computed: true},
					"geography":    schema.StringAttribute{MarkdownDescription: "The geography, which data does not leave, such as `China`.", Computed: true},
					"pair": schema.StringAttribute{
						MarkdownDescription: "The paired region, where geo-redundant copies are kept; null when there is none.", Computed: true,
					},
					"zones": schema.BoolAttribute{
						MarkdownDescription: "Whether the region has availability zones, which zone-redundant storage needs.", Computed: true,
					},
				}},
			},
		},
	}
}

func (d *regionsDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var m regionsModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	if resp.Diagnostics.HasError() {
		return
	}
	var clouds []catalog.Cloud
	if !m.Cloud.IsNull() {
		clouds = append(clouds, catalog.Cloud(m.Cloud.ValueString()))
	}
	m.Regions = []regionModel{}
	for _, r := range catalog.Regions(clouds...) {
		pair := types.StringNull()
		if r.Pair != "" {
			pair = types.StringValue(r.Pair)
		}
		m.Regions = append(m.Regions, regionModel{
			Name: types.StringValue(r.Name), DisplayName: types.StringValue(r.DisplayName), Cloud: types.StringValue(string(r.Cloud)),
			Geography: types.StringValue(r.Geography), Pair: pair, Zones: types.BoolValue(r.Zones),
		})
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, m)...)
}
