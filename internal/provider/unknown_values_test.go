package provider_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/azurebackup/terraform-provider-backup/internal/acctest"
)

// A value that is not known yet is only that: never an error, never another value, never a reason to replace. Each attribute
// of each object in turn is fed from a resource whose output is known after the apply alone.

// fed are resources, each with one attribute that is not known while planning. In their HCL the value is <late>.
type fed map[string]string

// attributes are those of an object, by name, each with its HCL; nested ones under "name.inner".
type attributes map[string]string

// objects are one resource for each attribute, which is fed, while the others are written as they are. An attribute with a
// dot is one of a nested attribute, whose other values come from inner.
func objects(kind, prefix string, all attributes, inner map[string]attributes, late attributes) fed {
	made := fed{}
	for attribute, value := range late {
		name := prefix + "_" + strings.NewReplacer(".", "_", "alerts_for_", "").Replace(attribute)
		root, leaf, nested := strings.Cut(attribute, ".")
		var b strings.Builder
		fmt.Fprintf(&b, "resource \"terraform_data\" %q {\n  input = { value = %s, rev = var.rev }\n}\nresource %q %q {\n", name, value, kind, name)
		for _, other := range slices.Sorted(maps.Keys(all)) {
			if other != root {
				fmt.Fprintf(&b, "  %s = %s\n", other, all[other])
			}
		}
		expression := "terraform_data." + name + ".output.value"
		if strings.HasPrefix(value, "[") {
			expression = "toset(" + expression + ")"
		}
		if nested {
			siblings := maps.Clone(inner[root])
			siblings[leaf] = expression
			expression = "{ "
			for _, s := range slices.Sorted(maps.Keys(siblings)) {
				expression += s + " = " + siblings[s] + ", "
			}
			expression = strings.TrimSuffix(expression, ", ") + " }"
		}
		fmt.Fprintf(&b, "  %s = %s\n}\n", root, expression)
		made[kind+"."+name] = strings.ReplaceAll(b.String(), "<name>", strings.ReplaceAll(name, "_", "-"))
	}
	return made
}

func unknownVaults() fed {
	all := attributes{"name": `"<name>"`, "region": `"eastus"`}
	encrypted := attributes{
		"name": `"<name>"`, "region": `"eastus"`, "identity": `{ type = "SystemAssigned" }`,
		"encryption": `{ key_id = "` + keyURL + `", infrastructure_encryption_enabled = true }`,
	}
	byUser := attributes{
		"name": `"<name>"`, "region": `"eastus"`, "identity": `{ type = "UserAssigned", identity_ids = ["` + identityA + `"] }`,
		"encryption": `{ key_id = "` + keyURL + `", infrastructure_encryption_enabled = true, use_system_assigned_identity = false, user_assigned_identity_id = "` + identityA + `" }`,
	}
	key := attributes{"key_id": `"` + keyURL + `"`, "infrastructure_encryption_enabled": "true"}
	made := objects("backup_vault", "plain", all, map[string]attributes{"soft_delete": {"state": `"AlwaysOn"`, "retention_days": "20"}, "monitoring": {}, "tags": {}}, attributes{
		"name": `"<name>"`, "region": `"East US"`, "resource_group_name": `"team-rg"`, "subscription_id": `"` + defaultSubscription + `"`,
		"storage_redundancy": `"LocallyRedundant"`, "cross_region_restore_enabled": "true", "tags": `{ a = "1" }`, "tags.a": `"1"`, "sku": `"RS0"`,
		"soft_delete": `{ state = "AlwaysOn", retention_days = 30 }`, "soft_delete.state": `"AlwaysOn"`, "soft_delete.retention_days": "30",
		"immutability": `"Unlocked"`, "public_network_access_enabled": "false", "cross_subscription_restore": `"Disabled"`, "force_destroy": "true",
		"identity": `{ type = "SystemAssigned", identity_ids = null }`, "monitoring.alerts_for_all_job_failures_enabled": "false",
	})
	maps.Copy(made, objects("backup_vault", "key", encrypted, map[string]attributes{"encryption": key, "identity": {}}, attributes{
		"encryption.key_id": key["key_id"], "encryption.infrastructure_encryption_enabled": "true", "identity.type": `"SystemAssigned"`,
	}))
	maps.Copy(made, objects("backup_vault", "user", byUser, map[string]attributes{
		"encryption": {
			"key_id": key["key_id"], "infrastructure_encryption_enabled": "true", "use_system_assigned_identity": "false", "user_assigned_identity_id": `"` + identityA + `"`,
		},
		"identity": {"type": `"UserAssigned"`, "identity_ids": `["` + identityA + `"]`},
	}, attributes{
		"encryption.use_system_assigned_identity": "false", "encryption.user_assigned_identity_id": `"` + identityA + `"`,
		"identity.type": `"UserAssigned"`, "identity.identity_ids": `["` + identityA + `"]`,
	}))
	return made
}

