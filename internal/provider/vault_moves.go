package provider

import (
	"context"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
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
	warnOfClassicAlerts(req.Config.Raw, &resp.Diagnostics)
}

// checkBirth refuses what a new vault cannot be, and warns of what it stays for ever, or may not be, unless that has been said.
func (r *vaultResource) checkBirth(plan vaultModel, raw tftypes.Value, said bool, diags *diag.Diagnostics) {
	label := ""
	if !plan.Name.IsUnknown() && !plan.ResourceGroupName.IsUnknown() {
		label = vaultLabel(plan)
	}
	addVaultProblems(unsaid(catalog.CheckVault(nil, r.ruledHere(raw)), said), label, diags)
}

// unsaid leaves out the warnings when they have been said.
func unsaid(problems []catalog.VaultProblem, said bool) []catalog.VaultProblem {
	return slices.DeleteFunc(problems, func(p catalog.VaultProblem) bool { return said && p.Warns() })
}

// checkMove refuses the changes that the service would refuse, and warns of those that are final, or may be refused.
func (r *vaultResource) checkMove(state vaultModel, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	before := ruledVault(req.State.Raw)
	addVaultProblems(unsaid(catalog.CheckVault(&before, r.ruledHere(resp.Plan.Raw)), isSecondLook(req)), vaultLabel(state), &resp.Diagnostics)
}

// addVaultProblems reports problems, each on its attribute. label names the vault, if it has a name.
func addVaultProblems(problems []catalog.VaultProblem, label string, diags *diag.Diagnostics) {
	for _, problem := range problems {
		text := tfvalue.Sentence(problem.Message)
		if label != "" {
			text = tfvalue.Sentence(label + ": " + problem.Message)
		}
		if problem.Summary == catalog.SoftDeleteIsForced && !problem.Unsure {
			problem.Advice += " To work with vaults as they were before, set embedded = { soft_delete_forced = false } in the provider block."
		}
		if problem.Advice != "" {
			text += "\n\n" + problem.Advice
		}
		if problem.Warns() {
			diags.AddAttributeWarning(fieldPath(problem.Field), problem.Summary, text)
			continue
		}
		diags.AddAttributeError(fieldPath(problem.Field), problem.Summary, text)
	}
}

// ruledHere is a vault with what is known of the service that it is to be in.
func (r *vaultResource) ruledHere(raw tftypes.Value) catalog.Vault {
	v := ruledVault(raw)
	v.SoftDeleteForced = r.run.service.ForcesSoftDelete
	return v
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
		RegionOfChoice: o.Text("region_of_choice"), CostGranularity: o.Text("cost_granularity_level"),
		ImmutabilityPeriod: tfvalue.ReadObject(o, "immutability_configuration", func(o tfvalue.Object) catalog.VaultImmutabilityPeriod {
			return catalog.VaultImmutabilityPeriod{Type: o.Text("type").Or(catalog.Unknown[string]()), Days: o.Number("duration_in_days")}
		}),
		SourceScan: tfvalue.ReadObject(o, "source_scan_configuration", func(o tfvalue.Object) catalog.VaultSourceScan {
			return catalog.VaultSourceScan{State: o.Text("state"), IdentityType: o.Text("identity_type"), UserIdentity: o.Text("user_assigned_identity_id")}
		}),
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
