//go:build tools

// Package tools pins the OpenTofu release that scripts/terraform-cli.sh builds when neither Terraform nor
// OpenTofu is installed. It is a module of its own, so that OpenTofu's 250 dependencies stay out of the provider's.
package tools

import _ "github.com/opentofu/opentofu/cmd/tofu"
