package catalog

// usGovernmentRegions are the regions of Azure Government, by name. Columns: name, display name, cloud, geography,
// pair, zones.
//
// Source: learn.microsoft.com/azure/reliability/regions-paired (dated 2025-01-13) for the pairs and
// availability-zones-service-support (dated 2024-04-15) for the zones, of which it names US Gov Virginia only. The
// pairs are not symmetrical: Arizona and Virginia both replicate to Texas, and Texas replicates to Virginia. US Gov
// Iowa was closed and is not listed.
var usGovernmentRegions = []Region{
	{"usdodcentral", "US DoD Central", USGovernment, "US Department of Defense", "usdodeast", false},
	{"usdodeast", "US DoD East", USGovernment, "US Department of Defense", "usdodcentral", false},
	{"usgovarizona", "US Gov Arizona", USGovernment, "US Government", "usgovtexas", false},
	{"usgovtexas", "US Gov Texas", USGovernment, "US Government", "usgovvirginia", false},
	{"usgovvirginia", "US Gov Virginia", USGovernment, "US Government", "usgovtexas", true},
}
