package provider_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/azurebackup/terraform-provider-backup/internal/acctest"
	"github.com/azurebackup/terraform-provider-backup/internal/backend"
	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
)

const (
	webAddress    = "backup_protected_vm.web"
	otherMachines = "/subscriptions/00000000-0000-4000-8000-00000000beef/resourceGroups/shop/providers/Microsoft.Compute/virtualMachines/"
	machines      = "/subscriptions/" + defaultSubscription + "/resourceGroups/shop/providers/Microsoft.Compute/virtualMachines/"
	webID         = machines + "web-1"
	defaultPolicy = contosoID + "/backupPolicies/DefaultPolicy"
	// webItem is the item's id as the service spells it.
	webItem = contosoID + "/backupFabrics/Azure/protectionContainers/iaasvmcontainer;iaasvmcontainerv2;shop;web-1/protectedItems/vm;iaasvmcontainerv2;shop;web-1"
)

// contoso is the vault backup_vault.test in China East, with further attributes.
func contoso(attributes ...string) string {
	return "resource \"backup_vault\" \"test\" {\n  name = \"contoso\"\n  region = \"China East\"\n  " + strings.Join(attributes, "\n  ") + "\n}\n"
}

// web is the resource backup_protected_vm.web for the VM web-1 in that vault, with its DefaultPolicy. Attributes take the
// place of these, or come in addition.
func web(attributes ...string) string {
	lines := []string{
		`vault_id = backup_vault.test.id`, `source_vm_id = "` + webID + `"`, `backup_policy_id = "${backup_vault.test.id}/backupPolicies/DefaultPolicy"`,
	}
	for _, attribute := range attributes {
		name, _, _ := strings.Cut(attribute, " ")
		for i, line := range lines {
			if strings.HasPrefix(line, name+" ") {
				lines[i] = ""
			}
		}
		if !strings.HasSuffix(attribute, "= null") {
			lines = append(lines, attribute)
		}
	}
	return "resource \"backup_protected_vm\" \"web\" {\n  " + strings.Join(lines, "\n  ") + "\n}\n"
}

func hasWeb(name string, value knownvalue.Check) statecheck.StateCheck {
	return statecheck.ExpectKnownValue(webAddress, attribute(name), value)
}

// plansWeb checks what is going to be done with the protected VM.
func plansWeb(action plancheck.ResourceActionType, more ...plancheck.PlanCheck) resource.ConfigPlanChecks {
	return resource.ConfigPlanChecks{PreApply: append(more, plancheck.ExpectResourceAction(webAddress, action))}
}

// inventory is a service in which these VMs exist and no others, by region.
func inventory(vms map[string]string) backend.Option {
	return backend.WithEmbedded(func(c *embedded.Config) { c.VirtualMachines = vms })
}

func TestAccProtectedVM_basic(t *testing.T) {
	t.Parallel()
	config := acctest.Config(acctest.Database(t), contoso()+web())
	unknown := func(name string) plancheck.PlanCheck {
		return plancheck.ExpectUnknownValue(webAddress, attribute(name))
	}
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories(),
		Steps: []resource.TestStep{
			{
				Config: config,
				ConfigPlanChecks: plansWeb(plancheck.ResourceActionCreate,
					unknown("id"), unknown("vault_id"), unknown("protection_state"),
					plancheck.ExpectKnownValue(webAddress, attribute("deletion_policy"), text("delete"))),
				ConfigStateChecks: []statecheck.StateCheck{
					hasWeb("id", knownvalue.StringRegexp(regexp.MustCompile("(?i)^"+regexp.QuoteMeta(webItem)+"$"))),
					hasWeb("vault_id", text(contosoID)), hasWeb("source_vm_id", text(webID)), hasWeb("source_vm_region", text("chinaeast")),
					hasWeb("backup_policy_id", text(defaultPolicy)), hasWeb("protection_state", text("IRPending")),
					hasWeb("health", text("Passed")), hasWeb("last_backup_status", knownvalue.Null()), hasWeb("last_backup_time", knownvalue.Null()),
					hasWeb("next_scheduled_backup", knownvalue.StringRegexp(regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:[03]0:00Z$`))),
					hasWeb("include_disk_luns", knownvalue.Null()),
					hasWeb("exclude_disk_luns", knownvalue.Null()), hasWeb("timeouts", knownvalue.Null()),
				},
			},
			{
				Config: config, ConfigPlanChecks: nothing,
				ConfigStateChecks: []statecheck.StateCheck{has("storage_redundancy_locked", knownvalue.Bool(true))},
			},
			// Another spelling of anything is no change.
			{
				Config: strings.NewReplacer(
					"vault_id = backup_vault.test.id", "depends_on = [backup_vault.test]\n  vault_id = \""+strings.ToUpper(contosoID)+`"`, webID, strings.ToLower(webID),
					`"${backup_vault.test.id}/backupPolicies/DefaultPolicy"`, `"`+strings.ToLower(defaultPolicy)+`"`,
				).Replace(config),
				ConfigPlanChecks: nothing,
			},
		},
	})
}

