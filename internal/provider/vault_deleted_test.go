package provider_test

import (
	"context"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/azurebackup/terraform-provider-backup/internal/acctest"
	"github.com/azurebackup/terraform-provider-backup/internal/backend"
	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
)

const deletedWarning = "Warning: A deleted backup vault of this name holds backups"

// protectingConfig is the vault contoso, which protects one VM by its default policy.
func protectingConfig(embedded string, attributes ...string) string {
	config := contentsConfig(attributes...) + `resource "backup_protected_vm" "web" {
  vault_id         = backup_vault.test.id
  backup_policy_id = "${backup_vault.test.id}/backupPolicies/DefaultPolicy"
  source_vm_id     = "` + vmID("web") + `"
}
`
	return strings.Replace(config, `environment = "embedded" }`, "\n  environment = \"embedded\"\n  embedded    = { "+embedded+" }\n}", 1)
}

// The second apply failed with VaultNameHeldByDeletedVault, until the backups of the first were purged.
func TestAccVault_destroyThenApplyAgain(t *testing.T) {
	t.Parallel()
	w := acctest.NewWorkspace(t, protectingConfig("", `region = "China East 2"`))
	for i := range 5 {
		plan := w.MustRun("plan")
		switch warned := strings.Contains(plan.Output, deletedWarning); {
		case i == 0 && warned:
			t.Errorf("nothing was deleted yet:\n%s", plan.Output)
		case i == 1:
			mention(t, plan, deletedWarning, "A deleted vault of that name still holds backups", "undelete it in place of making a new vault")
		case i == 2:
			mention(t, plan, "2 deleted vaults of that name still hold backups", "undelete the first of them")
		case i == 4:
			mention(t, plan, "4 deleted vaults of that name still hold backups", "and 1 more, which were deleted before")
			return
		}
		w.MustRun("apply", "-auto-approve")
		w.MustPlanNothing()
		w.MustRun("refresh")
		usage, _ := w.State()["backup_vault.test"]["usage"].(map[string]any)
		if usage["protected_items"] != 1.0 {
			t.Errorf("the new vault holds %v", usage)
		}
		w.MustRun("destroy", "-auto-approve")
	}
}

// So did the second `terraform test` in a folder.
func TestAccVault_testTwiceInOneFolder(t *testing.T) {
	skipBelow(t, 6, "tests of configurations")
	t.Parallel()
	w := acctest.NewWorkspace(t, protectingConfig("", `region = "eastus"`))
	w.Write("main.tftest.hcl", `run "apply" {
  assert {
    condition     = backup_protected_vm.web.protection_state != ""
    error_message = "The VM is not protected."
  }
}
run "moved" {
  command = plan
  assert {
    condition     = backup_vault.test.state == "Active"
    error_message = "The vault is not Active."
  }
}
`)
	for range 3 {
		wantOutput(t, w.MustRun("test"), "2 passed, 0 failed")
	}
}

// deletedIn makes and deletes a vault contoso that held a VM, in a group and a region.
func (c serviceClient) deletedIn(group, region string) {
	c.t.Helper()
	id := strings.Replace(contosoID, "/backup/", "/"+group+"/", 1)
	const vm = "iaasvmcontainerv2;machines;web"
	item := id + "/backupFabrics/Azure/protectionContainers/iaasvmcontainer;" + vm + "/protectedItems/vm;" + vm
	c.do(http.MethodPut, id, `{"location":"`+region+`","sku":{"name":"Standard"},"properties":{}}`)
	c.do(http.MethodPut, item, `{"properties":{"protectedItemType":"Microsoft.Compute/virtualMachines","policyId":"`+id+
		`/backupPolicies/DefaultPolicy","sourceResourceId":"/subscriptions/`+defaultSubscription+`/resourceGroups/machines/providers/Microsoft.Compute/virtualMachines/web"}}`)
	c.delete(item)
	c.delete(id)
}