func unknownPolicies() fed {
	daily := attributes{
		"name": `"<name>"`, "vault_id": `"` + contosoID + `"`, "backup": `{ frequency = "Daily", time = "23:00" }`, "retention_daily": "{ count = 10 }",
	}
	weekly := maps.Clone(daily)
	delete(weekly, "retention_daily")
	weekly["backup"], weekly["retention_weekly"] = `{ frequency = "Weekly", time = "23:00", weekdays = ["Sunday"] }`, `{ count = 4, weekdays = ["Sunday"] }`
	hourly := maps.Clone(daily)
	hourly["policy_type"], hourly["backup"] = `"V2"`, `{ frequency = "Hourly", time = "08:00", hour_interval = 4, hour_duration = 8 }`
	archived := maps.Clone(daily)
	archived["retention_monthly"] = `{ count = 24, weekdays = ["Sunday"], weeks = ["First"] }`
	inner := map[string]attributes{
		"backup": {"frequency": `"Daily"`, "time": `"23:00"`}, "retention_daily": {}, "retention_weekly": {"count": "4", "weekdays": `["Sunday"]`},
		"retention_monthly": {"count": "12", "weekdays": `["Sunday"]`, "weeks": `["First"]`}, "instant_restore_resource_group": {"prefix": `"snap"`, "suffix": `"x"`},
		"retention_yearly": {"count": "2", "weekdays": `["Sunday"]`, "weeks": `["First"]`, "months": `["May"]`},
	}
	made := objects("backup_policy_vm", "daily", daily, inner, attributes{
		"name": `"<name>"`, "vault_id": `"` + contosoID + `"`, "policy_type": `"V2"`, "timezone": `"Asia/Shanghai"`, "instant_restore_retention_days": "3",
		"backup.frequency": `"Daily"`, "backup.time": `"22:30"`, "retention_daily.count": "14", "instant_restore_resource_group.prefix": `"snap"`,
		"instant_restore_resource_group.suffix": `"y"`, "retention_weekly.count": "5", "retention_weekly.weekdays": `["Monday"]`, "retention_monthly.count": "13",
		"retention_monthly.weekdays": `["Monday"]`, "retention_monthly.weeks": `["Last"]`, "retention_yearly.count": "3", "retention_yearly.months": `["June"]`,
		"retention_daily": "{ count = 9 }",
	})
	maps.Copy(made, objects("backup_policy_vm", "dates", daily, map[string]attributes{"retention_monthly": {"count": "12", "days": "[1]", "include_last_days": "true"}}, attributes{
		"retention_monthly.days": "[2]", "retention_monthly.include_last_days": "true",
	}))
	maps.Copy(made, objects("backup_policy_vm", "weekly", weekly, map[string]attributes{
		"backup": {"frequency": `"Weekly"`, "time": `"23:00"`, "weekdays": `["Sunday"]`}, "retention_weekly": {"count": "4", "weekdays": `["Sunday"]`},
	}, attributes{"backup.weekdays": `["Sunday"]`, "retention_weekly.weekdays": `["Sunday"]`}))
	maps.Copy(made, objects("backup_policy_vm", "hourly", hourly, map[string]attributes{
		"backup": {"frequency": `"Hourly"`, "time": `"08:00"`, "hour_interval": "4", "hour_duration": "8"},
	}, attributes{"backup.hour_interval": "4", "backup.hour_duration": "12", "snapshot_consistency_type": `"OnlyCrashConsistent"`}))
	maps.Copy(made, objects("backup_policy_vm", "archived", archived, map[string]attributes{}, attributes{
		"tiering_policy": `{ archived_restore_point = { mode = "TierAfter", duration = 5, duration_type = "Months" } }`,
	}))
	return made
}

