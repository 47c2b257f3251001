package provider_test

import (
	"context"
	"fmt"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/compare"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/azurebackup/terraform-provider-backup/internal/acctest"
	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

const (
	vaultAddress        = "backup_vault.test"
	defaultSubscription = "00000000-0000-4000-8000-000000000001"
	contosoID           = "/subscriptions/" + defaultSubscription + "/resourceGroups/backup/providers/Microsoft.RecoveryServices/vaults/contoso"
)

// vaultConfig is a backup_vault named contoso with further attributes.
func vaultConfig(database string, attributes ...string) string {
	return acctest.Config(database, "resource \"backup_vault\" \"test\" {\n  name = \"contoso\"\n  "+strings.Join(attributes, "\n  ")+"\n}\n")
}

func attribute(name string) tfjsonpath.Path { return tfjsonpath.New(name) }

func has(name string, value knownvalue.Check) statecheck.StateCheck {
	return statecheck.ExpectKnownValue(vaultAddress, attribute(name), value)
}

func text(s string) knownvalue.Check { return knownvalue.StringExact(s) }

// plans checks what is going to be done with the vault before the apply.
func plans(action plancheck.ResourceActionType) resource.ConfigPlanChecks {
	return resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectResourceAction(vaultAddress, action)}}
}

// nothing checks that there is nothing to do.
var nothing = resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}}

// message is an error as Terraform prints it, which may wrap it anywhere.
func message(s string) *regexp.Regexp {
	words := strings.Fields(s)
	for i, word := range words {
		words[i] = regexp.QuoteMeta(word)
	}
	return regexp.MustCompile(strings.Join(words, `\s+`))
}

func TestAccVault_basic(t *testing.T) {
	t.Parallel()
	config := vaultConfig(acctest.Database(t), `region = "China East"`)
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories(),
		Steps: []resource.TestStep{
			{
				Config: config,
				ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
					plancheck.ExpectResourceAction(vaultAddress, plancheck.ResourceActionCreate),
					plancheck.ExpectKnownValue(vaultAddress, attribute("resource_group_name"), text("backup")),
					plancheck.ExpectKnownValue(vaultAddress, attribute("subscription_id"), text(defaultSubscription)),
					plancheck.ExpectKnownValue(vaultAddress, attribute("storage_redundancy"), text("GeoRedundant")),
					plancheck.ExpectUnknownValue(vaultAddress, attribute("id")),
				}},
				ConfigStateChecks: []statecheck.StateCheck{
					has("id", text(contosoID)),
					has("name", text("contoso")),
					has("region", text("China East")),
					has("resource_group_name", text("backup")),
					has("subscription_id", text(defaultSubscription)),
					has("storage_redundancy", text("GeoRedundant")),
					has("storage_redundancy_locked", knownvalue.Bool(false)),
					has("cross_region_restore_enabled", knownvalue.Bool(false)),
					has("tags", knownvalue.Null()),
					has("state", text("Active")),
					has("timeouts", knownvalue.Null()),
				},
			},
		},
	})
}

func TestAccVault_everySetting(t *testing.T) {
	t.Parallel()
	config := vaultConfig(acctest.Database(t), `region = "eastus"`, `resource_group_name = "Production-RG"`, `storage_redundancy = "GeoRedundant"`,
		`cross_region_restore_enabled = true`, `tags = { "env" = "production", "cost center" = "" }`, `timeouts = { create = "1m", delete = "1m" }`)
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories(),
		Steps: []resource.TestStep{
			{
				Config: config,
				ConfigStateChecks: []statecheck.StateCheck{
					has("id", text(strings.Replace(contosoID, "/backup/", "/Production-RG/", 1))),
					has("cross_region_restore_enabled", knownvalue.Bool(true)),
					has("tags", knownvalue.MapExact(map[string]knownvalue.Check{"env": text("production"), "cost center": text("")})),
				},
			},
		},
	})
}

