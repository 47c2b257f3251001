package vault_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
	"github.com/azurebackup/terraform-provider-backup/internal/vault"
)

// kinds counts the requests to the embedded service by method and what they are about.
func kinds(calls []string) map[string]int {
	n := map[string]int{}
	for _, call := range calls {
		method, path, _ := strings.Cut(call, " ")
		switch {
		case strings.Contains(strings.ToLower(path), "operation"):
			path = "operation"
		case strings.Contains(path, "/protectedItems/"):
			path = "item"
		default:
			path = path[strings.LastIndexByte(path, '/')+1:]
		}
		n[method+" "+path]++
	}
	return n
}

// paths notes the requests that a client makes from now on.
func (r *recorder) paths() func() []string {
	var mu sync.Mutex
	var all []string
	r.answer = func(req *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		all = append(all, req.Method+" "+req.URL.Path)
	}
	return func() []string {
		mu.Lock()
		defer mu.Unlock()
		taken := all
		all = nil
		return taken
	}
}

// protectMany protects VMs, ten at a time as Terraform does, as the provider does: with a look at the policy before and after.
func protectMany(t *testing.T, c *vault.Client, all []string) {
	t.Helper()
	turns := make(chan struct{}, 10)
	var workers sync.WaitGroup
	for _, name := range all {
		workers.Go(func() {
			turns <- struct{}{}
			defer func() { <-turns }()
			p := vault.Protection{SourceVMID: vmID(name).String(), PolicyID: policyID("DefaultPolicy").String()}
			look := func() {
				if _, err := c.UncountedPolicy(t.Context(), policyID("DefaultPolicy")); err != nil {
					t.Error(err)
				}
			}
			look()
			if v, err := c.ProtectNew(t.Context(), itemID(name), p, nil); err != nil || v.State != vault.StateIRPending || v.VMName() != name {
				t.Errorf("%s: %v %v", name, v, err)
			}
			look()
		})
	}
	workers.Wait()
}

// A further VM of a vault takes its write and a look at the operation, which has the item when the service is done at once. Lists serve
// the rest, whatever is written meanwhile.
func TestCallsOfFurtherVMs(t *testing.T) {
	c, r := embeddedVault(t, nil)
	taken := r.paths()
	const vms = 200
	protectMany(t, c, names(vms))
	got := kinds(taken())
	if got["PUT item"] != vms || got["GET operation"] != vms || got["GET item"] > 2 || got["GET backupProtectedItems"] > 1 ||
		got["GET DefaultPolicy"]+got["GET backupPolicies"] > 3 || len(got) > 6 {
		t.Error(got)
	}
	for _, name := range names(vms) {
		if err := c.Unprotect(t.Context(), itemID(name), nil); err != nil {
			t.Fatal(err)
		}
	}
	// The vault tells, once, whether a resource guard protects the backups.
	if got := kinds(taken()); got["DELETE item"] != vms || got["GET operation"] != vms || got["GET contoso"] != 1 || len(got) != 3 {
		t.Error(got)
	}
}

// A service that takes its time is asked where it tells how the operation stands, and for the item at the end.
func TestCallsOfAVMThatTakesTime(t *testing.T) {
	c, f := newFake(t)
	polls := []string{running, succeeded}
	f.odd = func(w http.ResponseWriter, r *http.Request, body string) bool {
		switch {
		case strings.HasSuffix(r.URL.Path, "/operationResults/1"):
			w.WriteHeader(http.StatusAccepted)
		case strings.HasSuffix(r.URL.Path, "/operationsStatus/1"):
			_, _ = io.WriteString(w, polls[0])
			polls = polls[1:]
		case r.Method == http.MethodPut:
			f.put(r.URL.Path, strings.Replace(body, "{", `{"id":"`+r.URL.Path+`",`, 1))
			w.Header().Set("Location", fakeEndpoint+r.URL.Path+"/operationResults/1?api-version=2025-02-01")
			accept(w, r.URL.Path+"/operationsStatus/1")
		default:
			return false
		}
		return true
	}
	if v, err := c.ProtectNew(t.Context(), itemID("web"), protection(), nil); err != nil || v.SourceVMID != vmID("web").String() {
		t.Error(v, err)
	}
	item := "VM;iaasvmcontainerv2;Machines;web"
	if got := strings.Join(f.take(), ", "); got != fmt.Sprintf("GET %s, PUT %[1]s, GET 1, GET 1, GET 1, GET %[1]s", item) {
		t.Error(got)
	}
}

