package vault_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
	"github.com/azurebackup/terraform-provider-backup/internal/vault"
)

// deletedIn answers the lists of deleted vaults by region, and the offer of these regions.
func deletedIn(f *fake, regions map[string]func(w http.ResponseWriter)) {
	f.odd = func(w http.ResponseWriter, r *http.Request, _ string) bool {
		path := strings.Split(r.URL.Path, "/")
		if strings.HasSuffix(r.URL.Path, "/providers/Microsoft.RecoveryServices") {
			var names []string
			for region := range regions {
				names = append(names, fmt.Sprintf("%q", region))
			}
			fmt.Fprintf(w, `{"registrationState":"Registered","resourceTypes":[{"resourceType":"vaults","locations":[%s]}]}`, strings.Join(names, ","))
			return true
		}
		if path[len(path)-1] != "deletedVaults" {
			return false
		}
		regions[path[len(path)-2]](w)
		return true
	}
}

// kept are deleted vaults in a list; each is group/name, the day of November on which it was deleted, and how many days its
// backups are kept.
func kept(vaults ...string) func(http.ResponseWriter) {
	return func(w http.ResponseWriter) {
		var items []string
		for i, v := range vaults {
			var at, days int
			place, rest, _ := strings.Cut(v, " ")
			_, _ = fmt.Sscan(rest, &at, &days)
			group, name, _ := strings.Cut(place, "/")
			deleted := november(at)
			items = append(items, fmt.Sprintf(`{"id":"/deleted/%s_%d","properties":{"vaultId":%q,"vaultDeletionTime":%q,"purgeAt":%q}}`, group, i,
				"/subscriptions/"+subscription+"/resourceGroups/"+group+"/providers/Microsoft.RecoveryServices/vaults/"+name,
				deleted.Format(time.RFC3339), deleted.AddDate(0, 0, days).Format(time.RFC3339)))
		}
		_, _ = io.WriteString(w, `{"value":[`+strings.Join(items, ",")+`]}`)
	}
}

func november(day int) time.Time { return time.Date(2026, 11, day, 0, 0, 0, 0, time.UTC) }

func refusing(status int, code string) func(http.ResponseWriter) {
	return func(w http.ResponseWriter) { refuse(w, status, code, "Not here.") }
}

// Only the planned region was asked, and of several records the first in the list was taken.
func TestDeletedVaultsOfEveryRegion(t *testing.T) {
	c, f := newFake(t)
	deletedIn(f, map[string]func(http.ResponseWriter){
		"eastus":        kept("one/contoso 3 14", "one/contoso 9 14", "one/contosoo 9 14", "two/Contoso 4 0"),
		"westus":        refusing(http.StatusBadRequest, "NoRegisteredProviderFound"),
		"westeurope":    kept("two/CONTOSO 7 14"),
		"northeurope":   refusing(http.StatusBadRequest, "BadRequest"),
		"eastasia":      kept(),
		"southeastasia": refusing(http.StatusForbidden, "AuthorizationFailed"),
		"japaneast":     func(w http.ResponseWriter) { _, _ = io.WriteString(w, "<html>") },
	})
	find := func(name string, now time.Time) []string {
		t.Helper()
		found, err := c.FindDeleted(t.Context(), strings.ToUpper(subscription), name, now)
		if !strings.Contains(text(err), "4 of 7 regions did not list their deleted vaults") {
			t.Errorf("those that did not answer: %v", err)
		}
		var got []string
		for _, v := range found {
			got = append(got, fmt.Sprintf("%s %s %s %d-%d", v.ARMID, v.VaultID[strings.LastIndex(v.VaultID, "/")+1:], v.Region, v.DeletedAt.Day(), v.PurgeAt.Day()))
		}
		return got
	}
	all := []string{"/deleted/one_1 contoso eastus 9-23", "/deleted/two_0 CONTOSO westeurope 7-21", "/deleted/one_0 contoso eastus 3-17"}
	for _, test := range []struct {
		name string
		now  time.Time
		want []string
	}{
		{"contoso", november(10), all},
		{"Contoso", november(17), all[:2]},
		{"contoso", november(22), all[:1]},
		{"contoso", november(23), nil},
		{"other", november(10), nil},
	} {
		if d := cmp.Diff(test.want, find(test.name, test.now)); d != "" {
			t.Errorf("%s on %v: %s", test.name, test.now, d)
		}
	}
	const once = 7 + 1 // the answer that is none is asked for once more
	if n := counts(f.take()); n["GET deletedVaults"] != once || n["GET Microsoft.RecoveryServices"] != 1 {
		t.Errorf("asked more than once: %v", n)
	}
	// A vault that this run deletes is one more.
	if err := c.Delete(t.Context(), id("contoso"), nil); err != nil {
		t.Fatal(err)
	}
	f.take()
	if d := cmp.Diff(all, find("contoso", november(10))); d != "" {
		t.Error(d)
	}
	if n := counts(f.take()); n["GET deletedVaults"] != once {
		t.Errorf("not asked again: %v", n)
	}
}

