package provider

import (
	"context"
	"fmt"
	"iter"
	"path"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/list/schema"
	tfpath "github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
	"github.com/azurebackup/terraform-provider-backup/internal/tfvalue"
	"github.com/azurebackup/terraform-provider-backup/internal/vault"
)

var _ list.ListResourceWithConfigure = (*vmPolicyListResource)(nil)

// NewVMPolicyListResource makes the list resource backup_policy_vm.
func NewVMPolicyListResource() list.ListResource { return &vmPolicyListResource{} }

type vmPolicyListResource struct{ run *run }

// vmPolicyFilter chooses policies.
type vmPolicyFilter struct {
	VaultID     tfvalue.EqualText `tfsdk:"vault_id"`
	NamePattern types.String      `tfsdk:"name_pattern"`
}

func (l *vmPolicyListResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_policy_vm"
}

func (l *vmPolicyListResource) ListResourceConfigSchema(_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "The backup policies for virtual machines that match every filter, for `terraform query`, which shows them and writes " +
			"`import` blocks for them. Every filter is optional. Needs Terraform 1.14 or later; OpenTofu does not have it.",
		Attributes: map[string]schema.Attribute{
			"vault_id": schema.StringAttribute{
				MarkdownDescription: "Only policies of the vault with this ARM id. Default: those of all vaults of the provider's `subscription_id`.",
				CustomType:          tfvalue.ARMName,
				Optional:            true,
				Validators:          []validator.String{rule("backup vault id", checkVaultID)},
			},
			"name_pattern": schema.StringAttribute{
				MarkdownDescription: "Only policies whose name matches: `*` stands for any characters, `?` for one, `[ab]` for one of these. Letter " +
					"case does not matter. Default: all names.",
				Optional:   true,
				Validators: []validator.String{rule("name pattern", checkNamePattern)},
			},
		},
	}
}

func (l *vmPolicyListResource) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	l.run = runFrom(req.ProviderData, &resp.Diagnostics)
}

// List hands on each policy as it comes from the service; the policies of a vault are asked for when one is wanted.
func (l *vmPolicyListResource) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	var filter vmPolicyFilter
	diags := req.Config.Get(ctx, &filter)
	checkFilter(req.Config, &diags)
	if diags.HasError() {
		stream.Results = list.ListResultsStreamDiagnostics(diags)
		return
	}
	policies := l.policies(ctx, filter, &diags)
	if diags.HasError() {
		stream.Results = list.ListResultsStreamDiagnostics(diags)
		return
	}
	stream.Results = func(push func(list.ListResult) bool) {
		var pushed int64
		for p, err := range policies {
			if arm.IsUnreadable(err) {
				if !pushPassedOver(l.run, err, push) {
					return
				}
				continue
			}
			if err != nil {
				var diags diag.Diagnostics
				diags.AddError("Unable to list backup policies", tfvalue.Problem(listLabel(p.ID.Vault), err, ""))
				push(list.ListResult{Diagnostics: diags})
				return
			}
			if !push(l.result(ctx, req, p)) {
				return
			}
			if pushed++; req.Limit > 0 && pushed >= req.Limit {
				return
			}
		}
	}
}

// listLabel names the vault whose policies could not be listed; it is zero when the vaults could not be.
func listLabel(of arm.ID) string {
	if of.Name == "" {
		return "Backup vaults"
	}
	return fmt.Sprintf("Policies of vault %q", of.Name)
}

// policies yields the policies that pass the filter. An error is yielded last, with the vault it is about, but for one that is
// about one object alone.
func (l *vmPolicyListResource) policies(ctx context.Context, filter vmPolicyFilter, diags *diag.Diagnostics) iter.Seq2[vault.Policy, error] {
	vaults := l.vaults(ctx, filter, diags)
	return func(yield func(vault.Policy, error) bool) {
		for v, err := range vaults {
			if err != nil {
				if !yield(vault.Policy{}, err) || !arm.IsUnreadable(err) {
					return
				}
				continue
			}
			for p, err := range l.run.vaults.PoliciesInFull(ctx, v) {
				if err == nil {
					err = ctx.Err()
				}
				if filter.VaultID.IsNull() && arm.IsNotFound(err) && l.wentAway(ctx, v) {
					break
				}
				if err == nil && !filter.matches(p) {
					continue
				}
				if err != nil {
					p = vault.Policy{ID: vault.PolicyID{Vault: v}}
				}
				if !yield(p, err) || err != nil && !arm.IsUnreadable(err) {
					return
				}
			}
		}
	}
}

// wentAway tells whether a vault has gone since it was listed.
func (l *vmPolicyListResource) wentAway(ctx context.Context, id arm.ID) bool {
	_, err := l.run.vaults.VaultOrGone(ctx, id)
	return vault.IsGone(err)
}

// vaults yields the vaults whose policies are wanted.
func (l *vmPolicyListResource) vaults(ctx context.Context, filter vmPolicyFilter, diags *diag.Diagnostics) iter.Seq2[arm.ID, error] {
	if !filter.VaultID.IsNull() {
		id, err := vault.ParseID(filter.VaultID.ValueString())
		if err != nil {
			diags.AddAttributeError(tfpath.Root("vault_id"), "Invalid backup vault id", tfvalue.Sentence(err.Error()))
		}
		return func(yield func(arm.ID, error) bool) { yield(id, nil) }
	}
	all := vaultFilter{SubscriptionID: tfvalue.ARMName.Null()}
	all.fillSubscription(l.run, "vault_id", diags)
	vaults := all.vaults(ctx, l.run.vaults, diags)
	return func(yield func(arm.ID, error) bool) {
		for v, err := range vaults {
			if !yield(v.ID, err) {
				return
			}
		}
	}
}

func (f vmPolicyFilter) matches(p vault.Policy) bool {
	if p.Kind != vault.KindVM {
		return false
	}
	if f.NamePattern.IsNull() {
		return true
	}
	matched, err := path.Match(strings.ToLower(f.NamePattern.ValueString()), strings.ToLower(p.ID.Name))
	return err == nil && matched
}

// result is a policy as `terraform query` takes it. The identity has the service's spelling.
func (l *vmPolicyListResource) result(ctx context.Context, req list.ListRequest, p vault.Policy) list.ListResult {
	result := req.NewListResult(ctx)
	result.DisplayName = vaultOf(p).Name + "/" + p.ID.Name
	model := emptyVMPolicyModel(ctx)
	result.Diagnostics.Append(model.take(ctx, p)...)
	result.Diagnostics.Append(result.Identity.Set(ctx, model.identity())...)
	if req.IncludeResource {
		result.Diagnostics.Append(result.Resource.Set(ctx, model)...)
	}
	return result
}
