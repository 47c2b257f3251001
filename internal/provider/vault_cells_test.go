package provider_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// vaultCell is what a configuration says of a vault's settings, by attribute such as "soft_delete.state"; what is left out
// is not there.
type vaultCell map[string]any

func (c vaultCell) String() string {
	raw, err := json.Marshal(c)
	if err != nil {
		return err.Error()
	}
	return string(raw)
}

// set chooses one of an attribute's values, or leaves it out.
type set struct {
	attribute string
	values    []any // nil leaves it out
}

func one[T any](attribute string, values ...T) set {
	s := set{attribute: attribute}
	for _, value := range values {
		s.values = append(s.values, value)
	}
	return s
}

func (s set) orNone() set {
	s.values = append(slices.Clone(s.values), nil)
	return s
}

// product is every choice of values.
func product(sets ...set) []vaultCell {
	cells := []vaultCell{{}}
	for _, s := range sets {
		var more []vaultCell
		for _, cell := range cells {
			for _, value := range s.values {
				next := maps.Clone(cell)
				if value != nil {
					next[s.attribute] = value
				}
				more = append(more, next)
			}
		}
		cells = more
	}
	return cells
}

// cross is every cell of one list with every cell of another.
func cross(a, b []vaultCell) (cells []vaultCell) {
	for _, left := range a {
		for _, right := range b {
			cell := maps.Clone(left)
			maps.Copy(cell, right)
			cells = append(cells, cell)
		}
	}
	return cells
}

// config is the cell as a backup_vault of a name and a region.
func (c vaultCell) config(t *testing.T, kind tftypes.Type, name, region string) tftypes.Value {
	t.Helper()
	values, nested := map[string]any{"name": name, "region": region}, map[string]map[string]any{}
	for attribute, value := range c {
		root, leaf, deep := strings.Cut(attribute, ".")
		if !deep {
			values[root] = value
			continue
		}
		if nested[root] == nil {
			nested[root] = map[string]any{}
		}
		if ids, ok := value.([]string); ok {
			var elements []tftypes.Value
			for _, id := range ids {
				elements = append(elements, tftypes.NewValue(tftypes.String, id))
			}
			value = elements
		}
		nested[root][leaf] = value
	}
	for root, attributes := range nested {
		values[root] = objectOf(t, attributeType(t, kind, root), attributes)
	}
	return objectOf(t, kind, values)
}

// wirePaths are where ARM has the attributes.
var wirePaths = map[string]string{
	"sku":                          "sku.name",
	"storage_redundancy":           "properties.redundancySettings.standardTierStorageRedundancy",
	"cross_region_restore_enabled": "properties.redundancySettings.crossRegionRestore",
	"soft_delete.state":            "properties.securitySettings.softDeleteSettings.softDeleteState",
	"soft_delete.retention_days":   "properties.securitySettings.softDeleteSettings.softDeleteRetentionPeriodInDays",
	"immutability":                 "properties.securitySettings.immutabilitySettings.state",
	"cross_subscription_restore":   "properties.restoreSettings.crossSubscriptionRestoreSettings.crossSubscriptionRestoreState",
	"identity.type":                "identity.type",
	"identity.identity_ids":        "identity.userAssignedIdentities",
	"encryption.key_id":            "properties.encryption.keyVaultProperties.keyUri",

	"encryption.infrastructure_encryption_enabled": "properties.encryption.infrastructureEncryption",
	"encryption.use_system_assigned_identity":      "properties.encryption.kekIdentity.useSystemAssignedIdentity",
	"encryption.user_assigned_identity_id":         "properties.encryption.kekIdentity.userAssignedIdentity",
}

// wire is the cell by ARM's paths and in ARM's words.
func (c vaultCell) wire() map[string]any {
	wire := map[string]any{}
	for attribute, value := range c {
		switch v := value.(type) {
		case bool:
			if value = v; attribute != "encryption.use_system_assigned_identity" {
				value = map[bool]string{true: "Enabled", false: "Disabled"}[v]
			}
		case int:
			value = float64(v)
		case []string:
			ids := map[string]any{}
			for _, id := range v {
				ids[id] = map[string]any{}
			}
			value = ids
		case string:
			if v == "AlwaysOn" {
				value = "AlwaysON"
			}
		}
		wire[wirePaths[attribute]] = value
	}
	return wire
}

// document is the cell as the body of a request that says all of it: what identity and encryption leave out goes.
func (c vaultCell) document(region string) string {
	root := map[string]any{"location": region, "sku": map[string]any{"name": "Standard"}, "identity": map[string]any{"type": "None"}, "properties": map[string]any{"encryption": nil}}
	for path, value := range c.wire() {
		under, steps := root, strings.Split(path, ".")
		for _, step := range steps[:len(steps)-1] {
			next, ok := under[step].(map[string]any)
			if !ok {
				next = map[string]any{}
				under[step] = next
			}
			under = next
		}
		under[steps[len(steps)-1]] = value
	}
	raw, err := json.Marshal(root)
	if err != nil {
		panic(err)
	}
	return string(raw)
}

// readWire reads what a vault's document has at the paths. What is the same as nothing is left out.
func readWire(document map[string]any) map[string]any {
	wire := map[string]any{}
	for _, path := range wirePaths {
		var value any = document
		for step := range strings.SplitSeq(path, ".") {
			under, _ := value.(map[string]any)
			value = under[step]
		}
		wire[path] = value
	}
	return normal(wire)
}

// normal leaves out what is the same as nothing, and keeps the ids alone of identities.
func normal(wire map[string]any) map[string]any {
	result := map[string]any{}
	for path, value := range wire {
		if users, ok := value.(map[string]any); ok {
			value = strings.Join(slices.Sorted(maps.Keys(users)), ", ")
		}
		isOff := path == wirePaths["encryption.infrastructure_encryption_enabled"] && value == "Disabled" ||
			path == wirePaths["immutability"] && value == "Disabled"
		if value != nil && value != false && value != "" && value != "None" && !isOff {
			result[path] = value
		}
	}
	return result
}

// expected is what a vault has after it became this cell; was is what it had.
func (c vaultCell) expected(was map[string]any) map[string]any {
	result := map[string]any{}
	for path, value := range was {
		if !strings.HasPrefix(path, "identity.") && !strings.HasPrefix(path, "properties.encryption.") {
			result[path] = value
		}
	}
	maps.Copy(result, c.wire())
	return normal(result)
}

// immutability is what the cell says of it; empty when it says nothing.
func (c vaultCell) immutability() string {
	state, _ := c["immutability"].(string)
	return state
}
