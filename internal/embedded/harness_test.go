package embedded_test

import (
	"encoding/json"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
	"github.com/azurebackup/terraform-provider-backup/internal/store"
)

const (
	sub     = "/subscriptions/" + embedded.DefaultSubscriptionID
	version = "2025-08-01"
	minimal = `{"location":"eastasia","properties":{},"sku":{"name":"Standard"}}`
)

func vaultPath(group, name string) string {
	return sub + "/resourceGroups/" + group + "/providers/Microsoft.RecoveryServices/vaults/" + name
}

// clock is a clock that tests move.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// service is an embedded service and a client of its in-process transport.
type service struct {
	tb        testing.TB
	store     *store.Store
	clock     *clock
	transport *embedded.Transport
}

func start(tb testing.TB, configure ...func(*embedded.Config)) *service {
	tb.Helper()
	st, err := store.Open(tb.Context(), filepath.Join(tb.TempDir(), "backup-vaults.db"))
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := st.Close(); err != nil {
			tb.Error(err)
		}
	})
	s := &service{tb: tb, store: st, clock: &clock{now: time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)}}
	config := embedded.Config{Store: st, Now: s.clock.Now}
	for _, f := range configure {
		f(&config)
	}
	s.transport = embedded.NewTransport(embedded.New(config))
	return s
}

// chosenSoftDelete is for what only vaults do whose soft delete is not forced.
func chosenSoftDelete(c *embedded.Config) { c.SoftDeleteChosen = true }

// response is an answer with its body decoded.
type response struct {
	tb     testing.TB
	status int
	header http.Header
	raw    string
	body   map[string]any
}

// do sends a request. A path without a query gets the usual API version; headers are pairs of name and value.
func (s *service) do(method, path, body string, headers ...string) *response {
	s.tb.Helper()
	if !strings.Contains(path, "?") {
		path += "?api-version=" + version
	}
	if strings.HasPrefix(path, "/") {
		path = embedded.Endpoint + path
	}
	request, err := http.NewRequestWithContext(s.tb.Context(), method, path, strings.NewReader(body))
	if err != nil {
		s.tb.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	answer, err := s.transport.Do(request)
	if err != nil {
		s.tb.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	raw, err := io.ReadAll(answer.Body)
	if err != nil {
		s.tb.Fatal(err)
	}
	r := &response{tb: s.tb, status: answer.StatusCode, header: answer.Header, raw: string(raw)}
	if len(raw) > 0 {
		if got := answer.Header.Get("Content-Type"); got != "application/json; charset=utf-8" {
			s.tb.Errorf("%s %s: content type %q", method, path, got)
		}
		if err := json.Unmarshal(raw, &r.body); err != nil {
			s.tb.Fatalf("%s %s: %v in %s", method, path, err, raw)
		}
	}
	return r
}

func (s *service) get(path string) *response { s.tb.Helper(); return s.do(http.MethodGet, path, "") }

func (s *service) put(path, body string) *response {
	s.tb.Helper()
	return s.do(http.MethodPut, path, body)
}

func (s *service) patch(path, body string) *response {
	s.tb.Helper()
	return s.do(http.MethodPatch, path, body)
}

func (s *service) delete(path string) *response {
	s.tb.Helper()
	return s.do(http.MethodDelete, path, "")
}

// seed stores a document as a later part of the service would.
func (s *service) seed(d *store.Document) {
	s.tb.Helper()
	err := s.store.Update(s.tb.Context(), s.clock.Now(), func(tx *store.Tx) error { return tx.PutDocument(d) })
	if err != nil {
		s.tb.Fatal(err)
	}
}

// want checks the status, and stops the test when it is another.
func (r *response) want(status int) *response {
	r.tb.Helper()
	if r.status != status {
		r.tb.Fatalf("got %d, want %d: %s", r.status, status, r.raw)
	}
	return r
}

// wantError checks the status and code of an error, and that its message has the given parts.
func (r *response) wantError(status int, code string, parts ...string) {
	r.tb.Helper()
	r.want(status)
	if got := r.text("error", "code"); got != code {
		r.tb.Errorf("got code %q, want %q: %s", got, code, r.raw)
	}
	message := r.text("error", "message")
	if message == "" {
		r.tb.Errorf("no message in %s", r.raw)
	}
	for _, part := range parts {
		if !strings.Contains(message, part) {
			r.tb.Errorf("%q does not say %q", message, part)
		}
	}
}

// at returns the value at a path into the body.
func (r *response) at(path ...string) any {
	var v any = r.body
	for _, name := range path {
		o, _ := v.(map[string]any)
		v = o[name]
	}
	return v
}

func (r *response) text(path ...string) string {
	s, _ := r.at(path...).(string)
	return s
}

func (r *response) state() string { return r.text("properties", "provisioningState") }

// values are the entries of a page.
func (r *response) values() []*response {
	var entries []*response
	values, _ := r.at("value").([]any)
	for _, v := range values {
		o, _ := v.(map[string]any)
		entries = append(entries, &response{tb: r.tb, body: o})
	}
	return entries
}

// names lists the names in a page.
func (r *response) names() []string {
	names := []string{}
	for _, v := range r.values() {
		names = append(names, v.text("name"))
	}
	return names
}