// A deleted vault in another region, or of another group, was not found. Regions that cannot be asked are passed over, and
// none of them is an error.
func TestAccVault_deletedElsewhere(t *testing.T) {
	for name, test := range map[string]struct {
		rules []embedded.FaultRule
		want  []string
		not   string
	}{
		"every region answers": {
			want: []string{"2 deleted vaults of that name still hold backups", "/resourceGroups/archive/", `in "Japan East" (japaneast)`, "/resourceGroups/backup/", `in "West US" (westus)`},
		},
		"some do not": {
			rules: []embedded.FaultRule{
				{Kind: embedded.KindDeletedVaultList, Path: "locations/westus", Status: 400, Code: "NoRegisteredProviderFound", Times: embedded.Always},
				{Kind: embedded.KindDeletedVaultList, Path: "locations/eastus", Status: 400, Times: embedded.Always},
				{Kind: embedded.KindDeletedVaultList, Path: "locations/eastus2", Status: 500, Times: embedded.Always},
			},
			want: []string{"A deleted vault of that name still holds backups", `in "Japan East" (japaneast)`}, not: "West US",
		},
		"none does":             {rules: []embedded.FaultRule{{Kind: embedded.KindDeletedVaultList, Status: 403, Code: "AuthorizationFailed", Times: embedded.Always}}, not: "deleted vault"},
		"nobody says which are": {rules: []embedded.FaultRule{{Kind: embedded.KindResourceProvider, Status: 403, Code: "AuthorizationFailed", Times: embedded.Always}}, not: "deleted vault"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			database := acctest.Database(t)
			c := newServiceClient(t, database)
			c.deletedIn("backup", "westus")
			c.deletedIn("archive", "japaneast")
			p := vaultPlans(t, database, backend.WithEmbedded(func(c *embedded.Config) { c.Faults = embedded.NewFaults(test.rules...) }))
			said := ""
			for _, d := range p.plan(map[string]any{"name": "contoso", "region": "eastus"}, nil, nil, false).Diagnostics {
				if d.Severity.String() == "ERROR" {
					t.Errorf("%s: %s", d.Summary, d.Detail)
				}
				said += d.Summary + "\n" + d.Detail
			}
			for _, want := range test.want {
				if !strings.Contains(said, want) {
					t.Errorf("%q is not said:\n%s", want, said)
				}
			}
			if test.not != "" && strings.Contains(said, test.not) {
				t.Errorf("%q is said:\n%s", test.not, said)
			}
		})
	}
}

// advised are the commands of a warning.
func advised(t *testing.T, r acctest.Result, starts ...string) []string {
	t.Helper()
	var found []string
	for _, start := range starts {
		line := regexp.MustCompile(`(?m)^[ │]+(` + start + ` .*)$`).FindStringSubmatch(r.Printed)
		if line == nil {
			t.Fatalf("no command %s:\n%s", start, r.Printed)
		}
		found = append(found, strings.TrimRight(line[1], " \n"))
	}
	return found
}

// freePort is an address on loopback that nobody listens on.
func freePort(t *testing.T) string {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

// adopt imports the vault that was undeleted, and protects its VM again: the backups are back.
func adopt(t *testing.T, w *acctest.Workspace, id string) {
	t.Helper()
	w.Write("import.tf", "import {\n  to = backup_vault.test\n  id = \""+id+"\"\n}\n")
	plan := w.Plan()
	if strings.Contains(plan.Output, deletedWarning) {
		t.Errorf("it is not deleted any more:\n%s", plan.Output)
	}
	wantOutput(t, plan.Result, "Backups of the VM will be undeleted")
	if len(plan.Imported) != 1 || plan.Actions["backup_vault.test"] != "" {
		t.Fatalf("imported are %v, planned is %v", plan.Imported, plan.Actions)
	}
	w.MustRun("apply", "-auto-approve")
	w.MustPlanNothing()
	var outputs struct{ Points struct{ Value int } }
	w.JSON(&outputs, "output", "-json")
	if outputs.Points.Value < 3 {
		t.Errorf("%d recovery points", outputs.Points.Value)
	}
}

const pointsOfWeb = `data "backup_recovery_points" "web" {
  protected_vm_id = backup_protected_vm.web.id
}
output "points" { value = length(data.backup_recovery_points.web.recovery_points) }
`

// The advice was a command of az, which cannot reach a database that is on no port.
func TestAccVault_undeleteFromTheFile(t *testing.T) {
	t.Parallel()
	const other = "33333333-0000-4000-8000-000000000003"
	for name, test := range map[string]struct{ embedded, more string }{
		"as it is":             {`database = "vaults of ours.db"`, ""},
		"another subscription": {`subscriptions = { "` + other + `" = "Other" }`, `subscription_id = "` + other + `"`},
		"a clock of its own":   {`clock_offset = "9d"`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config := protectingConfig(test.embedded, `region = "eastus"`, test.more)
			w := acctest.NewWorkspace(t, config)
			w.MustRun("apply", "-auto-approve")
			// Four days make backups; the clock goes on from there.
			before, after := `database = `, `clock_offset = "4d", database = `
			switch {
			case strings.Contains(config, "clock_offset"):
				before, after = `"9d"`, `"13d"`
			case !strings.Contains(config, before):
				before, after = `subscriptions =`, `clock_offset = "4d", subscriptions =`
			}
			config = strings.Replace(config, before, after, 1)
			w.Write("main.tf", config)
			w.MustRun("destroy", "-auto-approve")
			w.Write("main.tf", config+pointsOfWeb)
			plan := w.MustRun("plan")
			mention(t, plan, deletedWarning, "The embedded service listens on no port")
			if strings.Contains(plan.Output, "az backup") {
				t.Errorf("az cannot reach it:\n%s", plan.Output)
			}
			commands := advised(t, plan, `\S*terraform-provider-backup`, "curl")
			address := freePort(t)
			serve := exec.CommandContext(context.WithoutCancel(t.Context()), "sh", "-c", "exec "+commands[0]+" --listen "+address)
			serve.Dir = t.TempDir()
			if err := serve.Start(); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = serve.Process.Kill(); _ = serve.Wait() })
			undelete := strings.Replace(commands[1], "http://127.0.0.1:10800", "http://"+address, 1)
			undelete += " --retry 50 --retry-connrefused --retry-delay 1"
			if out, err := exec.CommandContext(t.Context(), "sh", "-c", undelete).CombinedOutput(); err != nil || !strings.Contains(string(out), " 202 ") {
				t.Fatalf("%s: %v\n%s", undelete, err, out)
			}
			_ = serve.Process.Signal(os.Interrupt)
			_ = serve.Wait()
			id := regexp.MustCompile(`id = "(/.*)"`).FindStringSubmatch(plan.Printed)[1]
			adopt(t, w, id)
		})
	}
}

