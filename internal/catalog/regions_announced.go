package catalog

import "slices"

// announcedRegions are regions that Microsoft's own tables name and that were not open to customers when this catalogue was
// made. Whether they have zones, and which region they are paired with, is not known; the geographies are our reading of the
// names. A region that opens moves to regions_public.go.
//
// Source: the region tables in Microsoft's public repositories (the Azure SDKs' and Azure Verified Modules' lists of names),
// compared with the page of open regions as of 2026-09-23.
var announcedRegions = []Region{
	{"brazilnortheast", "Brazil Northeast", Public, "Brazil", "", false},
	{"eastus3", "East US 3", Public, "United States", "", false},
	{"israelnorthwest", "Israel Northwest", Public, "Israel", "", false},
	{"koreasouth2", "Korea South 2", Public, "Korea", "", false},
	{"malaysiasouth", "Malaysia South", Public, "Malaysia", "", false},
	{"northeastus5", "Northeast US 5", Public, "United States", "", false},
	{"northeurope3", "North Europe 3", Public, "Europe", "", false},
	{"saudiarabiaeast", "Saudi Arabia East", Public, "Saudi Arabia", "", false},
	{"southcentralus2", "South Central US 2", Public, "United States", "", false},
	{"southeastasia3", "Southeast Asia 3", Public, "Asia Pacific", "", false},
	{"southeastus", "Southeast US", Public, "United States", "", false},
	{"southeastus3", "Southeast US 3", Public, "United States", "", false},
	{"southeastus5", "Southeast US 5", Public, "United States", "", false},
	{"southwestus", "Southwest US", Public, "United States", "", false},
	{"taiwannorth", "Taiwan North", Public, "Taiwan", "", false},
	{"taiwannorthwest", "Taiwan Northwest", Public, "Taiwan", "", false},
}

// AnnouncedRegions returns the regions that were announced and not open when this catalogue was made, by name. Regions and
// LookupRegion leave them out: nobody knows more of them than their names. The slice is the caller's to change.
func AnnouncedRegions() []Region { return slices.Clone(announcedRegions) }

// LookupAnnounced finds an announced region, as LookupRegion finds an open one.
func LookupAnnounced(s string) (Region, bool) {
	name := NormalizeRegion(s)
	i := slices.IndexFunc(announcedRegions, func(r Region) bool { return r.Name == name })
	if i < 0 {
		return Region{}, false
	}
	return announcedRegions[i], true
}
