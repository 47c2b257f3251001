package vault_test

import (
	"errors"
	"net/http"
	"testing"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
	"github.com/azurebackup/terraform-provider-backup/internal/vault"
)

const guardID = "/subscriptions/00000000-0000-4000-8000-0000000000aa/resourceGroups/security/providers/Microsoft.DataProtection/resourceGuards/guard"

// guardedVault is a vault with a guard, two policies of which "short" keeps less, and the VM web.
func guardedVault(t *testing.T, faults *embedded.Faults) (*vault.Client, vault.Vault) {
	t.Helper()
	c, _ := newClient(t, func(c *embedded.Config) { c.Faults, c.SoftDeleteChosen = faults, true })
	v := create(t, c, "guarded")
	for name, days := range map[string]int{"long": 30, "short": 7} {
		if _, err := c.CreatePolicy(t.Context(), policyIn(v, name), keeping(days)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := c.ProtectNew(t.Context(), vault.NewItemID(v.ID, vmID("web")), vault.Protection{SourceVMID: vmID("web").String(), PolicyID: policyIn(v, "long").String()}, nil); err != nil {
		t.Fatal(err)
	}
	guard, err := c.SetGuard(t.Context(), v.ID, guardID)
	if err != nil || guard.ID == "" || !guard.Protects(catalog.DeleteBackups) {
		t.Fatalf("got %+v, %v", guard, err)
	}
	if v, err = c.Get(t.Context(), v.ID); err != nil {
		t.Fatal(err)
	}
	return c, v
}

func policyIn(v vault.Vault, name string) vault.PolicyID {
	return vault.PolicyID{Vault: v.ID, Name: name}
}

func keeping(days int) catalog.VMPolicy {
	return catalog.VMPolicy{
		Type: catalog.PolicyV1, TimeZone: "UTC", Schedule: catalog.VMSchedule{Frequency: catalog.Daily, Time: "22:00"}, Daily: &catalog.DailyRetention{Count: days},
	}
}

// guardedCalls are what the guard protects, each in the client's words.
var guardedCalls = map[string]struct {
	op   catalog.CriticalOperation
	make func(t *testing.T, c *vault.Client, v vault.Vault) error
}{
	"delete backups": {catalog.DeleteBackups, func(t *testing.T, c *vault.Client, v vault.Vault) error {
		t.Helper()
		return c.Unprotect(t.Context(), vault.NewItemID(v.ID, vmID("web")), nil)
	}},
	"stop backups": {catalog.StopBackups, func(t *testing.T, c *vault.Client, v vault.Vault) error {
		t.Helper()
		_, err := c.StopProtection(t.Context(), vault.NewItemID(v.ID, vmID("web")), vault.StateStopped, nil)
		return err
	}},
	"another policy": {catalog.KeepBackupsForLess, func(t *testing.T, c *vault.Client, v vault.Vault) error {
		t.Helper()
		_, err := c.Protect(t.Context(), vault.NewItemID(v.ID, vmID("web")), vault.Protection{SourceVMID: vmID("web").String(), PolicyID: policyIn(v, "short").String()}, nil)
		return err
	}},
	"weaken a policy": {catalog.WeakenPolicy, func(t *testing.T, c *vault.Client, v vault.Vault) error {
		t.Helper()
		_, err := c.UpdatePolicy(t.Context(), policyIn(v, "long"), keeping(8), nil)
		return err
	}},
	"disable soft delete": {catalog.WeakenSoftDelete, func(t *testing.T, c *vault.Client, v vault.Vault) error {
		t.Helper()
		_, err := c.Apply(t.Context(), v, vault.Settings{SoftDelete: &vault.SoftDelete{State: "Disabled"}}, nil)
		return err
	}},
	"disable immutability": {catalog.WeakenImmutability, func(t *testing.T, c *vault.Client, v vault.Vault) error {
		t.Helper()
		v, err := c.Apply(t.Context(), v, vault.Settings{Immutability: new("Unlocked")}, nil)
		if err != nil {
			t.Fatal(err)
		}
		_, err = c.Apply(t.Context(), v, vault.Settings{Immutability: new("Disabled")}, nil)
		return err
	}},
	"keep for less": {catalog.ShortenImmutability, func(t *testing.T, c *vault.Client, v vault.Vault) error {
		t.Helper()
		v, err := c.Apply(t.Context(), v, vault.Settings{Immutability: new("Unlocked"), ImmutabilityPeriod: &vault.ImmutabilityPeriod{Type: "TimeBased", Days: 90}}, nil)
		if err != nil {
			t.Fatal(err)
		}
		_, err = c.Apply(t.Context(), v, vault.Settings{ImmutabilityPeriod: &vault.ImmutabilityPeriod{Type: "TimeBased", Days: 60}}, nil)
		return err
	}},
	"encrypt": {catalog.ChangeEncryption, func(t *testing.T, c *vault.Client, v vault.Vault) error {
		t.Helper()
		_, err := c.Apply(t.Context(), v, vault.Settings{
			Identity:   &vault.Identity{Type: "SystemAssigned"},
			Encryption: &vault.Encryption{KeyID: "https://v.vault.azure.net/keys/k", UseSystemAssignedIdentity: true},
		}, nil)
		return err
	}},
	"remove the guard": {catalog.RemoveGuard, func(t *testing.T, c *vault.Client, v vault.Vault) error {
		t.Helper()
		guard, err := c.SetGuard(t.Context(), v.ID, "")
		if err == nil && guard.ID != "" {
			t.Errorf("the guard is still %s", guard.ID)
		}
		return err
	}},
	"change the guard": {catalog.RemoveGuard, func(t *testing.T, c *vault.Client, v vault.Vault) error {
		t.Helper()
		_, err := c.SetGuard(t.Context(), v.ID, guardID+"2")
		return err
	}},
}

func TestGuardedOperationsAskTheGuard(t *testing.T) {
	for name, call := range guardedCalls {
		t.Run(name, func(t *testing.T) {
			c, v := guardedVault(t, nil)
			if err := call.make(t, c, v); err != nil {
				t.Error(err)
			}
		})
		t.Run(name+" without access", func(t *testing.T) {
			c, v := guardedVault(t, embedded.NewFaults(embedded.FaultRule{
				Method: http.MethodPost, Kind: embedded.KindGuardedOperation, Status: 403, Code: "LinkedAuthorizationFailed", Times: embedded.Always,
			}))
			err := call.make(t, c, v)
			var refused *vault.GuardedError
			if !errors.As(err, &refused) || refused.Operation != call.op || !arm.HasCode(err, "LinkedAuthorizationFailed") {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestGuardIsNotAskedForWhatItLets(t *testing.T) {
	c, v := guardedVault(t, embedded.NewFaults(embedded.FaultRule{
		Kind: embedded.KindGuardedOperation, Status: 403, Code: "LinkedAuthorizationFailed", Times: embedded.Always,
	}))
	v, err := c.Apply(t.Context(), v, vault.Settings{Tags: &map[string]string{"a": "b"}, Immutability: new("Unlocked")}, nil)
	if err != nil {
		t.Error(err)
	}
	if _, err := c.UpdatePolicy(t.Context(), policyIn(v, "short"), keeping(9), nil); err != nil {
		t.Error(err)
	}
	if _, err := c.ProtectNew(t.Context(), vault.NewItemID(v.ID, vmID("db")), vault.Protection{SourceVMID: vmID("db").String(), PolicyID: policyIn(v, "short").String()}, nil); err != nil {
		t.Error(err)
	}
}

func TestVaultWithoutAGuardIsNotAskedForIt(t *testing.T) {
	c, r := newClient(t, nil)
	v := create(t, c, "alone")
	r.take()
	v, err := c.WithGuard(t.Context(), v)
	if err != nil || v.GuardID == nil || *v.GuardID != "" || len(r.take()) != 0 {
		t.Errorf("got %v, %v", v.GuardID, err)
	}
}