func TestAccVault_updateInPlace(t *testing.T) {
	t.Parallel()
	database := acctest.Database(t)
	recorder := &acctest.Recorder{}
	sameID := statecheck.CompareValue(compare.ValuesSame())
	step := func(want []statecheck.StateCheck, attributes ...string) resource.TestStep {
		return resource.TestStep{
			Config:            vaultConfig(database, append(attributes, `region = "eastus"`)...),
			ConfigPlanChecks:  plans(plancheck.ResourceActionUpdate),
			ConfigStateChecks: append(want, sameID.AddStateValue(vaultAddress, attribute("id")), has("state", text("Active"))),
		}
	}
	create := step([]statecheck.StateCheck{has("storage_redundancy", text("LocallyRedundant"))}, `storage_redundancy = "LocallyRedundant"`)
	create.ConfigPlanChecks = plans(plancheck.ResourceActionCreate)
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories(recorder.Option()),
		Steps: []resource.TestStep{
			create,
			step([]statecheck.StateCheck{has("storage_redundancy", text("GeoRedundant"))}, `storage_redundancy = "GeoRedundant"`),
			step([]statecheck.StateCheck{has("tags", knownvalue.MapExact(map[string]knownvalue.Check{"a": text("1")}))},
				`tags = { a = "1" }`),
			step([]statecheck.StateCheck{has("tags", knownvalue.MapExact(map[string]knownvalue.Check{"b": text("2")}))},
				`tags = { b = "2" }`),
			step([]statecheck.StateCheck{has("tags", knownvalue.MapExact(map[string]knownvalue.Check{})), has("cross_region_restore_enabled", knownvalue.Bool(true))},
				`tags = {}`, `cross_region_restore_enabled = true`),
			{Config: vaultConfig(database, `region = "eastus"`, `tags = {}`), ConfigPlanChecks: nothing},
			{
				Config:            vaultConfig(database, `region = "eastus"`),
				ConfigStateChecks: []statecheck.StateCheck{has("tags", knownvalue.Null()), has("cross_region_restore_enabled", knownvalue.Bool(true))},
			},
			{Config: vaultConfig(database, `region = "eastus"`, `timeouts = { read = "1m" }`), ConfigPlanChecks: plans(plancheck.ResourceActionUpdate)},
		},
	})
	if puts := count(recorder.Take(), "PUT"); puts != 1 {
		t.Errorf("%d PUTs: a change should be a PATCH", puts)
	}
}

func TestAccVault_redundancyLeftOutKeepsWhatTheVaultHas(t *testing.T) {
	t.Parallel()
	database := acctest.Database(t)
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories(),
		Steps: []resource.TestStep{
			{Config: vaultConfig(database, `region = "eastus"`, `storage_redundancy = "ZoneRedundant"`)},
			{Config: vaultConfig(database, `region = "eastus"`), ConfigPlanChecks: nothing},
		},
	})
}

// ARM holds names of tags to be the same in any letter case, and may return another than it was given.
func TestAccVault_tagCasingIsNoChange(t *testing.T) {
	t.Parallel()
	database := acctest.Database(t)
	client := newServiceClient(t, database)
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories(),
		Steps: []resource.TestStep{
			{Config: vaultConfig(database, `region = "eastus"`, `tags = { env = "prod", Owner = "x" }`)},
			{
				PreConfig:         func() { client.do(http.MethodPatch, contosoID, `{"tags":{"ENV":"prod","owner":"x"}}`) },
				Config:            vaultConfig(database, `region = "eastus"`, `tags = { env = "prod", Owner = "x" }`),
				ConfigPlanChecks:  nothing,
				ConfigStateChecks: []statecheck.StateCheck{has("tags", knownvalue.MapExact(map[string]knownvalue.Check{"env": text("prod"), "Owner": text("x")}))},
			},
			{Config: vaultConfig(database, `region = "eastus"`, `tags = { Env = "prod", OWNER = "x" }`), ConfigPlanChecks: nothing},
			{
				Config:            vaultConfig(database, `region = "eastus"`, `tags = { Env = "test" }`),
				ConfigPlanChecks:  plans(plancheck.ResourceActionUpdate),
				ConfigStateChecks: []statecheck.StateCheck{has("tags", knownvalue.MapExact(map[string]knownvalue.Check{"Env": text("test")}))},
			},
		},
	})
}

func TestAccVault_redundancyIsSentInTheCreateCall(t *testing.T) {
	t.Parallel()
	recorder := &acctest.Recorder{}
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories(recorder.Option()),
		Steps: []resource.TestStep{{
			Config:            vaultConfig(acctest.Database(t), `region = "eastus"`, `storage_redundancy = "LocallyRedundant"`),
			ConfigStateChecks: []statecheck.StateCheck{has("storage_redundancy", text("LocallyRedundant"))},
		}},
	})
	if calls := recorder.Take(); count(calls, "PATCH") != 0 || count(calls, "PUT") != 1 {
		t.Error(calls)
	}
}

