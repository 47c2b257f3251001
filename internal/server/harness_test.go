package server_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
	"github.com/azurebackup/terraform-provider-backup/internal/server"
	"github.com/azurebackup/terraform-provider-backup/internal/store"
)

// serveVariable makes the test's own binary be the command "serve", so that tests can signal and kill it.
const serveVariable = "SERVER_TEST_SERVES"

func TestMain(m *testing.M) {
	if os.Getenv(serveVariable) != "" {
		os.Exit(server.Command(os.Args[1:], "test"))
	}
	os.Exit(m.Run())
}

const (
	sub     = "/subscriptions/" + embedded.DefaultSubscriptionID
	version = "?api-version=2025-08-01"
	minimal = `{"location":"eastasia","properties":{},"sku":{"name":"Standard"}}`
	secret  = "canary-secret-0123456789"
)

func vaultPath(name string) string {
	return sub + "/resourceGroups/group/providers/Microsoft.RecoveryServices/vaults/" + name + version
}

// running is a server and a client of it.
type running struct {
	tb     testing.TB
	url    string
	client *http.Client
	log    *logBuffer
}

// start serves in this process.
func start(tb testing.TB, change ...func(*server.Config, *embedded.Config)) *running {
	tb.Helper()
	s, log := newServer(tb, change...)
	listening := httptest.NewServer(s)
	tb.Cleanup(listening.Close)
	return &running{tb: tb, url: listening.URL, client: listening.Client(), log: log}
}

func newServer(tb testing.TB, change ...func(*server.Config, *embedded.Config)) (*server.Server, *logBuffer) {
	tb.Helper()
	file, err := store.Open(tb.Context(), filepath.Join(tb.TempDir(), "backup-vaults.db"))
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := file.Close(); err != nil {
			tb.Error(err)
		}
	})
	log := &logBuffer{}
	service := embedded.Config{Store: file}
	config := server.Config{
		KeySeed: "seed", Loopback: true, Subscriptions: []string{embedded.DefaultSubscriptionID}, Version: "test",
		Log: slog.New(slog.NewJSONHandler(log, nil)),
	}
	for _, f := range change {
		f(&config, &service)
	}
	if config.Service == nil {
		config.Service = embedded.New(service)
	}
	return server.New(config), log
}

func withSecret(c *server.Config, _ *embedded.Config) { c.Secret = secret }

// answer is a response whose body was read.
type answer struct {
	tb     testing.TB
	status int
	header http.Header
	body   string
}

// do sends a request; headers are pairs of name and value. A Host is the request's.
func (s *running) do(method, path, body string, headers ...string) *answer {
	s.tb.Helper()
	request, err := http.NewRequestWithContext(s.tb.Context(), method, s.url+path, strings.NewReader(body))
	if err != nil {
		s.tb.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		if headers[i] == "Host" {
			request.Host = headers[i+1]
			continue
		}
		request.Header.Set(headers[i], headers[i+1])
	}
	response, err := s.client.Do(request)
	if err != nil {
		s.tb.Fatalf("%s %s: %v", method, path, err)
	}
	defer func() { _ = response.Body.Close() }()
	content, err := io.ReadAll(response.Body)
	if err != nil {
		s.tb.Fatalf("%s %s: %v", method, path, err)
	}
	return &answer{s.tb, response.StatusCode, response.Header, string(content)}
}

func (s *running) get(path string, headers ...string) *answer {
	s.tb.Helper()
	return s.do(http.MethodGet, path, "", headers...)
}

// want checks the status and, unless it is "", the code of an error in ARM's shape.
func (a *answer) want(status int, code string) *answer {
	a.tb.Helper()
	if a.status != status {
		a.tb.Errorf("status %d, want %d: %s", a.status, status, a.body)
	}
	if code == "" {
		return a
	}
	var e struct {
		Error struct{ Code, Message string } `json:"error"`
	}
	if err := json.Unmarshal([]byte(a.body), &e); err != nil || e.Error.Code != code || e.Error.Message == "" {
		a.tb.Errorf("error %s, want the code %s", a.body, code)
	}
	if got := a.header.Get("Content-Type"); got != "application/json; charset=utf-8" {
		a.tb.Errorf("content type %q", got)
	}
	return a
}

