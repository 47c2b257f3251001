package provider_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/azurebackup/terraform-provider-backup/internal/acctest"
)

// The number of recovery points was in the state until lists, which do not tell it, made it differ by chance. A state that has
// it is read as any other.
func TestAccProtectedVM_stateWithRecoveryPointCount(t *testing.T) {
	t.Parallel()
	w := acctest.NewWorkspace(t, lifecycleConfig("", contoso()+web()))
	w.MustRun("apply", "-auto-approve")
	file := filepath.Join(w.Folder, "terraform.tfstate")
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, count := range []string{"7", "null"} {
		old := strings.Replace(string(raw), `"protection_state":`, `"recovery_point_count": `+count+`, "protection_state":`, 1)
		if !json.Valid([]byte(old)) || old == string(raw) {
			t.Fatalf("not a state: %s", old)
		}
		w.Write("terraform.tfstate", old)
		wantOutput(t, w.MustPlanNothing(), "No changes.")
		wantOutput(t, w.MustPlanNothing("-refresh=false"), "No changes.")
	}
	w.MustRun("apply", "-auto-approve", "-refresh-only")
	if count, there := w.State()[webAddress]["recovery_point_count"]; there {
		t.Errorf("the state still has it: %v", count)
	}
	w.MustRun("destroy", "-auto-approve")
}
