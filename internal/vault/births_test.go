package vault_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
	"github.com/azurebackup/terraform-provider-backup/internal/store"
	"github.com/azurebackup/terraform-provider-backup/internal/vault"
)

// troubled is a service that does everything it is asked for, and says so badly. undisturbed is another client of it, to
// whom it speaks well.
type troubled struct {
	*vault.Client
	undisturbed *vault.Client
	faults      *embedded.Faults
	// odd changes an answer that the service has given.
	odd func(*http.Request, *http.Response)
	// before is called before a request is sent.
	before func(*http.Request)
	// after is called when a write was sent, or its operation asked for.
	after func()
	calls []string
	next  policy.Transporter
}

func newTroubled(t *testing.T) *troubled {
	t.Helper()
	s, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "vaults.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	d := &troubled{faults: embedded.NewFaults()}
	config := embedded.Config{Store: s, ProvisioningTime: 20 * time.Millisecond, OperationTime: 20 * time.Millisecond}
	d.undisturbed = connect(t, embedded.NewTransport(embedded.New(config)))
	config.Faults = d.faults
	d.next = embedded.NewTransport(embedded.New(config))
	d.Client = connect(t, d)
	return d
}

// Do implements policy.Transporter.
func (d *troubled) Do(req *http.Request) (*http.Response, error) {
	d.calls = append(d.calls, req.Method+" "+kind(req.URL.Path))
	if d.before != nil {
		d.before(req)
	}
	if d.after != nil && isOperation(req) {
		d.after()
	}
	resp, err := d.next.Do(req)
	if d.after != nil && isWrite(req) {
		d.after()
	}
	if err == nil && d.odd != nil {
		d.odd(req, resp)
	}
	return resp, err
}

// birth is the create and the update of one kind of object. Both return its ARM id, as far as the service has accepted it.
type birth struct {
	object, operation embedded.Kind
	looksFirst        int // reads of the object before it is created
	create, update    func(context.Context, *vault.Client) (string, error)
	// is tells whether the object is as create or update asked for.
	is func(*testing.T, *vault.Client, string)
}

var births = map[string]birth{
	"vault": {
		embedded.KindVault, embedded.KindVaultOperation, 0,
		func(ctx context.Context, c *vault.Client) (string, error) {
			v, err := c.BeginCreate(ctx, id("newborn"), region, settings)
			if err == nil {
				v, err = c.WaitActive(ctx, v, nil)
			}
			return v.ARMID, err
		},
		func(ctx context.Context, c *vault.Client) (string, error) {
			v := vault.Vault{ID: id("newborn"), Settings: settings, State: vault.Active}
			v, err := c.Apply(ctx, v, vault.Settings{Tags: &map[string]string{"env": "test"}}, nil)
			return v.ARMID, err
		},
		func(t *testing.T, c *vault.Client, after string) {
			t.Helper()
			want := map[string]string{"create": "prod", "update": "test"}[after]
			if v, err := c.Get(t.Context(), id("newborn")); err != nil || v.State == vault.Failed || tag(v) != want {
				t.Errorf("%+v %v", v, err)
			}
		},
	},
	"policy": {
		embedded.KindPolicy, embedded.KindPolicyOperation, 1,
		func(ctx context.Context, c *vault.Client) (string, error) {
			p, err := c.CreatePolicy(ctx, policyID("newborn"), daily)
			return p.ARMID, err
		},
		func(ctx context.Context, c *vault.Client) (string, error) {
			changed := daily
			changed.Daily = &catalog.DailyRetention{Count: 45}
			p, err := c.UpdatePolicy(ctx, policyID("newborn"), changed, nil)
			return p.ARMID, err
		},
		func(t *testing.T, c *vault.Client, after string) {
			t.Helper()
			want := map[string]int{"create": 30, "update": 45}[after]
			if p, err := c.Policy(t.Context(), policyID("newborn")); err != nil || p.Settings.Daily.Count != want {
				t.Errorf("%+v %v", p, err)
			}
		},
	},
	"protected VM": {
		embedded.KindProtectedItem, embedded.KindProtectedItemOperation, 1,
		func(ctx context.Context, c *vault.Client) (string, error) {
			v, err := c.ProtectNew(ctx, itemID("web"), protection(), nil)
			return v.ARMID, err
		},
		func(ctx context.Context, c *vault.Client) (string, error) {
			v, err := c.StopProtection(ctx, itemID("web"), vault.StateStopped, nil)
			return v.ARMID, err
		},
		func(t *testing.T, c *vault.Client, after string) {
			t.Helper()
			if v, err := c.ProtectedVM(t.Context(), itemID("web")); err != nil || v.Stopped() != (after == "update") {
				t.Errorf("%+v %v", v, err)
			}
		},
	},
}

