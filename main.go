// Terraform-provider-backup manages Azure VM backup vaults.
package main

import (
	"context"
	"flag"
	"log"
	"os/signal"
	"syscall"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"

	"github.com/azurebackup/terraform-provider-backup/internal/provider"
)

// version is set when the provider is built.
var version = "dev"

func main() {
	debug := flag.Bool("debug", false, "keep running, so that a debugger can be attached; prints TF_REATTACH_PROVIDERS")
	flag.Parse()
	if !*debug {
		// A service manager or a CI runner sends SIGTERM to every process of the job. Like Ctrl-C, which the plugin
		// library ignores, it is for Terraform alone: Terraform tells the provider to stop, and it can say what it has begun.
		signal.Ignore(syscall.SIGTERM)
	}

	err := providerserver.Serve(context.Background(), provider.New(version), providerserver.ServeOpts{
		Address: "registry.terraform.io/azurebackup/backup",
		Debug:   *debug,
	})
	if closeErr := provider.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		log.Fatal(err)
	}
}
