package provider_test

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/azurebackup/terraform-provider-backup/internal/acctest"
	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/store"
)

// The tests in this file send real signals to Terraform and to the provider, as the table in the issue has it. The
// vaults take an hour to create, so that nothing hangs on how fast the machine is; complete ends the hour.

const aVault = "backup_vault.production"

// slowVaults is a configuration for a workspace, in which creating a vault takes the given time.
func slowVaults(provisioningTime, resources string) string {
	return fmt.Sprintf(`terraform {
  required_providers { backup = { source = "azurebackup/backup" } }
}
provider "backup" {
  environment = "embedded"
  embedded    = { provisioning_time = %q }
}
%s`, provisioningTime, resources)
}

const productionVault = `resource "backup_vault" "production" {
  name   = "production"
  region = "China East"
  tags   = { stage = "production" }
}
`

// needSignals skips a test where there is no such thing.
func needSignals(t *testing.T) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("Windows cannot send the signals of this test to another process")
	}
}

func databaseOf(w *acctest.Workspace) string { return filepath.Join(w.Folder, "backup-vaults.db") }

// createPartly begins an apply and returns when the provider waits for the vaults of these names.
func createPartly(w *acctest.Workspace, names []string) *acctest.Process {
	p := w.Start("apply", "-auto-approve")
	for _, name := range names {
		waitsFor(p, name)
	}
	return p
}

func waitsFor(p *acctest.Process, name string) {
	p.WaitForLog(`waiting for backup vault: .*\bstate=Creating\b.*\bvault=` + name + `\b|` +
		`waiting for backup vault: .*\bvault=` + name + `\b.*\bstate=Creating\b`)
}