// ready makes what an object is made in, and for an update the object itself, in use.
func (d *troubled) ready(t *testing.T, b birth, call string) {
	t.Helper()
	create(t, d.undisturbed, "contoso")
	if call == "create" {
		return
	}
	if _, err := b.create(t.Context(), d.undisturbed); err != nil {
		t.Fatal(err)
	}
	if b.object == embedded.KindPolicy { // its change takes a while when VMs have it
		p := protection()
		p.SourceVMID, p.PolicyID = vmID("user").String(), policyID("newborn").String()
		if _, err := d.undisturbed.Protect(t.Context(), itemID("user"), p, nil); err != nil {
			t.Fatal(err)
		}
	}
}

// hurried is a context that ends soon after the first write.
func (d *troubled) hurried(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	d.after = sync.OnceFunc(func() { time.AfterFunc(60*time.Millisecond, cancel) })
	return ctx
}

func isOperation(req *http.Request) bool {
	return kind(req.URL.Path) == "operation" || strings.Contains(req.URL.Path, "/operations")
}

func isWrite(req *http.Request) bool {
	return req.Method == http.MethodPut || req.Method == http.MethodPatch
}

// However badly the service tells what became of a write, one that it has done is done, and one that it has not is not taken
// for done.
func TestWritesThatTheServiceSpeaksBadlyOf(t *testing.T) {
	const soon = 5 * time.Millisecond
	type trouble struct {
		rules func(b birth, looks int) []embedded.FaultRule
		odd   func(*http.Request, *http.Response)
		// hurried is for what goes on until the time runs out.
		hurried bool
		want    string // done, unless it is something else
	}
	operation := func(rule embedded.FaultRule) func(birth, int) []embedded.FaultRule {
		return func(b birth, _ int) []embedded.FaultRule {
			own := rule
			own.Kind, own.Times = b.operation, embedded.Always
			return []embedded.FaultRule{own}
		}
	}
	write := func(rule embedded.FaultRule, more ...embedded.FaultRule) func(birth, int) []embedded.FaultRule {
		return func(b birth, looks int) (rules []embedded.FaultRule) {
			for _, method := range []string{http.MethodPut, http.MethodPatch} {
				own := rule
				own.Kind, own.Times, own.Method = b.object, embedded.Always, method
				rules = append(rules, own)
			}
			for _, r := range more {
				r.Kind, r.Method, r.From = b.object, http.MethodGet, looks+1
				rules = append(rules, r)
			}
			return rules
		}
	}
	for name, trouble := range map[string]trouble{
		"operation not found":       {rules: operation(embedded.FaultRule{Status: 404, Code: "ResourceNotFound"})},
		"operation broken":          {rules: operation(embedded.FaultRule{Status: 500})},
		"operation busy":            {rules: operation(embedded.FaultRule{Status: 503, RetryAfter: soon})},
		"operation not to be asked": {rules: operation(embedded.FaultRule{Status: 403, Code: "AuthorizationFailed"})},
		"operation dropped":         {rules: operation(embedded.FaultRule{Drop: true})},
		"operation garbled": {odd: func(req *http.Request, resp *http.Response) {
			if isOperation(req) {
				resp.StatusCode, resp.Body = http.StatusOK, io.NopCloser(strings.NewReader("<html>Sign in</html>"))
			}
		}},
		"operation says nothing": {odd: func(req *http.Request, resp *http.Response) {
			if isOperation(req) {
				resp.StatusCode, resp.Body = http.StatusOK, io.NopCloser(strings.NewReader("{}"))
			}
		}},
		"operation elsewhere": {odd: func(req *http.Request, resp *http.Response) {
			for _, name := range []string{"Azure-AsyncOperation", "Location"} {
				if isWrite(req) && resp.Header.Get(name) != "" {
					resp.Header.Set(name, "https://elsewhere.invalid/operations/1")
				}
			}
		}},
		"operation late": {rules: operation(embedded.FaultRule{Delay: time.Hour}), hurried: true, want: "unfinished"},
		"object not found for a while": {rules: func(b birth, looks int) []embedded.FaultRule {
			return []embedded.FaultRule{{Kind: b.object, Method: http.MethodGet, From: looks + 1, Times: 4, Status: 404, Code: "ResourceNotFound"}}
		}},
		"object not to be read for a while": {rules: func(b birth, looks int) []embedded.FaultRule {
			return []embedded.FaultRule{{Kind: b.object, Method: http.MethodGet, From: looks + 1, Times: 4, Status: 403, Code: "AuthorizationFailed"}}
		}},
		"done and dropped":       {rules: write(embedded.FaultRule{Act: true, Drop: true}), hurried: true},
		"done and not found":     {rules: write(embedded.FaultRule{Act: true, Status: 404, Code: "ResourceNotFound"})},
		"done and broken":        {rules: write(embedded.FaultRule{Act: true, Status: 500}), hurried: true},
		"done and busy":          {rules: write(embedded.FaultRule{Act: true, Status: 503, RetryAfter: time.Second}), hurried: true},
		"done, and nothing else": {rules: write(embedded.FaultRule{Act: true, Drop: true}, embedded.FaultRule{Status: 503, RetryAfter: soon, Times: 5}), hurried: true},
		"dropped":                {rules: write(embedded.FaultRule{Drop: true}), hurried: true, want: "not known"},
		"busy":                   {rules: write(embedded.FaultRule{Status: 503, RetryAfter: time.Second}), hurried: true, want: "not known"},
		"refused":                {rules: write(embedded.FaultRule{Status: 409, Code: "Broken"}), want: "refused"},
	} {
		for object, b := range births {
			for call, do := range map[string]func(context.Context, *vault.Client) (string, error){"create": b.create, "update": b.update} {
				t.Run(object+", "+call+": "+name, func(t *testing.T) {
					t.Parallel()
					d := newTroubled(t)
					d.ready(t, b, call)
					looks := 1 // an update reads what there is, but for vaults, whose state tells
					if object == "vault" || call == "create" {
						looks = b.looksFirst
					}
					d.odd = trouble.odd
					if trouble.rules != nil {
						d.faults.Add(trouble.rules(b, looks)...)
					}
					ctx := t.Context()
					if trouble.hurried {
						ctx = d.hurried(t)
					}
					armID, err := do(ctx, d.Client)
					d.faults.Clear()
					want := trouble.want
					if want == "unfinished" && (object == "vault" && call == "create" || object == "policy" && call == "create") {
						want = "" // where no operation is asked
					}
					checkBirth(t, d, b, call, want, armID, err)
				})
			}
		}
	}
}