func unknownProtections() fed {
	vm := machines + "<name>"
	return objects("backup_protected_vm", "vm", attributes{
		"vault_id": `"` + contosoID + `"`, "source_vm_id": `"` + vm + `"`, "backup_policy_id": `"` + defaultPolicy + `"`,
	}, nil, attributes{
		"vault_id": `"` + contosoID + `"`, "source_vm_id": `"` + vm + `"`, "backup_policy_id": `"` + defaultPolicy + `"`, "source_vm_region": `"East US"`,
		"protection_state": `"ProtectionStopped"`, "include_disk_luns": "[1, 2]", "exclude_disk_luns": "[3]", "deletion_policy": `"retain_data"`,
	})
}

func TestAccUnknown_eachAttributeInTurn(t *testing.T) {
	for kind, made := range map[string]fed{"vaults": unknownVaults(), "policies": unknownPolicies(), "protections": unknownProtections()} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			config := strings.Replace(contentsConfig(`region = "eastus"`), "resource", "variable \"rev\" { default = \"1\" }\nresource", 1)
			w := acctest.NewWorkspace(t, config)
			w.MustRun("apply", "-auto-approve")
			w.Write("fed.tf", strings.Join(slices.Collect(maps.Values(made)), "\n"))

			created := w.Plan("-refresh=false")
			for address := range made {
				if created.Actions[address] != "create" {
					t.Errorf("%s: %q is planned, want create", address, created.Actions[address])
				}
			}
			w.MustRun("apply", created.File)
			w.MustPlanNothing()
			w.MustPlanNothing("-refresh=false")
			before := w.State()

			for _, args := range [][]string{{"-var=rev=2"}, {"-refresh=false", "-var=rev=3"}} {
				changed := w.Plan(args...)
				for address := range made {
					if action := changed.Actions[address]; action != "update" {
						t.Errorf("%v: %s: %q is planned, want update", args, address, action)
					}
				}
				w.MustRun("apply", changed.File)
				w.MustPlanNothing(args[len(args)-1])
				for address := range made {
					if was, is := before[address]["id"], w.State()[address]["id"]; was != is || is == nil {
						t.Errorf("%s was %v, and is %v", address, was, is)
					}
				}
			}
		})
	}
}

// turning is a value that the plan does not know and that turns out to be another.
type turning struct {
	config  string            // <late> is the attribute's value
	from    string            // what it is first
	to      string            // what it turns out to be
	address string            // of the object
	actions map[string]string // what the next plan does; empty when it refuses
	refuses string
}

