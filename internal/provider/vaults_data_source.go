package provider

import (
	"context"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azurebackup/terraform-provider-backup/internal/tfvalue"
)

var _ datasource.DataSourceWithConfigure = (*vaultsDataSource)(nil)

// NewVaultsDataSource makes the data source backup_vaults.
func NewVaultsDataSource(e *environments) datasource.DataSource {
	return &vaultsDataSource{environments: e}
}

type vaultsDataSource struct {
	run          *run
	environments *environments
}

// vaultsModel is the data source backup_vaults: filters, and what they let through.
type vaultsModel struct {
	vaultFilter
	Vaults []vaultDataModel `tfsdk:"vaults"`
}

func (d *vaultsDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_vaults"
}

func (d *vaultsDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	attributes := map[string]schema.Attribute{
		"tags": schema.MapAttribute{
			MarkdownDescription: vaultFilterTags,
			ElementType:         types.StringType,
			Optional:            true,
			Validators:          []validator.Map{tagsValidator{}},
		},
		"vaults": schema.ListNestedAttribute{
			MarkdownDescription: "The vaults, ordered by name.",
			Computed:            true,
			NestedObject:        schema.NestedAttributeObject{Attributes: vaultDataAttributes()},
		},
	}
	for name, text := range vaultFilterTexts(d.environments) {
		attributes[name] = schema.StringAttribute{
			MarkdownDescription: text.markdown, CustomType: text.kind, Validators: text.validators,
			Optional: true,
			Computed: name == "subscription_id",
		}
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "The backup vaults of a subscription that match every filter, ordered by name. No match is an empty list, not an error.",
		Attributes:          attributes,
	}
}

func (d *vaultsDataSource) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	d.run = runFrom(req.ProviderData, &resp.Diagnostics)
}

func (d *vaultsDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var m vaultsModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	if m.SubscriptionID.IsNull() && d.run.waits(req, resp, "subscription_id", "subscription_id") || d.run.waitsForPast(req, resp) {
		return
	}
	m.fillSubscription(d.run, "subscription_id", &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := reading(ctx)
	defer cancel()
	m.Vaults = []vaultDataModel{}
	for v, err := range m.vaults(ctx, d.run.vaults, &resp.Diagnostics) {
		if d.run.passesOver(err, &resp.Diagnostics) {
			continue
		}
		if err != nil {
			m.addListError(&resp.Diagnostics, err)
			return
		}
		usage, err := d.run.vaults.Usage(ctx, v)
		if err != nil {
			resp.Diagnostics.AddError("Unable to read what a backup vault holds", tfvalue.Problem("Vault "+v.ARMID, err, ""))
			return
		}
		if v, err = d.run.vaults.WithGuard(ctx, v); err != nil {
			resp.Diagnostics.AddError("Unable to read the resource guard of a backup vault", tfvalue.Problem("Vault "+v.ARMID, err, ""))
			return
		}
		m.Vaults = append(m.Vaults, newVaultDataModel(ctx, v, usage, &resp.Diagnostics))
	}
	slices.SortFunc(m.Vaults, func(a, b vaultDataModel) int {
		return strings.Compare(tfvalue.ARMName.Normalize(a.ID.ValueString()), tfvalue.ARMName.Normalize(b.ID.ValueString()))
	})
	slices.SortStableFunc(m.Vaults, func(a, b vaultDataModel) int {
		return strings.Compare(tfvalue.ARMName.Normalize(a.Name.ValueString()), tfvalue.ARMName.Normalize(b.Name.ValueString()))
	})
	resp.Diagnostics.Append(resp.State.Set(ctx, m)...)
}