// With an endpoint the request goes there, with the token that it wants.
func TestAccVault_undeleteServed(t *testing.T) {
	t.Parallel()
	const token = "correct-horse-battery-staple"
	file := filepath.Join(t.TempDir(), "the token")
	if err := os.WriteFile(file, []byte(token+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct{ token, setting string }{
		"without a token":    {},
		"a file":             {token, "client_secret_file_path = \"" + filepath.ToSlash(file) + `"`},
		"a token of its own": {token, "client_secret = \"" + token + `"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var ahead atomic.Int64 // of the clock, in days
			s := newServedService(t, test.token, embedded.Config{Now: func() time.Time { return time.Now().AddDate(0, 0, int(ahead.Load())) }})
			config := protectingConfig("", `region = "eastus"`)
			block := regexp.MustCompile(`(?s)provider "backup" \{.*?\n\}\n`).FindString(config)
			config = strings.Replace(config, block, s.block(test.setting), 1)
			w := acctest.NewWorkspace(t, config)
			w.MustRun("apply", "-auto-approve")
			ahead.Store(4)
			w.MustRun("destroy", "-auto-approve")
			w.Write("main.tf", config+pointsOfWeb)
			plan := w.MustRun("plan")
			mention(t, plan, deletedWarning, "The service at "+s.URL+" does it for this request")
			if strings.Contains(plan.Printed, token) || strings.Contains(plan.Output, "listens on no port") {
				t.Errorf("got\n%s", plan.Printed)
			}
			undelete := exec.CommandContext(t.Context(), "sh", "-c", advised(t, plan, "curl")[0])
			undelete.Env = append(os.Environ(), "TOKEN="+token)
			if out, err := undelete.CombinedOutput(); err != nil || !strings.Contains(string(out), " 202 ") {
				t.Fatalf("%v: %v\n%s", undelete, err, out)
			}
			adopt(t, w, contosoID)
		})
	}
}

// In Azure it is a command of az, whose arguments are those of its own help.
func TestAccVault_undeleteInAzure(t *testing.T) {
	t.Parallel()
	a := newAzureCloud(t, catalog.Public)
	config := azureBlock(catalog.Public) + azureStack("eastus")
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: a.factories(),
		Steps:                    []resource.TestStep{{Config: config}, {Config: config, Destroy: true}},
	})
	w := newAzureWorkspace(t, a, config)
	plan := w.MustRun("plan")
	mention(t, plan, deletedWarning, "until that vault is deleted")
	command := advised(t, plan, "az")[0]
	want := regexp.MustCompile(`^az backup deleted-vault undelete --subscription ` + azureAccount + ` --ids /subscriptions/` + azureAccount +
		`/providers/Microsoft\.RecoveryServices/locations/eastus/deletedVaults/backup_[-0-9a-f]{36}$`)
	if !want.MatchString(command) || strings.Contains(plan.Output, "curl") {
		t.Errorf("got %s", command)
	}
}

// The warning is one: the vault is made.
func TestAccVault_deletedIsNoError(t *testing.T) {
	t.Parallel()
	database := acctest.Database(t)
	newServiceClient(t, database).deletedIn("backup", "westus")
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories(),
		Steps: []resource.TestStep{
			{Config: vaultConfig(database, `region = "eastus"`), ConfigPlanChecks: plans(plancheck.ResourceActionCreate)},
			{Config: vaultConfig(database, `region = "eastus"`), ConfigPlanChecks: nothing},
		},
	})
}
