package catalog

// chinaRegions are the regions of Azure operated by 21Vianet, by name. Columns: name, display name, cloud, geography,
// pair, zones.
//
// Source: learn.microsoft.com/azure/china/overview-regions and docs.azure.cn/reliability (the regions list, and
// availability-zones-region-support for the zones, which only China North 3 has), read in November 2026. China East 3
// is access restricted. azure-cli's own table of secondary regions knows only the first two pairs; the pages know all.
var chinaRegions = []Region{
	{"chinaeast", "China East", China, "China", "chinanorth", false},
	{"chinaeast2", "China East 2", China, "China", "chinanorth2", false},
	{"chinaeast3", "China East 3", China, "China", "chinanorth3", false},
	{"chinanorth", "China North", China, "China", "chinaeast", false},
	{"chinanorth2", "China North 2", China, "China", "chinaeast2", false},
	{"chinanorth3", "China North 3", China, "China", "chinaeast3", true},
}
