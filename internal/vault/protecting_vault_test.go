package vault_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
	"github.com/azurebackup/terraform-provider-backup/internal/vault"
)

// estate is a fake with vaults that protect VMs: vault-0 protects vm-0-0, vm-0-1 and so on.
func estate(t *testing.T, vaults, each int) (*vault.Client, *fake) {
	t.Helper()
	c, f := newFake(t)
	for v := range vaults {
		vaultID := id(fmt.Sprintf("vault-%d", v))
		f.put(vaultID.String(), `{"id":"`+vaultID.String()+`","location":"chinaeast","properties":{"provisioningState":"Succeeded","backupStorageVersion":"V2"}}`)
		for n := range each {
			f.putItem(vault.NewItemID(vaultID, vmID(fmt.Sprintf("vm-%d-%d", v, n))), vmID(fmt.Sprintf("vm-%d-%d", v, n)), "")
		}
	}
	return c, f
}

func (f *fake) putItem(item vault.ItemID, vm arm.ID, properties string) {
	f.put(item.String(), `{"id":"`+item.String()+`",`+itemDocument+`,"sourceResourceId":"`+strings.ToLower(vm.String())+`"`+properties+`}}`)
}

// statuses makes backupStatus answer: every VM is protected by vault-0 whose name is in protected.
func (f *fake) statuses(protected ...string) {
	f.odd = func(w http.ResponseWriter, r *http.Request, body string) bool {
		if !strings.HasSuffix(r.URL.Path, "/backupStatus") {
			return false
		}
		for _, vm := range protected {
			if strings.Contains(body, "/"+vm+`"`) {
				fmt.Fprintf(w, `{"protectionStatus":"Protected","vaultId":%q}`, strings.ToUpper(id("vault-0").String()))
				return true
			}
		}
		fmt.Fprint(w, `{"protectionStatus":"NotProtected"}`)
		return true
	}
}

// protecting asks, and wants the vault of this name, "" for none.
func protecting(t *testing.T, c *vault.Client, vm, want string) {
	t.Helper()
	got, found, err := c.ProtectingVault(t.Context(), vmID(vm), "China East")
	if err != nil || found != (want != "") || found && !got.Equal(id(want)) {
		t.Errorf("%s: %v %v %v, want %q", vm, got, found, err, want)
	}
}

func TestProtectingVaultOfFewVMs(t *testing.T) {
	c, f := estate(t, 2, 2)
	f.statuses("vm-0-0")
	protecting(t, c, "vm-0-0", "vault-0")
	if f.bodies[0] != `{"resourceId":"`+vmID("vm-0-0").String()+`","resourceType":"VM"}` {
		t.Error(f.bodies)
	}
	for range 4 {
		protecting(t, c, "free", "")
	}
	if got := counts(f.take()); len(got) != 1 || got["POST backupStatus"] != 5 {
		t.Error(got)
	}
}

func TestProtectingVaultOfManyVMs(t *testing.T) {
	c, f := estate(t, 4, 10)
	f.statuses()
	f.put(id("empty").String(), `{"id":"`+id("empty").String()+`","location":"chinaeast","properties":{"backupStorageVersion":"Unassigned"}}`)
	for n := range 60 {
		protecting(t, c, fmt.Sprintf("free-%d", n), "")
	}
	if got := counts(f.take()); len(got) != 3 || got["POST backupStatus"] != 5 || got["GET vaults"] != 1 || got["GET backupProtectedItems"] != 4 {
		t.Error(got)
	}
	protecting(t, c, "VM-3-9", "vault-3")
	if got := f.take(); len(got) != 1 || !strings.HasPrefix(got[0], "GET VM;") {
		t.Errorf("a yes is confirmed by the item: %v", got)
	}
	// Nobody is told of a conflict that has just gone away.
	f.drop(vault.NewItemID(id("vault-3"), vmID("vm-3-9")).String())
	protecting(t, c, "vm-3-9", "")
	f.putItem(vault.NewItemID(id("vault-3"), vmID("vm-3-8")), vmID("vm-3-8"), `,"isScheduledForDeferredDelete":true`)
	protecting(t, c, "vm-3-8", "")
}

func TestProtectingVaultKnowsStoppedAndSoftDeleted(t *testing.T) {
	c, f := estate(t, 1, 0)
	f.statuses()
	f.putItem(vault.NewItemID(id("vault-0"), vmID("stopped")), vmID("stopped"), `,"protectionState":"ProtectionStopped"`)
	f.putItem(vault.NewItemID(id("vault-0"), vmID("deleted")), vmID("deleted"), `,"isScheduledForDeferredDelete":true`)
	for range 5 {
		protecting(t, c, "free", "")
	}
	protecting(t, c, "stopped", "vault-0")
	f.take()
	protecting(t, c, "deleted", "")
	expectCalls(t, f)
}

// An apply asks between its own writes: they are known without new lists.
func TestProtectingVaultKnowsOwnWrites(t *testing.T) {
	c, f := estate(t, 2, 0)
	f.statuses()
	for range 6 {
		protecting(t, c, "free", "")
	}
	f.take()
	for n := range 10 {
		vm := vmID(fmt.Sprintf("new-%d", n))
		p := vault.Protection{SourceVMID: vm.String(), PolicyID: vault.NewPolicyID(id("vault-1"), "p").String()}
		if _, err := c.Protect(t.Context(), vault.NewItemID(id("vault-1"), vm), p, nil); err != nil {
			t.Fatal(err)
		}
		protecting(t, c, vm.Name, "vault-1")
	}
	if got := counts(f.take()); got["GET backupProtectedItems"] != 0 || got["GET vaults"] != 0 {
		t.Error(got)
	}
	if err := c.Unprotect(t.Context(), vault.NewItemID(id("vault-1"), vmID("new-3")), nil); err != nil {
		t.Fatal(err)
	}
	protecting(t, c, "new-3", "")
}

func TestProtectingVaultWithoutARightToList(t *testing.T) {
	c, f := estate(t, 1, 1)
	f.statuses("vm-0-0")
	status := f.odd
	f.odd = func(w http.ResponseWriter, r *http.Request, body string) bool {
		if strings.HasSuffix(r.URL.Path, "/vaults") {
			refuse(w, http.StatusForbidden, "AuthorizationFailed", "No.")
			return true
		}
		return status(w, r, body)
	}
	for range 8 {
		protecting(t, c, "vm-0-0", "vault-0")
	}
	if got := counts(f.take()); got["POST backupStatus"] != 8 || got["GET vaults"] != 1 {
		t.Error(got)
	}
}

func TestProtectingVaultOfTheEmbeddedService(t *testing.T) {
	c, _ := embeddedVault(t, nil)
	protect(t, c, "web")
	for range 8 { // by both ways
		protecting(t, c, "web", "contoso")
		protecting(t, c, "free", "")
	}
	if err := c.Unprotect(t.Context(), itemID("web"), nil); err != nil {
		t.Fatal(err)
	}
	protecting(t, c, "web", "")
}
