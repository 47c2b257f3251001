package page_test

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
	"github.com/azurebackup/terraform-provider-backup/internal/server/page"
)

func TestSite_readsOnly(t *testing.T) {
	s := start(t)
	s.makeVault("contoso", "eastus")
	for _, path := range []string{"/", vaultPath("contoso"), "/events", "/assets/page.css", "/nowhere"} {
		for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions, "BREW"} {
			a := s.do(method, path).want(http.StatusMethodNotAllowed, "This page only shows")
			if got := a.header.Get("Allow"); got != "GET, HEAD" {
				t.Errorf("%s %s: Allow is %q", method, path, got)
			}
		}
	}
	for _, path := range []string{"/", vaultPath("contoso"), "/nowhere"} {
		get, head := s.get(path), s.do(http.MethodHead, path)
		if head.status != get.status || head.body != "" || head.header.Get("Content-Length") != get.header.Get("Content-Length") {
			t.Errorf("HEAD %s: %d with %d bytes and headers %v; GET has %d and %v", path, head.status, len(head.body), head.header,
				get.status, get.header)
		}
	}
	s.do(http.MethodHead, "/events").want(http.StatusOK)
}

// TestSite_onlyGets proves that the page changes nothing: whatever is asked of it, it only reads from the service.
func TestSite_onlyGets(t *testing.T) {
	s := start(t)
	s.makeVault("contoso", "eastus")
	var methods []string
	spy := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		methods = append(methods, r.Method)
		s.service.ServeHTTP(w, r)
	})
	s.handler = page.New(spy, page.Options{})
	for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodDelete} {
		s.do(method, "/")
		s.do(method, vaultPath("contoso"))
	}
	other := slices.ContainsFunc(methods, func(m string) bool { return m != http.MethodGet })
	if len(methods) == 0 || other {
		t.Errorf("the service was asked to %v", methods)
	}
}

func TestSite_headers(t *testing.T) {
	s := start(t)
	s.makeVault("contoso", "eastus")
	stylesheet := s.asset("page.css")
	for path, caching := range map[string]string{
		"/": "no-store", vaultPath("contoso"): "no-store", vaultPath("none"): "no-store", "/nowhere": "no-store",
		"/assets/nothing.css": "no-store", stylesheet: "public, max-age=31536000, immutable",
	} {
		a := s.get(path)
		for name, want := range map[string]string{
			"Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
				"form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
			"X-Content-Type-Options": "nosniff",
			"Referrer-Policy":        "no-referrer",
			"X-Frame-Options":        "DENY",
			"Cache-Control":          caching,
		} {
			if got := a.header.Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", path, name, got, want)
			}
		}
	}
}

// asset is where a file is that the page refers to.
func (s *site) asset(file string) string {
	s.tb.Helper()
	name, extension, _ := strings.Cut(file, ".")
	found := regexp.MustCompile(`"(/assets/` + name + `-[0-9a-f]{12}\.` + extension + `)"`).FindStringSubmatch(s.get("/").body)
	if found == nil {
		s.tb.Fatalf("the page has no %s", file)
	}
	return found[1]
}

func TestSite_assets(t *testing.T) {
	s := start(t)
	for file, want := range map[string]string{
		"page.css": "text/css; charset=utf-8", "page.js": "text/javascript; charset=utf-8", "icon.svg": "image/svg+xml; charset=utf-8",
	} {
		if got := s.get(s.asset(file)).want(http.StatusOK).header.Get("Content-Type"); got != want {
			t.Errorf("%s is %q, want %q", file, got, want)
		}
		s.get("/assets/"+file).want(http.StatusNotFound, "There is no such page") // without the hash, which may change
	}
	for _, path := range []string{"/nowhere", "/assets/", "/assets/page.css/x", "/vaults/", "/vaults/a/b", "/index.html"} {
		s.get(path).want(http.StatusNotFound, "There is no such page", "<h1>")
	}
}

// TestSite_trouble has a service that does not answer as it should.
func TestSite_trouble(t *testing.T) {
	s := start(t)
	var log bytes.Buffer
	broken := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusTooManyRequests)
		_, _ = w.Write([]byte(`{"error":{"code":"TooMany<Requests","message":"Slow & steady."}}`))
	})
	s.handler = page.New(broken, page.Options{Logger: slog.New(slog.NewTextHandler(&log, nil))})
	for _, path := range []string{"/", vaultPath("contoso")} {
		s.get(path).want(http.StatusBadGateway, "It answered 429 TooMany&lt;Requests: Slow &amp; steady.", "Reload the page")
	}
	if !strings.Contains(log.String(), "Slow & steady") {
		t.Errorf("the log says %q", log.String())
	}

	log.Reset()
	s.handler = page.New(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>")) }),
		page.Options{Logger: slog.New(slog.NewTextHandler(&log, nil))})
	s.get("/").want(http.StatusInternalServerError, "The page could not be made").wantNot("invalid character")
	if !strings.Contains(log.String(), "/subscriptions cannot be read") {
		t.Errorf("the log says %q", log.String())
	}
}

