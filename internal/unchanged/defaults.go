package unchanged

import (
	"context"
	"errors"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/defaults"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"
)

// defaultValue is the default of an attribute, which the framework plans wherever the configuration has none.
type defaultValue struct {
	at    []string
	value attr.Value
}

// staticDefault is the default of an attribute.
func staticDefault(ctx context.Context, attribute schema.Attribute) (value attr.Value, err error) {
	var diags diag.Diagnostics
	switch a := attribute.(type) {
	case schema.StringAttribute:
		var resp defaults.StringResponse
		a.Default.DefaultString(ctx, defaults.StringRequest{}, &resp)
		value, diags = resp.PlanValue, resp.Diagnostics
	case schema.BoolAttribute:
		var resp defaults.BoolResponse
		a.Default.DefaultBool(ctx, defaults.BoolRequest{}, &resp)
		value, diags = resp.PlanValue, resp.Diagnostics
	case schema.Int64Attribute:
		var resp defaults.Int64Response
		a.Default.DefaultInt64(ctx, defaults.Int64Request{}, &resp)
		value, diags = resp.PlanValue, resp.Diagnostics
	default:
		return nil, errors.New("its default is not known here")
	}
	if len(diags) > 0 {
		return nil, errors.New("its default is none")
	}
	return value, nil
}

// acts tells whether the default is, or may be, planned instead of a value of the state.
func (d defaultValue) acts(ctx context.Context, config, state Values) bool {
	for _, name := range d.at[:len(d.at)-1] {
		within, ok := state[name].(basetypes.ObjectValue)
		if !ok {
			return true
		}
		if within.IsNull() {
			return false // nor does the framework look into it
		}
		configured, ok := config[name].(basetypes.ObjectValue)
		if !ok || configured.IsNull() {
			return true
		}
		config, state = configured.Attributes(), within.Attributes()
	}
	name := d.at[len(d.at)-1]
	configured, is := config[name], state[name]
	if configured == nil || is == nil {
		return true
	}
	return configured.IsNull() && !sameValue(ctx, is, d.value)
}

// sameValue tells whether two values are the same, of whatever type of the schema.
func sameValue(ctx context.Context, a, b attr.Value) bool {
	x, errX := a.ToTerraformValue(ctx)
	y, errY := b.ToTerraformValue(ctx)
	return errX == nil && errY == nil && x.Equal(y)
}
