package vault_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
	"github.com/azurebackup/terraform-provider-backup/internal/vault"
)

// A registration is asked for once, however many want it, and waited for.
func TestRegister(t *testing.T) {
	c, f := newFake(t)
	states := []string{"NotRegistered", "Registering", "Registering", "Registered"}
	var mu sync.Mutex
	f.odd = func(w http.ResponseWriter, r *http.Request, _ string) bool {
		mu.Lock()
		defer mu.Unlock()
		fmt.Fprintf(w, `{"registrationState":%q}`, states[0])
		if len(states) > 1 && r.Method == http.MethodGet {
			states = states[1:]
		}
		return true
	}
	offer, err := c.Offer(t.Context(), subscription)
	if err != nil || offer.Registered() {
		t.Errorf("%+v %v", offer, err)
	}
	var seen []string
	var all sync.WaitGroup
	for range 5 {
		all.Go(func() {
			err := c.Register(t.Context(), subscription, func(state string) { seen = append(seen, state) })
			if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if d := cmp.Diff([]string{"Registering", "Registering", "Registered"}, seen); d != "" {
		t.Error(d)
	}
	if got := counts(f.take()); got["POST register"] != 1 || got["GET Microsoft.RecoveryServices"] != 4 {
		t.Error(got)
	}
}

// A registration that may have been heard is not sent again; nobody can tell what is registered already.
func TestRegisterIsSentOnce(t *testing.T) {
	c, f := newFake(t)
	f.odd = func(w http.ResponseWriter, r *http.Request, _ string) bool {
		if r.Method == http.MethodPost {
			refuse(w, http.StatusInternalServerError, "InternalServerError", "It broke.")
		} else {
			fmt.Fprint(w, `{"registrationState":"NotRegistered"}`)
		}
		return true
	}
	if err := c.Register(t.Context(), subscription, nil); !arm.HasCode(err, "InternalServerError") {
		t.Error(err)
	}
	if got := counts(f.take()); got["POST register"] != 1 {
		t.Error(got)
	}
}

func TestBackupNowIsSentOnce(t *testing.T) {
	c, f := newFake(t)
	f.odd = func(w http.ResponseWriter, r *http.Request, _ string) bool {
		if r.Method == http.MethodPost {
			refuse(w, http.StatusGatewayTimeout, "GatewayTimeout", "Nobody knows.")
		}
		return r.Method == http.MethodPost
	}
	vm, err := vault.ParseVMID("/subscriptions/" + subscription + "/resourceGroups/vms/providers/Microsoft.Compute/virtualMachines/vm1")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.BackupNow(t.Context(), vault.NewItemID(id("main"), vm), sdkTime); !arm.HasCode(err, "GatewayTimeout") {
		t.Error(err)
	}
	if got := counts(f.take()); got["POST backup"] != 1 {
		t.Error(got)
	}
}

func TestHasGroup(t *testing.T) {
	c, r := newClient(t, func(config *embedded.Config) { config.StrictResourceGroups = true })
	for range 2 { // that there is none is not remembered
		if exists, err := c.HasGroup(t.Context(), subscription, "late"); exists || err != nil {
			t.Error(exists, err)
		}
	}
	send(t, r, http.MethodPut, "/subscriptions/"+subscription+"/resourceGroups/late", `{"location":"eastus"}`)
	r.take()
	for _, name := range []string{"late", "LATE"} {
		if exists, err := c.HasGroup(t.Context(), subscription, name); !exists || err != nil {
			t.Error(exists, err)
		}
	}
	if n := len(r.take()); n != 1 {
		t.Errorf("%d calls", n)
	}
	if _, err := c.HasGroup(t.Context(), "00000000-0000-4000-8000-00000000beef", "late"); !arm.HasCode(err, "SubscriptionNotFound") {
		t.Error(err)
	}
}

// A vault that was accepted is waited for although it is not found at first, but not for ever.
func TestAcceptedVaultIsNotFoundAtFirst(t *testing.T) {
	for missed, want := range map[int]bool{3: true, embedded.Always: false} {
		faults := &embedded.Faults{}
		c, _ := newClient(t, func(config *embedded.Config) { config.Faults = faults })
		faults.Add(embedded.FaultRule{Method: http.MethodGet, Path: "vaults/main", Status: http.StatusNotFound, Code: "ResourceNotFound", Times: missed})
		accepted, err := c.BeginCreate(t.Context(), id("main"), region, settings)
		if err != nil {
			t.Fatal(err)
		}
		v, err := c.WaitActive(t.Context(), accepted, nil)
		if want && (err != nil || v.State != vault.Active) {
			t.Errorf("missed %d times: %v %v", missed, v.State, err)
		}
		if !want && !arm.IsNotFound(err) {
			t.Errorf("never found: %v", err)
		}
	}
}

// Lists lag behind: one begun after a vault was made or deleted may tell of the time before.
func TestStaleLists(t *testing.T) {
	_, r := warm(t, 8)
	old := &staleList{recorder: r, list: send(t, r, http.MethodGet, "/subscriptions/"+subscription+"/providers/Microsoft.RecoveryServices/vaults", "")}
	lagging := connect(t, old)
	for _, name := range names(8) { // until the list serves
		if _, err := lagging.Get(t.Context(), id(name)); err != nil {
			t.Fatal(err)
		}
	}
	create(t, lagging, "new")
	if v, err := lagging.Get(t.Context(), id("new")); err != nil || v.ID.Name != "new" {
		t.Errorf("a vault that the list does not have yet: %v %v", v.ID, err)
	}
	if _, found, err := lagging.FindByName(t.Context(), subscription, "new"); !found || err != nil {
		t.Errorf("its name: %v %v", found, err)
	}
	gone := names(8)[0]
	if err := lagging.Delete(t.Context(), id(gone), nil); err != nil {
		t.Fatal(err)
	}
	if _, err := lagging.Get(t.Context(), id(gone)); !arm.IsNotFound(err) {
		t.Errorf("a deleted vault that the list still has: %v", err)
	}
	if _, found, err := lagging.FindByName(t.Context(), subscription, gone); found || err != nil {
		t.Errorf("its name: %v %v", found, err)
	}
	// Another run, for which the list is just as old.
	next := connect(t, old)
	if _, found, err := next.FindByName(t.Context(), subscription, gone); found || err != nil {
		t.Errorf("its name, in another run: %v %v", found, err)
	}
	if old.served == 0 {
		t.Error("the stale list was never asked for")
	}
}

// send sends a request behind the client's back, which has to succeed, and returns the answer.
func send(t *testing.T, r *recorder, method, path, body string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, embedded.Endpoint+path+"?api-version=2021-04-01", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := r.next.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode >= http.StatusMultipleChoices {
		t.Fatalf("%s %s: %s %v", method, path, resp.Status, err)
	}
	return string(answer)
}

// staleList answers every list of vaults with the same old one.
type staleList struct {
	*recorder
	list   string
	served int
}

func (s *staleList) Do(req *http.Request) (*http.Response, error) {
	if kind(req.URL.Path) != "list" {
		return s.recorder.Do(req)
	}
	s.served++
	return &http.Response{
		StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(s.list)), Request: req,
	}, nil
}