// A region is replaced by another, not by another spelling of itself.
func TestAccVault_respellingIsNoChange(t *testing.T) {
	t.Parallel()
	database := acctest.Database(t)
	steps := []resource.TestStep{{Config: vaultConfig(database, `region = "China East"`, `resource_group_name = "Backup-RG"`)}}
	for _, attributes := range [][]string{
		{`region = "chinaeast"`, `resource_group_name = "Backup-RG"`},
		{`region = "CHINA EAST"`, `resource_group_name = "backup-rg"`},
		{`region = "ChinaEast"`, `resource_group_name = "BACKUP-RG"`, `subscription_id = upper("` + defaultSubscription + `")`},
	} {
		steps = append(steps, resource.TestStep{
			Config:            vaultConfig(database, attributes...),
			ConfigPlanChecks:  nothing,
			ConfigStateChecks: []statecheck.StateCheck{has("region", text("China East")), has("resource_group_name", text("Backup-RG"))},
		})
	}
	// With a real change beside it, the new spelling is still none.
	steps = append(steps, resource.TestStep{
		Config:            vaultConfig(database, `region = "chinaeast"`, `resource_group_name = "backup-rg"`, `tags = { a = "b" }`),
		ConfigPlanChecks:  plans(plancheck.ResourceActionUpdate),
		ConfigStateChecks: []statecheck.StateCheck{has("region", text("China East")), has("state", text("Active"))},
	})
	resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: acctest.Factories(), Steps: steps})
}

func TestAccVault_replace(t *testing.T) {
	t.Parallel()
	tests := map[string][]string{
		"another region, same name": {`region = "China North"`},
		"another group, same name":  {`region = "China East"`, `resource_group_name = "other"`},
		"both":                      {`region = "China North"`, `resource_group_name = "other"`, `tags = { a = "b" }`},
	}
	for name, attributes := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			database := acctest.Database(t)
			resource.UnitTest(t, resource.TestCase{
				ProtoV6ProviderFactories: acctest.Factories(),
				Steps: []resource.TestStep{
					{Config: vaultConfig(database, `region = "China East"`)},
					{Config: vaultConfig(database, attributes...), ConfigPlanChecks: plans(plancheck.ResourceActionDestroyBeforeCreate)},
					{Config: vaultConfig(database, attributes...), ConfigPlanChecks: nothing},
				},
			})
		})
	}
}

// The plan of a replacement asks for the new vault while the old one still holds the name.
func TestAccVault_replaceWithoutRefresh(t *testing.T) {
	t.Parallel()
	const config = `terraform {
  required_providers { backup = { source = "azurebackup/backup" } }
}
provider "backup" { environment = "embedded" }
variable "region" { default = "China East" }
resource "backup_vault" "test" {
  name   = "contoso"
  region = var.region
}
`
	w := acctest.NewWorkspace(t, config)
	w.MustRun("apply", "-auto-approve")
	r := w.MustRun("apply", "-auto-approve", "-refresh=false", "-var", "region=China North")
	if !strings.Contains(r.Output, "1 added, 0 changed, 1 destroyed") || w.State()[vaultAddress]["region"] != "China North" {
		t.Error(r.Output, w.State())
	}
	r = w.MustRun("apply", "-auto-approve", "-refresh=false", "-replace="+vaultAddress, "-var", "region=China North")
	if !strings.Contains(r.Output, "1 added, 0 changed, 1 destroyed") {
		t.Error(r.Output)
	}
	w.MustRun("plan", "-detailed-exitcode", "-var", "region=chinanorth")
}

// The old vault holds the name until the new one is there, so that the conflict is real.
func TestAccVault_replaceCreateBeforeDestroy(t *testing.T) {
	t.Parallel()
	database := acctest.Database(t)
	const lifecycle = "lifecycle {\n create_before_destroy = true\n }"
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories(),
		Steps: []resource.TestStep{
			{Config: vaultConfig(database, `region = "China East"`, lifecycle)},
			{
				Config:      vaultConfig(database, `region = "China North"`, lifecycle),
				ExpectError: message(`A vault named "contoso" exists already in this subscription: resource group "backup", region "chinaeast"`),
			},
			{
				// Terraform puts the old vault back in its place. OpenTofu does not tell that it applies, so the conflict
				// is found where the old vault stays behind as a deposed object.
				SkipFunc:         func() (bool, error) { return strings.HasPrefix(filepath.Base(acctest.CLI()), "tofu"), nil },
				Config:           vaultConfig(database, `region = "China East"`, lifecycle),
				ConfigPlanChecks: nothing,
			},
		},
	})
}

