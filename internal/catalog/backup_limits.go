package catalog

// What a vault holds at most, from the support matrix and the frequently asked questions of Azure Backup.
const (
	MaxVMsPerVault      = 1000
	MaxPoliciesPerVault = 200
	// MaxVMsPerPolicy needs no check of its own as long as a vault, to which a policy belongs, holds no more.
	MaxVMsPerPolicy = 1000
)
