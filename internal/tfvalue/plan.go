package tfvalue

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// KeepUnset fills the unknown values that the configuration does not set from the prior state.
func KeepUnset(req resource.ModifyPlanRequest) (tftypes.Value, error) {
	return tftypes.Transform(req.Plan.Raw, func(p *tftypes.AttributePath, v tftypes.Value) (tftypes.Value, error) {
		if v.IsKnown() {
			return v, nil
		}
		if c, ok := ValueAt(req.Config.Raw, p); ok && !c.IsNull() {
			return v, nil // set, to something not known yet
		}
		if prior, ok := ValueAt(req.State.Raw, p); ok {
			return prior, nil
		}
		return v, nil
	})
}

// fillUnknown fills the unknown values of a plan from another value of the same type.
func fillUnknown(plan, from tftypes.Value) (tftypes.Value, error) {
	return tftypes.Transform(plan, func(p *tftypes.AttributePath, v tftypes.Value) (tftypes.Value, error) {
		if v.IsKnown() {
			return v, nil
		}
		if value, ok := ValueAt(from, p); ok {
			return value, nil
		}
		return tftypes.NewValue(v.Type(), nil), nil
	})
}

// ValueAt is the value at a path; ok is false when there is none.
func ValueAt(root tftypes.Value, p *tftypes.AttributePath) (value tftypes.Value, ok bool) {
	found, _, err := tftypes.WalkAttributePath(root, p)
	if err != nil {
		return tftypes.Value{}, false
	}
	value, ok = found.(tftypes.Value)
	return value, ok
}

// IsUnset tells whether an attribute is left out of a configuration, as opposed to being unknown in it.
func IsUnset(config tftypes.Value, name string) bool {
	v, ok := ValueAt(config, tftypes.NewAttributePath().WithAttributeName(name))
	return ok && v.IsNull()
}

// ConfigIsNull is IsUnset of a plan request.
func ConfigIsNull(req resource.ModifyPlanRequest, name string) bool {
	return IsUnset(req.Config.Raw, name)
}

// Change is one of an attribute that takes another object in the place of the one there is.
type Change struct{ Name, From, To string }

// Compared is an attribute as it is planned, and as the state has it.
type Compared struct {
	name     string
	to, from EqualText
}

// Compare makes one.
func Compare(name string, to, from EqualText) Compared { return Compared{name, to, from} }

// Replacing are those of the attributes whose values are known to differ. One that is not known yet may turn out to be what
// there is.
func Replacing(attributes ...Compared) (changes []Change) {
	for _, a := range attributes {
		if !a.to.IsUnknown() && !SameText(a.to, a.from) {
			changes = append(changes, Change{a.name, a.from.ValueString(), a.to.ValueString()})
		}
	}
	return changes
}

// Because names what takes a replacement; empty when nothing in the configuration does.
func Because(changes []Change) string {
	var names []string
	for _, c := range changes {
		names = append(names, fmt.Sprintf("%s changes from %q to %q", c.Name, c.From, c.To))
	}
	if len(names) == 0 {
		return ""
	}
	return ", because " + strings.Join(names, " and ")
}

// ReplaceIfDiffers plans a replacement when the planned value is known to be another. A value that is not known yet is planned
// as a change in place: a plan that replaced for it would delete backups because something else changed.
func ReplaceIfDiffers() planmodifier.String {
	const text = "a value that is known to differ replaces the object"
	return stringplanmodifier.RequiresReplaceIf(func(_ context.Context, req planmodifier.StringRequest, resp *stringplanmodifier.RequiresReplaceIfFuncResponse) {
		resp.RequiresReplace = !req.PlanValue.IsUnknown()
	}, text, text)
}

// KeepPlanned gives the state the planned values wherever there are any.
func KeepPlanned(plan tftypes.Value, state *tfsdk.State) (diags diag.Diagnostics) {
	merged, err := fillUnknown(plan, state.Raw)
	if err != nil {
		diags.AddError("Unable to save the new state", Problem("State", err, "This is a defect of the provider."))
		return diags
	}
	state.Raw = merged
	return diags
}
