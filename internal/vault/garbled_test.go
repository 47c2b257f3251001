package vault_test

import (
	"encoding/json"
	"io"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/vault"
)

// The service has a vault, an item or a policy once it accepted it, although its answer is unreadable.
func TestGarbledAnswersForgetNothing(t *testing.T) {
	for name, answer := range map[string]string{
		"cut": `{"id":"` + recordedVault, "a page": "<html>Sign in</html>", "empty": "", "null": "null", "no id": "{}", "a number": `{"id":5}`, "another id": `{"id":"x"}`,
	} {
		t.Run(name, func(t *testing.T) {
			c, f := newFake(t)
			f.odd = func(w http.ResponseWriter, r *http.Request, body string) bool {
				if r.Method != http.MethodPut {
					return false
				}
				var document map[string]any
				if err := json.Unmarshal([]byte(body), &document); err != nil {
					t.Error(err)
				}
				document["id"] = r.URL.Path
				raw, _ := json.Marshal(document)
				f.put(r.URL.Path, string(raw))
				_, _ = io.WriteString(w, answer)
				return true
			}
			settings := vault.Settings{Redundancy: new(catalog.GeoRedundant)}
			accepted, err := c.BeginCreate(t.Context(), id("contoso"), "China East", settings)
			if err != nil || accepted.ARMID != id("contoso").String() || accepted.State != vault.Creating || accepted.Region != "chinaeast" || *accepted.Settings.Redundancy != catalog.GeoRedundant {
				t.Errorf("a vault: %v %+v", err, accepted)
			}
			if v, err := c.WaitActive(t.Context(), accepted, nil); err != nil || v.State != vault.Active {
				t.Errorf("a vault: %v %+v", err, v)
			}
			item, err := c.Protect(t.Context(), itemID("web"), protection(), nil)
			if err != nil || item.ARMID == "" || item.PolicyID != protection().PolicyID {
				t.Errorf("an item: %v %+v", err, item)
			}
			policy, err := c.CreatePolicy(t.Context(), policyID("daily"), daily)
			if err != nil || policy.ARMID == "" || cmp.Diff(daily, policy.Settings) != "" {
				t.Errorf("a policy: %v %+v", err, policy)
			}
		})
	}
}

// Not even afterwards can anything be read: the error comes with what was accepted.
func TestGarbledReadsForgetNothing(t *testing.T) {
	c, f := newFake(t)
	written := false
	f.odd = func(w http.ResponseWriter, r *http.Request, _ string) bool {
		written = written || r.Method == http.MethodPut
		if written {
			_, _ = io.WriteString(w, "{}")
		}
		return written
	}
	item, err := c.Protect(t.Context(), itemID("web"), protection(), nil)
	if err == nil || item.ARMID != itemID("web").String() {
		t.Errorf("an item: %v %+v", err, item)
	}
	written = false
	policy, err := c.CreatePolicy(t.Context(), policyID("daily"), daily)
	if err == nil || policy.ARMID != policyID("daily").String() {
		t.Errorf("a policy: %v %+v", err, policy)
	}
	accepted, err := c.BeginCreate(t.Context(), id("contoso"), "eastus", vault.Settings{})
	if err != nil {
		t.Fatal(err)
	}
	if v, err := c.WaitActive(t.Context(), accepted, nil); err == nil || v.ARMID != id("contoso").String() || v.Settings.Tags == nil {
		t.Errorf("a vault: %v %+v", err, v)
	}
}