func checkBirth(t *testing.T, d *troubled, b birth, call, want, armID string, err error) {
	t.Helper()
	before := map[string]string{"update": "create"}[call] // what there is when nothing was done
	switch want {
	case "":
		if err != nil || armID == "" {
			t.Errorf("%q %T %v", armID, err, err)
		}
		b.is(t, d.undisturbed, call)
		return
	case "refused":
		if !arm.HasCode(err, "Broken") || vault.IsUnsure(err) {
			t.Errorf("%T %v", err, err)
		}
	case "unfinished":
		if !errors.Is(err, context.Canceled) || !vault.IsUnsure(err) || call == "create" && armID == "" {
			t.Errorf("%q %T %v", armID, err, err)
		}
		b.is(t, d.undisturbed, call)
		return
	case "not known":
		var unsure *vault.UnsureError
		if !errors.Is(err, context.Canceled) || !errors.As(err, &unsure) && call == "create" || call == "create" && (armID != "" || !unsure.Absent) {
			t.Errorf("%q %T %v", armID, err, err)
		}
		if last := d.calls[len(d.calls)-1]; !strings.HasPrefix(last, "GET ") {
			t.Errorf("the last call was %s", last)
		}
	}
	if call == "create" {
		if _, err := b.create(t.Context(), d.undisturbed); err != nil {
			t.Errorf("nothing was to be there: %v", err)
		}
		return
	}
	b.is(t, d.undisturbed, before)
}
