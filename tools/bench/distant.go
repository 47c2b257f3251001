package main

import (
	"cmp"
	"context"
	"fmt"
	"strconv"
	"time"
)

// distantTimeout ends a command of a service with a latency: azurerm waits for some ten seconds for each vault.
const distantTimeout = time.Hour

// rival is a provider that is measured with a latency.
type rival struct {
	name, source string
	azurerm      bool
}

// rivals are the provider under test and what it is compared with.
func (b *bench) rivals() []rival {
	all := []rival{{name: "this build", source: providerSource}}
	if b.against != "" {
		all = append(all, rival{name: "-against", source: againstSource})
	}
	if b.azurerm != "" {
		all = append(all, rival{name: "azurerm", source: azurermSource, azurerm: true})
	}
	return all
}

// distance is how a command went with a service behind a network.
type distance struct {
	wall, cli, provider time.Duration // of processor time the last two
	memory              peaks
	calls               int64
}

// measureDistant times the phases of vaults and of protected VMs with a latency. All providers take turns at each phase.
func (b *bench) measureDistant(ctx context.Context, size int) error {
	for _, what := range []struct {
		name, title string
		config      func(rival, string, int) string
	}{
		{"vaults", "%s vaults", distantVaults},
		{"vms", "%s protected VMs", distantVMs},
	} {
		ran := map[string]map[string][]distance{} // by phase and rival
		for n := range b.runs {
			b.progress(what.title+" with a latency of %s, run %d of %d", thousands(size), b.latency, n+1, b.runs)
			if err := b.runDistant(ctx, fmt.Sprintf("distant-%s-%d-%d", what.name, size, n), size, what.config, ran); err != nil {
				return err
			}
		}
		b.printf("\n## "+what.title+", %s added to every call, %s\n\n", thousands(size), b.latency, medianText(b.runs))
		b.printDistant(ran)
	}
	return nil
}

// runDistant takes every rival through all phases once.
func (b *bench) runDistant(ctx context.Context, name string, size int, config func(rival, string, int) string, ran map[string]map[string][]distance) error {
	type lane struct {
		rival
		service *served
		space   *workspace
	}
	var lanes []lane
	for _, r := range b.rivals() {
		own := name + "-" + cmp.Or(map[string]string{againstSource: "against", azurermSource: "azurerm"}[r.source], "this")
		service, err := b.serve(ctx, own)
		if err != nil {
			return err
		}
		defer service.stop()
		space, err := b.newWorkspace(ctx, own, config(r, service.address, size))
		if err != nil {
			return err
		}
		lanes = append(lanes, lane{r, service, space})
	}
	for _, p := range phases() {
		if p.name == phaseNoRefresh {
			continue
		}
		for _, l := range lanes {
			before := l.service.calls.Load()
			memory, o, err := b.watched(ctx, invocation{folder: l.space.folder, args: p.args, env: l.service.trusting(), timeout: distantTimeout})
			if err != nil {
				return err
			}
			if ran[p.name] == nil {
				ran[p.name] = map[string][]distance{}
			}
			d := distance{wall: o.wall, provider: memory.cpu(), memory: memory, calls: l.service.calls.Load() - before}
			d.cli = max(0, o.cpu-d.provider)
			ran[p.name][l.name] = append(ran[p.name][l.name], d)
		}
	}
	return nil
}

