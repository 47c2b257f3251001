package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azurebackup/terraform-provider-backup/internal/tfvalue"
)

var _ datasource.DataSourceWithConfigure = (*subscriptionsDataSource)(nil)

// NewSubscriptionsDataSource makes the data source backup_subscriptions.
func NewSubscriptionsDataSource() datasource.DataSource { return &subscriptionsDataSource{} }

type subscriptionsDataSource struct{ run *run }

type subscriptionsModel struct {
	DefaultSubscriptionID types.String        `tfsdk:"default_subscription_id"`
	Subscriptions         []subscriptionModel `tfsdk:"subscriptions"`
}

type subscriptionModel struct {
	ID          types.String `tfsdk:"id"`
	DisplayName types.String `tfsdk:"display_name"`
	State       types.String `tfsdk:"state"`
}

func (d *subscriptionsDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_subscriptions"
}

func (d *subscriptionsDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "The subscriptions that the provider can use, ordered by display name.",
		Attributes: map[string]schema.Attribute{
			"default_subscription_id": schema.StringAttribute{
				MarkdownDescription: "The provider's `subscription_id`, which resources that name none use.", Computed: true,
			},
			"subscriptions": schema.ListNestedAttribute{
				MarkdownDescription: "The subscriptions.",
				Computed:            true,
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"id":           schema.StringAttribute{MarkdownDescription: "The subscription id: a UUID.", Computed: true},
					"display_name": schema.StringAttribute{MarkdownDescription: "The name for people.", Computed: true},
					"state": schema.StringAttribute{
						MarkdownDescription: "`Enabled`, `Warned`, `PastDue`, `Disabled` or `Deleted`.", Computed: true,
					},
				}},
			},
		},
	}
}

func (d *subscriptionsDataSource) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	d.run = runFrom(req.ProviderData, &resp.Diagnostics)
}

func (d *subscriptionsDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	if d.run.waits(req, resp, "", "subscription_id", "embedded.subscriptions") {
		return
	}
	ctx, cancel := reading(ctx)
	defer cancel()
	all, unreadable, err := d.run.vaults.Subscriptions(ctx)
	if err != nil {
		resp.Diagnostics.AddError("Unable to list subscriptions", tfvalue.Problem("Subscriptions", err, ""))
		return
	}
	m := subscriptionsModel{DefaultSubscriptionID: d.run.subscriptionID, Subscriptions: []subscriptionModel{}}
	for _, err := range unreadable {
		d.run.passesOver(err, &resp.Diagnostics)
	}
	for _, s := range all {
		m.Subscriptions = append(m.Subscriptions, subscriptionModel{
			ID: types.StringValue(s.ID), DisplayName: types.StringValue(s.DisplayName), State: types.StringValue(s.State),
		})
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, m)...)
}
