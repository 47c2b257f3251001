package provider

import (
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// The service does not tell an empty set from none, and modules pass [] for what is not set. Terraform does: what is
// configured has to be planned and stored as it is. So the state keeps an empty set where the service has nothing.

// keepEmpty prefers the empty set there was to none.
func keepEmpty(was, is types.Set) types.Set {
	if is.IsNull() && isEmptySet(was) {
		return was
	}
	return is
}

// keepEmptySets is keepEmpty for the sets of a nested attribute, which is of these kinds.
func keepEmptySets(was, is types.Object, kinds map[string]attr.Type, diags *diag.Diagnostics) types.Object {
	if is.IsNull() || is.IsUnknown() {
		return is
	}
	values := is.Attributes()
	for name, before := range was.Attributes() {
		before, wasSet := before.(types.Set)
		if set, isSet := values[name].(types.Set); isSet && wasSet {
			values[name] = keepEmpty(before, set)
		}
	}
	return objectValue(kinds, values, diags)
}

func isEmptySet(s types.Set) bool { return !s.IsNull() && !s.IsUnknown() && len(s.Elements()) == 0 }

// sameSet tells whether two sets have the same elements; none and an empty one have.
func sameSet(a, b types.Set) bool {
	return a.Equal(b) || !a.IsUnknown() && !b.IsUnknown() && len(a.Elements()) == 0 && len(b.Elements()) == 0
}