// As soon as the plan knows where VM and vault are, it refuses what the service would. The rows of the guide have more.
func TestAccProtectedVM_regionMismatch(t *testing.T) {
	t.Parallel()
	const elsewhere = `VM "web-1" in resource group "shop" is in "East US" (eastus)`
	for name, test := range map[string]struct {
		before string // applied first
		config string
		want   []string // in this order
	}{
		"configured, vault that exists": {
			before: contoso(), config: contoso() + web(`source_vm_region = "eastus"`),
			want: []string{elsewhere, `, as source_vm_region says, and the vault "contoso" is in "China East" (chinaeast). A vault protects only VMs of its own region.`},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			database := acctest.Database(t)
			var patterns []string
			for _, want := range test.want {
				patterns = append(patterns, message(want).String())
			}
			steps := []resource.TestStep{{
				Config: acctest.Config(database, test.config), PlanOnly: true, ExpectError: regexp.MustCompile(`(?s)` + strings.Join(patterns, ".*")),
			}}
			if test.before != "" {
				// The last step is what is destroyed in the end.
				before := resource.TestStep{Config: acctest.Config(database, test.before)}
				steps = []resource.TestStep{before, steps[0], before}
			}
			resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: acctest.Factories(), Steps: steps})
		})
	}
}

// What the configuration says of a region is taken for true while planning; the service knows better.
func TestAccProtectedVM_applyRefuses(t *testing.T) {
	t.Parallel()
	config := acctest.Config(acctest.Database(t), contoso()+web(`source_vm_region = "China East"`))
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories(inventory(map[string]string{webID: "eastus"})),
		Steps: []resource.TestStep{
			{Config: config, PlanOnly: true, ExpectNonEmptyPlan: true},
			{Config: config, ExpectError: message(`is in "China East" (chinaeast), the region of the vault. That source_vm_region says so does not make it so`)},
		},
	})
}

// An item in the way is found while planning, and the message says how to go on.
func TestAccProtectedVM_protectedAlready(t *testing.T) {
	t.Parallel()
	fabrikam := strings.Replace(contosoID, "contoso", "fabrikam", 1)
	protect := func(c serviceClient, vault string) {
		c.do(http.MethodPut, vault, `{"location":"chinaeast","sku":{"name":"Standard"},"properties":{}}`)
		c.do(http.MethodPut, strings.Replace(webItem, contosoID, vault, 1), `{"properties":{"protectedItemType":"Microsoft.Compute/virtualMachines",
			"sourceResourceId":"`+webID+`","policyId":"`+vault+`/backupPolicies/DefaultPolicy"}}`)
	}
	literal := web(`vault_id = "`+contosoID+`"`, `backup_policy_id = "`+defaultPolicy+`"`)
	for name, test := range map[string]struct {
		vault  string
		config string
		want   string
	}{
		"by another vault, in the same plan as this": {fabrikam, contoso() + web(`source_vm_region = "chinaeast"`), `is protected by the vault "fabrikam" in resource group "backup" already`},
		"by this vault": {contosoID, literal, `paste this block into the configuration, with the address of this resource after "to =", and apply. ` +
			`import { to = backup_protected_vm.example id = "/subscriptions/`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			database := acctest.Database(t)
			resource.UnitTest(t, resource.TestCase{
				ProtoV6ProviderFactories: acctest.Factories(),
				Steps: []resource.TestStep{{
					PreConfig: func() { protect(newServiceClient(t, database), test.vault) },
					Config:    acctest.Config(database, test.config), PlanOnly: true, ExpectError: message(test.want),
				}},
			})
		})
	}
}

