package provider

import (
	"context"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/tfvalue"
)

// ValidateConfig checks the rules that need no service, as far as the values are known.
func (r *vaultResource) ValidateConfig(_ context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	// Whether the vault is there already is not known here: what becomes final, the plan says.
	problems := unsaid(catalog.CheckVault(nil, ruledVault(req.Config.Raw)), true)
	key, _ := tfvalue.ObjectOf(req.Config.Raw).At("encryption").Text("key_id").Get()
	for i, p := range problems {
		if p.Field == "encryption.key_id" {
			problems[i].Advice = strings.TrimSpace(p.Advice + mockAdvice("key id", key))
		}
	}
	addVaultProblems(problems, "", &resp.Diagnostics)
}

// checkBirth refuses what a new vault cannot be, and warns of what it stays for ever, unless that has been said.
func checkBirth(plan vaultModel, raw tftypes.Value, said bool, diags *diag.Diagnostics) {
	label := ""
	if !plan.Name.IsUnknown() && !plan.ResourceGroupName.IsUnknown() {
		label = vaultLabel(plan)
	}
	addVaultProblems(unsaid(catalog.CheckVault(nil, ruledVault(raw)), said), label, diags)
}

// unsaid leaves out the warnings when they have been said.
func unsaid(problems []catalog.VaultProblem, said bool) []catalog.VaultProblem {
	return slices.DeleteFunc(problems, func(p catalog.VaultProblem) bool { return said && p.Final })
}

// checkMove refuses the changes that the service would refuse, and warns of those that are final. Where it is the service
// that keeps soft delete AlwaysOn, there is no change of it to plan.
func checkMove(ctx context.Context, state vaultModel, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	before, after := ruledVault(req.State.Raw), ruledVault(resp.Plan.Raw)
	forced, diags := req.Private.GetKey(ctx, forcedKey)
	resp.Diagnostics.Append(diags...)
	from, _ := before.SoftDelete.Get()
	if to, known := after.SoftDelete.Get(); forced != nil && from == catalog.SoftDeleteAlwaysOn && known && to != from {
		at := path.Root("soft_delete").AtName("state")
		resp.Diagnostics.AddAttributeWarning(at, "Soft delete is forced by the service", forcedText)
		resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, at, from)...)
		after.SoftDelete = before.SoftDelete
	}
	addVaultProblems(unsaid(catalog.CheckVault(&before, after), isSecondLook(req)), vaultLabel(state), &resp.Diagnostics)
}

// addVaultProblems reports problems, each on its attribute. label names the vault, if it has a name.
func addVaultProblems(problems []catalog.VaultProblem, label string, diags *diag.Diagnostics) {
	for _, problem := range problems {
		text := tfvalue.Sentence(problem.Message)
		if label != "" {
			text = tfvalue.Sentence(label + ": " + problem.Message)
		}
		if problem.Advice != "" {
			text += "\n\n" + problem.Advice
		}
		if problem.Final {
			diags.AddAttributeWarning(fieldPath(problem.Field), problem.Summary, text)
			continue
		}
		diags.AddAttributeError(fieldPath(problem.Field), problem.Summary, text)
	}
}

// ruledVault is what the catalog's rules read of a vault in a configuration, a plan or a state. What the schema requires and
// is null is the schema's to complain of, and unknown here.
func ruledVault(raw tftypes.Value) catalog.Vault {
	o := tfvalue.ObjectOf(raw)
	v := catalog.Vault{
		Region: catalog.Unknown[catalog.Region](),
		SKU:    o.Text("sku"), Redundancy: o.Text("storage_redundancy"), RedundancyLocked: o.Flag("storage_redundancy_locked"),
		CrossRegionRestore: o.Flag("cross_region_restore_enabled"), CrossSubscriptionRestore: o.Text("cross_subscription_restore"),
		SoftDelete: o.At("soft_delete").Text("state"), SoftDeleteDays: o.At("soft_delete").Number("retention_days"), Immutability: o.Text("immutability"),
		Identity: tfvalue.ReadObject(o, "identity", func(o tfvalue.Object) catalog.VaultIdentity {
			return catalog.VaultIdentity{Type: o.Text("type").Or(catalog.Unknown[string]()), IDs: o.Texts("identity_ids")}
		}),
		Encryption: tfvalue.ReadObject(o, "encryption", func(o tfvalue.Object) catalog.VaultEncryption {
			return catalog.VaultEncryption{
				KeyURL:         o.Text("key_id").Or(catalog.Unknown[string]()),
				Infrastructure: o.Flag("infrastructure_encryption_enabled").Or(catalog.Unknown[bool]()),
				// A configuration does not have the schema's default yet.
				UsesSystemIdentity: o.Flag("use_system_assigned_identity").Or(catalog.Known(true)),
				UserIdentity:       o.Text("user_assigned_identity_id"),
			}
		}),
	}
	// A region that is newer than the catalogue gets the benefit of the doubt.
	if name, known := o.Text("region").Get(); known {
		if region, found := catalog.LookupRegion(name); found {
			v.Region = catalog.Known(region)
		}
	}
	return v
}
