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

// The first five VMs of a run were asked about one by one, and the others looked for in lists, which lack the vaults of other
// subscriptions: the answer depended on how many came before.
func TestProtectingVaultDoesNotDependOnHowManyWereAskedAbout(t *testing.T) {
	c, f := estate(t, 2, 2)
	f.statuses("vm-elsewhere") // known to the service, and in no list
	for n := range 20 {
		protecting(t, c, fmt.Sprintf("free-%d", n), "")
		protecting(t, c, "vm-elsewhere", "vault-0")
	}
	if f.bodies[0] != `{"resourceId":"`+vmID("free-0").String()+`","resourceType":"VM"}` {
		t.Error(f.bodies[0])
	}
	if got := counts(f.take()); len(got) != 1 || got["POST backupStatus"] != 40 {
		t.Error(got)
	}
}

// Where the vault that a VM belongs to may not be read, it is taken for one that takes backups; one without the item is not.
func TestBackingUpVaultThatCannotBeRead(t *testing.T) {
	c, f := estate(t, 1, 1)
	f.statuses("vm-0-0", "vm-gone")
	status := f.odd
	denied := false
	f.odd = func(w http.ResponseWriter, r *http.Request, body string) bool {
		if denied && r.Method == http.MethodGet {
			w.WriteHeader(http.StatusForbidden)
			fmt.Fprint(w, `{"error":{"code":"AuthorizationFailed","message":"No."}}`)
			return true
		}
		return status(w, r, body)
	}
	for _, test := range []struct {
		vm           string
		denied, want bool
	}{{"vm-0-0", false, true}, {"vm-0-0", true, true}, {"vm-gone", false, false}, {"free", true, false}} {
		denied = test.denied
		if _, found, err := c.BackingUpVault(t.Context(), vmID(test.vm), "China East"); err != nil || found != test.want {
			t.Errorf("%+v: %v %v", test, found, err)
		}
	}
}

func TestProtectingVaultOfTheEmbeddedService(t *testing.T) {
	c, _ := embeddedVault(t, nil)
	protect(t, c)
	for range 8 {
		protecting(t, c, "web", "contoso")
		protecting(t, c, "free", "")
	}
	// What only keeps earlier backups is said, and does not stand in the way of another vault.
	backingUp := func(want bool) {
		t.Helper()
		if got, found, err := c.BackingUpVault(t.Context(), vmID("web"), "China East"); err != nil || found != want || found && !got.Equal(id("contoso")) {
			t.Errorf("%v %v %v, want %v", got, found, err, want)
		}
	}
	backingUp(true)
	if _, err := c.StopProtection(t.Context(), itemID("web"), vault.StateStopped, nil); err != nil {
		t.Fatal(err)
	}
	protecting(t, c, "web", "contoso")
	backingUp(false)
	if err := c.Unprotect(t.Context(), itemID("web"), nil); err != nil {
		t.Fatal(err)
	}
	protecting(t, c, "web", "")
}
