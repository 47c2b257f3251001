package embedded_test

import (
	"context"
	"database/sql"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
	"github.com/azurebackup/terraform-provider-backup/internal/store"
)

func TestAPIVersions(t *testing.T) {
	s := start(t)
	s.do(http.MethodGet, "/subscriptions?x=y", "").wantError(http.StatusBadRequest, "MissingApiVersionParameter")
	for _, v := range []string{"latest", "2025-8-1", "2025-13-01", "2025-08-01-beta", "20250801", "2025-08-01T00"} {
		s.get("/subscriptions?api-version="+v).wantError(http.StatusBadRequest, "InvalidApiVersionParameter", v)
	}
	for _, v := range []string{"2014-04-01", "2030-01-01", "2025-08-01-preview", "2025-08-01-Preview"} {
		s.get("/subscriptions?api-version=" + v).want(http.StatusOK)
	}
	s.get("/subscriptions?API-Version=2025-08-01").want(http.StatusOK)
}

func TestWhatIsNotServed(t *testing.T) {
	s := start(t)
	const notModelled = "NotModelledByEmbeddedService"
	vault := vaultPath("g", "vault")
	for _, test := range []struct {
		method, path string
		status       int
		code         string
	}{
		{"POST", vault + "/backupSecurityPIN", 501, notModelled},
		{"PUT", vault + "/backupFabrics/Azure/protectionContainers/StorageContainer;x", 501, notModelled},
		{"GET", "/tenants/x/y", 501, notModelled},
		{"PUT", vault + "/backupFabrics/OnPremises/protectionContainers/c/protectedItems/i", 501, notModelled},
		{"GET", vault + "/backupFabrics/Azure/protectionContainers/c/protectedItems/i/recoveryPoints/1/restore", 501, notModelled},
		{"GET", sub + "/providers/Microsoft.Compute/snapshots", 501, notModelled},
		{"GET", sub + "/providers/Microsoft.RecoveryServices/locations/eastasia/capabilities", 501, notModelled},
		{"GET", "/providers/Microsoft.RecoveryServices/operations", 501, notModelled},
		{"GET", "/", 404, "NotFound"},
		{"GET", "/elsewhere", 404, "NotFound"},
		{"POST", vault, 405, "HttpMethodNotAllowed"},
		{"HEAD", vault, 405, "HttpMethodNotAllowed"},
		{"DELETE", vault + "/usages", 405, "HttpMethodNotAllowed"},
		{"PUT", sub, 405, "HttpMethodNotAllowed"},
	} {
		t.Run(test.method+" "+test.path, func(t *testing.T) {
			s.do(test.method, test.path, "").wantError(test.status, test.code)
		})
	}
	s.get(vault+"/backupEngines").wantError(501, notModelled, "GET", vault+"/backupEngines")
	if got := s.do("POST", vault, "").header.Get("Allow"); got != "DELETE, GET, PATCH, PUT" {
		t.Errorf("Allow: %s", got)
	}
	s.get(vault+"/operationStatus/nonsense").wantError(http.StatusNotFound, "ResourceNotFound")
	s.put(vault, minimal)
	poll := s.put(vaultPath("g", "other"), minimal).header.Get("Azure-AsyncOperation")
	s.get(strings.Replace(poll, "/other/", "/vault/", 1)).wantError(http.StatusNotFound, "ResourceNotFound")
}

func TestHeaders(t *testing.T) {
	s := start(t)
	r := s.do(http.MethodGet, vaultPath("g", "none"), "", "x-ms-client-request-id", "mine", "x-ms-correlation-request-id", "ours")
	for name, want := range map[string]string{
		"x-ms-client-request-id": "mine", "x-ms-correlation-request-id": "ours", "Cache-Control": "no-cache",
	} {
		if got := r.header.Get(name); got != want {
			t.Errorf("%s: %q", name, got)
		}
	}
	again := s.get(vaultPath("g", "none"))
	if a, b := r.header.Get("x-ms-request-id"), again.header.Get("x-ms-request-id"); a == "" || a == b {
		t.Errorf("request ids %q and %q", a, b)
	}
	if again.header.Get("x-ms-correlation-request-id") == "" || again.header.Get("x-ms-client-request-id") != "" {
		t.Errorf("got %v", again.header)
	}
}

