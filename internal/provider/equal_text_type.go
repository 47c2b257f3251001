package provider

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

// Three kinds of text may be spelled in several ways without meaning something else. State keeps the spelling it has.
var (
	// regionType is the type of regions: "China East" and "chinaeast" are equal.
	regionType = equalTextType{name: "region", normalize: catalog.NormalizeRegion}
	// armNameType is the type of ids and names that Azure compares without regard to letter case, and returns in
	// another case now and then.
	armNameType = equalTextType{name: "ARM name", normalize: strings.ToLower}
	// timeZoneType is the type of time zones: "Asia/Shanghai" and "China Standard Time" are equal.
	timeZoneType = equalTextType{name: "time zone", normalize: normalizeTimeZone}
)

// normalizeTimeZone is the Windows name of a time zone; of one that the catalogue does not know, the name itself.
func normalizeTimeZone(name string) string {
	if windows, ok := catalog.WindowsTimeZone(name); ok {
		name = windows
	}
	return strings.ToLower(name)
}

var (
	_ basetypes.StringTypable                    = equalTextType{}
	_ basetypes.StringValuableWithSemanticEquals = equalText{}
)

// equalTextType is a string type whose values are equal when their normal forms are.
type equalTextType struct {
	basetypes.StringType
	name      string
	normalize func(string) string
}

func (t equalTextType) String() string { return t.name }

// Equal compares by name: the functions cannot be compared.
func (t equalTextType) Equal(o attr.Type) bool {
	other, ok := o.(equalTextType)
	return ok && t.name == other.name
}

func (t equalTextType) ValueType(context.Context) attr.Value { return equalText{kind: t} }

func (t equalTextType) ValueFromString(_ context.Context, in basetypes.StringValue) (basetypes.StringValuable, diag.Diagnostics) {
	return equalText{StringValue: in, kind: t}, nil
}

func (t equalTextType) ValueFromTerraform(ctx context.Context, in tftypes.Value) (attr.Value, error) {
	value, err := t.StringType.ValueFromTerraform(ctx, in)
	if err != nil {
		return nil, err
	}
	text, ok := value.(basetypes.StringValue)
	if !ok {
		return nil, fmt.Errorf("unexpected value type %T", value)
	}
	return equalText{StringValue: text, kind: t}, nil
}

// value makes a known value of this type.
func (t equalTextType) value(s string) equalText {
	return equalText{StringValue: basetypes.NewStringValue(s), kind: t}
}

// null makes the null value of this type.
func (t equalTextType) null() equalText {
	return equalText{StringValue: basetypes.NewStringNull(), kind: t}
}

// equalText is a value of equalTextType.
type equalText struct {
	basetypes.StringValue
	kind equalTextType
}

func (v equalText) Type(context.Context) attr.Type { return v.kind }

// Equal compares the spelling, as the framework asks; same compares the meaning.
func (v equalText) Equal(o attr.Value) bool {
	other, ok := o.(equalText)
	return ok && v.kind.Equal(other.kind) && v.StringValue.Equal(other.StringValue)
}

// same tells whether both are known and mean the same.
func (v equalText) same(other equalText) bool {
	return !v.IsNull() && !v.IsUnknown() && !other.IsNull() && !other.IsUnknown() &&
		v.kind.normalize(v.ValueString()) == v.kind.normalize(other.ValueString())
}

func (v equalText) StringSemanticEquals(_ context.Context, o basetypes.StringValuable) (bool, diag.Diagnostics) {
	other, ok := o.(equalText)
	return ok && v.same(other), nil
}

// keepSpelling plans the state's spelling of a value that means the same in the configuration. Semantic equality
// alone does not: the framework applies it after writes and reads but not while planning, where another spelling
// would look like a change, and replace the vault.
func (t equalTextType) keepSpelling() planmodifier.String { return keepSpelling{t} }

type keepSpelling struct{ kind equalTextType }

func (keepSpelling) Description(context.Context) string {
	return "another spelling of the same value is not a change"
}

func (k keepSpelling) MarkdownDescription(ctx context.Context) string { return k.Description(ctx) }

func (k keepSpelling) PlanModifyString(_ context.Context, req planmodifier.StringRequest, resp *planmodifier.StringResponse) {
	state := equalText{StringValue: req.StateValue, kind: k.kind}
	if state.same(equalText{StringValue: req.PlanValue, kind: k.kind}) {
		resp.PlanValue = req.StateValue
	}
}