// complete makes every vault Active, as if its provisioning time had passed.
func complete(t *testing.T, w *acctest.Workspace) {
	t.Helper()
	err := newServiceClient(t, databaseOf(w)).store.Update(context.Background(), time.Now(), func(tx *store.Tx) error {
		vaults, err := tx.Documents(store.Query{Type: catalog.VaultType})
		for _, v := range vaults {
			v.Operation = nil
			if err == nil {
				err = tx.PutDocument(v)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// created is when each vault of a database was made, by name: another time is another vault.
func created(t *testing.T, database string) map[string]time.Time {
	t.Helper()
	found := map[string]time.Time{}
	err := newServiceClient(t, database).store.View(context.Background(), time.Now(), func(tx *store.Tx) error {
		vaults, err := tx.Documents(store.Query{Type: catalog.VaultType})
		for _, v := range vaults {
			found[v.Name] = v.Created
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// wantStates compares the state attribute of every vault in the state; "tainted" follows the state of such a vault.
func wantStates(t *testing.T, w *acctest.Workspace, want map[string]string) {
	t.Helper()
	got := map[string]string{}
	for address, attributes := range w.State() {
		if !strings.HasPrefix(address, "backup_vault.") {
			continue
		}
		got[address] = strings.TrimSpace(fmt.Sprint(attributes["state"], " ", attributes["(status)"]))
		if id, _ := attributes["id"].(string); !strings.HasPrefix(id, "/subscriptions/") {
			t.Errorf("%s has the id %q", address, id)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("vaults in the state (-want +got):\n%s", diff)
	}
}

func wantActions(t *testing.T, p acctest.Plan, want map[string]string) {
	t.Helper()
	if diff := cmp.Diff(want, p.Actions); diff != "" {
		t.Errorf("actions of the plan (-want +got):\n%s\n%s", diff, p.Output)
	}
}

func wantOutput(t *testing.T, r acctest.Result, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if !strings.Contains(r.Output, text) {
			t.Errorf("%q was not printed:\n%s", text, r.Output)
		}
	}
}

// wantEnded checks that an interrupted command has ended soon, and has said so.
func wantEnded(t *testing.T, p *acctest.Process) acctest.Result {
	t.Helper()
	start := time.Now()
	r := p.Wait()
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("ended %s after the signal", took)
	}
	if r.ExitCode != 1 {
		t.Errorf("exit code %d, want 1\n%s", r.ExitCode, r.Output)
	}
	return r
}

const (
	stillCreating = "Creation of backup vault is not finished"
	nameTaken     = "Backup vault name is taken"
)

func TestAccInterrupt_create(t *testing.T) {
	needSignals(t)
	for name, send := range map[string]func(*acctest.Process){
		"Ctrl-C":                 (*acctest.Process).Interrupt,
		"SIGTERM to the group":   (*acctest.Process).Terminate,
		"SIGTERM to Terraform":   (*acctest.Process).TerminateCLI,
		"Ctrl-C on a saved plan": (*acctest.Process).Interrupt,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := acctest.NewWorkspace(t, slowVaults("1h", productionVault+`
resource "terraform_data" "dependent" { input = backup_vault.production.id }
`))
			var p *acctest.Process
			if strings.Contains(name, "saved") {
				p = w.Start("apply", w.Plan().File)
				waitsFor(p, "production")
			} else {
				p = createPartly(w, []string{"production"})
			}
			send(p)
			r := wantEnded(t, p)
			wantOutput(t, r, "Warning: Creation of backup vault interrupted",
				`Vault "production" in resource group "backup": interrupted. The last thing the service said was: Creating.`,
				"The next apply waits until it is Active.")
			wantStates(t, w, map[string]string{aVault: "Creating"})
			if major, minor, _ := acctest.Version(t); major > 1 || minor >= 12 {
				want := map[string]any{"subscription_id": "00000000-0000-4000-8000-000000000001", "resource_group_name": "backup", "name": "production"}
				if diff := cmp.Diff(want, w.State()[aVault]["(identity)"]); diff != "" {
					t.Errorf("identity (-want +got):\n%s", diff)
				}
			}
			before := created(t, databaseOf(w))

			for _, args := range [][]string{nil, {"-refresh=false"}} {
				plan := w.Plan(args...)
				wantActions(t, plan, map[string]string{aVault: "update", "terraform_data.dependent": "create"})
				wantOutput(t, plan.Result, "Warning: "+stillCreating, "nothing is replaced", "1 to add, 1 to change, 0 to destroy")
			}

			p = createPartly(w, []string{"production"})
			complete(t, w)
			if r := p.Wait(); r.ExitCode != 0 {
				t.Fatal(r.Output)
			}
			wantStates(t, w, map[string]string{aVault: "Active"})
			w.MustPlanNothing()
			w.MustPlanNothing("-refresh=false")
			if after := created(t, databaseOf(w)); !maps.Equal(after, before) {
				t.Errorf("vaults were %v, and are %v", before, after)
			}
		})
	}
}

// No help from complete: the time passes as it does for a user.
func TestAccInterrupt_createThenApplyAtOnce(t *testing.T) {
	needSignals(t)
	t.Parallel()
	w := acctest.NewWorkspace(t, slowVaults("4s", productionVault))
	p := createPartly(w, []string{"production"})
	p.Interrupt()
	wantEnded(t, p)
	wantStates(t, w, map[string]string{aVault: "Creating"})
	w.MustRun("apply", "-auto-approve")
	wantStates(t, w, map[string]string{aVault: "Active"})
	w.MustPlanNothing()
}

func TestAccInterrupt_createIsDoneBeforeTheNextPlan(t *testing.T) {
	needSignals(t)
	t.Parallel()
	w := acctest.NewWorkspace(t, slowVaults("1h", productionVault))
	p := createPartly(w, []string{"production"})
	p.Interrupt()
	wantEnded(t, p)
	complete(t, w)

	r := w.MustPlanNothing()
	if strings.Contains(r.Output, stillCreating) {
		t.Error(r.Output)
	}
	// Without a refresh nobody knows yet that the vault is done.
	wantActions(t, w.Plan("-refresh=false"), map[string]string{aVault: "update"})
	w.MustRun("apply", "-auto-approve", "-refresh=false")
	wantStates(t, w, map[string]string{aVault: "Active"})
	w.MustPlanNothing("-refresh=false")
	w.MustPlanNothing()
}

// A refresh alone finishes an interrupted create, too.
func TestAccInterrupt_createIsFinishedByRefresh(t *testing.T) {
	needSignals(t)
	t.Parallel()
	w := acctest.NewWorkspace(t, slowVaults("1h", productionVault))
	p := createPartly(w, []string{"production"})
	p.Interrupt()
	wantEnded(t, p)
	w.MustRun("apply", "-auto-approve", "-refresh-only")
	wantStates(t, w, map[string]string{aVault: "Creating"})
	wantOutput(t, w.Plan("-refresh=false").Result, stillCreating)

	complete(t, w)
	w.MustRun("apply", "-auto-approve", "-refresh-only")
	wantStates(t, w, map[string]string{aVault: "Active"})
	w.MustPlanNothing("-refresh=false")
}

func TestAccInterrupt_resumedCreateIsInterruptedAgain(t *testing.T) {
	needSignals(t)
	t.Parallel()
	w := acctest.NewWorkspace(t, slowVaults("1h", productionVault))
	for range 3 {
		p := createPartly(w, []string{"production"})
		p.Interrupt()
		wantEnded(t, p)
		wantStates(t, w, map[string]string{aVault: "Creating"})
		plan := w.Plan()
		wantActions(t, plan, map[string]string{aVault: "update"})
		wantOutput(t, plan.Result, stillCreating)
	}
	complete(t, w)
	w.MustRun("apply", "-auto-approve")
	wantStates(t, w, map[string]string{aVault: "Active"})
	w.MustPlanNothing()
}

// What the configuration changes while the vault is being created is applied when it is Active.
func TestAccInterrupt_createThenChange(t *testing.T) {
	needSignals(t)
	t.Parallel()
	w := acctest.NewWorkspace(t, slowVaults("1h", productionVault))
	p := createPartly(w, []string{"production"})
	p.Interrupt()
	wantEnded(t, p)

	w.Write("main.tf", slowVaults("1h", `resource "backup_vault" "production" {
  name               = "production"
  region             = "chinaeast"
  storage_redundancy = "LocallyRedundant"
  tags               = { stage = "test" }
}
`))
	wantActions(t, w.Plan(), map[string]string{aVault: "update"})
	p = createPartly(w, []string{"production"})
	complete(t, w)
	if r := p.Wait(); r.ExitCode != 0 {
		t.Fatal(r.Output)
	}
	wantStates(t, w, map[string]string{aVault: "Active"})
	if got := w.State()[aVault]["storage_redundancy"]; got != "LocallyRedundant" {
		t.Errorf("storage_redundancy is %v", got)
	}
	w.MustPlanNothing()
}

// An interrupted create can be given up for good. The service deletes no vault that it is still making, so that this waits.
func TestAccInterrupt_createThenDestroy(t *testing.T) {
	needSignals(t)
	t.Parallel()
	w := acctest.NewWorkspace(t, slowVaults("1h", productionVault))
	p := createPartly(w, []string{"production"})
	p.Interrupt()
	wantEnded(t, p)
	destroy := w.Start("destroy", "-auto-approve")
	destroy.WaitFor("backup_vault.production: Destroying")
	complete(t, w)
	if r := destroy.Wait(); r.ExitCode != 0 {
		t.Fatalf("exit code %d\n%s", r.ExitCode, r.Output)
	}
	wantStates(t, w, map[string]string{})
	if left := created(t, databaseOf(w)); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}

func TestAccInterrupt_createOfSeveral(t *testing.T) {
	needSignals(t)
	t.Parallel()
	const several = `resource "backup_vault" "production" {
  for_each = { one = "China East", two = "China North", three = "China East" }
  name     = "production-${each.key}"
  region   = each.value
}
`
	one, two, three := aVault+`["one"]`, aVault+`["two"]`, aVault+`["three"]`

	t.Run("all at once", func(t *testing.T) {
		t.Parallel()
		w := acctest.NewWorkspace(t, slowVaults("1h", several))
		p := createPartly(w, []string{"production-one", "production-two", "production-three"})
		p.Interrupt()
		wantEnded(t, p)
		wantStates(t, w, map[string]string{one: "Creating", two: "Creating", three: "Creating"})
		wantActions(t, w.Plan(), map[string]string{one: "update", two: "update", three: "update"})

		complete(t, w)
		w.MustPlanNothing()
		w.MustRun("apply", "-auto-approve")
		wantStates(t, w, map[string]string{one: "Active", two: "Active", three: "Active"})
	})

	t.Run("some not begun", func(t *testing.T) {
		t.Parallel()
		w := acctest.NewWorkspace(t, slowVaults("1h", several))
		p := w.Start("apply", "-auto-approve", "-parallelism=1")
		p.WaitForLog("waiting for backup vault: .*state=Creating")
		p.Interrupt()
		wantEnded(t, p)
		begun := slices.Collect(maps.Keys(w.State()))
		if len(begun) != 1 {
			t.Fatalf("in the state: %v", begun)
		}
		wantStates(t, w, map[string]string{begun[0]: "Creating"})
		want := map[string]string{one: "create", two: "create", three: "create"}
		want[begun[0]] = "update"
		wantActions(t, w.Plan(), want)

		w.Write("main.tf", slowVaults("0s", several))
		complete(t, w)
		w.MustRun("apply", "-auto-approve")
		wantStates(t, w, map[string]string{one: "Active", two: "Active", three: "Active"})
		w.MustPlanNothing()
	})
}

func TestAccInterrupt_createTimeout(t *testing.T) {
	t.Parallel()
	const hurried = `resource "backup_vault" "production" {
  name     = "production"
  region   = "China East"
  timeouts = { create = "1s" }
}
`
	// runOut is a workspace in which timeouts.create has run out.
	runOut := func(t *testing.T) *acctest.Workspace {
		t.Helper()
		t.Parallel()
		w := acctest.NewWorkspace(t, slowVaults("1h", hurried))
		wantOutput(t, w.MustRun("apply", "-auto-approve"), "Warning: "+stillCreating, `the time ran out (timeouts.create = "1s")`,
			"The last thing the service said was: Creating.", "The next apply waits until it is Active.")
		wantStates(t, w, map[string]string{aVault: "Creating"})
		return w
	}

	t.Run("go on", func(t *testing.T) {
		w := runOut(t)
		before := created(t, databaseOf(w))
		for _, args := range [][]string{nil, {"-refresh=false"}} {
			wantActions(t, w.Plan(args...), map[string]string{aVault: "update"})
		}
		p := createPartly(w, []string{"production"})
		complete(t, w)
		if r := p.Wait(); r.ExitCode != 0 {
			t.Fatal(r.Output)
		}
		wantStates(t, w, map[string]string{aVault: "Active"})
		w.MustPlanNothing()
		if after := created(t, databaseOf(w)); !maps.Equal(after, before) {
			t.Errorf("vaults were %v, and are %v", before, after)
		}
	})

	t.Run("done meanwhile", func(t *testing.T) {
		w := runOut(t)
		complete(t, w)
		w.MustPlanNothing()
	})

	// The next apply has the time of timeouts.update, and fails when that runs out.
	t.Run("again", func(t *testing.T) {
		w := runOut(t)
		w.Write("main.tf", slowVaults("1h", strings.Replace(hurried, `create = "1s"`, `update = "1s"`, 1)))
		r := w.Run("apply", "-auto-approve")
		if r.ExitCode != 1 {
			t.Errorf("exit code %d", r.ExitCode)
		}
		wantOutput(t, r, "Error: Unable to update backup vault", `the time ran out (timeouts.update = "1s"). The last thing the service said was: Creating.`, "A larger timeouts.update")
		wantStates(t, w, map[string]string{aVault: "Creating"})
		complete(t, w)
		w.MustRun("apply", "-auto-approve")
		w.MustPlanNothing()
	})

	// Who wants an apply to fail when a vault is not Active in time says so. Then nothing is made in it, and it is not tainted.
	t.Run("postcondition", func(t *testing.T) {
		t.Parallel()
		w := acctest.NewWorkspace(t, slowVaults("1h", strings.Replace(hurried, "  timeouts", `  lifecycle {
    postcondition {
      condition     = self.state == "Active"
      error_message = "The vault is not Active in time."
    }
  }
  timeouts`, 1)+`
resource "terraform_data" "dependent" { input = backup_vault.production.id }
`))
		r := w.Run("apply", "-auto-approve")
		if r.ExitCode != 1 || w.State()["terraform_data.dependent"] != nil {
			t.Errorf("exit code %d, %v", r.ExitCode, w.State())
		}
		wantOutput(t, r, "Warning: "+stillCreating, "The vault is not Active in time.")
		wantStates(t, w, map[string]string{aVault: "Creating"})
		complete(t, w)
		w.MustRun("apply", "-auto-approve")
		w.MustPlanNothing()
	})

	// Terraform asks about a tainted vault as if it were new, while the old one still holds the name.
	for name, args := range map[string][]string{
		"replace":              {"-auto-approve"},
		"replace with -target": {"-auto-approve", "-target=" + aVault},
	} {
		t.Run(name, func(t *testing.T) {
			w := runOut(t)
			before := created(t, databaseOf(w))
			w.Write("main.tf", slowVaults("0s", hurried))
			w.MustRun("taint", aVault)
			wantActions(t, w.Plan(), map[string]string{aVault: "delete, create"})
			complete(t, w) // as long as it is being created, its deletion waits
			wantOutput(t, w.MustRun(append([]string{"apply"}, args...)...), "1 added, 0 changed, 1 destroyed")
			wantStates(t, w, map[string]string{aVault: "Active"})
			w.MustPlanNothing()
			if after := created(t, databaseOf(w)); len(after) != 1 || maps.Equal(after, before) {
				t.Errorf("vaults were %v, and are %v", before, after)
			}
		})
	}

	// Terraform says nothing of the vault that holds the name, tainted and not read, but that it is in the state.
	t.Run("replace without refresh", func(t *testing.T) {
		w := runOut(t)
		w.Write("main.tf", slowVaults("0s", hurried))
		w.MustRun("taint", aVault)
		wantActions(t, w.Plan("-refresh=false"), map[string]string{aVault: "delete, create"})
		complete(t, w)
		w.MustRun("apply", "-auto-approve", "-refresh=false")
		wantStates(t, w, map[string]string{aVault: "Active"})
	})
}

// importBlock is what the message about a taken name has to paste.
var importBlock = regexp.MustCompile(`(?m)^[│ ]*import \{\n(?:[│ ]*\w+ += .*\n)+[│ ]*\}$`)

func TestAccInterrupt_killedWhileCreating(t *testing.T) {
	needSignals(t)
	for name, kill := range map[string]func(*acctest.Process){
		"Terraform and the provider": (*acctest.Process).Kill,
		"Terraform":                  (*acctest.Process).KillCLI,
		"the provider":               (*acctest.Process).KillProvider,
	} {
		for _, adopted := range []string{"while it is created", "when it is done"} {
			t.Run(name+" and adopted "+adopted, func(t *testing.T) {
				if name == "the provider" && runtime.GOOS != "linux" {
					t.Skip("the provider's process is found through /proc, which only Linux has")
				}
				t.Parallel()
				w := acctest.NewWorkspace(t, slowVaults("1h", productionVault))
				p := createPartly(w, []string{"production"})
				kill(p)
				r := p.Wait()
				if want := map[bool]int{true: 1, false: -1}[name == "the provider"]; r.ExitCode != want {
					t.Errorf("exit code %d, want %d\n%s", r.ExitCode, want, r.Output)
				}
				wantStates(t, w, map[string]string{})
				before := created(t, databaseOf(w))
				if len(before) != 1 {
					t.Fatalf("the service has %v", before)
				}
				if adopted == "when it is done" {
					complete(t, w)
				}

				for _, command := range [][]string{{"plan"}, {"apply", "-auto-approve"}} {
					if r = w.Run(command...); r.ExitCode != 1 {
						t.Fatalf("exit code %d\n%s", r.ExitCode, r.Output)
					}
					wantOutput(t, r, "Error: "+nameTaken, `resource group "backup", region "chinaeast"`, "such as one left by an apply that was killed")
				}
				// A destroy plans as well, of which the message tells the way out.
				wantOutput(t, r, "destroy with -refresh=false")
				w.MustRun("destroy", "-auto-approve", "-refresh=false")
				block := strings.ReplaceAll(importBlock.FindString(r.Printed), "│", "")
				if strings.Count(block, "backup_vault.example") != 1 {
					t.Fatalf("no import block in\n%s", r.Printed)
				}
				w.Write("import.tf", strings.Replace(block, "backup_vault.example", aVault, 1)+"\n")

				plan := w.Plan()
				if !slices.Equal(plan.Imported, []string{aVault}) {
					t.Errorf("imported: %v", plan.Imported)
				}
				if adopted == "when it is done" {
					wantActions(t, plan, map[string]string{})
					w.MustRun("apply", plan.File)
				} else {
					wantActions(t, plan, map[string]string{aVault: "update"})
					wantOutput(t, plan.Result, "Warning: Backup vault is in the state Creating", "The apply waits until it is Active.")
					p = createPartly(w, []string{"production"})
					complete(t, w)
					if r = p.Wait(); r.ExitCode != 0 {
						t.Fatal(r.Output)
					}
				}
				wantStates(t, w, map[string]string{aVault: "Active"})
				w.MustPlanNothing()
				if after := created(t, databaseOf(w)); !maps.Equal(after, before) {
					t.Errorf("vaults were %v, and are %v", before, after)
				}
			})
		}
	}
}

// A provider whose Terraform was killed must not wait for ever for requests that nobody sends. Without a log, because one
// that has something to log dies of the pipe that nobody reads any more.
func TestAccInterrupt_providerEndsWithTerraform(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("the provider's process is found through /proc, which only Linux has")
	}
	t.Parallel()
	w := acctest.NewWorkspace(t, slowVaults("1h", productionVault))
	w.Setenv("TF_LOG_PROVIDER", "")
	p := w.Start("apply", "-auto-approve")
	p.WaitFor(`Creating\.\.\.`)
	program := fmt.Sprintf("/proc/%d/exe", p.ProviderPID())
	p.KillCLI()
	p.Wait()

	start := time.Now()
	for _, err := os.Readlink(program); err == nil; _, err = os.Readlink(program) {
		if time.Since(start) > 30*time.Second {
			t.Fatal("the provider runs on without Terraform")
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// hold keeps everybody from writing to the database until release is called.
func hold(t *testing.T, w *acctest.Workspace) (release func()) {
	t.Helper()
	held, released, done := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	service := newServiceClient(t, databaseOf(w))
	go func() {
		done <- service.store.Update(context.Background(), time.Now(), func(*store.Tx) error {
			close(held)
			<-released
			return nil
		})
	}()
	select {
	case <-held:
	case err := <-done:
		t.Fatal(err)
	}
	release = sync.OnceFunc(func() {
		close(released)
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(release)
	return release
}

func TestAccInterrupt_killedWhileDestroying(t *testing.T) {
	needSignals(t)
	for _, again := range [][]string{{"destroy", "-auto-approve"}, {"destroy", "-auto-approve", "-refresh=false"}} {
		t.Run(strings.Join(again, " "), func(t *testing.T) {
			t.Parallel()
			const vaults = 20
			w := acctest.NewWorkspace(t, slowVaults("0s", fmt.Sprintf(`resource "backup_vault" "production" {
  count  = %d
  name   = "production-${count.index}"
  region = "China East"
}
`, vaults)))
			w.MustRun("apply", "-auto-approve")
			p := w.Start("destroy", "-auto-approve", "-parallelism=1")
			p.WaitFor("Destruction complete")
			release := hold(t, w)
			// Terraform writes its state in place: killed in that moment it would lose all of it. Now it has half a second to
			// come to rest, waiting for a vault that cannot be deleted.
			time.Sleep(500 * time.Millisecond)
			p.Kill()
			if r := p.Wait(); r.ExitCode != -1 {
				t.Errorf("the destroy ended before it was killed: exit code %d", r.ExitCode)
			}
			release()
			if left := created(t, databaseOf(w)); len(left) == 0 || len(left) == vaults {
				t.Errorf("%d of %d vaults are left", len(left), vaults)
			}
			w.MustRun(again...)
			wantStates(t, w, map[string]string{})
			if left := created(t, databaseOf(w)); len(left) > 0 {
				t.Errorf("left: %v", left)
			}
		})
	}
}
