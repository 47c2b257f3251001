package provider_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/azurebackup/terraform-provider-backup/internal/acctest"
)

// Every module has tests of its own, which run offline.
func TestAccModules(t *testing.T) {
	modules, err := os.ReadDir(modulesFolder)
	if err != nil || len(modules) == 0 {
		t.Fatalf("there are no modules: %v", err)
	}
	for _, module := range modules {
		t.Run(module.Name(), func(t *testing.T) {
			skipBelow(t, 8, "provider functions")
			t.Parallel()
			folder := filepath.Join(modulesFolder, module.Name())
			if _, err := os.Stat(filepath.Join(folder, "README.md")); err != nil {
				t.Error(err)
			}
			tests, err := filepath.Glob(filepath.Join(folder, "tests", "*.tftest.hcl"))
			if err != nil || len(tests) == 0 {
				t.Fatalf("there are no tests: %v", err)
			}
			runs := 0
			for _, file := range tests {
				content, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				runs += len(regexp.MustCompile(`(?m)^run "`).FindAllString(string(content), -1))
			}
			w := acctest.NewWorkspace(t, "")
			if err := os.Remove(filepath.Join(w.Folder, "main.tf")); err != nil {
				t.Fatal(err)
			}
			w.Copy(".", folder)
			// Twice in the same folder: the second time, the database holds the deleted vaults of the first.
			for range 2 {
				wantOutput(t, w.MustRun("test"), fmt.Sprintf("%d passed, 0 failed", runs))
			}
		})
	}
}

const fortyDays = 40 * 24 * time.Hour

// fortyDaysConfig protects eight VMs in each of five regions with the module. Backups are taken once a day, twelve hours
// from now, so that no backup is taken while the test runs.
func fortyDaysConfig(at time.Time) string {
	return `terraform {
  required_providers { backup = { source = "azurebackup/backup" } }
}
variable "clock_offset" { default = "0s" }
provider "backup" {
  environment = "embedded"
  embedded    = { clock_offset = var.clock_offset }
}
locals {
  regions = ["China East", "China North 3", "East US", "westeurope", "USGov Virginia"]
  vms = { for pair in setproduct(local.regions, range(8)) : "${lower(replace(pair[0], " ", ""))}-${pair[1]}" => {
    id     = "` + vmID("") + `${lower(replace(pair[0], " ", ""))}-${pair[1]}"
    region = pair[0]
  } }
}
module "backup" {
  source      = "./vault-per-region"
  name_prefix = "contoso"
  vms         = local.vms
  policy      = { time = "` + at.Format("15:04") + `", timezone = "Asia/Shanghai" }
}
data "backup_recovery_points" "all" {
  for_each        = module.backup.protected_vm_ids
  protected_vm_id = each.value
}
output "points" {
  value = { for key, vm in data.backup_recovery_points.all : key => [for p in vm.recovery_points : "${p.time} ${p.expiry_time} ${p.rule}"] }
}
output "vms" { value = module.backup.vms_by_region }
`
}

// One apply protects forty VMs in five regions, each in its own region's vault; forty days later every VM has exactly the
// recovery points that the policy leaves.
func TestAccModule_fortyDays(t *testing.T) {
	skipBelow(t, 8, "provider functions")
	t.Parallel()
	shanghai := time.FixedZone("China Standard Time", 8*60*60)
	protected := time.Now().In(shanghai)
	at := protected.Add(12 * time.Hour).Truncate(time.Hour)

	w := acctest.NewWorkspace(t, fortyDaysConfig(at))
	w.Copy("vault-per-region", filepath.Join(modulesFolder, "vault-per-region"))
	w.MustRun("get")
	w.MustRun("apply", "-auto-approve")
	count := map[string]int{}
	for address, attributes := range w.State() {
		kind, _, _ := strings.Cut(address, ".")
		count[kind]++
		if kind != "backup_protected_vm" {
			continue
		}
		region, _, _ := strings.Cut(strings.Trim(address[strings.Index(address, "["):], `["]`), "-")
		for _, name := range []string{"vault_id", "backup_policy_id"} {
			if id := fmt.Sprint(attributes[name]); !strings.Contains(strings.ToLower(id), "/vaults/contoso-"+region) {
				t.Errorf("%s has the %s %s", address, name, id)
			}
		}
	}
	if diff := cmp.Diff(map[string]int{"backup_vault": 5, "backup_policy_vm": 5, "backup_protected_vm": 40}, count); diff != "" {
		t.Errorf("resources (-want +got):\n%s", diff)
	}
	wantPoints(t, w, nil)
	w.MustPlanNothing()

	const later = "-var=clock_offset=40d"
	wantActions(t, w.Plan(later), map[string]string{})
	w.MustRun("apply", "-auto-approve", later)
	wantPoints(t, w, pointsLeft(protected, protected.Add(fortyDays), at))
	w.MustPlanNothing(later)

	w.Write("stray.tf", `resource "backup_protected_vm" "stray" {
  vault_id         = module.backup.vault_ids["eastus"]
  backup_policy_id = module.backup.policy_ids["eastus"]
  source_vm_id     = "`+vmID("stray")+`"
  source_vm_region = "West US"
}
`)
	r := w.Run("plan", later)
	if r.ExitCode == 0 {
		t.Error("a VM in another region than its vault's is planned")
	}
	wantOutput(t, r, "West US", "eastus")
	if err := os.Remove(filepath.Join(w.Folder, "stray.tf")); err != nil {
		t.Fatal(err)
	}
	w.MustRun("destroy", "-auto-approve", later)
}

// pointsLeft is what is left at a time of daily backups: each is kept for 30 days, that of a Sunday for 12 weeks, that of
// the month's first Sunday for 12 months. It knows nothing of the provider's own arithmetic.
func pointsLeft(from, until, at time.Time) []string {
	var left []string
	for t := at; !t.After(until); t = t.AddDate(0, 0, 1) {
		if !t.After(from) {
			continue
		}
		expires, rule := t.AddDate(0, 0, 30), "Daily"
		if t.Weekday() == time.Sunday {
			expires, rule = t.AddDate(0, 0, 12*7), "Weekly"
			if t.Day() <= 7 {
				expires, rule = t.AddDate(0, 12, 0), "Monthly"
			}
		}
		if expires.After(until) {
			left = append(left, fmt.Sprintf("%s %s %s", t.UTC().Format(time.RFC3339), expires.UTC().Format(time.RFC3339), rule))
		}
	}
	slices.Reverse(left)
	return left
}

// wantPoints compares the recovery points of every VM with those it has to have.
func wantPoints(t *testing.T, w *acctest.Workspace, want []string) {
	t.Helper()
	var outputs struct {
		Points struct{ Value map[string][]string }
		VMs    struct{ Value map[string][]string }
	}
	w.JSON(&outputs, "output", "-json")
	for _, region := range []string{"chinaeast", "chinanorth3", "eastus", "westeurope", "usgovvirginia"} {
		if len(outputs.VMs.Value[region]) != 8 {
			t.Errorf("the VMs of %s are %v", region, outputs.VMs.Value[region])
		}
	}
	if len(outputs.Points.Value) != 40 {
		t.Errorf("%d VMs have recovery points", len(outputs.Points.Value))
	}
	for _, vm := range slices.Sorted(maps.Keys(outputs.Points.Value)) {
		if diff := cmp.Diff(want, outputs.Points.Value[vm], cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("recovery points of %s (-want +got):\n%s", vm, diff)
		}
	}
}
