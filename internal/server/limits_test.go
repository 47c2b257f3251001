package server_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
	"github.com/azurebackup/terraform-provider-backup/internal/server"
)

func TestBodies(t *testing.T) {
	t.Parallel()
	s := start(t)
	long := func(n int) string { return `{"x":"` + strings.Repeat("x", n) + `"}` }
	s.do(http.MethodPut, vaultPath("main"), long(4<<20)).want(http.StatusRequestEntityTooLarge, "RequestEntityTooLarge")
	s.do(http.MethodPost, "/x/oauth2/token", long(64<<10)).want(http.StatusRequestEntityTooLarge, "RequestEntityTooLarge")
	s.do(http.MethodPost, "/providers/x", long(5<<20)).want(http.StatusRequestEntityTooLarge, "RequestEntityTooLarge")
	s.do(http.MethodPut, vaultPath("main"), `{"location":"eastasia","sku":{"name":"Standard"},"properties":{},"tags":{"a":"`+strings.Repeat("x", 200)+`"}}`).want(http.StatusCreated, "")
	s.do(http.MethodPut, vaultPath("other"), long(3<<20)).want(http.StatusBadRequest, "LocationRequired")
}

// Nobody who is not let in makes the server read a large body.
func TestBodiesOfStrangers(t *testing.T) {
	t.Parallel()
	s := start(t, withSecret)
	s.do(http.MethodPut, vaultPath("main"), strings.Repeat("x", 5<<20)).want(http.StatusUnauthorized, "AuthenticationFailed")
}

func TestBrokenBody(t *testing.T) {
	t.Parallel()
	s := start(t)
	connection, err := new(net.Dialer).DialContext(t.Context(), "tcp", strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = connection.Close() }()
	_, _ = fmt.Fprintf(connection, "PUT %s HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{\"location\":", vaultPath("main"))
	if tcp, ok := connection.(*net.TCPConn); ok {
		_ = tcp.CloseWrite()
	}
	content, _ := io.ReadAll(connection)
	if !strings.HasPrefix(string(content), "HTTP/1.1 400") || !strings.Contains(string(content), `"BadRequest"`) {
		t.Errorf("answer %s", content)
	}
}

func TestHosts(t *testing.T) {
	t.Parallel()
	s := start(t, func(c *server.Config, _ *embedded.Config) { c.Hosts = []string{"backup.example"} })
	for _, host := range []string{"localhost", "LOCALHOST:80", "127.0.0.1:1", "127.8.8.8", "[::1]:5", "[::1]", "backup.example:443", "Backup.Example"} {
		s.get(subscriptions, "Host", host).want(http.StatusOK, "")
	}
	for _, host := range []string{"evil.example", "127.0.0.1.evil.example", "localhost.evil.example:10800", "10.0.0.1", "[fe80::1]", "x"} {
		for _, path := range []string{subscriptions, "/", "/healthz", "/metadata/endpoints?api-version=2022-09-01"} {
			s.get(path, "Host", host).want(http.StatusForbidden, "HostForbidden")
		}
	}
	elsewhere := start(t, withSecret, func(c *server.Config, _ *embedded.Config) { c.Loopback = false })
	elsewhere.get("/healthz", "Host", "any.example").want(http.StatusOK, "")
}

func TestOtherOrigins(t *testing.T) {
	t.Parallel()
	s := start(t)
	foreign := []string{"Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site"}
	for _, method := range []string{http.MethodPut, http.MethodPost, http.MethodPatch, http.MethodDelete} {
		for _, path := range []string{vaultPath("main"), "/x/oauth2/token", "/"} {
			s.do(method, path, minimal, foreign...).want(http.StatusForbidden, "CrossOriginRequestForbidden")
			s.do(method, path, minimal, foreign[:2]...).want(http.StatusForbidden, "CrossOriginRequestForbidden")
		}
	}
	a := s.get(subscriptions, foreign...).want(http.StatusOK, "")
	preflight := s.do(http.MethodOptions, vaultPath("main"), "", append(foreign, "Access-Control-Request-Method", "PUT")...)
	for _, header := range []http.Header{a.header, preflight.header} {
		for name := range header {
			if strings.HasPrefix(name, "Access-Control-") {
				t.Errorf("the header %s lets other origins read", name)
			}
		}
	}
	s.do(http.MethodPut, vaultPath("main"), minimal, "Sec-Fetch-Site", "same-origin").want(http.StatusCreated, "")
}

