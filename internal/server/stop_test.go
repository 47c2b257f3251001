package server_test

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
	"github.com/azurebackup/terraform-provider-backup/internal/server"
)

// listen serves on a free port until stop is called, which returns what Serve does.
func listen(t *testing.T, change ...func(*server.Config, *embedded.Config)) (s *running, stop context.CancelFunc, ended <-chan error) {
	t.Helper()
	served, log := newServer(t, change...)
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- served.Serve(ctx, listener) }()
	return &running{tb: t, url: "http://" + listener.Addr().String(), client: &http.Client{}, log: log}, stop, done
}

func TestStopFinishesRequests(t *testing.T) {
	t.Parallel()
	begun := make(chan struct{})
	s, stop, ended := listen(t, func(c *server.Config, e *embedded.Config) {
		e.Faults = embedded.NewFaults(embedded.FaultRule{Method: http.MethodPut, Delay: 700 * time.Millisecond})
		slow := embedded.New(*e)
		c.Service = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			close(begun)
			slow.ServeHTTP(w, r)
		})
	})
	answered := make(chan int, 1)
	go func() { answered <- s.do(http.MethodPut, vaultPath("main"), minimal).status }()
	<-begun
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	// Serve may not return before the answer is out.
	if status := <-answered; status != http.StatusCreated {
		t.Errorf("the request that had begun was answered with %d", status)
	}
	if connection, err := new(net.Dialer).DialContext(t.Context(), "tcp", strings.TrimPrefix(s.url, "http://")); err == nil {
		_ = connection.Close()
		t.Error("it still takes connections")
	}
}

// A request on a connection that is open already still sees that the server is not ready any more.
func TestNotReadyWhileStopping(t *testing.T) {
	t.Parallel()
	var s *server.Server
	release, reached := make(chan struct{}), make(chan struct{})
	s, _ = newServer(t, func(c *server.Config, _ *embedded.Config) {
		c.Page = http.HandlerFunc(func(http.ResponseWriter, *http.Request) { close(reached); <-release })
	})
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Serve(ctx, listener) }()
	connection, err := new(net.Dialer).DialContext(t.Context(), "tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = connection.Close() }()
	// Two requests, of which the second has arrived before the server stops.
	_, _ = io.WriteString(connection, "GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\nGET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n")
	<-reached
	stop()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "/readyz", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	request.Host = "localhost"
	for status := http.StatusOK; status != http.StatusServiceUnavailable; {
		w := &statusWriter{header: http.Header{}}
		s.ServeHTTP(w, request)
		status = w.status
		if t.Context().Err() != nil {
			t.Fatal("it stays ready")
		}
	}
	close(release)
	if err := <-done; err != nil {
		t.Error(err)
	}
}

type statusWriter struct {
	header http.Header
	status int
}

func (w *statusWriter) Header() http.Header         { return w.header }
func (w *statusWriter) WriteHeader(status int)      { w.status = status }
func (w *statusWriter) Write(b []byte) (int, error) { return len(b), nil }

func TestStopEndsEventStreams(t *testing.T) {
	t.Parallel()
	s, stop, ended := listen(t, func(c *server.Config, _ *embedded.Config) {
		c.Page = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/event-stream")
			_, _ = io.WriteString(w, "data: hello\n\n")
			_ = http.NewResponseController(w).Flush()
			<-r.Context().Done()
		})
	})
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+"/events", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Accept", "text/event-stream")
	response, err := s.client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	if line, err := bufio.NewReader(response.Body).ReadString('\n'); err != nil || line != "data: hello\n" {
		t.Fatalf("%q, %v", line, err)
	}
	began := time.Now()
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if taken := time.Since(began); taken > 20*time.Second {
		t.Errorf("the stream held the server up for %s", taken)
	}
}