func turningOut() map[string]turning {
	const other = "00000000-0000-4000-8000-000000000002"
	fabrikam := strings.Replace(contosoID, "contoso", "fabrikam", 1)
	vaults := func(attribute string) string {
		all := map[string]string{"name": `"turning"`, "region": `"eastus"`}
		all[attribute] = "<late>"
		text := "resource \"backup_vault\" \"late\" {\n"
		for _, name := range slices.Sorted(maps.Keys(all)) {
			text += name + " = " + all[name] + "\n"
		}
		return text + "}\n"
	}
	replaced := func(address string) map[string]string { return map[string]string{address: "delete, create"} }
	policy := func(attributes string) string {
		return "resource \"backup_policy_vm\" \"late\" {\n  backup = { frequency = \"Daily\", time = \"23:00\" }\n  retention_daily = { count = 10 }\n" + attributes + "\n}\n"
	}
	vm := func(attributes string) string {
		return "resource \"backup_protected_vm\" \"late\" {\n" + attributes + "\n}\n"
	}
	return map[string]turning{
		"the name of a vault":            {config: vaults("name"), from: "late-one", to: "late-two", address: "backup_vault.late", actions: replaced("backup_vault.late")},
		"the region of a vault":          {config: vaults("region"), from: "eastus", to: "westus", address: "backup_vault.late", actions: replaced("backup_vault.late")},
		"the group of a vault":           {config: vaults("resource_group_name"), from: "one", to: "two", address: "backup_vault.late", actions: replaced("backup_vault.late")},
		"the subscription of a vault":    {config: vaults("subscription_id"), from: defaultSubscription, to: other, address: "backup_vault.late", actions: replaced("backup_vault.late")},
		"the name of a policy":           {config: policy(`vault_id = "` + contosoID + `"` + "\nname = <late>"), from: "one", to: "two", address: "backup_policy_vm.late", actions: replaced("backup_policy_vm.late")},
		"the vault of a policy":          {config: policy("vault_id = <late>\nname = \"one\""), from: contosoID, to: fabrikam, address: "backup_policy_vm.late", actions: replaced("backup_policy_vm.late")},
		"the type of a policy":           {config: policy(`vault_id = "` + contosoID + `"` + "\nname = \"one\"\npolicy_type = <late>"), from: "V1", to: "V2", address: "backup_policy_vm.late", actions: replaced("backup_policy_vm.late")},
		"the vault of a protected VM":    {config: vm("vault_id = <late>\nbackup_policy_id = \"${<late>}/backupPolicies/DefaultPolicy\"\nsource_vm_id = \"" + webID + `"`), from: contosoID, to: fabrikam, address: "backup_protected_vm.late", actions: replaced("backup_protected_vm.late")},
		"the VM that is protected":       {config: vm(`vault_id = "` + contosoID + "\"\nbackup_policy_id = \"" + defaultPolicy + "\"\nsource_vm_id = <late>"), from: webID, to: machines + "other", address: "backup_protected_vm.late", actions: replaced("backup_protected_vm.late")},
		"the region of a vault with VMs": {config: vaults("region") + vm("vault_id = backup_vault.late.id\nbackup_policy_id = \"${backup_vault.late.id}/backupPolicies/DefaultPolicy\"\nsource_vm_id = \""+webID+`"`), from: "eastus", to: "westus", address: "backup_vault.late", refuses: "would be replaced under its own name"},
	}
}

