package vault_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/vault"
)

// sameAnswer is a service that says one thing to everything.
type sameAnswer struct {
	status int
	body   string
}

// Do answers a request.
func (s sameAnswer) Do(req *http.Request) (*http.Response, error) {
	if err := req.Context().Err(); err != nil {
		return nil, err
	}
	w := httptest.NewRecorder()
	w.Header().Set("Content-Type", "application/json")
	if req.Method != http.MethodGet {
		w.Header().Set("Azure-AsyncOperation", fakeEndpoint+"/operations/1?api-version=2025-02-01")
	}
	w.WriteHeader(s.status)
	_, _ = io.WriteString(w, s.body)
	resp := w.Result()
	resp.Request = req
	return resp, nil
}

// Whatever the service says, nothing panics, and what was not understood is an error: an object without an id is none.
func FuzzAnswers(f *testing.F) {
	recorded, err := filepath.Glob("testdata/*.json")
	if err != nil || len(recorded) == 0 {
		f.Fatal(err, "no recorded answers")
	}
	for _, path := range recorded {
		content, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(http.StatusOK, string(content))
		f.Add(http.StatusOK, `{"value":[`+string(content)+`]}`)
	}
	for _, body := range []string{"", "null", "{}", "[]", "5", `{"value":null}`, `{"value":[null]}`, `{"value":[{}],"nextLink":"x"}`, `{"id":5}`, `{"id":null,"properties":null}`, `{"status":"Succeeded"}`, `{"status":"Failed"}`, `{"error":null}`} {
		f.Add(http.StatusOK, body)
		f.Add(http.StatusAccepted, body)
		f.Add(http.StatusNotFound, body)
		f.Add(http.StatusBadRequest, body)
	}
	f.Fuzz(func(t *testing.T, status int, body string) {
		if status < 200 || status > 499 || status == http.StatusTooManyRequests || status == http.StatusRequestTimeout {
			return // others are asked again, which takes time and no other way
		}
		connection, err := arm.NewClient(arm.Options{
			Endpoint: fakeEndpoint, Transport: sameAnswer{status, body}, Version: "test", Polling: arm.Polling{First: time.Millisecond, Longest: time.Millisecond},
			Persistence: arm.Persistence{Retries: 1},
		})
		if err != nil {
			t.Fatal(err)
		}
		askEverything(t, vault.NewClient(connection))
	})
}

func askEverything(t *testing.T, c *vault.Client) {
	t.Helper()
	// An operation that never ends, and a page that leads to itself, are the user's time.
	ctx, cancel := context.WithTimeout(t.Context(), 15*time.Millisecond)
	defer cancel()
	check := func(what, armID string, err error) {
		t.Helper()
		if err == nil && armID == "" {
			t.Errorf("%s: an object without an id is taken for one", what)
		}
	}
	v, err := c.Get(ctx, id("contoso"))
	check("vault", v.ARMID, err)
	if err == nil && v.Region == "" {
		t.Error("a vault in no region is taken for one")
	}
	for v, err := range c.List(ctx, subscription, "") {
		check("vaults", v.ARMID, err)
		if err != nil {
			break
		}
	}
	p, err := c.Policy(ctx, policyID("daily"))
	check("policy", p.ARMID, err)
	for p, err := range c.Policies(ctx, id("contoso")) {
		check("policies", p.ARMID, err)
		if err != nil {
			break
		}
	}
	item, err := c.ProtectedVM(ctx, itemID("web"))
	check("item", item.ARMID, err)
	for item, err := range c.ProtectedVMs(ctx, id("contoso")) {
		check("items", item.ARMID, err)
		if err != nil {
			break
		}
	}
	_, _ = c.Contents(ctx, id("contoso")) // for panics alone, as what follows
	_, _, _ = c.FindByName(ctx, subscription, "contoso")
	_, _ = c.FindDeleted(ctx, subscription, "contoso", time.Now())
	_, _ = c.Offer(ctx, subscription)
	_, _, _ = c.Subscriptions(ctx)
	_, _ = c.Job(ctx, id("contoso"), "j")
	_, _ = c.VMRegion(ctx, vmID("web"))
	_, _, _ = c.ProtectingVault(ctx, vmID("web"), "eastus")
	accepted, err := c.BeginCreate(ctx, id("contoso"), "eastus", vault.Settings{Redundancy: new(catalog.GeoRedundant)})
	check("new vault", accepted.ARMID, err)
	item, err = c.Protect(ctx, itemID("web"), protection(), nil)
	check("new item", item.ARMID, err)
	p, err = c.CreatePolicy(ctx, policyID("daily"), daily)
	check("new policy", p.ARMID, err)
	_ = c.Unprotect(ctx, itemID("web"), nil)
	_ = c.DeletePolicy(ctx, policyID("daily"))
	_ = c.Delete(ctx, id("contoso"), nil)
}
