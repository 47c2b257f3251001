// Command docsschema prints the provider's schema in the format of `terraform providers schema -json`, asked of the
// provider in this process. tfplugindocs writes docs/ from it, so the pages are the same whatever Terraform or
// OpenTofu is at hand: an older one would leave out actions, list resources and identities.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"

	"github.com/azurebackup/terraform-provider-backup/internal/provider"
)

func main() {
	if err := run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, "docsschema:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	document, err := describe(ctx, providerserver.NewProtocol6(provider.New("generate")())())
	if err != nil {
		return err
	}
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(document)
}
