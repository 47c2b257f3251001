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
