package catalog

// Cloud is one of the separate Azure clouds. Each has its own ARM endpoint, sign-in authority and regions; a
// subscription belongs to exactly one of them.
type Cloud string

// The clouds that offer backup vaults. The values are those of the provider's environment attribute.
const (
	// Public is the global Azure cloud, management.azure.com.
	Public Cloud = "public"
	// China is Azure operated by 21Vianet, management.chinacloudapi.cn.
	China Cloud = "china"
	// USGovernment is Azure Government, with the regions of the Department of Defense, management.usgovcloudapi.net.
	USGovernment Cloud = "usgovernment"
)

// Clouds returns every cloud in the order in which lists show them: public, China, US Government. The slice is the
// caller's to change.
func Clouds() []Cloud {
	return []Cloud{Public, China, USGovernment}
}

// Endpoints says where one cloud answers. Every cloud states these itself, without sign-in, at
// https://{ARM endpoint}/metadata/endpoints?api-version=2022-09-01.
type Endpoints struct {
	// ResourceManager is the ARM endpoint, without a trailing slash.
	ResourceManager string
	// Authority is where accounts of this cloud sign in, without a trailing slash.
	Authority string
	// Audience is what a token must be made out to for ARM to take it. The trailing slash is part of it: a token is
	// compared with it letter by letter, and the scope asked for is the audience with "/.default" behind it.
	Audience string
	// Portal is the web portal, without a trailing slash.
	Portal string
	// CLI is the cloud's name in Azure CLI, as "az cloud list" shows it.
	CLI string
}

// Endpoints returns where the cloud answers; for a cloud that is not in Clouds, nothing.
//
// ARM endpoints, authorities and audiences are those of Microsoft's Go SDK (azcore v1.24.0, cloud/cloud.go and
// arm/runtime/runtime.go); portals are the "portal" of the metadata answers, and CLI names those of
// azure-cli-core's cloud.py. China: https://learn.microsoft.com/azure/china/resources-developer-guide, US Government:
// https://learn.microsoft.com/azure/azure-government/compare-azure-government-global-azure.
func (c Cloud) Endpoints() Endpoints {
	switch c {
	case Public:
		return Endpoints{
			ResourceManager: "https://management.azure.com",
			Authority:       "https://login.microsoftonline.com",
			Audience:        "https://management.core.windows.net/",
			Portal:          "https://portal.azure.com",
			CLI:             "AzureCloud",
		}
	case China:
		return Endpoints{
			ResourceManager: "https://management.chinacloudapi.cn",
			Authority:       "https://login.chinacloudapi.cn",
			Audience:        "https://management.core.chinacloudapi.cn/",
			Portal:          "https://portal.azure.cn",
			CLI:             "AzureChinaCloud",
		}
	case USGovernment:
		return Endpoints{
			ResourceManager: "https://management.usgovcloudapi.net",
			Authority:       "https://login.microsoftonline.us",
			Audience:        "https://management.core.usgovcloudapi.net/",
			Portal:          "https://portal.azure.us",
			CLI:             "AzureUSGovernment",
		}
	}
	return Endpoints{}
}
