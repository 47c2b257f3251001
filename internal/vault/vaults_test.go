package vault_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
	"github.com/azurebackup/terraform-provider-backup/internal/store"
	"github.com/azurebackup/terraform-provider-backup/internal/vault"
)

const subscription = embedded.DefaultSubscriptionID

func id(name string) arm.ID { return vault.NewID(subscription, "backup", name) }

const region = "China East"

// settings are what the vaults of these tests are made with.
var settings = vault.Settings{Redundancy: new(catalog.LocallyRedundant), Tags: &map[string]string{"env": "prod"}}

// apply changes a vault as it is now.
func apply(t *testing.T, c *vault.Client, name string, wanted vault.Settings, progress func(vault.State)) (vault.Vault, error) {
	t.Helper()
	v, err := c.Get(t.Context(), id(name))
	if err != nil {
		t.Fatal(err)
	}
	return c.Apply(t.Context(), v, wanted, progress)
}

// tag is the tag that tests look at.
func tag(v vault.Vault) string { return (*v.Settings.Tags)["env"] }

// recorder notes the calls that reach the service, and may answer in its place.
type recorder struct {
	next   *embedded.Transport
	answer func(*http.Request) // called before the service answers

	mu    sync.Mutex
	calls []string
}

func (r *recorder) Do(req *http.Request) (*http.Response, error) {
	r.mu.Lock()
	r.calls = append(r.calls, req.Method+" "+kind(req.URL.Path))
	r.mu.Unlock()
	if r.answer != nil {
		r.answer(req)
	}
	return r.next.Do(req)
}

func kind(path string) string {
	switch {
	case strings.HasSuffix(path, "/vaults"):
		return "list"
	case strings.Contains(path, "/operation"):
		return "operation"
	case strings.Contains(path, "/vaults/"):
		return "vault"
	case strings.HasSuffix(path, "/Microsoft.RecoveryServices"):
		return "provider"
	}
	return path
}

// take returns the calls since the last take.
func (r *recorder) take() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	calls := r.calls
	r.calls = nil
	return calls
}

// newClient makes a client on an embedded service of its own.
func newClient(t *testing.T, configure func(*embedded.Config)) (*vault.Client, *recorder) {
	t.Helper()
	s, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "vaults.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	config := embedded.Config{Store: s}
	if configure != nil {
		configure(&config)
	}
	r := &recorder{next: embedded.NewTransport(embedded.New(config))}
	return connect(t, r), r
}

// connect makes another client of the same service, as another provider run would.
func connect(t *testing.T, r policy.Transporter) *vault.Client {
	t.Helper()
	connection, err := arm.NewClient(arm.Options{
		Endpoint: embedded.Endpoint, Transport: r, Version: "test", Polling: arm.Polling{First: 2 * time.Millisecond, Longest: 50 * time.Millisecond},
	})
	if err != nil {
		t.Fatal(err)
	}
	return vault.NewClient(connection)
}

