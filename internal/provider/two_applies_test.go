package provider_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/azurebackup/terraform-provider-backup/internal/acctest"
)

// sharedVaults is a configuration on a database that other folders use, too.
func sharedVaults(database, resources string) string {
	return fmt.Sprintf(`terraform {
  required_providers { backup = { source = "azurebackup/backup" } }
}
provider "backup" {
  environment = "embedded"
  embedded    = { database = %q }
}
%s`, filepath.ToSlash(database), resources)
}

func TestAccTwoApplies_differentVaults(t *testing.T) {
	t.Parallel()
	const vaults = 20
	database := acctest.Database(t)
	workspaces := map[string]*acctest.Workspace{}
	for _, team := range []string{"storage", "network"} {
		workspaces[team] = acctest.NewWorkspace(t, sharedVaults(database, fmt.Sprintf(`resource "backup_vault" "team" {
  count  = %d
  name   = "%s-${count.index}"
  region = "China East"
}
`, vaults, team)))
	}

	everywhere := func(wantLeft int, args ...string) {
		t.Helper()
		var processes []*acctest.Process
		for _, w := range workspaces {
			processes = append(processes, w.Start(args...))
		}
		for _, p := range processes {
			if r := p.Wait(); r.ExitCode != 0 {
				t.Fatalf("exit code %d\n%s", r.ExitCode, r.Output)
			}
		}
		if left := created(t, database); len(left) != wantLeft {
			t.Errorf("%d vaults after %v, want %d: %v", len(left), args, wantLeft, left)
		}
	}
	everywhere(2*vaults, "apply", "-auto-approve")
	for team, w := range workspaces {
		state := w.State()
		for i := range vaults {
			vault := state[fmt.Sprintf("backup_vault.team[%d]", i)]
			if vault["name"] != fmt.Sprintf("%s-%d", team, i) || vault["state"] != "Active" {
				t.Errorf("vault %d of %s: %v", i, team, vault)
			}
		}
	}
	everywhere(2*vaults, "plan", "-detailed-exitcode")
	everywhere(0, "destroy", "-auto-approve")
}

func TestAccTwoApplies_sameName(t *testing.T) {
	for name, test := range map[string]struct {
		groups  [2]string
		planned bool // both are planned before either is applied, so that only the service can find the conflict
	}{
		"two resource groups":                {groups: [2]string{"north", "south"}},
		"two resource groups, both planned":  {groups: [2]string{"north", "south"}, planned: true},
		"one resource group":                 {groups: [2]string{"north", "north"}},
		"one resource group, both planned":   {groups: [2]string{"north", "north"}, planned: true},
		"another spelling of it, both ready": {groups: [2]string{"north", "NORTH"}, planned: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			database := acctest.Database(t)
			var workspaces [2]*acctest.Workspace
			args := []string{"apply", "-auto-approve"}
			for i, group := range test.groups {
				workspaces[i] = acctest.NewWorkspace(t, sharedVaults(database, fmt.Sprintf(`resource "backup_vault" "production" {
  name                = "production"
  region              = "China East"
  resource_group_name = %q
}
`, group)))
				if test.planned {
					plan := workspaces[i].Plan()
					wantActions(t, plan, map[string]string{aVault: "create"})
					args = []string{"apply", plan.File}
				}
			}

			var processes [2]*acctest.Process
			for i, w := range workspaces {
				processes[i] = w.Start(args...)
			}
			var results [2]acctest.Result
			for i, p := range processes {
				results[i] = p.Wait()
			}
			winner, loser := 0, 1
			if results[0].ExitCode != 0 {
				winner, loser = 1, 0
			}
			if results[winner].ExitCode != 0 || results[loser].ExitCode != 1 {
				t.Fatalf("exit codes %d and %d, want 0 and 1\n%s\n%s",
					results[0].ExitCode, results[1].ExitCode, results[0].Output, results[1].Output)
			}
			wantOutput(t, results[loser], "Error: "+nameTaken, fmt.Sprintf("resource group %q", test.groups[winner]))
			if got, want := strings.Contains(results[loser].Output, "import {"), strings.EqualFold(test.groups[0], test.groups[1]); got != want {
				t.Errorf("an import block was printed: %v, want %v\n%s", got, want, results[loser].Output)
			}
			wantStates(t, workspaces[winner], map[string]string{aVault: "Active"})
			wantStates(t, workspaces[loser], map[string]string{})
			if vaults := created(t, database); len(vaults) != 1 {
				t.Errorf("vaults: %v", vaults)
			}

			// The loser leaves the winner's vault alone. Without -refresh=false, OpenTofu plans to create before it plans to
			// destroy, and meets the conflict again.
			workspaces[loser].MustRun("destroy", "-auto-approve", "-refresh=false")
			workspaces[winner].MustPlanNothing()
		})
	}
}
