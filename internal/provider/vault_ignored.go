package provider

import (
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/azurebackup/terraform-provider-backup/internal/vault"
)

// addIgnored says of each setting that a vault lacks after the service accepted it what was planned and what is there.
func addIgnored(label string, lacking vault.Settings, plan, is tftypes.Value, diags *diag.Diagnostics) {
	for _, name := range lackingAttributes(lacking) {
		at := tftypes.NewAttributePath().WithAttributeName(name)
		wanted, _ := valueAt(plan, at)
		has, _ := valueAt(is, at)
		ignored := differences(name, wanted, has)
		if len(ignored) == 0 {
			ignored = []string{name} // what the plan left open, and the provider asks for
		}
		diags.AddAttributeError(path.Root(name), "The service ignored a setting", fmt.Sprintf(
			"%s: the service accepted the change, but did not make it: %s.\n\nThe state has what is there. Where something else decides about it, such as an "+
				"Azure Policy, set it to that.", label, strings.Join(ignored, "; ")))
	}
}

// lackingAttributes are the attributes whose settings are lacking.
func lackingAttributes(s vault.Settings) (names []string) {
	for name, lacks := range map[string]bool{
		"sku": s.SKU != nil, "storage_redundancy": s.Redundancy != nil, "cross_region_restore_enabled": s.CrossRegionRestoreEnabled != nil,
		"soft_delete": s.SoftDelete != nil, "immutability": s.Immutability != nil, "public_network_access_enabled": s.PublicNetworkAccessEnabled != nil,
		"cross_subscription_restore": s.CrossSubscriptionRestore != nil, "monitoring": s.Monitoring != nil, "identity": s.Identity != nil,
		"encryption": s.Encryption != nil, "tags": s.Tags != nil,
	} {
		if lacks {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// differences are the values within a planned one that are not as planned. Those that the plan left open are none.
func differences(name string, wanted, has tftypes.Value) (texts []string) {
	var planned, found map[string]tftypes.Value
	switch {
	case !wanted.IsKnown() || wanted.Equal(has):
		return nil
	case wanted.IsNull() || has.IsNull() || wanted.As(&planned) != nil || has.As(&found) != nil:
		return []string{fmt.Sprintf("%s was to be %s, and is %s", name, valueText(wanted), valueText(has))}
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
		texts = append(texts, differences(name+"."+member, inner, there)...)
	}
	return texts
}

// valueText is a value as a configuration would have it.
func valueText(v tftypes.Value) string {
	var text string
	var flag bool
	var number big.Float
	var elements []tftypes.Value
	var members map[string]tftypes.Value
	switch {
	case v.IsNull():
		return "not set"
	case v.As(&text) == nil:
		return fmt.Sprintf("%q", text)
	case v.As(&flag) == nil:
		return fmt.Sprint(flag)
	case v.As(&number) == nil:
		return number.Text('f', -1)
	case v.As(&elements) == nil:
		var texts []string
		for _, element := range elements {
			texts = append(texts, valueText(element))
		}
		return "[" + strings.Join(texts, ", ") + "]"
	case v.As(&members) == nil:
		var texts []string
		for _, name := range slices.Sorted(maps.Keys(members)) {
			if !members[name].IsNull() {
				texts = append(texts, name+" = "+valueText(members[name]))
			}
		}
		return "{ " + strings.Join(texts, ", ") + " }"
	}
	return "not known"
}