// What is not the embedded service's is refused in the same shape.
func TestNothingThere(t *testing.T) {
	t.Parallel()
	s := start(t)
	for _, path := range []string{"/", "/index.html", "/../../etc/passwd", "/subscriptionsx", "/metadata", "/common/discovery/other", "/%2e%2e/x", "//x"} {
		s.get(path).want(http.StatusNotFound, "NotFound")
	}
	s.get("/providers/Microsoft.Nothing").want(http.StatusNotImplemented, "NotModelledByEmbeddedService")
	s.do(http.MethodDelete, "/healthz", "").want(http.StatusMethodNotAllowed, "HttpMethodNotAllowed")
	s.do(http.MethodPost, "/metrics", "").want(http.StatusMethodNotAllowed, "HttpMethodNotAllowed")
}

func TestThrottling(t *testing.T) {
	t.Parallel()
	const other = "00000000-0000-4000-8000-000000000002"
	s := start(t, func(c *server.Config, e *embedded.Config) {
		c.ReadsPerSecond, c.WritesPerSecond = 0.01, 0.02
		c.Subscriptions = append(c.Subscriptions, other)
		e.Subscriptions = []embedded.Subscription{{ID: embedded.DefaultSubscriptionID}, {ID: other}}
	})
	if got := s.get(sub+version).want(http.StatusOK, "").header.Get("x-ms-ratelimit-remaining-subscription-reads"); got != "0" {
		t.Errorf("%q reads remain, want 0", got)
	}
	// Reads and writes, and each subscription, have a limit of their own.
	if got := s.do(http.MethodPut, vaultPath("main"), minimal).want(http.StatusCreated, "").header.Get("x-ms-ratelimit-remaining-subscription-writes"); got != "0" {
		t.Errorf("%q writes remain, want 0", got)
	}
	s.get("/subscriptions/"+other+version).want(http.StatusOK, "")
	if got := s.get(subscriptions).want(http.StatusOK, "").header.Get("x-ms-ratelimit-remaining-tenant-reads"); got != "0" {
		t.Errorf("%q reads remain, want 0", got)
	}
	read := s.get(strings.ToUpper(sub)+version).want(http.StatusTooManyRequests, "SubscriptionRequestsThrottled")
	if got := read.header.Get("Retry-After"); got != "100" {
		t.Errorf("Retry-After %q, want 100", got)
	}
	if !strings.Contains(read.body, "Number of 'read' requests for subscription '") {
		t.Errorf("answer %s", read.body)
	}
	write := s.do(http.MethodDelete, vaultPath("main"), "").want(http.StatusTooManyRequests, "SubscriptionRequestsThrottled")
	if got := write.header.Get("Retry-After"); got != "50" {
		t.Errorf("Retry-After %q, want 50", got)
	}
	// Made-up subscriptions have one limit together, which the list has used up.
	for i := range 3 {
		s.get(fmt.Sprintf("/subscriptions/00000000-0000-4000-8000-0000000000%d%s", 10+i, version)).want(http.StatusTooManyRequests, "")
	}
	s.get("/healthz").want(http.StatusOK, "")
}

func TestHealth(t *testing.T) {
	t.Parallel()
	s := start(t, func(c *server.Config, _ *embedded.Config) {
		c.Ready = func(context.Context) error { return errors.New("the database is damaged") }
	})
	s.get("/healthz").want(http.StatusOK, "")
	a := s.get("/readyz").want(http.StatusServiceUnavailable, "ServiceUnavailable")
	if !strings.Contains(a.body, "the database is damaged") {
		t.Errorf("answer %s", a.body)
	}
}