func create(t *testing.T, c *vault.Client, name string) vault.Vault {
	t.Helper()
	accepted, err := c.BeginCreate(t.Context(), id(name), region, settings)
	if err != nil {
		t.Fatal(err)
	}
	v, err := c.WaitActive(t.Context(), accepted, nil)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

var ignoreOperation = cmp.FilterPath(func(p cmp.Path) bool {
	return slices.Contains([]string{".operation", ".enhancedSecurity", ".multiUser"}, p.Last().String())
}, cmp.Ignore())

func TestLifeOfAVault(t *testing.T) {
	c, r := newClient(t, nil)
	want := vault.Vault{
		ID: id("contoso"), ARMID: id("contoso").String(), Region: "chinaeast", State: vault.Active,
		Settings: vault.Settings{
			SKU: new("Standard"), Redundancy: new(catalog.LocallyRedundant), CrossRegionRestoreEnabled: new(false),
			// Of the immutability and the monitoring of a vault that was made without them the service says nothing.
			SoftDelete:                 &vault.SoftDelete{State: "AlwaysOn", RetentionDays: 14},
			PublicNetworkAccessEnabled: new(true), CrossSubscriptionRestore: new("Enabled"), RegionOfChoice: new("Disabled"),
			SourceScan: &vault.SourceScanSettings{State: "Disabled"},
			Tags:       &map[string]string{"env": "prod"},
		},
	}
	expect := func(got vault.Vault, err error, calls ...string) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got, ignoreOperation); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff(calls, r.take(), cmpopts.EquateEmpty()); diff != "" {
			t.Error(diff)
		}
	}
	accepted, err := c.BeginCreate(t.Context(), id("contoso"), region, settings)
	if err != nil || accepted.State != vault.Creating {
		t.Fatal(accepted, err)
	}
	got, err := c.WaitActive(t.Context(), accepted, nil)
	expect(got, err, "PUT vault", "GET vault") // two calls on an instant service

	got, err = c.Get(t.Context(), id("CONTOSO"))
	expect(got, err, "GET vault")

	want.Settings.Redundancy, want.Settings.CrossRegionRestoreEnabled = new(catalog.GeoRedundant), new(true)
	got, err = c.Apply(t.Context(), got, vault.Settings{Redundancy: new(catalog.GeoRedundant), CrossRegionRestoreEnabled: new(true)}, nil)
	expect(got, err, "PATCH vault")

	want.Settings.Tags = &map[string]string{}
	got, err = c.Apply(t.Context(), got, vault.Settings{Tags: &map[string]string{}}, nil)
	expect(got, err, "PATCH vault")

	got, err = c.Apply(t.Context(), got, want.Settings, nil)
	expect(got, err) // nothing is missing, so nothing is sent

	if err := c.Delete(t.Context(), id("contoso"), nil); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"DELETE vault", "GET operation"}, r.take()); diff != "" {
		t.Error(diff)
	}
	if _, err := c.Get(t.Context(), id("contoso")); !arm.IsNotFound(err) {
		t.Error(err)
	}
	if err := c.Delete(t.Context(), id("contoso"), nil); err != nil {
		t.Errorf("deleting what is gone: %v", err)
	}
}

func TestWaitActiveReportsProgress(t *testing.T) {
	const needed = 300 * time.Millisecond
	c, r := newClient(t, func(c *embedded.Config) { c.ProvisioningTime = needed })
	accepted, err := c.BeginCreate(t.Context(), id("contoso"), region, settings)
	if err != nil {
		t.Fatal(err)
	}
	var states []vault.State
	v, err := c.WaitActive(t.Context(), accepted, func(s vault.State) { states = append(states, s) })
	if err != nil || v.State != vault.Active {
		t.Fatal(v, err)
	}
	if len(states) < 2 || states[0] != vault.Creating || states[len(states)-1] != vault.Active {
		t.Error(states)
	}
	if calls := r.take(); len(calls) > 40 {
		t.Errorf("%d calls to wait for %s", len(calls), needed)
	}
}

func TestWaitActiveTimesOut(t *testing.T) {
	c, _ := newClient(t, func(c *embedded.Config) { c.ProvisioningTime = time.Hour })
	accepted, err := c.BeginCreate(t.Context(), id("contoso"), region, settings)
	if err != nil {
		t.Fatal(err)
	}
	for want, stop := range map[error]func(context.Context) (context.Context, context.CancelFunc){
		context.DeadlineExceeded: func(ctx context.Context) (context.Context, context.CancelFunc) {
			return context.WithTimeout(ctx, 30*time.Millisecond)
		},
		context.Canceled: func(ctx context.Context) (context.Context, context.CancelFunc) {
			ctx, cancel := context.WithCancel(ctx)
			time.AfterFunc(30*time.Millisecond, cancel)
			return ctx, cancel
		},
	} {
		ctx, cancel := stop(t.Context())
		v, err := c.WaitActive(ctx, accepted, nil)
		cancel()
		var timeout *arm.TimeoutError
		if !errors.As(err, &timeout) || !errors.Is(err, want) || timeout.LastWord != "Creating" || v.State != vault.Creating {
			t.Errorf("%v: %T %v, vault %v", want, err, err, v)
		}
	}
}