func TestAccVault_disappears(t *testing.T) {
	t.Parallel()
	database := acctest.Database(t)
	config := vaultConfig(database, `region = "China East"`)
	client := newServiceClient(t, database)
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories(),
		Steps: []resource.TestStep{
			{Config: config},
			{
				PreConfig:        func() { client.delete(contosoID) },
				Config:           config,
				ConfigPlanChecks: plans(plancheck.ResourceActionCreate),
			},
			{PreConfig: func() { client.delete(contosoID) }, Config: config, Destroy: true},
		},
	})
}

func TestAccVault_changedBehindTerraform(t *testing.T) {
	t.Parallel()
	database := acctest.Database(t)
	config := vaultConfig(database, `region = "China East"`, `storage_redundancy = "LocallyRedundant"`, `tags = { a = "1" }`)
	client := newServiceClient(t, database)
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories(),
		Steps: []resource.TestStep{
			{Config: config},
			{
				PreConfig: func() {
					client.do(http.MethodPatch, contosoID, `{"tags":{"a":"2","b":"3"},"properties":{"redundancySettings":{"standardTierStorageRedundancy":"GeoRedundant"}}}`)
				},
				Config:           config,
				ConfigPlanChecks: plans(plancheck.ResourceActionUpdate),
				ConfigStateChecks: []statecheck.StateCheck{
					has("storage_redundancy", text("LocallyRedundant")), has("tags", knownvalue.MapExact(map[string]knownvalue.Check{"a": text("1")})),
				},
			},
		},
	})
}

func TestAccVault_crossRegionRestoreCannotBeSwitchedOff(t *testing.T) {
	t.Parallel()
	database := acctest.Database(t)
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories(),
		Steps: []resource.TestStep{
			{Config: vaultConfig(database, `region = "eastus"`, `cross_region_restore_enabled = true`)},
			{
				Config:      vaultConfig(database, `region = "eastus"`, `cross_region_restore_enabled = false`),
				ExpectError: message("Cross-region restore cannot be switched off"),
			},
			{
				Config:      vaultConfig(database, `region = "eastus"`, `storage_redundancy = "LocallyRedundant"`),
				ExpectError: message("Cross-region restore needs geo-redundant storage"),
			},
			{Config: vaultConfig(database, `region = "eastus"`), ConfigPlanChecks: nothing},
		},
	})
}

func TestAccVault_lockedRedundancyIsAPlanError(t *testing.T) {
	t.Parallel()
	database := acctest.Database(t)
	client := newServiceClient(t, database)
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories(),
		Steps: []resource.TestStep{
			{Config: vaultConfig(database, `region = "eastus"`)},
			{
				PreConfig:         func() { client.lock(contosoID) },
				Config:            vaultConfig(database, `region = "eastus"`, `tags = { a = "b" }`),
				ConfigStateChecks: []statecheck.StateCheck{has("storage_redundancy_locked", knownvalue.Bool(true))},
			},
			{
				Config:      vaultConfig(database, `region = "eastus"`, `storage_redundancy = "LocallyRedundant"`, `tags = { a = "b" }`),
				PlanOnly:    true,
				ExpectError: message("Storage redundancy is locked"),
			},
		},
	})
}

// The service's answer to a create that fails in the end: the vault stays in the state, tainted, to be destroyed.
func TestAccVault_createEndsInFailed(t *testing.T) {
	t.Parallel()
	database := acctest.Database(t)
	recorder := &acctest.Recorder{}
	failing := true
	recorder.Answer = func(req *http.Request) *http.Response {
		switch {
		case req.Method == http.MethodDelete:
			failing = false
			return nil
		case !failing || req.Method != http.MethodGet:
			return nil
		case strings.Contains(req.URL.Path, "/operationStatus/"):
			return acctest.JSON(200, `{"status":"Failed","error":{"code":"UserErrorQuota","message":"No more vaults in this region."}}`)
		case strings.HasSuffix(req.URL.Path, "/vaults/contoso"):
			return acctest.JSON(200, `{"id":"`+contosoID+`","name":"contoso","location":"eastus","properties":{"provisioningState":"Failed"}}`)
		}
		return nil
	}
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories(recorder.Option()),
		Steps: []resource.TestStep{
			{
				Config:      vaultConfig(database, `region = "eastus"`),
				ExpectError: message(`Vault "contoso" ended in the state Failed: UserErrorQuota: No more vaults in this region.`),
			},
			{
				Config:            vaultConfig(database, `region = "eastus"`),
				ConfigPlanChecks:  plans(plancheck.ResourceActionDestroyBeforeCreate), // tainted, so replaced
				ConfigStateChecks: []statecheck.StateCheck{has("state", text("Active"))},
			},
		},
	})
}

