package store_test

import (
	"strings"
	"testing"
	"time"

	"github.com/azurebackup/terraform-provider-backup/internal/store"
)

// TestQueriesUseAnIndex holds that no list scans the table: each would cost the square of its length with all its pages.
func TestQueriesUseAnIndex(t *testing.T) {
	s := MustOpen(t)
	after := store.Position{Name: "a", ID: "/a"}
	for name, q := range map[string]store.Query{
		"subscription": {Type: "t", Subscription: "s", After: after, Limit: 2},
		"group":        {Type: "t", Subscription: "s", ResourceGroup: "g", After: after, Limit: 2},
		"name":         {Type: "t", Subscription: "s", Name: "n", After: after, Limit: 2},
		"deleted":      {Type: "t", Subscription: "s", Under: "/u", After: after, Limit: 2},
		"parent":       {Type: "t", Parent: "/p", After: after, Limit: 2},
	} {
		plan, err := store.Plan(t.Context(), s, time.Now(), q)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(plan, "SEARCH d USING INDEX documents_in_") || strings.Contains(plan, "TEMP B-TREE") {
			t.Errorf("%s: %s", name, plan)
		}
	}
}