// A VM goes to another vault when the backups in the one it leaves are not kept.
func TestAccProtectedVM_moveToAnotherVault(t *testing.T) {
	t.Parallel()
	database := acctest.Database(t)
	vaults := strings.Replace(contoso(`soft_delete = { state = "Disabled" }`), "test", "one", 1) +
		strings.Replace(contoso(), `"test" {`+"\n"+`  name = "contoso"`, `"two" {`+"\n"+`  name = "fabrikam"`, 1)
	in := func(vault string, attributes ...string) string {
		return acctest.Config(database, vaults+strings.ReplaceAll(web(attributes...), "backup_vault.test", "backup_vault."+vault), "soft_delete_forced = false")
	}
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories(),
		Steps: []resource.TestStep{
			{Config: in("one", `deletion_policy = "retain_data"`)},
			{Config: in("one"), ConfigPlanChecks: plansWeb(plancheck.ResourceActionUpdate)},
			{Config: in("two", `deletion_policy = "retain_data"`), PlanOnly: true, ExpectError: message(`the state still has "delete", which decides what becomes of the backups`)},
			{
				// OpenTofu would leave a deposed object behind, which nothing but a state rm takes away.
				SkipFunc: func() (bool, error) { return isOpenTofu(), nil },
				Config:   in("two", `lifecycle { create_before_destroy = true }`), ExpectError: message("it has to leave that vault first: take create_before_destroy out of the lifecycle block"),
			},
			{Config: in("two"), ConfigPlanChecks: plansWeb(plancheck.ResourceActionDestroyBeforeCreate)},
			{Config: in("two"), ConfigPlanChecks: nothing},
		},
	})
}

// The VM may be in another subscription than the vault, but not in another region.
func TestAccProtectedVM_otherSubscription(t *testing.T) {
	t.Parallel()
	database := acctest.Database(t)
	other := contoso() + web(`source_vm_id = "`+otherMachines+`web-1"`)
	in := func(region string) string {
		return acctest.Config(database, other, `virtual_machines = { "`+strings.ToUpper(otherMachines)+`WEB-1" = "`+region+`" }`)
	}
	config := in("China East")
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories(),
		Steps: []resource.TestStep{
			{Config: acctest.Config(database, contoso())},
			{Config: in("East US"), ExpectError: message("A vault protects only VMs of its own region")},
			{Config: config, ConfigStateChecks: []statecheck.StateCheck{hasWeb("source_vm_id", text(otherMachines+"web-1")), hasWeb("source_vm_region", text("chinaeast"))}},
			{Config: config, ConfigPlanChecks: nothing},
		},
	})
}

// The redundancy changes and locks in one apply, in this order.
func TestAccProtectedVM_redundancyAndProtectionInOneApply(t *testing.T) {
	t.Parallel()
	database := acctest.Database(t)
	config := acctest.Config(database, contoso(`storage_redundancy = "LocallyRedundant"`)+web())
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories(),
		Steps: []resource.TestStep{
			{Config: acctest.Config(database, contoso())},
			{Config: config, ConfigStateChecks: []statecheck.StateCheck{has("storage_redundancy", text("LocallyRedundant"))}},
			{Config: config, ConfigPlanChecks: nothing, ConfigStateChecks: []statecheck.StateCheck{has("storage_redundancy_locked", knownvalue.Bool(true))}},
			{Config: acctest.Config(database, contoso(`storage_redundancy = "GeoRedundant"`)+web()), PlanOnly: true, ExpectError: message("Storage redundancy is locked")},
			{Config: config},
		},
	})
}

// Many protected VMs are read with few calls.
func TestAccProtectedVM_callsOfARefresh(t *testing.T) {
	t.Parallel()
	const vaults, vms = 5, 8
	recorder := &acctest.Recorder{}
	config := acctest.Config(acctest.Database(t), fmt.Sprintf(`
resource "backup_vault" "many" {
  count  = %d
  name   = "contoso-${count.index}"
  region = "eastus"
}

resource "backup_protected_vm" "many" {
  count            = %d
  vault_id         = backup_vault.many[count.index %% %[1]d].id
  source_vm_id     = "%[3]s${count.index}"
  backup_policy_id = "${backup_vault.many[count.index %% %[1]d].id}/backupPolicies/DefaultPolicy"
}
`, vaults, vaults*vms, machines))
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories(recorder.Option()),
		Steps: []resource.TestStep{
			{Config: config},
			{
				PreConfig: func() { recorder.Take() },
				Config:    config, PlanOnly: true,
			},
			{
				PreConfig: func() {
					items, policies := 0, 0
					calls := recorder.Take()
					for _, call := range calls {
						switch lower := strings.ToLower(call); {
						case strings.Contains(lower, "/backuppolicies"):
							policies++
						case strings.Contains(lower, "protecteditems"):
							items++
						}
					}
					// Refreshed once in each of the two plans that the test framework makes; the vaults' own lists of items come on top.
					// Two items and two policies of a vault are read alone, the others by a list; a vault is read with its usage,
					// which takes three calls.
					if items > vaults*(3+1) || policies > vaults*3 || len(calls) > vaults*(3+3+3) {
						t.Errorf("%d calls, %d for items and %d for policies:\n%s", len(calls), items, policies, strings.Join(calls, "\n"))
					}
				},
				Config: config, PlanOnly: true,
			},
		},
	})
}