// A vault that became Failed after its creation holds backups: it is written again, never replaced.
func TestAccVault_failedVaultIsRepairedInPlace(t *testing.T) {
	t.Parallel()
	database := acctest.Database(t)
	recorder := &acctest.Recorder{}
	failed := false
	recorder.Answer = func(req *http.Request) *http.Response {
		if req.Method == http.MethodPut {
			failed = false
		}
		if failed && req.Method == http.MethodGet && strings.HasSuffix(req.URL.Path, "/vaults/contoso") {
			return acctest.JSON(200, `{"id":"`+contosoID+`","name":"contoso","location":"eastus","sku":{"name":"Standard"},"properties":{"provisioningState":"Failed",`+
				`"redundancySettings":{"standardTierStorageRedundancy":"GeoRedundant","crossRegionRestore":"Disabled"}}}`)
		}
		return nil
	}
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories(recorder.Option()),
		Steps: []resource.TestStep{
			{Config: vaultConfig(database, `region = "eastus"`)},
			{
				PreConfig:         func() { failed = true },
				Config:            vaultConfig(database, `region = "eastus"`),
				ConfigPlanChecks:  plans(plancheck.ResourceActionUpdate),
				ConfigStateChecks: []statecheck.StateCheck{has("state", text("Active"))},
			},
			{Config: vaultConfig(database, `region = "eastus"`), ConfigPlanChecks: nothing},
		},
	})
}

func TestAccVault_import(t *testing.T) {
	t.Parallel()
	config := vaultConfig(acctest.Database(t), `region = "chinaeast"`, `tags = { a = "b" }`)
	steps := []resource.TestStep{{Config: config}}
	for _, id := range []string{contosoID, strings.ToUpper(contosoID), strings.ToLower(contosoID)} {
		steps = append(steps, resource.TestStep{
			ResourceName: vaultAddress, ImportState: true, ImportStateId: id, ImportStateVerify: true,
		})
	}
	for id, problem := range map[string]string{
		contosoID + "-missing":                "Backup vault to import does not exist",
		contosoID + "/backupPolicies/Default": "is not the id of a resource in a resource group",
		"contoso":                             "is not an Azure resource id",
		strings.Replace(contosoID, "Microsoft.RecoveryServices/vaults", "Microsoft.DataProtection/backupVaults", 1): "not of a backup vault",
	} {
		steps = append(steps, resource.TestStep{
			ResourceName: vaultAddress, ImportState: true, ImportStateId: id, ExpectError: message(problem),
		})
	}
	resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: acctest.Factories(), Steps: steps})
}

// After an import the configuration may spell things in its own way.
func TestAccVault_importPlansNothing(t *testing.T) {
	t.Parallel()
	database := acctest.Database(t)
	client := newServiceClient(t, database)
	client.do(http.MethodPut, contosoID, `{"location":"chinaeast","sku":{"name":"Standard"},"tags":{"a":"b"},"properties":{}}`)
	config := vaultConfig(database, `region = "China East"`, `resource_group_name = "BACKUP"`, `tags = { a = "b" }`) +
		fmt.Sprintf("import {\n  to = backup_vault.test\n  id = %q\n}\n", strings.ToLower(contosoID))
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories(),
		Steps: []resource.TestStep{
			{
				Config: config,
				ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
					plancheck.ExpectResourceAction(vaultAddress, plancheck.ResourceActionNoop),
				}},
				ConfigStateChecks: []statecheck.StateCheck{has("id", text(contosoID)), has("state", text("Active"))},
			},
		},
	})
}

func TestAccVault_importByIdentity(t *testing.T) {
	t.Parallel()
	skipBelowIdentity(t)
	config := vaultConfig(acctest.Database(t), `region = "China East"`)
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories(),
		Steps: []resource.TestStep{
			{Config: config, ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectIdentity(vaultAddress, map[string]knownvalue.Check{
					"subscription_id": text(defaultSubscription), "resource_group_name": text("backup"), "name": text("contoso"),
				}),
			}},
			{ResourceName: vaultAddress, ImportState: true, ImportStateKind: resource.ImportBlockWithResourceIdentity},
		},
	})
}