func (b *bench) printDistant(ran map[string]map[string][]distance) {
	t := newTable("command", "provider", "seconds", "ratio", "calls", "CPU provider", "CPU CLI", "MB provider", "MB CLI")
	for _, p := range phases() {
		own := ran[p.name]["this build"]
		if own == nil {
			continue
		}
		base := median(own, func(d distance) time.Duration { return d.wall })
		for _, r := range b.rivals() {
			all := ran[p.name][r.name]
			wall := median(all, func(d distance) time.Duration { return d.wall })
			t.row(p.name, r.name, seconds(wall), fmt.Sprintf("%.2f", base.Seconds()/wall.Seconds()),
				strconv.FormatInt(median(all, func(d distance) int64 { return d.calls }), 10),
				seconds(median(all, func(d distance) time.Duration { return d.provider })), seconds(median(all, func(d distance) time.Duration { return d.cli })),
				megabytes(median(all, func(d distance) int64 { return d.memory.provider })), megabytes(median(all, func(d distance) int64 { return d.memory.cli })))
		}
	}
	t.print(b.out)
	b.printf("\nThe ratio is the time of this build to that of the row. Calls are those to Azure Resource Manager.\n")
}

// vaultHolds is how many VMs a vault can protect.
const vaultHolds = 1000

func distantVaults(r rival, address string, count int) string {
	if r.azurerm {
		return azurermHead(r, address) + fmt.Sprintf(`
resource "azurerm_recovery_services_vault" "bench" {
  count               = %d
  name                = "bench-${count.index}"
  location            = "eastus"
  resource_group_name = "backup"
  sku                 = "Standard"
}
`, count)
	}
	return distantHead(r, address) + fmt.Sprintf(`
resource "backup_vault" "bench" {
  count  = %d
  name   = "bench-${count.index}"
  region = "eastus"
}
`, count)
}

// distantVMs are VMs in as many vaults as it takes, each with a policy.
func distantVMs(r rival, address string, count int) string {
	const vm = "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/machines/providers/Microsoft.Compute/virtualMachines/vm-${count.index}"
	vaults := (count + vaultHolds - 1) / vaultHolds
	if r.azurerm {
		return distantVaults(r, address, vaults) + fmt.Sprintf(`
resource "azurerm_backup_policy_vm" "bench" {
  count               = %d
  name                = "bench"
  resource_group_name = "backup"
  recovery_vault_name = azurerm_recovery_services_vault.bench[count.index].name
  backup {
    frequency = "Daily"
    time      = "23:00"
  }
  retention_daily {
    count = 10
  }
}

resource "azurerm_backup_protected_vm" "bench" {
  count               = %d
  resource_group_name = "backup"
  recovery_vault_name = azurerm_recovery_services_vault.bench[floor(count.index / %d)].name
  backup_policy_id    = azurerm_backup_policy_vm.bench[floor(count.index / %[3]d)].id
  source_vm_id        = %q
}
`, vaults, count, vaultHolds, vm)
	}
	return distantVaults(r, address, vaults) + fmt.Sprintf(`
resource "backup_policy_vm" "bench" {
  count           = %d
  name            = "bench"
  vault_id        = backup_vault.bench[count.index].id
  backup          = { frequency = "Daily", time = "23:00" }
  retention_daily = { count = 10 }
}

resource "backup_protected_vm" "bench" {
  count            = %d
  vault_id         = backup_vault.bench[floor(count.index / %d)].id
  backup_policy_id = backup_policy_vm.bench[floor(count.index / %[3]d)].id
  source_vm_id     = %q
}
`, vaults, count, vaultHolds, vm)
}

func distantHead(r rival, address string) string {
	return fmt.Sprintf(`terraform {
  required_providers {
    backup = { source = %q }
  }
}

provider "backup" {
  environment   = "embedded"
  endpoint      = %q
  client_secret = %q
}
`, r.source, address, secret)
}

func azurermHead(r rival, address string) string {
	return fmt.Sprintf(`terraform {
  required_providers {
    azurerm = { source = %q }
  }
}

provider "azurerm" {
  features {}
  metadata_host                   = %q
  resource_provider_registrations = "none"
  subscription_id                 = "00000000-0000-4000-8000-000000000001"
  tenant_id                       = "00000000-0000-4000-8000-0000000000ff"
  client_id                       = "00000000-0000-4000-8000-00000000000c"
  client_secret                   = %q
}
`, r.source, address[len("https://"):], secret)
}