func TestFailedCreationNamesTheReason(t *testing.T) {
	c, _ := newClient(t, func(c *embedded.Config) {
		c.FailProvisioning = func(string) *embedded.Fault {
			return &embedded.Fault{Code: "UserErrorQuota", Message: "No more vaults in this region."}
		}
	})
	accepted, err := c.BeginCreate(t.Context(), id("contoso"), region, settings)
	if err != nil {
		t.Fatal(err)
	}
	v, err := c.WaitActive(t.Context(), accepted, nil)
	var failed *vault.FailedError
	if !errors.As(err, &failed) || !arm.HasCode(err, "UserErrorQuota") || v.State != vault.Failed {
		t.Fatalf("%T %v, vault %v", err, err, v)
	}
	if want := `vault "contoso" ended in the state Failed: UserErrorQuota: No more vaults in this region.`; err.Error() != want {
		t.Error(err)
	}
	if err := c.Delete(t.Context(), id("contoso"), nil); err != nil {
		t.Error(err)
	}
}

func TestRepairOfAFailedVault(t *testing.T) {
	fail := true
	c, r := newClient(t, func(c *embedded.Config) {
		c.FailProvisioning = func(string) *embedded.Fault {
			if fail {
				return &embedded.Fault{Code: "UserErrorQuota", Message: "No."}
			}
			return nil
		}
	})
	accepted, err := c.BeginCreate(t.Context(), id("contoso"), region, settings)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.WaitActive(t.Context(), accepted, nil); err == nil {
		t.Fatal("no error")
	}
	var put string
	r.answer = func(req *http.Request) {
		if req.Method == http.MethodPut {
			body, _ := io.ReadAll(req.Body)
			put = string(body)
			req.Body = io.NopCloser(strings.NewReader(put))
		}
	}
	fail = false
	repaired := settings
	repaired.Tags = &map[string]string{}
	if accepted, err = c.BeginRepair(t.Context(), id("contoso"), repaired); err != nil {
		t.Fatal(err)
	}
	if v, err := c.WaitActive(t.Context(), accepted, nil); err != nil || v.State != vault.Active || tag(v) != "" {
		t.Error(v, err)
	}
	if !strings.Contains(put, `"bcdrSecurityLevel"`) || !strings.Contains(put, `"sku"`) {
		t.Errorf("the repair drops what it does not know: %s", put)
	}
}

func TestCreateNeverWritesOverAVault(t *testing.T) {
	c, _ := newClient(t, nil)
	create(t, c, "contoso")
	other := settings
	other.Tags = &map[string]string{"env": "theirs"}
	if _, err := c.BeginCreate(t.Context(), id("contoso"), region, other); !errors.Is(err, vault.ErrExists) {
		t.Errorf("same group: %v", err)
	}
	if _, err := c.BeginCreate(t.Context(), vault.NewID(subscription, "other", "Contoso"), region, other); !errors.Is(err, vault.ErrExists) {
		t.Errorf("other group: %v", err)
	}
	if v, err := c.Get(t.Context(), id("contoso")); err != nil || tag(v) != "prod" {
		t.Error(v, err)
	}
}

// An interrupt while the create is on its way must not leave a vault that nobody knows of.
func TestCreateIsHeardAlthoughInterrupted(t *testing.T) {
	c, r := newClient(t, nil)
	ctx, cancel := context.WithCancel(t.Context())
	r.answer = func(*http.Request) { cancel() }
	v, err := c.BeginCreate(ctx, id("contoso"), region, settings)
	if err != nil || v.ARMID == "" {
		t.Fatal(v, err)
	}
}

