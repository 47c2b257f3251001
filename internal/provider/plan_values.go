package provider

import (
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// keepUnset fills the unknown values that the configuration does not set from the prior state.
func keepUnset(req resource.ModifyPlanRequest) (tftypes.Value, error) {
	return tftypes.Transform(req.Plan.Raw, func(p *tftypes.AttributePath, v tftypes.Value) (tftypes.Value, error) {
		if v.IsKnown() {
			return v, nil
		}
		if c, ok := valueAt(req.Config.Raw, p); ok && !c.IsNull() {
			return v, nil // set, to something not known yet
		}
		if prior, ok := valueAt(req.State.Raw, p); ok {
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
		if value, ok := valueAt(from, p); ok {
			return value, nil
		}
		return tftypes.NewValue(v.Type(), nil), nil
	})
}

// valueAt is the value at a path; ok is false when there is none.
func valueAt(root tftypes.Value, p *tftypes.AttributePath) (value tftypes.Value, ok bool) {
	found, _, err := tftypes.WalkAttributePath(root, p)
	if err != nil {
		return tftypes.Value{}, false
	}
	value, ok = found.(tftypes.Value)
	return value, ok
}

// configIsNull tells whether an attribute is left out of the configuration, as opposed to being unknown in it.
func configIsNull(req resource.ModifyPlanRequest, name string) bool {
	v, ok := valueAt(req.Config.Raw, tftypes.NewAttributePath().WithAttributeName(name))
	return ok && v.IsNull()
}

// keepPlanned gives the state the planned values wherever there are any.
func keepPlanned(plan tftypes.Value, state *tfsdk.State) (diags diag.Diagnostics) {
	merged, err := fillUnknown(plan, state.Raw)
	if err != nil {
		diags.AddError("Unable to save the new state", problem("State", err, "This is a defect of the provider."))
		return diags
	}
	state.Raw = merged
	return diags
}
