package provider

import (
	"context"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
)

var _ list.ListResourceWithConfigure = (*protectedVMListResource)(nil)

// NewProtectedVMListResource makes the list resource backup_protected_vm.
func NewProtectedVMListResource() list.ListResource { return &protectedVMListResource{} }

type protectedVMListResource struct{ run *run }

func (l *protectedVMListResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_protected_vm"
}

func (l *protectedVMListResource) ListResourceConfigSchema(_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse) {
	attributes := map[string]schema.Attribute{}
	for name, text := range protectedVMFilterTexts() {
		attributes[name] = schema.StringAttribute{
			MarkdownDescription: text.markdown, CustomType: text.kind, Validators: text.validators,
			Optional: true,
		}
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "The VMs that a vault, or every vault of a subscription, protects, for `terraform query`, which shows them and writes " +
			"`import` blocks for them. VMs whose backups are soft-deleted are left out. Needs Terraform 1.14 or later; OpenTofu does not have it.",
		Attributes: attributes,
	}
}

func (l *protectedVMListResource) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	l.run = runFrom(req.ProviderData, &resp.Diagnostics)
}

// List hands on each protected VM as it comes from the service.
func (l *protectedVMListResource) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	var filter protectedVMFilter
	diags := req.Config.Get(ctx, &filter)
	checkFilter(req.Config, &diags)
	if !diags.HasError() {
		filter.fill(l.run, &diags)
	}
	if diags.HasError() {
		stream.Results = list.ListResultsStreamDiagnostics(diags)
		return
	}
	stream.Results = func(push func(list.ListResult) bool) {
		var pushed int64
		for item, err := range filter.items(ctx, l.run.vaults, l.run.vaults.ProtectedVMs) {
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
			if item.SoftDeleted {
				continue
			}
			if !push(l.result(ctx, req, item)) {
				return
			}
			if pushed++; req.Limit > 0 && pushed >= req.Limit {
				return
			}
		}
	}
}

// result is a protected VM as `terraform query` takes it. Its policy is read only for a whole resource.
func (l *protectedVMListResource) result(ctx context.Context, req list.ListRequest, item foundVM) list.ListResult {
	result := req.NewListResult(ctx)
	result.DisplayName = item.ID.VMName() + " in " + item.vault.ID.Name
	model := emptyProtectedVMModel(ctx)
	var next time.Time
	if req.IncludeResource {
		next = l.run.nextBackup(ctx, item.ProtectedVM)
	}
	result.Diagnostics.Append(model.take(ctx, item.ProtectedVM, item.vault.Region, next)...)
	result.Diagnostics.Append(result.Identity.Set(ctx, model.identity())...)
	if req.IncludeResource {
		result.Diagnostics.Append(result.Resource.Set(ctx, model)...)
	}
	return result
}