func TestAccVault_importByIdentityInOtherCaseAndWithDefaults(t *testing.T) {
	t.Parallel()
	skipBelowIdentity(t)
	for name, identity := range map[string]string{
		"odd casing": `subscription_id = "` + defaultSubscription + `", resource_group_name = "BackUp", name = "CONTOSO"`,
		"defaults":   `name = "contoso"`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			database := acctest.Database(t)
			newServiceClient(t, database).do(http.MethodPut, contosoID, `{"location":"chinaeast","sku":{"name":"Standard"},"properties":{}}`)
			config := vaultConfig(database, `region = "China East"`) + "import {\n  to = backup_vault.test\n  identity = { " + identity + " }\n}\n"
			resource.UnitTest(t, resource.TestCase{
				ProtoV6ProviderFactories: acctest.Factories(),
				Steps: []resource.TestStep{
					{Config: config, ConfigStateChecks: []statecheck.StateCheck{has("id", text(contosoID))}},
				},
			})
		})
	}
}

func TestAccVault_manyAreReadByOneList(t *testing.T) {
	t.Parallel()
	const vaults = 60
	database := acctest.Database(t)
	recorder := &acctest.Recorder{}
	config := acctest.Config(database, fmt.Sprintf(`
locals {
  vaults = { for i in range(%d) : format("contoso-%%02d", i) => i }
}
resource "backup_vault" "test" {
  for_each = local.vaults
  name     = each.key
  region   = "China East"
}
`, vaults))
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories(recorder.Option()),
		Steps: []resource.TestStep{
			{
				PreConfig: func() { recorder.Take() },
				Config:    config,
				// OpenTofu does not tell that it applies, and what the plan asked is asked once more.
				ConfigStateChecks: []statecheck.StateCheck{callLimit{recorder, map[string]int{
					"PUT": vaults, "GET vault": vaults, "GET list": 2, "GET deleted": 2 * len(catalog.RegionsAnd(nil)), "GET other": 2,
				}}},
			},
			{
				PreConfig: func() { recorder.Take() },
				Config:    config,
				// Two refreshes: of the plan, and of the apply.
				ConfigStateChecks: []statecheck.StateCheck{callLimit{recorder, map[string]int{"GET vault": 2 * 5, "GET list": 2}}},
			},
			// The test framework cannot read a state with for_each in the end.
			{Config: acctest.Config(database, "")},
		},
	})
}

// callLimit checks the number of calls that were made up to this point of a test.
type callLimit struct {
	recorder *acctest.Recorder
	limits   map[string]int
}

func (c callLimit) CheckState(_ context.Context, _ statecheck.CheckStateRequest, resp *statecheck.CheckStateResponse) {
	resp.Error = atMost(c.recorder.Take(), c.limits)
}

// atMost compares the calls made with limits by kind; a kind without a limit must not occur.
func atMost(calls []string, limits map[string]int) error {
	kinds := map[string]int{}
	for _, call := range calls {
		method, path, _ := strings.Cut(call, " ")
		switch {
		case method != http.MethodGet:
			kinds[method]++
		case strings.HasSuffix(path, "/vaults"):
			kinds["GET list"]++
		case strings.HasSuffix(path, "/deletedVaults"):
			kinds["GET deleted"]++
		case strings.Contains(path, "/vaults/"):
			kinds["GET vault"]++
		default:
			kinds["GET other"]++
		}
	}
	for kind, n := range kinds {
		if n > limits[kind] {
			return fmt.Errorf("%d calls of the kind %q, more than %d; all: %v", n, kind, limits[kind], kinds)
		}
	}
	return nil
}

func count(calls []string, method string) int {
	n := 0
	for _, call := range calls {
		if strings.HasPrefix(call, method+" ") {
			n++
		}
	}
	return n
}

// patches checks how many PATCHes were sent.
type patches struct {
	recorder *acctest.Recorder
	want     int
}

func (c patches) CheckState(_ context.Context, _ statecheck.CheckStateRequest, resp *statecheck.CheckStateResponse) {
	if got := count(c.recorder.Take(), http.MethodPatch); got != c.want {
		resp.Error = fmt.Errorf("%d PATCHes, want %d", got, c.want)
	}
}