// A listener can be put before the same handler; its URLs then are the listener's.
func TestBehindAListener(t *testing.T) {
	s := start(t, pagesOf(1))
	server := httptest.NewServer(embedded.New(embedded.Config{Store: s.store, PageSize: 1}))
	defer server.Close()
	send := func(method, path, body string) (http.Header, string) {
		t.Helper()
		request, err := http.NewRequestWithContext(t.Context(), method, server.URL+path+"?api-version="+version, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		answer, err := server.Client().Do(request)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = answer.Body.Close() }()
		content, err := io.ReadAll(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		return answer.Header, string(content)
	}
	send("PUT", vaultPath("g", "va"), minimal)
	header, _ := send("PUT", vaultPath("g", "vb"), minimal)
	if got := header.Get("Azure-AsyncOperation"); !strings.HasPrefix(got, server.URL+"/subscriptions/") {
		t.Errorf("polling URL %s", got)
	}
	if _, list := send("GET", allVaults, ""); !strings.Contains(list, `"nextLink":"`+server.URL) {
		t.Errorf("got %s", list)
	}
}

func TestTransport(t *testing.T) {
	request := func(ctx context.Context) *http.Request {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, embedded.Endpoint+"/x?y=z", nil)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	t.Run("a request that is cancelled before it starts is not handled", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		tr := embedded.NewTransport(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("handled") }))
		answer, err := tr.Do(request(ctx))
		if !errors.Is(err, context.Canceled) {
			_ = answer.Body.Close()
			t.Errorf("got %v", err)
		}
	})
	t.Run("an answer that was reached is given although the context ended", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		tr := embedded.NewTransport(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			cancel()
			if r.Host != "embedded.backup.invalid" || r.RequestURI != "/x?y=z" || r.Body == nil {
				t.Errorf("got %s, %s, %v", r.Host, r.RequestURI, r.Body)
			}
			_, _ = io.WriteString(w, "done")
		}))
		sent := request(ctx)
		answer, err := tr.Do(sent)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = answer.Body.Close() }()
		body, _ := io.ReadAll(answer.Body)
		if string(body) != "done" || answer.StatusCode != 200 || answer.Request != sent || answer.ContentLength != 4 {
			t.Errorf("got %s, %+v", body, answer)
		}
	})
	t.Run("a request that is cancelled while it waits fails with the context's error", func(t *testing.T) {
		s := start(t)
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		err := s.store.Update(t.Context(), s.clock.Now(), func(*store.Tx) error {
			r, err := http.NewRequestWithContext(ctx, http.MethodPut, embedded.Endpoint+vaultPath("g", "v1")+"?api-version="+version, strings.NewReader(minimal))
			if err != nil {
				return err
			}
			answer, err := s.transport.Do(r)
			if err == nil {
				_ = answer.Body.Close()
			}
			return err
		})
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
		s.get(vaultPath("g", "v1")).want(http.StatusNotFound)
	})
}

func TestBugsBecomeAnswers(t *testing.T) {
	s := start(t, func(c *embedded.Config) {
		c.FailProvisioning = func(string) *embedded.Fault { panic("a bug") }
	})
	s.put(vaultPath("g", "vault"), minimal).wantError(http.StatusInternalServerError, "InternalServerError", "a bug")
	s.get(vaultPath("g", "vault")).want(http.StatusNotFound)
}

