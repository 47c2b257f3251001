package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"runtime"
)

// The provider's address. The host of its own makes one tree of plugins serve Terraform and OpenTofu, which complete
// a short address differently.
const (
	providerSource  = "terraform.local/azurebackup/backup"
	againstSource   = "terraform.local/against/backup"
	azurermSource   = "terraform.local/hashicorp/azurerm"
	providerVersion = "0.0.1"
)

var executableSuffix = func() string {
	if runtime.GOOS == "windows" {
		return ".exe"
	}
	return ""
}()

// prepare lays out what all workspaces share: the CLI configuration and the tree that init takes the providers from.
func (b *bench) prepare() error {
	if err := os.WriteFile(b.cliConfig(), nil, 0o600); err != nil {
		return err
	}
	for source, binary := range map[string]string{providerSource: b.provider, againstSource: b.against, azurermSource: b.azurerm} {
		if binary == "" {
			continue
		}
		folder := filepath.Join(b.plugins(), filepath.FromSlash(source), providerVersion, runtime.GOOS+"_"+runtime.GOARCH)
		if err := os.MkdirAll(folder, 0o700); err != nil {
			return err
		}
		name := "terraform-provider-" + path.Base(source) + "_v" + providerVersion + executableSuffix
		if err := copyExecutable(filepath.Join(folder, name), binary); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) plugins() string { return filepath.Join(b.folder, "plugins") }

func copyExecutable(to, from string) (err error) {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY|os.O_EXCL, 0o700)
	if err != nil {
		return err
	}
	if _, err := io.Copy(out, in); err != nil {
		_ = out.Close()
		return err
	}
	return out.Close()
}

// workspace is a folder with a configuration, made ready by init.
type workspace struct {
	bench  *bench
	folder string
	name   string
}

// newWorkspace makes a workspace whose resources are the text of a configuration.
func (b *bench) newWorkspace(ctx context.Context, name, resources string) (*workspace, error) {
	folder, err := b.newFolder(name)
	if err != nil {
		return nil, err
	}
	w := &workspace{bench: b, folder: folder, name: name}
	// In a file of its own, because resources change and init does not.
	settings := fmt.Sprintf(`terraform {
  backend "http" {
    address = %q
  }
}
`, b.state.url+"/"+name)
	if err := w.write("backend.tf", settings); err != nil {
		return nil, err
	}
	if err := w.write("main.tf", resources); err != nil {
		return nil, err
	}
	_, err = w.run(ctx, "init", "-plugin-dir="+b.plugins())
	return w, err
}

func (w *workspace) write(name, content string) error {
	return os.WriteFile(filepath.Join(w.folder, name), []byte(content), 0o600)
}

// run runs a command of the CLI in the workspace.
func (w *workspace) run(ctx context.Context, args ...string) (outcome, error) {
	return w.bench.command(ctx, w.folder, args...)
}

// reset forgets state and vaults.
func (w *workspace) reset() error {
	w.bench.state.put("/"+w.name, nil)
	for _, suffix := range []string{"", "-wal", "-shm"} {
		if err := os.Remove(w.database() + suffix); err != nil && !os.IsNotExist(err) {
			return err
		}
	}
	return nil
}

func (w *workspace) database() string { return filepath.Join(w.folder, "vaults.db") }

// vaults are the vaults of a configuration.
type vaults struct {
	count            int
	region           string
	tags             string // an HCL map
	provisioningTime string
}

// config is the text of the configuration.
func (v vaults) config() string {
	text := fmt.Sprintf(`terraform {
  required_providers {
    backup = { source = %q }
  }
}

provider "backup" {
  environment = "embedded"
  embedded    = { database = "vaults.db", provisioning_time = %q }
}

resource "backup_vault" "bench" {
  count  = %d
  name   = "bench-${count.index}"
  region = %q
`, providerSource, cmp.Or(v.provisioningTime, "0s"), v.count, cmp.Or(v.region, "chinaeast"))
	if v.tags != "" {
		text += "  tags   = " + v.tags + "\n"
	}
	return text + "}\n"
}

// floorConfig is a configuration of as many resources that are built into Terraform and do nothing.
func floorConfig(count int) string {
	return fmt.Sprintf(`resource "terraform_data" "bench" {
  count = %d
  input = "bench-${count.index}"
}
`, count)
}