func TestUpdateAndDeleteThatTakeTime(t *testing.T) {
	c, r := newClient(t, func(c *embedded.Config) { c.OperationTime = 100 * time.Millisecond })
	create(t, c, "contoso")
	r.take()
	var states []vault.State
	v, err := apply(t, c, "contoso", vault.Settings{Tags: &map[string]string{"env": "b"}}, func(s vault.State) { states = append(states, s) })
	if err != nil || tag(v) != "b" || v.State != vault.Active || len(states) == 0 || states[0] != vault.Updating {
		t.Error(v, err, states)
	}
	calls := r.take()
	if calls[1] != "PATCH vault" || calls[2] != "GET operation" || calls[len(calls)-1] != "GET vault" {
		t.Error(calls)
	}
	states = nil
	if err := c.Delete(t.Context(), id("contoso"), func(s vault.State) { states = append(states, s) }); err != nil || len(states) == 0 || states[0] != vault.Deleting {
		t.Error(err, states)
	}
	if _, err := c.Get(t.Context(), id("contoso")); !arm.IsNotFound(err) {
		t.Error(err)
	}
}

func TestList(t *testing.T) {
	c, r := newClient(t, func(c *embedded.Config) { c.PageSize = 3 })
	var want []string
	for i := range 8 {
		want = append(want, fmt.Sprintf("contoso-%d", i))
		create(t, c, want[i])
	}
	r.take()
	for group, pages := range map[string]int{"": 3, "BACKUP": 3, "other": 1} {
		var got []string
		for v, err := range c.List(t.Context(), subscription, group) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, v.ID.Name)
		}
		if calls := len(r.take()); group != "other" && cmp.Diff(want, got) != "" || group == "other" && got != nil || calls != pages {
			t.Errorf("group %q: %v in %d calls", group, got, calls)
		}
	}
	for _, err := range c.List(t.Context(), "00000000-0000-4000-8000-00000000beef", "") {
		if !arm.HasCode(err, "SubscriptionNotFound") {
			t.Error(err)
		}
	}
}

func TestSubscriptionsAndRegions(t *testing.T) {
	const second = "00000000-0000-4000-8000-000000000002"
	c, r := newClient(t, func(c *embedded.Config) {
		c.Subscriptions = []embedded.Subscription{{ID: subscription, DisplayName: "Zulu"}, {ID: second, DisplayName: "Alpha"}}
		c.Regions = catalog.Regions(catalog.China)
	})
	got, _, err := c.Subscriptions(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := []vault.Subscription{{ID: second, DisplayName: "Alpha", State: "Enabled"}, {ID: subscription, DisplayName: "Zulu", State: "Enabled"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	r.take()
	for range 3 {
		offered, err := c.OfferedRegions(t.Context(), strings.ToUpper(subscription))
		if err != nil || len(offered) != 6 || offered["chinaeast"] != "China East" {
			t.Fatal(offered, err)
		}
	}
	if calls := r.take(); len(calls) != 1 {
		t.Errorf("asked once per run, not %v", calls)
	}
	if _, err := c.OfferedRegions(t.Context(), "00000000-0000-4000-8000-00000000beef"); !arm.HasCode(err, "SubscriptionNotFound") {
		t.Error(err)
	}
}

func TestParseID(t *testing.T) {
	want := id("contoso")
	for _, s := range []string{want.String(), strings.ToUpper(want.String()), strings.ToLower(want.String())} {
		got, err := vault.ParseID(s)
		if err != nil || !got.Equal(want) || got.Type != catalog.VaultType {
			t.Errorf("%s: %v %v", s, got, err)
		}
	}
	for _, s := range []string{"", "contoso", want.String() + "/backupPolicies/p", strings.Replace(want.String(), "vaults", "vault", 1)} {
		if _, err := vault.ParseID(s); err == nil {
			t.Errorf("%q is accepted", s)
		}
	}
}

func FuzzParseID(f *testing.F) {
	f.Add(id("contoso").String())
	f.Fuzz(func(t *testing.T, s string) {
		v, err := vault.ParseID(s)
		if err != nil {
			return
		}
		if again, err := vault.ParseID(v.String()); err != nil || again != v {
			t.Fatalf("%q: %v, then %v (%v)", s, v, again, err)
		}
	})
}
