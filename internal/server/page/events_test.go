package page_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
	"github.com/azurebackup/terraform-provider-backup/internal/server/page"
)

const (
	fastPoll      = 10 * time.Millisecond
	fastHeartbeat = 50 * time.Millisecond
	eventPatience = 20 * time.Second
)

// stream is a stream of events that somebody reads.
type stream struct {
	t      *testing.T
	events chan string // "vault contoso Creating->Active", "contents contoso", "hello" or "heartbeat"
	end    func()
	echoes []string // events that may come once more
}

// listen opens a stream on a server; vault is the ARM id of the vault that is looked at, if any.
func listen(t *testing.T, server *httptest.Server, vault string) *stream {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	address := server.URL + "/events"
	if vault != "" {
		address += "?vault=" + url.QueryEscape(vault)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := server.Client().Do(request) //nolint:bodyclose // the goroutine below closes it
	if err != nil {
		t.Fatal(err)
	}
	if got := response.Header.Get("Content-Type"); response.StatusCode != http.StatusOK || got != "text/event-stream; charset=utf-8" {
		t.Fatalf("got %d, %s", response.StatusCode, got)
	}
	s := &stream{t: t, events: make(chan string, 1000), end: cancel}
	go func() {
		defer close(s.events)
		defer func() { _ = response.Body.Close() }()
		lines := bufio.NewScanner(response.Body)
		name := ""
		for lines.Scan() {
			field, value, _ := strings.Cut(lines.Text(), ": ")
			switch field {
			case "":
				if value != "" {
					s.events <- "heartbeat"
				}
			case "event":
				name = value
			case "data":
				s.events <- describe(name, value)
			}
		}
	}()
	t.Cleanup(cancel)
	return s
}

func describe(name, data string) string {
	var e struct{ ID, Name, URL, State, Before string }
	if err := json.Unmarshal([]byte(data), &e); err != nil {
		return err.Error()
	}
	switch {
	case name == "vault" && e.URL == "/vaults/"+embedded.DefaultSubscriptionID+"/backup/"+e.Name:
		return fmt.Sprintf("vault %s %s->%s", e.Name, e.Before, e.State)
	case name == "contents" && e.ID == vaultID(e.Name):
		return "contents " + e.Name
	case name == "hello":
		return name
	}
	return name + " " + data
}

// next is the next event that is no heartbeat.
func (s *stream) next() string {
	s.t.Helper()
	timeout := time.After(eventPatience)
	for {
		select {
		case e, open := <-s.events:
			if !open {
				return "end"
			}
			if e != "heartbeat" {
				return e
			}
		case <-timeout:
			s.t.Fatal("no event came")
		}
	}
}

func (s *stream) want(events ...string) {
	s.t.Helper()
	for _, want := range events {
		if got := s.next(); got != want {
			s.t.Fatalf("got the event %q, want %q", got, want)
		}
	}
}

// quiet checks that from now on only heartbeats come, for some time in which the watcher looks more than once.
func (s *stream) quiet() {
	s.t.Helper()
	s.echoes = nil
	s.settle()
}

// eventually reads the given events, in any order, and checks that then no others come. What is written while the watcher
// looks may be seen in two looks, so that they may come twice, also after a while on a busy machine.
func (s *stream) eventually(events ...string) {
	s.t.Helper()
	missing := map[string]bool{}
	for _, e := range events {
		missing[e] = true
	}
	for len(missing) > 0 {
		e := s.next()
		if !slices.Contains(events, e) && !slices.Contains(s.echoes, e) {
			s.t.Fatalf("got the event %q, want any of %q", e, events)
		}
		delete(missing, e)
	}
	s.echoes = events
	s.settle()
}

// settle waits until it is quiet but for echoes.
func (s *stream) settle() {
	s.t.Helper()
	took := func(e string) {
		s.t.Helper()
		if e != "heartbeat" && !slices.Contains(s.echoes, e) {
			s.t.Fatalf("got the event %q, want none", e)
		}
	}
	for len(s.events) > 0 {
		took(<-s.events) // of before
	}
	for range 3 {
		select {
		case e := <-s.events:
			took(e)
		case <-time.After(eventPatience):
			s.t.Fatal("no heartbeat came")
		}
	}
}

// hurried is a site whose events come soon, on a port.
func hurried(t *testing.T, configure ...func(*embedded.Config)) (*site, *httptest.Server) {
	t.Helper()
	s := start(t, configure...)
	page.Hurry(s.handler, fastPoll, fastHeartbeat)
	return s, serve(t, s.handler)
}

func TestEvents(t *testing.T) {
	s, server := hurried(t, func(c *embedded.Config) { c.ProvisioningTime = time.Minute; c.OperationTime = time.Minute })
	id := s.makeVault("contoso", "eastus")
	list := listen(t, server, "")
	list.want("hello")
	list.quiet() // time passes, and nothing changes

	s.clock.Advance(time.Minute)
	list.want("vault contoso Creating->Active")
	s.arm(http.MethodPatch, id, `{"tags":{"a":"b"}}`)
	list.want("vault contoso Active->Updating")
	s.clock.Advance(time.Minute)
	list.want("vault contoso Updating->Active")
	s.makeVault("fabrikam", "westeurope")
	list.want("vault fabrikam ->Creating")
	s.arm(http.MethodDelete, id, "")
	list.want("vault contoso Active->Deleting")
	s.clock.Advance(time.Minute)
	list.eventually("vault contoso Deleting->Gone", "vault fabrikam Creating->Active")
}

// TestEvents_contents has changes in vaults: one whose page is open, and one that is only in the list.
func TestEvents_contents(t *testing.T) {
	s, server := hurried(t)
	open, other := s.makeVault("open", "eastus"), s.makeVault("other", "eastus")
	one := listen(t, server, strings.ToUpper(open))
	one.want("hello")
	s.makePolicy(open, "nightly", nightly)
	one.want("contents open")
	item := s.protect(open, "web-1", open+"/backupPolicies/nightly")
	one.eventually("vault open Active->Active", "contents open") // its redundancy is locked now

	list := listen(t, server, "")
	list.want("hello")
	s.clock.Advance(time.Minute)
	s.backUp(item)
	one.eventually("contents open")
	list.eventually("contents open")
	s.protect(other, "web-2", other+"/backupPolicies/DefaultPolicy")
	list.eventually("vault other Active->Active")
	one.eventually("vault other Active->Active")
	s.clock.Advance(48 * time.Hour) // backups by schedule, which nobody asks for
	list.eventually("contents open", "contents other")
	one.eventually("contents open") // what is in the other is nothing to it
}

// TestEvents_trouble has a service that does not answer for a while.
func TestEvents_trouble(t *testing.T) {
	s := start(t)
	var broken atomic.Bool
	s.handler = page.New(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if broken.Load() {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		s.service.ServeHTTP(w, r)
	}), page.Options{})
	page.Hurry(s.handler, fastPoll, fastHeartbeat)
	list := listen(t, serve(t, s.handler), "")
	list.want("hello")
	broken.Store(true)
	list.quiet()
	s.makeVault("contoso", "eastus")
	list.quiet()
	broken.Store(false)
	list.want("vault contoso ->Active")
}