// What an operation leaves behind counts when it is what was asked for. Otherwise the operation itself says how it ended.
func TestResultOfAnOperationIsNotBelievedBlindly(t *testing.T) {
	other := `{"id":"` + itemID("web").String() + `",` + itemDocument + `,"sourceResourceId":"` + vmID("web").String() + `","policyId":"another"}}`
	for name, result := range map[string]func(http.ResponseWriter){
		"another policy": func(w http.ResponseWriter) { _, _ = io.WriteString(w, other) },
		"no JSON":        func(w http.ResponseWriter) { _, _ = io.WriteString(w, "<html>") },
		"nothing":        func(w http.ResponseWriter) { w.WriteHeader(http.StatusNoContent) },
		"not found":      func(w http.ResponseWriter) { refuse(w, http.StatusNotFound, "ResourceNotFound", "No.") },
		"broken":         func(w http.ResponseWriter) { refuse(w, http.StatusInternalServerError, "InternalServerError", "No.") },
	} {
		t.Run(name, func(t *testing.T) {
			c, f := newFake(t)
			f.odd = func(w http.ResponseWriter, r *http.Request, _ string) bool {
				switch {
				case strings.HasSuffix(r.URL.Path, "/operationResults/1"):
					result(w)
				case strings.HasSuffix(r.URL.Path, "/operationsStatus/1"):
					_, _ = io.WriteString(w, failed)
				case r.Method == http.MethodPut:
					w.Header().Set("Location", fakeEndpoint+r.URL.Path+"/operationResults/1?api-version=2025-02-01")
					accept(w, r.URL.Path+"/operationsStatus/1")
				default:
					return false
				}
				return true
			}
			if _, err := c.ProtectNew(t.Context(), itemID("web"), protection(), nil); !arm.HasCode(err, "UserErrorBroken") {
				t.Error(err)
			}
		})
	}
}

