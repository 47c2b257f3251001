package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
	"github.com/azurebackup/terraform-provider-backup/internal/tfvalue"
	"github.com/azurebackup/terraform-provider-backup/internal/vault"
)

var _ list.ListResourceWithConfigure = (*vaultListResource)(nil)

// NewVaultListResource makes the list resource backup_vault.
func NewVaultListResource(e *environments) list.ListResource {
	return &vaultListResource{environments: e}
}

type vaultListResource struct {
	run          *run
	environments *environments
}

func (l *vaultListResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_vault"
}

func (l *vaultListResource) ListResourceConfigSchema(_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse) {
	attributes := map[string]schema.Attribute{
		"tags": schema.MapAttribute{
			MarkdownDescription: vaultFilterTags,
			ElementType:         types.StringType,
			Optional:            true,
			Validators:          []validator.Map{tagsValidator{}},
		},
	}
	for name, text := range vaultFilterTexts(l.environments) {
		attributes[name] = schema.StringAttribute{
			MarkdownDescription: text.markdown, CustomType: text.kind, Validators: text.validators,
			Optional: true,
		}
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "The backup vaults of a subscription that match every filter, for `terraform query`, which shows them and writes " +
			"`import` blocks for them. Every filter is optional. Needs Terraform 1.14 or later; OpenTofu does not have it.",
		Attributes: attributes,
	}
}

func (l *vaultListResource) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	l.run = runFrom(req.ProviderData, &resp.Diagnostics)
}

// List hands on each vault as it comes from the service, whose next page is asked for only when another is wanted.
func (l *vaultListResource) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	var filter vaultFilter
	diags := req.Config.Get(ctx, &filter)
	checkFilter(req.Config, &diags)
	if diags.HasError() {
		stream.Results = list.ListResultsStreamDiagnostics(diags)
		return
	}
	filter.fillSubscription(l.run, "subscription_id", &diags)
	vaults := filter.vaults(ctx, l.run.vaults, &diags)
	if diags.HasError() {
		stream.Results = list.ListResultsStreamDiagnostics(diags)
		return
	}
	stream.Results = func(push func(list.ListResult) bool) {
		var pushed int64
		for v, err := range vaults {
			if arm.IsUnreadable(err) {
				if !pushPassedOver(l.run, err, push) {
					return
				}
				continue
			}
			if err != nil {
				var diags diag.Diagnostics
				filter.addListError(&diags, err)
				push(list.ListResult{Diagnostics: diags})
				return
			}
			if !push(l.result(ctx, req, v)) {
				return
			}
			if pushed++; req.Limit > 0 && pushed >= req.Limit {
				return
			}
		}
	}
}

// result is a vault as `terraform query` takes it. The identity has the service's spelling. What the vault holds takes
// further calls, made only for a whole resource.
func (l *vaultListResource) result(ctx context.Context, req list.ListRequest, v vault.Vault) list.ListResult {
	result := req.NewListResult(ctx)
	result.DisplayName = v.ID.Name
	model := emptyVaultModel(ctx)
	if req.IncludeResource {
		usage, err := l.run.vaults.Usage(ctx, v)
		if err != nil {
			result.Diagnostics.AddError("Unable to read what a backup vault holds", tfvalue.Problem("Vault "+v.ARMID, err, ""))
			return result
		}
		if v, err = l.run.vaults.WithGuard(ctx, v); err != nil {
			result.Diagnostics.AddError("Unable to read the resource guard of a backup vault", tfvalue.Problem("Vault "+v.ARMID, err, ""))
			return result
		}
		model.Usage = usageValue(usage, &result.Diagnostics)
	}
	result.Diagnostics.Append(model.take(ctx, v)...)
	result.Diagnostics.Append(result.Identity.Set(ctx, model.identity())...)
	if req.IncludeResource {
		result.Diagnostics.Append(result.Resource.Set(ctx, model)...)
	}
	return result
}
