package tfvalue

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
	// Region is the type of regions: "China East" and "chinaeast" are equal.
	Region = EqualTextType{name: "region", normalize: catalog.NormalizeRegion}
	// ARMName is the type of ids and names that Azure compares without regard to letter case, and returns in
	// another case now and then.
	ARMName = EqualTextType{name: "ARM name", normalize: strings.ToLower}
	// TimeZone is the type of time zones: "Asia/Shanghai" and "China Standard Time" are equal.
	TimeZone = EqualTextType{name: "time zone", normalize: normalizeTimeZone}
)

// normalizeTimeZone is the Windows name of a time zone; of one that the catalogue does not know, the name itself.
func normalizeTimeZone(name string) string {
	if windows, ok := catalog.WindowsTimeZone(name); ok {
		name = windows
	}
	return strings.ToLower(name)
}

var (
	_ basetypes.StringTypable                    = EqualTextType{}
	_ basetypes.StringValuableWithSemanticEquals = EqualText{}
)

// EqualTextType is a string type whose values are equal when their normal forms are.
type EqualTextType struct {
	basetypes.StringType
	name      string
	normalize func(string) string
}

func (t EqualTextType) String() string { return t.name }

// Equal compares by name: the functions cannot be compared.
func (t EqualTextType) Equal(o attr.Type) bool {
	other, ok := o.(EqualTextType)
	return ok && t.name == other.name
}

func (t EqualTextType) ValueType(context.Context) attr.Value { return EqualText{kind: t} }

func (t EqualTextType) ValueFromString(_ context.Context, in basetypes.StringValue) (basetypes.StringValuable, diag.Diagnostics) {
	return EqualText{StringValue: in, kind: t}, nil
}

func (t EqualTextType) ValueFromTerraform(ctx context.Context, in tftypes.Value) (attr.Value, error) {
	value, err := t.StringType.ValueFromTerraform(ctx, in)
	if err != nil {
		return nil, err
	}
	text, ok := value.(basetypes.StringValue)
	if !ok {
		return nil, fmt.Errorf("unexpected value type %T", value)
	}
	return EqualText{StringValue: text, kind: t}, nil
}

// Value makes a known value of this type.
func (t EqualTextType) Value(s string) EqualText {
	return EqualText{StringValue: basetypes.NewStringValue(s), kind: t}
}

// Normalize is the normal form of a text: what all its spellings have in common.
func (t EqualTextType) Normalize(s string) string { return t.normalize(s) }

// Of makes a value of this type of one of type string.
func (t EqualTextType) Of(s basetypes.StringValue) EqualText {
	return EqualText{StringValue: s, kind: t}
}

// Null makes the null value of this type.
func (t EqualTextType) Null() EqualText {
	return EqualText{StringValue: basetypes.NewStringNull(), kind: t}
}

// EqualText is a value of EqualTextType.
type EqualText struct {
	basetypes.StringValue
	kind EqualTextType
}

func (v EqualText) Type(context.Context) attr.Type { return v.kind }

// Equal compares the spelling, as the framework asks; Same compares the meaning.
func (v EqualText) Equal(o attr.Value) bool {
	other, ok := o.(EqualText)
	return ok && v.kind.Equal(other.kind) && v.StringValue.Equal(other.StringValue)
}

// Same tells whether both are known and mean the same.
func (v EqualText) Same(other EqualText) bool {
	return !v.IsNull() && !v.IsUnknown() && !other.IsNull() && !other.IsUnknown() &&
		v.kind.normalize(v.ValueString()) == v.kind.normalize(other.ValueString())
}

func (v EqualText) StringSemanticEquals(_ context.Context, o basetypes.StringValuable) (bool, diag.Diagnostics) {
	other, ok := o.(EqualText)
	return ok && v.Same(other), nil
}

// KeepSpelling plans the state's spelling of a value that means the same in the configuration. Semantic equality
// alone does not: the framework applies it after writes and reads but not while planning, where another spelling
// would look like a change, and replace the vault.
func (t EqualTextType) KeepSpelling() planmodifier.String { return keepSpelling{t} }

type keepSpelling struct{ kind EqualTextType }

func (keepSpelling) Description(context.Context) string {
	return "another spelling of the same value is not a change"
}

func (k keepSpelling) MarkdownDescription(ctx context.Context) string { return k.Description(ctx) }

func (k keepSpelling) PlanModifyString(_ context.Context, req planmodifier.StringRequest, resp *planmodifier.StringResponse) {
	state := EqualText{StringValue: req.StateValue, kind: k.kind}
	if state.Same(EqualText{StringValue: req.PlanValue, kind: k.kind}) {
		resp.PlanValue = req.StateValue
	}
}

// Keep prefers the spelling there was to another that means the same.
func Keep(was, is EqualText) EqualText {
	if is.Same(was) {
		return was
	}
	return is
}

// SameText tells whether two values mean the same, or are both null.
func SameText(a, b EqualText) bool { return a.Same(b) || a.IsNull() && b.IsNull() }
