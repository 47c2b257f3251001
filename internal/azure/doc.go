// Package azure reaches real Azure: which cloud, how to sign in, and how to send a request there safely.
//
// The provider fills Settings from its configuration, lets Settings.WithEnvironment add what the environment says, and
// calls Connect. The Connection has what an ARM client needs: an endpoint, a transport and a policy that signs every
// request. Sign-in is Microsoft's azidentity throughout; this package decides which of its credentials are used, in
// which order, and says in plain words why none of them worked.
//
// # Order of the sign-in methods
//
// The order is that of azurerm (hashicorp/go-azure-sdk, sdk/auth/auth.go), so that one environment signs both
// providers in as the same identity:
//
//  1. client certificate
//  2. client secret
//  3. OIDC token, given as it is or in a file
//  4. OIDC request: a token that GitHub Actions or Azure Pipelines hands out on request
//  5. managed identity
//  6. Azure CLI
//
// Only what is configured is tried. Azure CLI is the exception, as in azurerm: it is on unless use_cli turns it off.
// But it is never a silent second identity: while another method is configured, it is only tried when use_cli is
// explicitly true.
//
// # Secrets
//
// No text that this package makes holds a secret: Settings prints itself redacted, errors are shortened to a code and a
// sentence, and whatever a server says is searched for the configured secrets before it is shown.
package azure
