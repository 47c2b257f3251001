package tfvalue

import (
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// Differences are the values within a planned one that are not as planned, by their names. Those that the plan left open are
// none.
func Differences(name string, wanted, has tftypes.Value) (texts []string) {
	var planned, found map[string]tftypes.Value
	switch {
	case !wanted.IsKnown() || wanted.Equal(has):
		return nil
	case wanted.IsNull() || has.IsNull() || wanted.As(&planned) != nil || has.As(&found) != nil:
		return []string{fmt.Sprintf("%s was to be %s, and is %s", name, text(wanted), text(has))}
	}
	members := maps.Clone(found)
	maps.Copy(members, planned)
	for _, member := range slices.Sorted(maps.Keys(members)) {
		none := tftypes.NewValue(members[member].Type(), nil)
		inner, there := none, none
		if v, ok := planned[member]; ok {
			inner = v
		}
		if v, ok := found[member]; ok {
			there = v
		}
		texts = append(texts, Differences(name+"."+member, inner, there)...)
	}
	return texts
}

// text is a value as a configuration would have it.
func text(v tftypes.Value) string {
	var s string
	var flag bool
	var number big.Float
	var elements []tftypes.Value
	var members map[string]tftypes.Value
	switch {
	case v.IsNull():
		return "not set"
	case v.As(&s) == nil:
		return fmt.Sprintf("%q", s)
	case v.As(&flag) == nil:
		return fmt.Sprint(flag)
	case v.As(&number) == nil:
		return number.Text('f', -1)
	case v.As(&elements) == nil:
		var texts []string
		for _, element := range elements {
			texts = append(texts, text(element))
		}
		return "[" + strings.Join(texts, ", ") + "]"
	case v.As(&members) == nil:
		var texts []string
		for _, name := range slices.Sorted(maps.Keys(members)) {
			if members[name].IsKnown() && !members[name].IsNull() {
				texts = append(texts, name+" = "+text(members[name]))
			}
		}
		return "{ " + strings.Join(texts, ", ") + " }"
	}
	return "not known"
}
