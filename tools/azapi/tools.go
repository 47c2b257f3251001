//go:build tools

// Package tools pins the azapi provider that scripts/interop.sh runs against serve. It is a module of its own, so that what
// it requires stays out of the provider.
package tools

import _ "github.com/Azure/terraform-provider-azapi"
