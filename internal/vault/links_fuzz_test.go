package vault_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/azurebackup/terraform-provider-backup/internal/vault"
)

// What is found in a link, whatever is around it, is an id like any other.
func FuzzLinks(f *testing.F) {
	for _, id := range []string{id("contoso").String(), policyID("Daily-30").String(), itemID("Web-01").String(), vmID("Web-01").String()} {
		f.Add("https://portal.azure.com/#@contoso.com/resource" + id + "/overview")
		f.Add("https://portal.azure.cn/#view/Microsoft_Azure_RecoveryServices/VaultBlade/id/" + url.PathEscape(id))
		f.Add(url.QueryEscape(url.PathEscape(id)))
	}
	f.Add("https://portal.azure.com/#@x/resource" + vmID("web").String() + "/vaultId" + id("contoso").String())
	f.Add("https://portal.azure.com/#@x/resource" + vmID("w\x00").String() + "/vaultId" + id("contoso").String())
	f.Add("https://portal.azure.com/#@x/resource" + vmID("web").String() + "/vaultId" + strings.Replace(id("contoso").String(), "/backup/", "/backup /", 1))
	f.Fuzz(func(t *testing.T, link string) {
		if p, err := vault.ParsePolicyLink(link); err == nil {
			if again, err := vault.ParsePolicyID(p.String()); err != nil || !again.Equal(p) {
				t.Fatalf("%q: %v, then %v (%v)", link, p, again, err)
			}
			whole(t, p.String())
		}
		item, vm, err := vault.ParseItemLink(link)
		if err == nil && item.Item != "" {
			if again, err := vault.ParseItemID(item.String()); err != nil || !again.Equal(item) {
				t.Fatalf("%q: %v, then %v (%v)", link, item, again, err)
			}
			whole(t, item.String())
		}
		if err == nil && vm.Name != "" {
			if again, err := vault.ParseVMID(vm.String()); err != nil || !again.Equal(vm) {
				t.Fatalf("%q: %v, then %v (%v)", link, vm, again, err)
			}
		}
		if err == nil && item.Item == "" && vm.Name == "" || strings.TrimSpace(link) == "" && err == nil {
			t.Fatalf("%q: nothing was found, and that is no error", link)
		}
	})
}