// manyRegions is more than are asked at once.
func manyRegions(answer func(http.ResponseWriter)) map[string]func(http.ResponseWriter) {
	regions := map[string]func(http.ResponseWriter){}
	for i := range 40 {
		regions[fmt.Sprintf("region%d", i)] = answer
	}
	return regions
}

// Sixty requests at once would be a burst of their own.
func TestRegionsAreAskedAFewAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, f := newFake(t)
		var asking, most atomic.Int64
		deletedIn(f, manyRegions(func(w http.ResponseWriter) {
			n := asking.Add(1)
			for seen := most.Load(); n > seen && !most.CompareAndSwap(seen, n); seen = most.Load() {
			}
			<-time.After(100 * time.Millisecond)
			asking.Add(-1)
			kept()(w)
		}))
		start := time.Now()
		if _, err := c.FindDeleted(t.Context(), subscription, "contoso", november(1)); err != nil {
			t.Error(err)
		}
		if most.Load() != 8 || time.Since(start) != 500*time.Millisecond || counts(f.take())["GET deletedVaults"] != 40 {
			t.Errorf("%d at once, %v", most.Load(), time.Since(start))
		}
	})
}

// A region that is down held up the plan for as long as requests are repeated.
func TestARegionThatIsDownHoldsUpNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, f := newFake(t)
		regions := manyRegions(kept())
		regions["eastus"] = kept("one/contoso 3 14")
		regions["westus"] = refusing(http.StatusServiceUnavailable, "ServiceUnavailable")
		deletedIn(f, regions)
		start := time.Now()
		for range 2 {
			found, err := c.FindDeleted(t.Context(), subscription, "contoso", november(4))
			if len(found) != 1 || !strings.Contains(text(err), "such as westus") || time.Since(start) > 20*time.Second {
				t.Errorf("%v, %v after %v", found, err, time.Since(start))
			}
		}
	})
}

// A question that was given up is no answer.
func TestDeletedVaultsAreAskedForAgainAfterAnInterrupt(t *testing.T) {
	c, f := newFake(t)
	deletedIn(f, map[string]func(http.ResponseWriter){"eastus": kept("one/contoso 3 14")})
	gone, cancel := context.WithCancel(t.Context())
	if _, err := c.Offer(gone, subscription); err != nil {
		t.Fatal(err)
	}
	cancel()
	if found, err := c.FindDeleted(gone, subscription, "contoso", november(4)); len(found) != 0 || !errors.Is(err, context.Canceled) {
		t.Errorf("%v, %v", found, err)
	}
	found, err := c.FindDeleted(t.Context(), subscription, "contoso", november(4))
	if err != nil || !slices.ContainsFunc(found, func(v vault.DeletedVault) bool { return v.Region == "eastus" }) {
		t.Errorf("%v, %v", found, err)
	}
}

// Without the regions nothing is found, and the reason is told.
func TestDeletedVaultsWithoutTheRegions(t *testing.T) {
	c, f := newFake(t)
	f.odd = func(w http.ResponseWriter, _ *http.Request, _ string) bool {
		refuse(w, http.StatusForbidden, "AuthorizationFailed", "No.")
		return true
	}
	if found, err := c.FindDeleted(t.Context(), subscription, "contoso", november(4)); len(found) != 0 || !arm.HasCode(err, "AuthorizationFailed") {
		t.Errorf("%v, %v", found, err)
	}
}