// TestEvents_stops looks only while somebody listens, and leaves nothing running behind.
func TestEvents_stops(t *testing.T) {
	s := start(t)
	var asked atomic.Int64
	s.handler = page.New(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		s.service.ServeHTTP(w, r)
	}), page.Options{})
	page.Hurry(s.handler, fastPoll, fastHeartbeat)
	server := serve(t, s.handler)
	if page.Watching(s.handler) || asked.Load() != 0 {
		t.Fatal("the page watches before anybody listens")
	}
	first, second := listen(t, server, ""), listen(t, server, "")
	first.want("hello")
	second.want("hello")
	first.end()
	first.want("end")
	second.quiet() // it is still served
	second.end()
	second.want("end")
	until(t, "the watcher stops", func() bool { return !page.Watching(s.handler) && !running("page.(*watcher).watch") })
	before := asked.Load()
	select {
	case <-time.After(10 * fastPoll):
	case <-t.Context().Done():
	}
	if after := asked.Load(); after != before {
		t.Errorf("the service was asked %d times while nobody listened", after-before)
	}
	third := listen(t, server, "")
	third.want("hello") // and it begins again
}

// TestEvents_shutdown ends streams when the server's base context does, and lets the server go.
func TestEvents_shutdown(t *testing.T) {
	s := start(t)
	page.Hurry(s.handler, fastPoll, fastHeartbeat)
	ctx, cancel := context.WithCancel(t.Context())
	server := httptest.NewUnstartedServer(s.handler)
	server.Config.BaseContext = func(net.Listener) context.Context { return ctx }
	server.Config.RegisterOnShutdown(cancel)
	server.Start()
	t.Cleanup(server.Close)
	list := listen(t, server, "")
	list.want("hello")
	patience, stop := context.WithTimeout(t.Context(), eventPatience)
	defer stop()
	if err := server.Config.Shutdown(patience); err != nil {
		t.Errorf("the server does not shut down: %v", err)
	}
	list.want("end")
	if page.Watching(s.handler) || running("page.(*watcher).watch") {
		t.Error("the page still watches")
	}
}

// TestEvents_outliveDeadlines keeps a stream open for longer than the server's deadlines for requests.
func TestEvents_outliveDeadlines(t *testing.T) {
	t.Parallel()
	s, server := hurried(t)
	list := listen(t, server, "")
	list.want("hello")
	select {
	case <-time.After(max(server.Config.WriteTimeout, server.Config.ReadTimeout) + time.Second):
	case <-t.Context().Done():
	}
	s.makeVault("contoso", "eastus")
	list.want("vault contoso ->Active")
}

func TestEvents_limit(t *testing.T) {
	s, server := hurried(t)
	var streams []*stream
	for range page.MaxListeners {
		streams = append(streams, listen(t, server, ""))
	}
	refused := s.get("/events").want(http.StatusServiceUnavailable, "100 readers of events")
	if got := refused.header.Get("Retry-After"); got != "10" {
		t.Errorf("Retry-After is %q", got)
	}
	s.get("/").want(http.StatusOK)
	s.makeVault("contoso", "eastus")
	for _, l := range streams {
		l.want("hello", "vault contoso ->Active")
	}
	streams[0].end()
	until(t, "there is room again", func() bool {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+"/events", nil)
		if err != nil {
			t.Fatal(err)
		}
		response, err := server.Client().Do(request)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = response.Body.Close() }()
		return response.StatusCode == http.StatusOK
	})
}

// until waits for something that happens elsewhere.
func until(t *testing.T, what string, happened func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), eventPatience)
	defer cancel()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !happened() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("it never happened that %s", what)
		}
	}
}

// running tells whether some goroutine is in a function.
func running(function string) bool {
	stacks := make([]byte, 1<<20)
	return strings.Contains(string(stacks[:runtime.Stack(stacks, true)]), function)
}
