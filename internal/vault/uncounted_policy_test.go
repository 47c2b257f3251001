package vault_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
	"github.com/azurebackup/terraform-provider-backup/internal/vault"
)

// Many VMs have one policy, which is read for the first of them, and after it has changed.
func TestPolicyOfManyVMsIsReadOnce(t *testing.T) {
	c, f := newFake(t)
	nightly := policyID("daily")
	if _, err := c.CreatePolicy(t.Context(), nightly, daily); err != nil {
		t.Fatal(err)
	}
	c = f.connect(t)
	f.take()
	expectTime := func(want string) {
		t.Helper()
		if got, err := c.UncountedPolicy(t.Context(), nightly); err != nil || got.Settings.Schedule.Time != want {
			t.Errorf("the schedule has %q, want %q: %v", got.Settings.Schedule.Time, want, err)
		}
	}
	expectTime("02:00")
	expectTime("02:00")
	if _, err := c.Protect(t.Context(), itemID("web"), protection(), nil); err != nil {
		t.Fatal(err)
	}
	expectTime("02:00")
	expectCalls(t, f, "GET daily", "GET VM;iaasvmcontainerv2;Machines;web", "PUT VM;iaasvmcontainerv2;Machines;web")

	changed := daily
	changed.Schedule.Time = "03:30"
	if _, err := c.UpdatePolicy(t.Context(), nightly, changed, nil); err != nil {
		t.Fatal(err)
	}
	expectTime("03:30")
	if err := c.DeletePolicy(t.Context(), nightly); err != nil {
		t.Fatal(err)
	}
	if _, err := c.UncountedPolicy(t.Context(), nightly); !arm.IsNotFound(err) {
		t.Error("the a deleted policy is still known:", err)
	}
}

// Counting what a vault holds lists its VMs; reading each of them after that asks nothing.
func TestVMsThatWereCountedAreNotReadAgain(t *testing.T) {
	c, f := newFake(t)
	all := names(5)
	for _, name := range all {
		f.holdItem(name, "")
	}
	v := vault.Vault{ID: id("contoso"), RedundancyLocked: true}
	f.put(v.ID.String()+"/usages", `{"value":[]}`)
	if usage, err := c.Usage(t.Context(), v); err != nil || usage.ProtectedItems != len(all) {
		t.Fatal(usage, err)
	}
	expectCalls(t, f, "GET usages", "GET backupProtectedItems")
	for _, name := range all {
		if _, err := c.ProtectedVM(t.Context(), itemID(name)); err != nil {
			t.Error(err)
		}
	}
	expectCalls(t, f)
	if _, err := c.StopProtection(t.Context(), itemID(all[0]), vault.StateStopped, nil); err != nil {
		t.Fatal(err)
	}
	f.take()
	if _, err := c.Usage(t.Context(), v); err != nil {
		t.Fatal(err)
	}
	expectCalls(t, f, "GET usages", "GET backupProtectedItems")
}

// A list that is refused is an error of the count, and not an empty vault.
func TestCountThatIsRefused(t *testing.T) {
	c, _ := embeddedVault(t, func(config *embedded.Config) {
		config.Faults = embedded.NewFaults(embedded.FaultRule{
			Kind: embedded.KindProtectedItemList, Times: embedded.Always, Status: 403, Code: "AuthorizationFailed", Message: "no",
		})
	})
	protect(t, c)
	usage, err := c.Usage(t.Context(), vault.Vault{ID: id("contoso"), RedundancyLocked: true})
	if !arm.IsForbidden(err) {
		t.Errorf("the vault holds %v: %v", usage, err)
	}
}

// What a vault protects already, or has stopped protecting, is not changed by what wants to protect it anew; what is
// soft-deleted is brought back.
func TestProtectNewChangesNothingThatIsThere(t *testing.T) {
	c, _ := embeddedVault(t, nil)
	first := protect(t, c)
	var already *vault.AlreadyProtectedError
	for range 2 {
		v, err := c.ProtectNew(t.Context(), itemID("web"), protection(), nil)
		if !errors.As(err, &already) || v.ARMID != "" || already.Item.ARMID != first.ARMID || !strings.Contains(err.Error(), `"web"`) {
			t.Fatal(v, err)
		}
		if _, err := c.StopProtection(t.Context(), itemID("web"), vault.StateStopped, nil); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.Unprotect(t.Context(), itemID("web"), nil); err != nil {
		t.Fatal(err)
	}
	if v, err := c.ProtectNew(t.Context(), itemID("web"), protection(), nil); err != nil || v.SoftDeleted {
		t.Error(v, err)
	}
}
