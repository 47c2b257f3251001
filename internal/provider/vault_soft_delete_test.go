package provider_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/azurebackup/terraform-provider-backup/internal/acctest"
	"github.com/azurebackup/terraform-provider-backup/internal/backend"
	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
)

const (
	refusedSoftDelete = "Error: Soft delete has to be AlwaysOn"
	doubtedSoftDelete = "Warning: Soft delete has to be AlwaysOn"
	finalSoftDelete   = "Soft delete becomes AlwaysOn"
)

// softDeleteChosen makes a service that does not force soft delete.
var softDeleteChosen = backend.WithEmbedded(func(c *embedded.Config) { c.SoftDeleteChosen = true })

// chosenSoftDelete is a configuration of contentsConfig with a service that does not force soft delete.
func chosenSoftDelete(config string) string {
	return strings.Replace(config, `environment = "embedded" }`, "\n  environment = \"embedded\"\n  embedded    = { soft_delete_forced = false }\n}", 1)
}

// softDeleteIs checks the soft delete of the vault in the state, and that there is nothing left to do.
func softDeleteIs(t *testing.T, w *acctest.Workspace, state string, days int) {
	t.Helper()
	w.MustPlanNothing()
	want := fmt.Sprint(map[string]any{"state": state, "retention_days": days})
	if got := fmt.Sprint(w.State()["backup_vault.test"]["soft_delete"]); got != want {
		t.Errorf("soft_delete is %s, want %s", got, want)
	}
}

func notMention(t *testing.T, r acctest.Result, unwanted ...string) {
	t.Helper()
	for _, text := range unwanted {
		if strings.Contains(r.Output, text) {
			t.Errorf("there is %q in\n%s", text, r.Output)
		}
	}
}

// A vault whose creator says nothing of soft delete has what Azure gives every vault, and says what to do about anything else
// while it is planned.
func TestAccVault_softDeleteIsForced(t *testing.T) {
	t.Parallel()
	config := func(attributes ...string) string { return contentsConfig(append(attributes, `region = "eastus"`)...) }
	w := acctest.NewWorkspace(t, config())
	for _, state := range []string{"Disabled", "Enabled"} {
		w.Write("main.tf", config(`soft_delete = { state = "`+state+`" }`))
		r := w.Run("plan")
		if r.ExitCode == 0 {
			t.Errorf("%s is planned", state)
		}
		mention(t, r, refusedSoftDelete, "soft delete is to be "+state, `Set soft_delete.state = "AlwaysOn", or leave it out.`, "soft_delete_forced = false")
	}
	for i, step := range []struct {
		attributes string
		days       int
	}{
		{``, 14}, // leave it out
		{`soft_delete = { state = "AlwaysOn" }`, 14},
		{`soft_delete = { retention_days = 30 }`, 30},
		{`soft_delete = { state = "AlwaysOn", retention_days = 180 }`, 180},
		{`soft_delete = {}`, 180},
	} {
		w.Write("main.tf", config(step.attributes))
		notMention(t, w.MustRun("apply", "-auto-approve"), finalSoftDelete, refusedSoftDelete, doubtedSoftDelete)
		softDeleteIs(t, w, "AlwaysOn", step.days)
		if i == 0 {
			w.Write("main.tf", config(`soft_delete = { state = "Disabled" }`))
			mention(t, w.Run("plan"), refusedSoftDelete)
		}
	}
	w.MustRun("destroy", "-auto-approve")

	// At birth, too, there is nothing that anybody could choose, and so nothing to be warned of.
	for _, attributes := range []string{`soft_delete = { state = "AlwaysOn" }`, `soft_delete = { retention_days = 30 }`} {
		w.Write("main.tf", config(attributes))
		notMention(t, w.MustRun("apply", "-auto-approve"), finalSoftDelete, doubtedSoftDelete)
		w.MustPlanNothing()
		w.MustRun("destroy", "-auto-approve")
	}
}