// Terraform refuses a provider that makes a replacement of a planned change, so the apply has to stop before it writes, and
// the next plan to say what it takes.
func TestAccUnknown_turnsOutToBeAnother(t *testing.T) {
	for name, test := range turningOut() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			two := strings.Replace(contoso(), `"test" {`+"\n"+`  name = "contoso"`, `"two" {`+"\n"+`  name = "fabrikam"`, 1)
			settings := `subscriptions = { "` + defaultSubscription + `" = "one", "00000000-0000-4000-8000-000000000002" = "two" }`
			text := lifecycleConfig(settings, contoso()+two) + "variable \"rev\" { default = \"1\" }\nvariable \"value\" { default = \"" + test.from + "\" }\n" +
				"resource \"terraform_data\" \"late\" {\n  input = { value = var.value, rev = var.rev }\n  depends_on = [backup_vault.test, backup_vault.two]\n}\n"
			text += strings.ReplaceAll(test.config, "<late>", "terraform_data.late.output.value")
			w := acctest.NewWorkspace(t, text)
			w.MustRun("apply", "-auto-approve")
			before := w.State()
			for _, refresh := range []string{"-refresh=true", "-refresh=false"} {
				r := w.Run("apply", "-auto-approve", "-var=value="+test.to, "-var=rev=2", refresh)
				want := "The plan has to be made again"
				if isOpenTofu() {
					want = "Plan and apply again" // beside its own error
				}
				said := strings.Contains(r.Output, want) || test.refuses != "" && strings.Contains(r.Output, test.refuses)
				if r.ExitCode == 0 || !said {
					t.Fatalf("exit code %d\n%s", r.ExitCode, r.Output)
				}
				if is := w.State()[test.address]; is["id"] != before[test.address]["id"] || is["(status)"] != "" {
					t.Errorf("the object was %v, and is %v", before[test.address], is)
				}
				// The change of what feeds it is applied by now, so that the value is known.
				if test.refuses != "" {
					wantOutput(t, w.Run("plan", "-var=value="+test.to, "-var=rev=2"), test.refuses)
				} else if p := w.Plan("-var=value="+test.to, "-var=rev=2"); p.Actions[test.address] != test.actions[test.address] {
					t.Errorf("the next plan: %v\n%s", p.Actions, p.Output)
				}
				w.MustRun("apply", "-auto-approve", "-target=terraform_data.late") // back to where it was
			}
			w.MustPlanNothing()
		})
	}
}

// Terraform and OpenTofu can know something of a value that they do not know: what it begins with, that it is not null, how long it
// is. The functions assume... of OpenTofu 1.13 say so, templates and toset in any version. It is no value, either.
func TestAccUnknown_butForSomething(t *testing.T) {
	t.Parallel()
	w := acctest.NewWorkspace(t, sharedVaults("backup-vaults.db", `
variable "rev" { default = "1" }

resource "terraform_data" "late" {
  input = { one = "one", us = "US", twelve = 12, rev = var.rev }
}

resource "backup_vault" "v" {
  name                = "contoso-${terraform_data.late.output.one}"
  region              = "East ${terraform_data.late.output.us}"
  resource_group_name = "team-${terraform_data.late.output.one}"
  tags                = { a = "b-${terraform_data.late.output.one}" }
  immutability        = coalesce(terraform_data.late.output.us == "US" ? "Unlocked" : null, "Disabled")

  identity = {
    type         = "UserAssigned"
    identity_ids = toset([for s in ["a", "b"] : "`+strings.TrimSuffix(identityA, "/a")+`/${s}-${terraform_data.late.output.one}"])
  }
}

resource "backup_policy_vm" "p" {
  name             = "nightly-${terraform_data.late.output.one}"
  vault_id         = backup_vault.v.id
  backup           = { frequency = "Weekly", time = "23:${terraform_data.late.output.us == "US" ? "30" : "00"}", weekdays = ["Sunday", "Monday"] }
  retention_weekly = { count = coalesce(terraform_data.late.output.twelve, 4), weekdays = toset([for d in ["Sun", "Mon"] : "${d}${terraform_data.late.output.one == "one" ? "day" : ""}"]) }
}
`))
	w.MustRun("apply", "-auto-approve")
	w.MustPlanNothing()
	before := w.State()
	plan := w.Plan("-var=rev=2")
	wantActions(t, plan, map[string]string{"terraform_data.late": "update", "backup_vault.v": "update", "backup_policy_vm.p": "update"})
	w.MustRun("apply", plan.File)
	w.MustPlanNothing("-var=rev=2")
	for _, address := range []string{"backup_vault.v", "backup_policy_vm.p"} {
		if was, is := before[address]["id"], w.State()[address]["id"]; was != is || is == nil {
			t.Errorf("%s was %v, and is %v", address, was, is)
		}
	}
}
