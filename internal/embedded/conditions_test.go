package embedded_test

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
)

// guarded is an object that a request can write under a condition.
type guarded struct {
	path, body string
	make       func(*service) // what has to be there before the object can be
	etag       string         // the member of its body that shows its etag; empty where none does
	writes     []string       // the methods, the deletion last
}

func guardedObjects() map[string]guarded {
	vault := vaultPath("Group", "Vault")
	exists := func(s *service) { s.put(vault, minimal).want(http.StatusCreated) }
	all, whole := []string{http.MethodPut, http.MethodPatch, http.MethodDelete}, []string{http.MethodPut, http.MethodDelete}
	return map[string]guarded{
		"vault":           {vault, minimal, func(*service) {}, "etag", all},
		"policy":          {vault + "/backupPolicies/Mine", weekly, exists, "", whole},
		"item":            {itemPath(vault, "web"), protectBody(vault, "web"), exists, "eTag", whole},
		"resource group":  {sub + "/resourceGroups/Other", `{"location":"eastasia"}`, func(*service) {}, "", all},
		"virtual machine": {machine("own"), `{"location":"eastasia"}`, func(*service) {}, "", all},
	}
}

func TestIfMatchRefusesWhatIsNotThere(t *testing.T) {
	for name, object := range guardedObjects() {
		t.Run(name, func(t *testing.T) {
			s := start(t, func(c *embedded.Config) { c.VirtualMachines = map[string]string{machine("web"): "eastasia"} })
			object.make(s)
			for _, method := range object.writes {
				for _, condition := range []string{"*", `W/"datetime'2026'"`} {
					s.do(method, object.path, object.body, "If-Match", condition).
						wantError(http.StatusPreconditionFailed, "PreconditionFailed", object.path, "There is no", condition)
				}
			}
			s.get(object.path).want(http.StatusNotFound)
			s.do(http.MethodPut, object.path, object.body, "If-None-Match", "*")
			s.get(object.path).want(http.StatusOK)
		})
	}
}

func TestIfMatchRefusesAStaleEtag(t *testing.T) {
	for name, object := range guardedObjects() {
		t.Run(name, func(t *testing.T) {
			s := start(t)
			object.make(s)
			s.put(object.path, object.body)
			before := s.get(object.path).want(http.StatusOK)
			stale := `W/"datetime'2026'"`
			if object.etag != "" {
				if stale = before.text(object.etag); !strings.HasPrefix(stale, `W/"`) {
					t.Fatalf("no etag in %s", before.raw)
				}
				s.do(http.MethodPut, object.path, object.body, "If-Match", stale)
			}
			now := s.get(object.path).want(http.StatusOK)
			shown := "not shown"
			if object.etag != "" {
				if shown = now.text(object.etag); shown == stale {
					t.Fatal("a write under the etag changed nothing")
				}
			}
			for _, method := range object.writes {
				s.do(method, object.path, object.body, "If-Match", stale).
					wantError(http.StatusPreconditionFailed, "PreconditionFailed", object.path, stale, shown)
			}
			if again := s.get(object.path); again.raw != now.raw {
				t.Errorf("a refused write changed %s to %s", now.raw, again.raw)
			}
			s.do(http.MethodPut, object.path, object.body, "If-None-Match", "*").
				wantError(http.StatusPreconditionFailed, "PreconditionFailed", object.path, "already exists")
			if status := s.do(http.MethodPut, object.path, object.body, "If-Match", "*").status; status >= 300 {
				t.Errorf("any version: %d", status)
			}
			condition := "*"
			if object.etag != "" {
				condition = s.get(object.path).text(object.etag)
			}
			if status := s.do(http.MethodDelete, object.path, "", "If-Match", condition).status; status >= 300 {
				t.Errorf("deletion: %d", status)
			}
		})
	}
}

