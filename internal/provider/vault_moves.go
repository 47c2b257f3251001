package provider

import (
	"context"
	"math/big"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

// ValidateConfig checks the rules that need no service, as far as the values are known.
func (r *vaultResource) ValidateConfig(_ context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	r.noteName(req)
	// Whether the vault is there already is not known here: what becomes final, the plan says.
	isFinal := func(p catalog.VaultProblem) bool { return p.Final }
	addVaultProblems(slices.DeleteFunc(catalog.CheckVault(nil, ruledVault(req.Config.Raw)), isFinal), "", &resp.Diagnostics)
}

// checkBirth refuses what a new vault cannot be, and warns of what it stays for ever.
func checkBirth(plan vaultModel, raw tftypes.Value, diags *diag.Diagnostics) {
	label := ""
	if !plan.Name.IsUnknown() && !plan.ResourceGroupName.IsUnknown() {
		label = vaultLabel(plan)
	}
	addVaultProblems(catalog.CheckVault(nil, ruledVault(raw)), label, diags)
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
	addVaultProblems(catalog.CheckVault(&before, after), vaultLabel(state), &resp.Diagnostics)
}

// addVaultProblems reports problems, each on its attribute. label names the vault, if it has a name.
func addVaultProblems(problems []catalog.VaultProblem, label string, diags *diag.Diagnostics) {
	for _, problem := range problems {
		text := sentence(problem.Message)
		if label != "" {
			text = sentence(label + ": " + problem.Message)
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
	vault := attributesOf(raw)
	softDelete := attributesOf(vault.values["soft_delete"])
	v := catalog.Vault{
		Region:                   catalog.Unknown[catalog.Region](),
		SKU:                      valueOf[string](vault, "sku"),
		Redundancy:               valueOf[string](vault, "storage_redundancy"),
		RedundancyLocked:         valueOf[bool](vault, "storage_redundancy_locked"),
		CrossRegionRestore:       valueOf[bool](vault, "cross_region_restore_enabled"),
		SoftDelete:               valueOf[string](softDelete, "state"),
		SoftDeleteDays:           mapped(valueOf[big.Float](softDelete, "retention_days"), wholeNumber),
		Immutability:             valueOf[string](vault, "immutability"),
		CrossSubscriptionRestore: valueOf[string](vault, "cross_subscription_restore"),
		Identity:                 mapped(valueOf[map[string]tftypes.Value](vault, "identity"), ruledIdentity),
		Encryption:               mapped(valueOf[map[string]tftypes.Value](vault, "encryption"), ruledEncryption),
	}
	// A region that is newer than the catalogue gets the benefit of the doubt.
	if name, known := valueOf[string](vault, "region").Get(); known {
		if region, found := catalog.LookupRegion(name); found {
			v.Region = catalog.Known(region)
		}
	}
	return v
}

func ruledIdentity(values map[string]tftypes.Value) catalog.VaultIdentity {
	identity := attributes{values: values}
	return catalog.VaultIdentity{
		Type: required(valueOf[string](identity, "type")),
		IDs: mapped(valueOf[[]tftypes.Value](identity, "identity_ids"), func(elements []tftypes.Value) (ids []catalog.Value[string]) {
			for _, element := range elements {
				ids = append(ids, valueOf[string](attributes{values: map[string]tftypes.Value{"": element}}, ""))
			}
			return ids
		}),
	}
}

func ruledEncryption(values map[string]tftypes.Value) catalog.VaultEncryption {
	encryption := attributes{values: values}
	e := catalog.VaultEncryption{
		KeyURL:             required(valueOf[string](encryption, "key_id")),
		Infrastructure:     required(valueOf[bool](encryption, "infrastructure_encryption_enabled")),
		UsesSystemIdentity: valueOf[bool](encryption, "use_system_assigned_identity"),
		UserIdentity:       valueOf[string](encryption, "user_assigned_identity_id"),
	}
	if _, known := e.UsesSystemIdentity.Get(); !known && !e.UsesSystemIdentity.IsUnknown() {
		e.UsesSystemIdentity = catalog.Known(true) // the schema's default, which a configuration does not have yet
	}
	return e
}

// attributes are those of an object. Those of an unknown one are unknown, and a null one has none.
type attributes struct {
	values  map[string]tftypes.Value
	unknown bool
}

func attributesOf(object tftypes.Value) attributes {
	a := attributes{unknown: !object.IsKnown()}
	if object.IsKnown() && !object.IsNull() {
		a.unknown = object.As(&a.values) != nil
	}
	return a
}

// valueOf reads an attribute; T is a type that tftypes reads into.
func valueOf[T any](a attributes, name string) (value catalog.Value[T]) {
	v, ok := a.values[name]
	switch {
	case a.unknown || ok && !v.IsKnown():
		return catalog.Unknown[T]()
	case !ok || v.IsNull():
		return value
	}
	var known T
	if v.As(&known) != nil {
		return catalog.Unknown[T]()
	}
	return catalog.Known(known)
}

// mapped turns a value that is known into another.
func mapped[T, U any](v catalog.Value[T], into func(T) U) (value catalog.Value[U]) {
	if v.IsUnknown() {
		return catalog.Unknown[U]()
	}
	if known, ok := v.Get(); ok {
		return catalog.Known(into(known))
	}
	return value
}

// required is a value that is known, or else unknown.
func required[T any](v catalog.Value[T]) catalog.Value[T] {
	if _, known := v.Get(); known {
		return v
	}
	return catalog.Unknown[T]()
}

func wholeNumber(f big.Float) int64 {
	n, _ := f.Int64()
	return n
}