// A list that was fetched before a write goes on serving the others, and not what was written.
func TestWrittenItemIsReadPastTheList(t *testing.T) {
	c, f := newFake(t)
	all := names(10)
	for _, name := range all {
		f.holdItem(name, "")
	}
	for _, name := range all {
		if _, err := c.ProtectedVM(t.Context(), itemID(name)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := c.StopProtection(t.Context(), itemID(all[5]), vault.StateStopped, nil); err != nil {
		t.Fatal(err)
	}
	f.take()
	for range 2 {
		if v, err := c.ProtectedVM(t.Context(), itemID(all[5])); err != nil || !v.Stopped() {
			t.Error(v, err)
		}
	}
	if _, err := c.ProtectedVM(t.Context(), itemID(all[6])); err != nil {
		t.Error(err)
	}
	item := "GET VM;iaasvmcontainerv2;Machines;" + all[5]
	expectCalls(t, f, item, item)
	// While a write is under way the list does not serve what it writes either; nor when the write fails.
	ctx, cancel := context.WithCancel(t.Context())
	f.odd = func(w http.ResponseWriter, r *http.Request, _ string) bool {
		if r.Method != http.MethodPut {
			return false
		}
		f.odd = nil
		if _, err := c.ProtectedVM(t.Context(), itemID(all[7])); err != nil {
			t.Error(err)
		}
		cancel()
		refuse(w, http.StatusBadRequest, "UserErrorBroken", "No.")
		return true
	}
	if _, err := c.StopProtection(ctx, itemID(all[7]), vault.StateStopped, nil); err == nil {
		t.Error("it was not refused")
	}
	if got := counts(f.take())["GET VM;iaasvmcontainerv2;Machines;"+all[7]]; got == 0 {
		t.Error("the list served what was being written")
	}
	if _, err := c.ProtectedVM(t.Context(), itemID(all[7])); err != nil {
		t.Error(err)
	}
	expectCalls(t, f, "GET VM;iaasvmcontainerv2;Machines;"+all[7])
}

// How many VMs have a policy is asked for again after one more has it, although the rest of the policy is known.
func TestVMsOfAPolicyAreCountedAnew(t *testing.T) {
	c, _ := embeddedVault(t, nil)
	id := policyID("DefaultPolicy")
	for n := range 4 {
		if _, err := c.UncountedPolicy(t.Context(), id); err != nil {
			t.Fatal(err)
		}
		if p, err := c.Policy(t.Context(), id); err != nil || p.ProtectedItems != n {
			t.Errorf("%d VMs are counted, want %d: %v", p.ProtectedItems, n, err)
		}
		protectMany(t, c, names(4)[n:n+1])
	}
}

// Only what is sure not to be in the list counts as not there: of what the list has and cannot be read, the service is asked.
func TestFindProtectedVM(t *testing.T) {
	c, f := newFake(t)
	for _, name := range names(3) {
		f.holdItem(name, "")
	}
	f.put(itemID("odd").String(), `{"id":"`+itemID("odd").String()+`","properties":null}`)
	for _, name := range names(3) {
		if _, found, err := c.FindProtectedVM(t.Context(), itemID(name)); err != nil || !found {
			t.Error(found, err)
		}
	}
	f.take()
	if _, found, err := c.FindProtectedVM(t.Context(), itemID("free")); err != nil || found {
		t.Error(found, err)
	}
	expectCalls(t, f)
	if _, found, err := c.FindProtectedVM(t.Context(), itemID("odd")); err == nil || found {
		t.Error(found, err)
	}
	expectCalls(t, f, "GET VM;iaasvmcontainerv2;Machines;odd")
	// Its own protection is seen although the list is older.
	p := vault.Protection{SourceVMID: vmID("free").String(), PolicyID: policyID("p").String()}
	if _, err := c.ProtectNew(t.Context(), itemID("free"), p, nil); err != nil {
		t.Fatal(err)
	}
	var already *vault.AlreadyProtectedError
	if _, err := c.ProtectNew(t.Context(), itemID("free"), p, nil); !errors.As(err, &already) {
		t.Error(err)
	}
	// Without a right to list, each is asked for.
	f.odd = func(w http.ResponseWriter, r *http.Request, _ string) bool {
		if !strings.HasSuffix(r.URL.Path, "/backupProtectedItems") {
			return false
		}
		refuse(w, http.StatusForbidden, "AuthorizationFailed", "No.")
		return true
	}
	c = f.connect(t)
	for _, name := range append(names(3), "nobody") {
		if _, found, err := c.FindProtectedVM(t.Context(), itemID(name)); err != nil || found != (name != "nobody") {
			t.Error(name, found, err)
		}
	}
}

// A service that cannot describe VMs is not asked for each of them.
func TestVMsThatTheServiceCannotDescribe(t *testing.T) {
	c, r := newClient(t, func(*embedded.Config) {})
	r.take()
	for _, name := range names(50) {
		if _, err := c.VMRegion(t.Context(), vmID(name)); err == nil || arm.IsNotFound(err) {
			t.Error(err)
		}
	}
	if got := r.take(); len(got) > 7 {
		t.Error(got)
	}
}

// One VM that it cannot describe does not stand for those that it can.
func TestVMsOfWhichTheServiceDescribesSome(t *testing.T) {
	c, r := newClient(t, func(*embedded.Config) {})
	made, err := http.NewRequestWithContext(t.Context(), http.MethodPut, embedded.Endpoint+vmID("made").String()+"?api-version=2024-07-01",
		strings.NewReader(`{"location":"chinaeast"}`))
	if err != nil {
		t.Fatal(err)
	}
	made.Header.Set("Content-Type", "application/json")
	answer, err := r.Do(made)
	if err != nil || answer.StatusCode >= 300 {
		t.Fatal(answer, err)
	}
	_ = answer.Body.Close()
	for _, name := range append(names(20), "made") {
		region, err := c.VMRegion(t.Context(), vmID(name))
		if (err == nil) != (name == "made") || arm.IsNotFound(err) || name == "made" && region != "chinaeast" {
			t.Error(name, region, err)
		}
	}
}

// The recovery points of a few VMs are counted, since each takes a call.
func TestRecoveryPointsOfManyVMsAreNotCounted(t *testing.T) {
	c, f := newFake(t)
	var counted atomic.Int32
	for _, name := range names(20) {
		f.holdItem(name, "")
		if n, err := c.RecoveryPointCount(t.Context(), itemID(name)); err != nil {
			t.Error(err)
		} else if n != nil {
			counted.Add(1)
		}
	}
	if got := len(f.take()); got != 5 || counted.Load() != 5 {
		t.Errorf("%d calls, %d counts", got, counted.Load())
	}
}