// Whatever writes the object takes its etag: its configs write the vault, and a backup writes the item.
func TestIfMatchOfWhatWritesTheObject(t *testing.T) {
	s := start(t, chosenSoftDelete)
	vault := vaultPath("g", "vault")
	s.put(vault, minimal).want(http.StatusCreated)
	config, storage := vault+"/backupconfig/vaultconfig", vault+"/backupstorageconfig/vaultstorageconfig"
	stale := s.get(vault).text("etag")
	s.do(http.MethodPatch, config, `{"properties":{"softDeleteRetentionPeriodInDays":30}}`, "If-Match", stale).want(http.StatusOK)
	s.do(http.MethodPut, config, `{"properties":{}}`, "If-Match", stale).wantError(http.StatusPreconditionFailed, "PreconditionFailed", stale, s.get(vault).text("etag"))
	s.do(http.MethodPatch, storage, `{"properties":{}}`, "If-Match", stale).want(http.StatusPreconditionFailed)
	s.do(http.MethodPatch, storage, `{"properties":{}}`, "If-Match", s.get(vault).text("etag")).want(http.StatusNoContent)
	s.do(http.MethodPut, vaultPath("g", "none")+"/backupconfig/vaultconfig", `{"properties":{}}`, "If-Match", "*").wantError(http.StatusNotFound, "ResourceNotFound")

	s.protect(vault, "web")
	item := itemPath(vault, "web")
	stale = s.get(item).text("eTag")
	backup := `{"properties":{"objectType":"IaasVMBackupRequest"}}`
	s.do(http.MethodPost, item+"/backup", backup, "If-Match", stale).want(http.StatusAccepted)
	s.do(http.MethodPost, item+"/backup", backup, "If-Match", stale).want(http.StatusPreconditionFailed)
}

func TestListsOfEtags(t *testing.T) {
	s := start(t)
	path := vaultPath("g", "vault")
	s.put(path, minimal).want(http.StatusCreated)
	for _, test := range []struct {
		header, condition string // # stands for the etag, and $ for it without the mark of a weak one
		status            int
	}{
		{"If-Match", `#`, http.StatusOK},
		{"If-Match", `$`, http.StatusOK},
		{"If-Match", ` "a,b" , W/"c"	,#`, http.StatusOK},
		{"If-Match", `"a",`, http.StatusPreconditionFailed},
		{"If-Match", `"a,#,b`, http.StatusPreconditionFailed},
		{"If-Match", `"*"`, http.StatusPreconditionFailed},
		{"If-Match", `"a", *`, http.StatusPreconditionFailed},
		{"If-Match", ` `, http.StatusOK},
		{"If-None-Match", `"a", W/"c"`, http.StatusOK},
		{"If-None-Match", `"a", #`, http.StatusPreconditionFailed},
		{"If-None-Match", `$`, http.StatusPreconditionFailed},
	} {
		etag := s.get(path).text("etag")
		condition := strings.NewReplacer("#", etag, "$", strings.TrimPrefix(etag, "W/")).Replace(test.condition)
		if got := s.do(http.MethodPatch, path, `{}`, test.header, condition); got.status != test.status {
			t.Errorf("%s: %s: got %d %s", test.header, condition, got.status, got.raw)
		}
	}
}

// The condition is checked in the transaction that writes: of many clients that count one up none loses its turn.
func TestGuardedUpdatesLoseNothing(t *testing.T) {
	const clients, turns = 9, 10
	s := start(t)
	path := vaultPath("g", "vault")
	s.put(path, strings.Replace(minimal, `"sku"`, `"tags":{"count":"0"},"sku"`, 1)).want(http.StatusCreated)
	var refused atomic.Int64
	var wg sync.WaitGroup
	for range clients {
		wg.Go(func() {
			for done := 0; done < turns; {
				now := s.get(path)
				count, _ := strconv.Atoi(now.text("tags", "count"))
				switch got := s.do(http.MethodPatch, path, fmt.Sprintf(`{"tags":{"count":"%d"}}`, count+1), "If-Match", now.text("etag")); got.status {
				case http.StatusOK:
					done++
				case http.StatusPreconditionFailed:
					refused.Add(1)
				default:
					t.Errorf("got %d: %s", got.status, got.raw)
					return
				}
			}
		})
	}
	wg.Wait()
	if got := s.get(path).text("tags", "count"); got != strconv.Itoa(clients*turns) {
		t.Errorf("%s of %d updates are there; %d were refused", got, clients*turns, refused.Load())
	}
}
