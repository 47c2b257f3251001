package vault_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
	"github.com/azurebackup/terraform-provider-backup/internal/vault"
)

const vaultBusy = "RSVaultUpdateErrorConflictingOperationInProgress"

// Azure refuses a write while the vault is being made or changed, with a status that nobody has told. It is no failure: the
// same write is taken as soon as the vault is free.
func TestWritesWaitForABusyVault(t *testing.T) {
	for name, test := range map[string]struct {
		method string
		kind   embedded.Kind
		write  func(t *testing.T, c *vault.Client) error
	}{
		"change of a vault": {http.MethodPatch, embedded.KindVault, func(t *testing.T, c *vault.Client) error {
			_, err := apply(t, c, "contoso", vault.Settings{Tags: &map[string]string{"env": "test"}}, nil)
			return err
		}},
		"change of the sku": {http.MethodPut, embedded.KindVault, func(t *testing.T, c *vault.Client) error {
			_, err := apply(t, c, "contoso", vault.Settings{SKU: new("RS0")}, nil)
			return err
		}},
		"deletion of a vault": {http.MethodDelete, embedded.KindVault, func(t *testing.T, c *vault.Client) error {
			return c.Delete(t.Context(), id("contoso"), nil)
		}},
		"policy": {http.MethodPut, embedded.KindPolicy, func(t *testing.T, c *vault.Client) error {
			_, err := c.CreatePolicy(t.Context(), policyID("daily"), daily)
			return err
		}},
		"deletion of a policy": {http.MethodDelete, embedded.KindPolicy, func(t *testing.T, c *vault.Client) error {
			return c.DeletePolicy(t.Context(), policyID("EnhancedPolicy"))
		}},
		"protection": {http.MethodPut, embedded.KindProtectedItem, func(t *testing.T, c *vault.Client) error {
			_, err := c.Protect(t.Context(), itemID("web"), protection(), nil)
			return err
		}},
	} {
		for _, status := range []int{http.StatusConflict, http.StatusBadRequest} {
			t.Run(name+" "+http.StatusText(status), func(t *testing.T) {
				t.Parallel()
				var faults embedded.Faults
				c, _ := embeddedVault(t, func(c *embedded.Config) { c.Faults = &faults })
				faults.Add(embedded.FaultRule{Method: test.method, Kind: test.kind, Times: 2, Status: status, Code: vaultBusy})
				if err := test.write(t, c); err != nil {
					t.Error(err)
				}
				if got := len(faults.Matches()); got != 3 {
					t.Errorf("%d writes, want 3", got)
				}
			})
		}
	}
}

// A vault that is made just now is deleted as soon as it is there.
func TestDeletionWaitsForTheCreation(t *testing.T) {
	c, r := newClient(t, func(c *embedded.Config) { c.ProvisioningTime = 100 * time.Millisecond })
	if _, err := c.BeginCreate(t.Context(), id("contoso"), region, settings); err != nil {
		t.Fatal(err)
	}
	r.take()
	if err := c.Delete(t.Context(), id("contoso"), nil); err != nil {
		t.Error(err)
	}
	if got := counts(r.take())["DELETE vault"]; got < 2 {
		t.Errorf("%d deletions, so that the service did not refuse any", got)
	}
}
