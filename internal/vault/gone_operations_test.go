package vault_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
	"github.com/azurebackup/terraform-provider-backup/internal/vault"
)

// The operation of an accepted deletion was not found, and that was taken for its end.
func TestDeletionIsWaitedForWithoutItsOperation(t *testing.T) {
	for _, code := range []string{"SubscriptionNotFound", "ResourceNotFound", ""} {
		for object, kind := range map[string]embedded.Kind{
			"vault": embedded.KindVaultOperation, "policy": embedded.KindPolicyOperation, "item": embedded.KindProtectedItemOperation,
		} {
			t.Run(object+" "+code, func(t *testing.T) {
				t.Parallel()
				faults := embedded.NewFaults()
				c, r := newClient(t, func(c *embedded.Config) { c.Faults, c.OperationTime = faults, 100*time.Millisecond })
				create(t, c, "contoso")
				if _, err := c.CreatePolicy(t.Context(), policyID("own"), daily); err != nil {
					t.Fatal(err)
				}
				if object == "item" {
					if _, err := c.Protect(t.Context(), itemID("web"), protection(), nil); err != nil {
						t.Fatal(err)
					}
				}
				faults.Add(embedded.FaultRule{Kind: kind, Status: http.StatusNotFound, Code: code, Times: embedded.Always})
				if err := removals[object](t.Context(), c); err != nil {
					t.Error(err)
				}
				if object != "policy" && len(faults.Matches()) == 0 {
					t.Error("the fault never happened")
				}
				item, err := connect(t, r).ProtectedVM(t.Context(), itemID("web"))
				if gone := reads[object](t.Context(), connect(t, r)); !vault.IsGone(gone) && (object != "item" || err != nil || !item.SoftDeleted) {
					t.Errorf("the deletion has not ended: %v, %v", gone, err)
				}
			})
		}
	}
}

// What is still there after an accepted deletion, of which nobody knows, was not deleted.
func TestDeletionThatCameToNothing(t *testing.T) {
	for object := range removals {
		t.Run(object, func(t *testing.T) {
			t.Parallel()
			c, f := odd(t, "", "")
			f.put(policyID("own").String(), `{"id":"`+policyID("own").String()+`",`+policyProperties+`}`)
			f.holdItem("web", "")
			f.odd = func(w http.ResponseWriter, r *http.Request, _ string) bool {
				if r.Method == http.MethodDelete {
					accept(w, "/operations/1")
				}
				return r.Method == http.MethodDelete
			}
			err := removals[object](t.Context(), c)
			var doubt *vault.DoubtError
			if !errors.As(err, &doubt) || !strings.Contains(doubt.Reason, "accepted the deletion and does not know its operation, but what was to be deleted is still there") {
				t.Errorf("%T %v", err, err)
			}
		})
	}
}