// With the setting everything is as it was before 2026, and nothing is said of what Azure does today.
func TestAccVault_softDeleteIsChosen(t *testing.T) {
	t.Parallel()
	config := func(attributes ...string) string {
		return chosenSoftDelete(contentsConfig(append(attributes, `region = "eastus"`)...))
	}
	w := acctest.NewWorkspace(t, config())
	for _, step := range []struct {
		attributes, state string
		days              int
	}{
		{``, "Enabled", 14},
		{`soft_delete = { state = "Disabled" }`, "Disabled", 14},
		{`soft_delete = { retention_days = 30 }`, "Disabled", 30},
		{`soft_delete = { state = "Enabled", retention_days = 20 }`, "Enabled", 20},
	} {
		w.Write("main.tf", config(step.attributes))
		notMention(t, w.MustRun("apply", "-auto-approve"), refusedSoftDelete, doubtedSoftDelete)
		softDeleteIs(t, w, step.state, step.days)
	}
	w.Write("main.tf", config(`soft_delete = { state = "AlwaysOn" }`))
	mention(t, w.MustRun("apply", "-auto-approve"), finalSoftDelete)
	softDeleteIs(t, w, "AlwaysOn", 20)
	w.Write("main.tf", config(`soft_delete = { state = "Disabled" }`))
	mention(t, w.Run("plan"), "Error: Soft delete is AlwaysOn")
}

// While it is not known whether the service forces soft delete, the plan warns; what it turns out to be counts in the apply, and
// the refusal says what to do.
func TestAccVault_softDeleteIsForcedOrNot(t *testing.T) {
	t.Parallel()
	for forced, refused := range map[string]bool{"true": true, "false": false} {
		t.Run(forced, func(t *testing.T) {
			t.Parallel()
			database := acctest.Database(t)
			config := func(state string) string {
				return requiredProvider + lateValue(forced) + lateProvider(database, "", "soft_delete_forced = "+late) +
					"resource \"backup_vault\" \"test\" {\n  name = \"contoso\"\n  region = \"eastus\"\n  soft_delete = { state = \"" + state + "\" }\n}\n"
			}
			w := acctest.NewWorkspace(t, config("Disabled"))
			plan := w.Plan()
			mention(t, plan.Result, doubtedSoftDelete, "which Azure refuses since 2026")
			r := w.Run("apply", plan.File)
			if !refused {
				mention(t, r, "Apply complete")
				softDeleteIs(t, w, "Disabled", 14)
				return
			}
			if r.ExitCode == 0 {
				t.Errorf("it is not refused:\n%s", r.Output)
			}
			mention(t, r, "Soft delete has to be AlwaysOn")
			w.Write("main.tf", config("AlwaysOn"))
			w.MustRun("apply", "-auto-approve")
			softDeleteIs(t, w, "AlwaysOn", 14)
		})
	}
}

// Of a service elsewhere nobody can tell while planning; Azure is one.
func TestAccVault_softDeleteIsForcedElsewhere(t *testing.T) {
	t.Parallel()
	s := newServedService(t, "", embedded.Config{})
	config := func(attributes string) string {
		return requiredProvider + s.block() + "resource \"backup_vault\" \"test\" {\n  name = \"contoso\"\n  region = \"eastus\"\n  " + attributes + "\n}\n"
	}
	const disabled, advice = `soft_delete = { state = "Disabled" }`, `Set soft_delete.state = "AlwaysOn", or leave it out`
	w := acctest.NewWorkspace(t, config(disabled))
	for _, there := range []bool{false, true} {
		if there {
			w.Write("main.tf", config(``))
			w.MustRun("apply", "-auto-approve")
			softDeleteIs(t, w, "AlwaysOn", 14)
			w.Write("main.tf", config(disabled))
			mention(t, w.Run("plan"), "Error: Soft delete is AlwaysOn", `Set it back to "AlwaysOn" or leave it out`)
			continue
		}
		mention(t, w.MustRun("plan"), doubtedSoftDelete, advice)
		r := w.Run("apply", "-auto-approve")
		mention(t, r, "BMSUserErrorSoftDeleteStateNotSetToAlwaysON", "Azure makes every vault with soft delete AlwaysOn", advice)
	}
}
