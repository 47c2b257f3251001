package provider

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/azurebackup/terraform-provider-backup/internal/tfvalue"
	"github.com/azurebackup/terraform-provider-backup/internal/vault"
)

// addIgnored says of each setting that a vault lacks after the service accepted it what was planned and what is there.
func addIgnored(label string, lacking vault.Settings, plan, is tftypes.Value, diags *diag.Diagnostics) {
	for _, name := range lackingAttributes(lacking) {
		at := tftypes.NewAttributePath().WithAttributeName(name)
		wanted, _ := tfvalue.ValueAt(plan, at)
		has, _ := tfvalue.ValueAt(is, at)
		ignored := tfvalue.Differences(name, wanted, has)
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
		"encryption": s.Encryption != nil, "tags": s.Tags != nil, "immutability_configuration": s.ImmutabilityPeriod != nil,
		"region_of_choice": s.RegionOfChoice != nil, "cost_granularity_level": s.CostGranularity != nil, "source_scan_configuration": s.SourceScan != nil,
	} {
		if lacks {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}
