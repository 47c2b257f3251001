package server_test

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
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
	s, stop, ended = listenWith(t, served)
	s.log = log
	return s, stop, ended
}

func listenWith(t *testing.T, served *server.Server) (s *running, stop context.CancelFunc, ended <-chan error) {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- served.Serve(ctx, listener) }()
	return &running{tb: t, url: "http://" + listener.Addr().String(), client: &http.Client{}}, stop, done
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
	receive(t, begun)
	stop()
	if err := receive(t, ended); err != nil {
		t.Error(err)
	}
	// Serve may not return before the answer is out.
	if status := receive(t, answered); status != http.StatusCreated {
		t.Errorf("the request that had begun was answered with %d", status)
	}
	if connection, err := new(net.Dialer).DialContext(t.Context(), "tcp", strings.TrimPrefix(s.url, "http://")); err == nil {
		_ = connection.Close()
		t.Error("it still takes connections")
	}
}

// What is asked while the last requests finish is told that the server is not ready any more.
func TestNotReadyWhileStopping(t *testing.T) {
	t.Parallel()
	release, reached := make(chan struct{}), make(chan struct{})
	served, _ := newServer(t, func(c *server.Config, _ *embedded.Config) {
		c.Page = http.HandlerFunc(func(http.ResponseWriter, *http.Request) { close(reached); <-release })
	})
	s, stop, ended := listenWith(t, served)
	answered := make(chan int, 1)
	go func() { answered <- s.get("/").status }()
	receive(t, reached)
	ready := func() int {
		w := httptest.NewRecorder()
		request := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/readyz", http.NoBody)
		request.Host = "localhost"
		served.ServeHTTP(w, request)
		return w.Code
	}
	if got := ready(); got != http.StatusOK {
		t.Errorf("readyz is %d before the stop", got)
	}
	stop()
	until(t, "it is not ready", func() bool { return ready() == http.StatusServiceUnavailable })
	close(release)
	if err := receive(t, ended); err != nil {
		t.Error(err)
	}
	if status := receive(t, answered); status != http.StatusOK {
		t.Errorf("the request that had begun was answered with %d", status)
	}
}

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
	if err := receive(t, ended); err != nil {
		t.Error(err)
	}
	if taken := time.Since(began); taken > 20*time.Second {
		t.Errorf("the stream held the server up for %s", taken)
	}
}