func TestTroubleWithTheDatabase(t *testing.T) {
	t.Run("closed", func(t *testing.T) {
		s := start(t)
		if err := s.store.Close(); err != nil {
			t.Fatal(err)
		}
		s.get(vaultPath("g", "vault")).wantError(http.StatusInternalServerError, "InternalServerError", "closed")
	})
	t.Run("damaged", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "x.db")
		st, err := store.Open(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = st.Close() }()
		// Give the pages of the tables away, as a failing disk would.
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for i := 4096; i < len(content); i++ {
			content[i] = 0xff
		}
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		s := &service{tb: t, transport: embedded.NewTransport(embedded.New(embedded.Config{Store: st}))}
		s.put(vaultPath("g", "vault"), minimal).wantError(http.StatusInsufficientStorage, "DatabaseDamaged", path)
	})
	t.Run("an error nobody foresaw", func(t *testing.T) {
		s := start(t)
		db, err := sql.Open("sqlite", s.store.Path())
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = db.Close() }()
		trigger := `CREATE TRIGGER no BEFORE INSERT ON documents BEGIN SELECT RAISE(ABORT, 'unforeseen'); END`
		if _, err := db.ExecContext(t.Context(), trigger); err != nil {
			t.Fatal(err)
		}
		s.put(vaultPath("g", "vault"), minimal).wantError(http.StatusInternalServerError, "InternalServerError", "the database refused", "19")
		if got := s.put(vaultPath("g", "vault"), minimal).raw; strings.Contains(got, "unforeseen") || strings.Contains(got, "SQL") {
			t.Errorf("SQLite's own words are in %s", got)
		}
	})
}

// Whatever is sent, there is an answer with a body that clients can read, and no panic: those come back as 500.
func FuzzRequests(f *testing.F) {
	f.Add("GET", "/subscriptions/../%2e%2e//", "{}")
	f.Add("PUT", vaultPath("g", "vault"), `{"location":"eastasia","sku":{"name":"RS0"},"properties":{"encryption":[]}}`)
	f.Add("PATCH", vaultPath("g", "seeded"), `{"properties":{"securitySettings":{"softDeleteSettings":null}}}`)
	f.Add("PATCH", vaultPath("g", "seeded"), `{"properties":{"redundancySettings":7},"tags":[],"identity":"x"}`)
	f.Add("PUT", sub+"/resourceGroups/g", `{"location":"eastasia","tags":{"a":null},"managedBy":{}}`)
	f.Add("DELETE", sub+"/resourcegroups/", "")
	f.Add("GET", vaultPath("g", "a%2Fb")+"/operationStatus/%00", "")
	f.Add("POST", sub+"/resourceGroups/g/providers/Microsoft.RecoveryServices/locations/%20/checkNameAvailability", `{"name":[]}`)
	f.Add("PUT", itemPath(vaultPath("g", "seeded"), "web"), protectBody(vaultPath("g", "seeded"), "web"))
	f.Add("PUT", itemPath(vaultPath("g", "seeded"), "web"), `{"properties":{"protectedItemType":7,"isRehydrate":{}}}`)
	f.Add("GET", vaultPath("g", "seeded%2FbackupFabrics%2FAzure%2FprotectionContainers%2Fa%2FprotectedItems%2Fb"), "")
	f.Add("POST", deletedVaultsPath+"/x/undelete", `{"properties":{"recoveryResourceGroupId":"`+sub+`/resourceGroups/g"}}`)
	s := start(f)
	s.put(vaultPath("g", "seeded"), minimal)
	handler := embedded.New(embedded.Config{Store: s.store})
	f.Fuzz(func(t *testing.T, method, path, body string) {
		r, err := http.NewRequestWithContext(t.Context(), method, "https://host", strings.NewReader(body))
		if err != nil {
			t.Skip() // no HTTP client sends such a method
		}
		r.URL.Path, r.URL.RawPath, r.URL.RawQuery = path, path, "api-version="+version
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		if w.Code >= 500 && w.Code != http.StatusNotImplemented {
			t.Errorf("%s %q %q: %d %s", method, path, body, w.Code, w.Body)
		}
	})
}