func TestPanicOfAHandler(t *testing.T) {
	t.Parallel()
	s := start(t, func(c *server.Config, _ *embedded.Config) {
		c.Page = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/vaults/late" {
				_, _ = w.Write([]byte("half an ans"))
				_ = http.NewResponseController(w).Flush()
			}
			panic("oh")
		})
	})
	a := s.get("/").want(http.StatusInternalServerError, "InternalServerError")
	if id := a.header.Get("X-Ms-Request-Id"); id == "" || !strings.Contains(s.log.String(), id) {
		t.Errorf("the log lacks the request %q: %s", id, s.log)
	}
	if !strings.Contains(s.log.String(), `"panic":"oh","stack":`) {
		t.Errorf("log %s", s.log)
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+"/vaults/late", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	response, err := s.client.Do(request)
	if err == nil {
		_, err = io.ReadAll(response.Body)
		_ = response.Body.Close()
	}
	if err == nil {
		t.Error("half an answer looks whole")
	}
}

// A fault that drops the connection must reach the client as that.
func TestDroppedConnection(t *testing.T) {
	t.Parallel()
	s := start(t, func(_ *server.Config, e *embedded.Config) {
		e.Faults = embedded.NewFaults(embedded.FaultRule{Method: http.MethodPut, Drop: true})
	})
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPut, s.url+vaultPath("main"), strings.NewReader(minimal))
	if err != nil {
		t.Fatal(err)
	}
	if response, err := s.client.Do(request); err == nil {
		_ = response.Body.Close()
		t.Errorf("the answer is %s", response.Status)
	}
	s.get("/metrics").want(http.StatusOK, "")
	if metrics := s.get("/metrics").body; !strings.Contains(metrics, `backup_requests_total{code="0",method="PUT",route="vault"} 1`) {
		t.Errorf("metrics %s", metrics)
	}
	if !strings.Contains(s.log.String(), `"msg":"request broken off"`) {
		t.Errorf("log %s", s.log)
	}
}

// An event stream outlives the limit on the time of an answer only if its handler can reach the connection.
func TestPageReachesConnection(t *testing.T) {
	t.Parallel()
	s := start(t, func(c *server.Config, _ *embedded.Config) {
		c.Page = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			if err := http.NewResponseController(w).SetWriteDeadline(time.Time{}); err != nil {
				panic(err)
			}
			if _, ok := w.(http.Flusher); !ok {
				panic("no flusher")
			}
		})
	})
	s.get("/events", "Accept", "text/event-stream").want(http.StatusOK, "")
}

// The page's own paths, and what a browser asks for, are the page's; other clients are told in ARM's shape.
func TestWhatThePageAnswers(t *testing.T) {
	t.Parallel()
	s := start(t, func(c *server.Config, _ *embedded.Config) {
		c.Page = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) })
	})
	for _, path := range []string{"/", "/vaults/a/b/c", "/events", "/assets/x.css"} {
		s.get(path, "Accept", "*/*").want(http.StatusTeapot, "")
		s.do(http.MethodPost, path, "").want(http.StatusMethodNotAllowed, "HttpMethodNotAllowed")
	}
	s.get("/other", "Accept", "text/html,*/*").want(http.StatusTeapot, "")
	s.get("/other", "Accept", "application/json").want(http.StatusNotFound, "NotFound")
	s.get("/other").want(http.StatusNotFound, "NotFound")
}

// A fault may hold an answer back for longer than answers may take otherwise.
func TestLongDelaysAreNotCutOff(t *testing.T) {
	t.Parallel()
	usual, _ := newServer(t)
	slow, _ := newServer(t, func(c *server.Config, _ *embedded.Config) { c.LongestDelay = time.Hour })
	if usual.WriteTimeout() <= 0 || slow.WriteTimeout() != usual.WriteTimeout()+time.Hour {
		t.Errorf("an answer may take %s, and %s with a fault of an hour", usual.WriteTimeout(), slow.WriteTimeout())
	}
}
