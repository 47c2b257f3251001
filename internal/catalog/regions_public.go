package catalog

// publicRegions are the physical regions of the global Azure cloud, by name. Columns: name, display name, cloud,
// geography, pair, zones.
//
// Sources: learn.microsoft.com/azure/reliability/regions-list as of 2026-09-23 for the open regions, their pairs and
// zones; the same page as of 2025-03-21 and regions-paired as of 2025-01-13 for the access-restricted regions and the
// pairs with them; and an answer of GET /subscriptions/{id}/locations, kept by Azure/terraform-azurerm-avm-utl-regions,
// for the Jio and EUAP (canary) regions, which the page leaves out, and for the geographies.
//
// Left out on purpose: logical locations such as "europe" and "global", Microsoft's staging regions (names ending in
// stg or stage), and regions announced but not on the page at that date, such as Saudi Arabia East (promised for the
// last quarter of 2026). BACKUP_EXTRA_REGIONS admits those until this table has them.
//
// Pairs that look wrong and are not: Brazil South replicates out of its geography to South Central US, which does not
// replicate back; West US 3 replicates to East US, West India to South India and India South Central to Central India,
// each in that direction only.
var publicRegions = []Region{
	{"australiacentral", "Australia Central", Public, "Australia", "australiacentral2", false},
	{"australiacentral2", "Australia Central 2", Public, "Australia", "australiacentral", false},
	{"australiaeast", "Australia East", Public, "Australia", "australiasoutheast", true},
	{"australiasoutheast", "Australia Southeast", Public, "Australia", "australiaeast", false},
	{"austriaeast", "Austria East", Public, "Austria", "", true},
	{"belgiumcentral", "Belgium Central", Public, "Belgium", "", true},
	{"brazilsouth", "Brazil South", Public, "Brazil", "southcentralus", true},
	{"brazilsoutheast", "Brazil Southeast", Public, "Brazil", "brazilsouth", false},
	{"canadacentral", "Canada Central", Public, "Canada", "canadaeast", true},
	{"canadaeast", "Canada East", Public, "Canada", "canadacentral", false},
	{"centralindia", "Central India", Public, "India", "southindia", true},
	{"centralus", "Central US", Public, "United States", "eastus2", true},
	{"centraluseuap", "Central US EUAP", Public, "Canary (US)", "eastus2euap", false},
	{"chilecentral", "Chile Central", Public, "Chile", "", true},
	{"denmarkeast", "Denmark East", Public, "Denmark", "", true},
	{"eastasia", "East Asia", Public, "Asia Pacific", "southeastasia", true},
	{"eastus", "East US", Public, "United States", "westus", true},
	{"eastus2", "East US 2", Public, "United States", "centralus", true},
	{"eastus2euap", "East US 2 EUAP", Public, "Canary (US)", "centraluseuap", false},
	{"francecentral", "France Central", Public, "France", "francesouth", true},
	{"francesouth", "France South", Public, "France", "francecentral", false},
	{"germanynorth", "Germany North", Public, "Germany", "germanywestcentral", false},
	{"germanywestcentral", "Germany West Central", Public, "Germany", "germanynorth", true},
	{"indiasouthcentral", "India South Central", Public, "India", "centralindia", true},
	{"indonesiacentral", "Indonesia Central", Public, "Indonesia", "", true},
	{"israelcentral", "Israel Central", Public, "Israel", "", true},
	{"italynorth", "Italy North", Public, "Italy", "", true},
	{"japaneast", "Japan East", Public, "Japan", "japanwest", true},
	{"japanwest", "Japan West", Public, "Japan", "japaneast", true},
	{"jioindiacentral", "Jio India Central", Public, "India", "jioindiawest", false},
	{"jioindiawest", "Jio India West", Public, "India", "jioindiacentral", false},
	{"koreacentral", "Korea Central", Public, "Korea", "koreasouth", true},
	{"koreasouth", "Korea South", Public, "Korea", "koreacentral", false},
	{"malaysiawest", "Malaysia West", Public, "Malaysia", "", true},
	{"mexicocentral", "Mexico Central", Public, "Mexico", "", true},
	{"newzealandnorth", "New Zealand North", Public, "New Zealand", "", true},
	{"northcentralus", "North Central US", Public, "United States", "southcentralus", true},
	{"northeurope", "North Europe", Public, "Europe", "westeurope", true},
	{"norwayeast", "Norway East", Public, "Norway", "norwaywest", true},
	{"norwaywest", "Norway West", Public, "Norway", "norwayeast", false},
	{"polandcentral", "Poland Central", Public, "Poland", "", true},
	{"qatarcentral", "Qatar Central", Public, "Qatar", "", true},
	{"southafricanorth", "South Africa North", Public, "South Africa", "southafricawest", true},
	{"southafricawest", "South Africa West", Public, "South Africa", "southafricanorth", false},
	{"southcentralus", "South Central US", Public, "United States", "northcentralus", true},
	{"southeastasia", "Southeast Asia", Public, "Asia Pacific", "eastasia", true},
	{"southindia", "South India", Public, "India", "centralindia", false},
	{"spaincentral", "Spain Central", Public, "Spain", "", true},
	{"swedencentral", "Sweden Central", Public, "Sweden", "swedensouth", true},
	{"swedensouth", "Sweden South", Public, "Sweden", "swedencentral", false},
	{"switzerlandnorth", "Switzerland North", Public, "Switzerland", "switzerlandwest", true},
	{"switzerlandwest", "Switzerland West", Public, "Switzerland", "switzerlandnorth", false},
	{"uaecentral", "UAE Central", Public, "UAE", "uaenorth", false},
	{"uaenorth", "UAE North", Public, "UAE", "uaecentral", true},
	{"uksouth", "UK South", Public, "United Kingdom", "ukwest", true},
	{"ukwest", "UK West", Public, "United Kingdom", "uksouth", false},
	{"westcentralus", "West Central US", Public, "United States", "westus2", false},
	{"westeurope", "West Europe", Public, "Europe", "northeurope", true},
	{"westindia", "West India", Public, "India", "southindia", false},
	{"westus", "West US", Public, "United States", "eastus", false},
	{"westus2", "West US 2", Public, "United States", "westcentralus", true},
	{"westus3", "West US 3", Public, "United States", "eastus", true},
}
