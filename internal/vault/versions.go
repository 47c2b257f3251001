package vault

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

// LackingError says that a cloud has no API version with settings that were asked for. Nothing is written then: the service
// would pass them over.
type LackingError struct {
	// Attributes are those that say the settings, sorted.
	Attributes []string
	// Version is the newest that the cloud and the provider both know.
	Version string
	// InVault tells that it is a version of the API of what is in a vault, and not of that of vaults.
	InVault bool
}

// Error names the settings with the versions that have them.
func (e *LackingError) Error() string {
	var all []string
	for _, name := range e.Attributes {
		all = append(all, fmt.Sprintf("%s (since %s)", name, cmp.Or(catalog.VaultSettingSince(name), newerSince[name])))
	}
	of := "vaults"
	if e.InVault {
		of = "what is in a vault"
	}
	return fmt.Sprintf("this cloud has the API of %s in version %s at most, which does not have %s", of, e.Version, strings.Join(all, ", "))
}

// newer are the attributes of the settings that some API versions do not have.
func (s Settings) newer() (attributes []string) {
	for name, chosen := range map[string]bool{
		"source_scan_configuration": s.SourceScan != nil, "cost_granularity_level": s.CostGranularity != nil,
		"immutability_configuration": s.ImmutabilityPeriod != nil, "region_of_choice": s.RegionOfChoice != nil,
	} {
		if chosen {
			attributes = append(attributes, name)
		}
	}
	slices.Sort(attributes)
	return attributes
}

// lacking is an error when an API version does not have one of the attributes.
func lacking(version string, attributes []string) error {
	lacks := slices.DeleteFunc(slices.Clone(attributes), func(name string) bool { return catalog.VaultSettingSince(name) <= version })
	if len(lacks) == 0 {
		return nil
	}
	return &LackingError{Attributes: lacks, Version: version}
}

// CheckVersion is a *LackingError when the cloud of a vault has no API version with one of the attributes. It asks the service
// for the vaults of the subscription, unless it has in this run: the version is known from the first answer.
func (c *Client) CheckVersion(ctx context.Context, id arm.ID, attributes ...string) error {
	if lacking(catalog.VaultAPIVersion, attributes) == nil && len(attributes) > 0 {
		// What goes wrong with it is for the one to report who needs the answer.
		_, _, _ = c.FindByName(ctx, id.SubscriptionID, id.Name)
	}
	slices.Sort(attributes)
	return lacking(c.arm.VersionOf("/providers/"+catalog.VaultType, catalog.VaultAPIVersion), attributes)
}

// in is the body of settings in an API version: w at the newest, without what older ones are not told.
func (s Settings) in(version string, w wireVault) (wireVault, error) {
	if err := lacking(version, s.newer()); err != nil {
		return wireVault{}, err
	}
	security := orZero(w.Properties).SecuritySettings
	if security == nil || security.ImmutabilitySettings == nil || lacking(version, []string{"immutability_configuration"}) == nil {
		return w, nil
	}
	security.ImmutabilitySettings.Configuration = nil // as per policy, which is the only way there
	return w, nil
}