// TestSite_readerGone reads no further for a reader who has gone.
func TestSite_readerGone(t *testing.T) {
	s := start(t)
	s.makeVault("contoso", "eastus")
	reads := 0
	ctx, cancel := context.WithCancel(t.Context())
	s.handler = page.New(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		reads++
		cancel()
		s.service.ServeHTTP(w, r)
	}), page.Options{})
	s.handler.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(ctx, http.MethodGet, "/", nil))
	if reads != 1 {
		t.Errorf("the service was asked %d times", reads)
	}
}

func TestSite_clock(t *testing.T) {
	s := start(t)
	for _, test := range []struct {
		offset time.Duration
		want   string
	}{
		{40*24*time.Hour + 30*time.Second, "by the service’s clock, which is 40 days ahead"},
		{-3*time.Hour - 30*time.Second, "by the service’s clock, which is 3 hours behind"},
		{0, ""},
	} {
		now := time.Now().Add(test.offset)
		s.handler = page.New(s.service, page.Options{Now: func() time.Time { return now }})
		a := s.get("/").want(http.StatusOK, `As of <time datetime="`+now.UTC().Format(time.RFC3339)+`">`, test.want)
		if test.want == "" {
			a.wantNot("by the service’s clock")
		}
	}
}

// TestSite_https names the address that the reader uses.
func TestSite_https(t *testing.T) {
	s := start(t)
	recorded := httptest.NewRecorder()
	s.handler.ServeHTTP(recorded, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "https://backup.example:8443/", nil))
	a := &answer{t, recorded.Code, recorded.Header(), recorded.Body.String()}
	if code := a.code("start"); !strings.Contains(code, `endpoint    = "https://backup.example:8443"`) || strings.Contains(code, "BACKUP_TOKEN_FILE") {
		t.Errorf("the configuration is\n%s", code)
	}
}

// TestSite_secret says how the provider signs in where the reader had to, without the secret.
func TestSite_secret(t *testing.T) {
	s := start(t)
	s.makeVault("contoso", "eastus")
	for path, id := range map[string]string{"/?name=": "", vaultPath("contoso"): "step-provider"} {
		request := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
		request.SetBasicAuth("anyone", "the-secret-of-the-server")
		recorded := httptest.NewRecorder()
		s.handler.ServeHTTP(recorded, request)
		a := &answer{t, recorded.Code, recorded.Header(), recorded.Body.String()}
		a.wantNot("the-secret-of-the-server")
		if id != "" && !strings.Contains(a.code(id), "BACKUP_TOKEN_FILE") {
			t.Errorf("the configuration is\n%s", a.code(id))
		}
	}
}

func TestWords(t *testing.T) {
	for in, want := range map[time.Duration]string{
		0: "0 seconds", time.Second: "1 second", 61 * time.Second: "1 minute 1 second", 2 * time.Hour: "2 hours",
		26 * time.Hour: "1 day 2 hours", 90*time.Minute + 20*time.Second: "1 hour 30 minutes", 1400 * time.Millisecond: "1 second",
	} {
		if got := page.Spell(in); got != want {
			t.Errorf("Spell(%v) = %q, want %q", in, got, want)
		}
	}
	for in, want := range map[string]string{
		"ConfigureBackup": "Configure backup", "InProgress": "In progress", "Backup": "Backup", "GRSStorageUsage": "GRSStorage usage", "": "",
	} {
		if got := page.Separate(in); got != want {
			t.Errorf("Separate(%q) = %q, want %q", in, got, want)
		}
	}
	for in, want := range map[string]string{
		"Web-1.example": "web_1_example", "2nd": "vm_2nd", "": "vm_", "虚拟机": "vm____", "___": "vm____",
	} {
		if got := page.Label(in); got != want {
			t.Errorf("Label(%q) = %q, want %q", in, got, want)
		}
	}
}

// TestVault_throttled tells a vault that cannot be read now from one that is gone.
func TestVault_throttled(t *testing.T) {
	s := start(t)
	s.makeVault("contoso", "eastus")
	s.handler = page.New(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/backupPolicies") {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		s.service.ServeHTTP(w, r)
	}), page.Options{})
	s.get(vaultPath("contoso")).want(http.StatusBadGateway, "It answered 503")
	s.get("/vaults/" + embedded.DefaultSubscriptionID + "/backup/none").want(http.StatusNotFound)
}
