//go:build azure

// These tests make vaults in Azure; see CONTRIBUTING.md.

package acctest_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/azurebackup/terraform-provider-backup/internal/acctest"
	"github.com/azurebackup/terraform-provider-backup/internal/arm"
	"github.com/azurebackup/terraform-provider-backup/internal/azure"
	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/vault"
)

func TestMain(m *testing.M) { acctest.Main(m) }

// prefix is that of every name made in Azure; the sweeper deletes by it.
const prefix = "tfacc-"

// setting is a variable that has to be set.
func setting(t *testing.T, name string) string {
	t.Helper()
	value := os.Getenv(name)
	if value == "" {
		t.Fatalf("the environment variable %s is not set; see CONTRIBUTING.md", name)
	}
	return value
}

func newWorkspace(t *testing.T, resources string) *acctest.Workspace {
	t.Helper()
	w := acctest.NewWorkspace(t, fmt.Sprintf(`terraform {
  required_providers { backup = { source = "azurebackup/backup" } }
}
provider "backup" {
  environment         = %q
  resource_group_name = %q
}
locals {
  name   = %q
  region = %q
}
%s`, setting(t, "BACKUP_ACC_ENVIRONMENT"), setting(t, "BACKUP_ACC_RESOURCE_GROUP"), prefix+uuid.NewString()[:8], setting(t, "BACKUP_ACC_REGION"), resources))
	w.Timeout = time.Hour
	t.Cleanup(func() { w.Run("destroy", "-auto-approve") })
	return w
}

// life applies, finds nothing to do, applies a change, and destroys.
func life(t *testing.T, resources, from, to string) {
	t.Helper()
	w := newWorkspace(t, resources)
	w.MustRun("apply", "-auto-approve")
	w.MustPlanNothing()
	changed, err := os.ReadFile(w.Folder + "/main.tf")
	if err != nil || !strings.Contains(string(changed), from) {
		t.Fatalf("no %q to change: %v", from, err)
	}
	w.Write("main.tf", strings.Replace(string(changed), from, to, 1))
	w.MustRun("apply", "-auto-approve")
	w.MustPlanNothing()
	w.MustRun("destroy", "-auto-approve")
}

const vaultOnly = `
resource "backup_vault" "test" {
  name               = local.name
  region             = local.region
  storage_redundancy = "LocallyRedundant"
  tags               = { stage = "one" }
}
`

const withPolicy = vaultOnly + `
resource "backup_policy_vm" "test" {
  name            = "daily"
  vault_id        = backup_vault.test.id
  backup          = { frequency = "Daily", time = "23:00" }
  retention_daily = { count = 7 }
}
`

func TestAccAzure_vault(t *testing.T) { life(t, vaultOnly, `"one"`, `"two"`) }

func TestAccAzure_policy(t *testing.T) { life(t, withPolicy, "count = 7", "count = 8") }

func TestAccAzure_protectedVM(t *testing.T) {
	vm := os.Getenv("BACKUP_ACC_VM_ID")
	if vm == "" {
		t.Skip("BACKUP_ACC_VM_ID names no VM to protect")
	}
	life(t, withPolicy+fmt.Sprintf(`
resource "backup_protected_vm" "test" {
  vault_id         = backup_vault.test.id
  backup_policy_id = backup_policy_vm.test.id
  source_vm_id     = %q
}
`, vm), "count = 7", "count = 8")
}

// TestSweep deletes the vaults of the resource group that have the prefix, with what is in them.
func TestSweep(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
	defer cancel()
	settings, err := azure.Settings{Cloud: catalog.Cloud(setting(t, "BACKUP_ACC_ENVIRONMENT"))}.WithEnvironment(os.LookupEnv)
	if err != nil {
		t.Fatal(err)
	}
	group := setting(t, "BACKUP_ACC_RESOURCE_GROUP")
	connection, err := azure.Connect(ctx, settings, azure.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if settings.SubscriptionID == "" {
		account, err := connection.DefaultSubscription(ctx)
		if err != nil {
			t.Fatal(err)
		}
		settings.SubscriptionID = account.SubscriptionID
	}
	client, err := arm.NewClient(arm.Options{
		Endpoint: connection.Endpoint(), Transport: connection.Transport(), SignIn: connection.Policy(), Version: "sweep",
		KnownVersions: catalog.KnownAPIVersions,
	})
	if err != nil {
		t.Fatal(err)
	}
	vaults := vault.NewClient(client)
	for v, err := range vaults.List(ctx, settings.SubscriptionID, group) {
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(v.ID.Name, prefix) {
			continue
		}
		t.Logf("deleting %s", v.ARMID)
		for item, err := range vaults.ProtectedVMs(ctx, v.ID) {
			if err == nil && !item.SoftDeleted {
				err = vaults.Unprotect(ctx, item.ID, nil)
			}
			if err != nil {
				t.Error(err)
			}
		}
		if err := vaults.Delete(ctx, v.ID, nil); err != nil {
			t.Error(err)
		}
	}
}
