// Package vault is the client for Azure VM backup vaults (Microsoft.RecoveryServices/vaults): typed calls in plain Go
// types, and the wait until a vault is Active. It knows nothing of Terraform, and nothing of which service answers.
package vault