// decode returns the body as JSON.
func (a *answer) decode() map[string]any {
	a.tb.Helper()
	var v map[string]any
	if err := json.Unmarshal([]byte(a.body), &v); err != nil {
		a.tb.Fatalf("%v in %s", err, a.body)
	}
	return v
}

// token signs in and returns an access token.
func (s *running) token(clientSecret string) string {
	s.tb.Helper()
	form := "grant_type=client_credentials&client_id=client&client_secret=" + clientSecret + "&scope=" + s.url + "/.default"
	a := s.do(http.MethodPost, "/common/oauth2/v2.0/token", form, "Content-Type", "application/x-www-form-urlencoded").want(http.StatusOK, "")
	token, _ := a.decode()["access_token"].(string)
	return token
}

// logBuffer is a log that may be read while it is written.
type logBuffer struct {
	mu      sync.Mutex
	content bytes.Buffer
}

func (l *logBuffer) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.content.Write(b)
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.content.String()
}

// process is the command "serve" in a process of its own.
type process struct {
	running

	command *exec.Cmd
	start   string // what it printed when it started
	ended   chan error
}

// serve starts the command and waits until it listens on a free port of loopback.
func serve(tb testing.TB, client *http.Client, args ...string) *process {
	tb.Helper()
	executable, err := os.Executable()
	if err != nil {
		tb.Fatal(err)
	}
	p := &process{running: running{tb: tb, client: client, log: &logBuffer{}}, ended: make(chan error, 1)}
	// Not the test's context, which ends before the cleanups: they stop the process.
	p.command = exec.CommandContext(context.WithoutCancel(tb.Context()), executable, append([]string{"--listen", "127.0.0.1:0"}, args...)...)
	p.command.Env = append(os.Environ(), serveVariable+"=1")
	p.command.Stderr = p.log
	stdout, err := p.command.StdoutPipe()
	if err != nil {
		tb.Fatal(err)
	}
	if err := p.command.Start(); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = p.command.Process.Kill() })
	lines := bufio.NewScanner(stdout)
	for lines.Scan() {
		p.start += lines.Text() + "\n"
		if _, address, ok := strings.Cut(lines.Text(), "listens at "); ok {
			p.url = address
		}
		if strings.HasPrefix(lines.Text(), "Ctrl-C") {
			break
		}
	}
	if p.url == "" {
		tb.Fatalf("it did not start: %s%s", p.start, p.log)
	}
	go func() {
		_, _ = io.Copy(io.Discard, stdout)
		p.ended <- p.command.Wait()
	}()
	return p
}

// wait waits for the process to end and returns how it did.
func (p *process) wait() error {
	p.tb.Helper()
	select {
	case err := <-p.ended:
		return err
	case <-time.After(time.Minute):
		p.tb.Fatalf("the server did not end: %s", p.log)
		return nil
	}
}

// writeFile makes a file that is its owner's alone.
func writeFile(tb testing.TB, content string) string {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), "file")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		tb.Fatal(err)
	}
	return path
}

// inParallel runs f for 0 to n-1 at the same time and reports the first error.
func inParallel(n int, f func(i int) error) error {
	errs := make(chan error, n)
	for i := range n {
		go func() { errs <- f(i) }()
	}
	var first error
	for range n {
		if err := <-errs; err != nil && first == nil {
			first = fmt.Errorf("one of %d: %w", n, err)
		}
	}
	return first
}

// until waits for something to become true.
func until(tb testing.TB, what string, done func() bool) {
	tb.Helper()
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	timeout := time.After(time.Minute)
	for !done() {
		select {
		case <-again.C:
		case <-timeout:
			tb.Fatalf("waited in vain until %s", what)
		}
	}
}

// receive waits for a value, or for the channel to be closed.
func receive[T any](tb testing.TB, from <-chan T) T {
	tb.Helper()
	select {
	case value := <-from:
		return value
	case <-time.After(time.Minute):
		tb.Fatal("waited in vain")
		panic("unreachable")
	}
}
