// Terraform-provider-backup manages Azure VM backup vaults.
package main

import (
	"cmp"
	"flag"
	"log"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"

	"github.com/azurebackup/terraform-provider-backup/internal/backend"
	"github.com/azurebackup/terraform-provider-backup/internal/provider"
	"github.com/azurebackup/terraform-provider-backup/internal/salvage"
	"github.com/azurebackup/terraform-provider-backup/internal/server"
)

// version is set when the provider is built.
var version = "dev"

func main() {
	if len(os.Args) > 1 && os.Args[1] == "serve" {
		os.Exit(server.Command(os.Args[2:], version))
	}
	if len(os.Args) > 1 && salvage.Commands[os.Args[1]] != nil {
		os.Exit(salvage.Command(os.Args[1], os.Args[2:]))
	}
	debugging := flag.Bool("debug", false, "keep running, so that a debugger can be attached; prints TF_REATTACH_PROVIDERS")
	flag.Parse()

	if err := run(*debugging); err != nil {
		log.Fatal(err)
	}
}

func run(debugging bool) error {
	if !debugging {
		if err := logAsAsked(); err != nil {
			return err
		}
		// A service manager or a CI runner sends SIGTERM to every process of the job. Like Ctrl-C, which the plugin
		// library ignores, it is for Terraform alone: Terraform tells the provider to stop, and it can say what it has begun.
		signal.Ignore(syscall.SIGTERM)
		go endWithTerraform(os.Getppid())
	}
	if os.Getenv("GOGC") == "" {
		// The framework keeps something of every request until Terraform ends the process, so that with many vaults the
		// default collects the same memory over and over.
		debug.SetGCPercent(200)
	}
	var options []tf6server.ServeOpt
	if debugging {
		options = append(options, tf6server.WithManagedDebug())
	}
	err := tf6server.Serve("registry.terraform.io/azurebackup/backup", provider.NewServer(version), options...)
	return cmp.Or(err, backend.Close())
}

// endWithTerraform ends the process when Terraform is gone without having ended it, as a killed one is. The plugin library
// does not notice, and the process would wait for requests for ever.
func endWithTerraform(terraform int) {
	for range time.Tick(time.Second) {
		if os.Getppid() != terraform {
			_ = backend.Close()
			os.Exit(1)
		}
	}
}

// logAsAsked sets the log levels of the plugin libraries to what TF_LOG or TF_LOG_PROVIDER ask for. Left alone they write
// every line at TRACE for Terraform to throw away, which takes a third of the time of a large plan.
func logAsAsked() error {
	level := strings.ToUpper(cmp.Or(os.Getenv("TF_LOG_PROVIDER"), os.Getenv("TF_LOG")))
	switch level {
	case "TRACE", "DEBUG", "INFO", "WARN", "ERROR":
	case "", "OFF":
		level = "OFF"
	default: // such as JSON, which means TRACE
		return nil
	}
	for _, name := range []string{"TF_LOG_SDK", "TF_LOG_SDK_PROTO", "TF_LOG_SDK_FRAMEWORK", "TF_LOG_PROVIDER_BACKUP"} {
		if os.Getenv(name) != "" {
			continue
		}
		if err := os.Setenv(name, level); err != nil {
			return err
		}
	}
	return nil
}
