package page_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// browserPatience is how long something may take in the browser, on a machine that is busy with other tests.
const browserPatience = 30 * time.Second

// findBrowser is where a Chromium or Chrome is; scripts/chromium.sh looks in the same places.
func findBrowser() string {
	for _, name := range []string{os.Getenv("BACKUP_CHROMIUM"), "chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

// theBrowser is one for all tests, started by the first that needs it.
var theBrowser struct {
	once sync.Once
	ctx  context.Context
	stop func()
	err  error
}

func TestMain(m *testing.M) {
	code := m.Run()
	if theBrowser.stop != nil {
		theBrowser.stop()
	}
	os.Exit(code)
}

func startBrowser(path string) {
	b := &theBrowser
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path),
		// It shows only what these tests serve, and as root, as in containers, there is no sandbox to be had.
		chromedp.NoSandbox,
		chromedp.Flag("disable-gpu", true),
	)
	allocator, stopAllocator := chromedp.NewExecAllocator(context.Background(), options...)
	var stop context.CancelFunc
	b.ctx, stop = chromedp.NewContext(allocator)
	b.stop = func() { stop(); stopAllocator() }
	b.err = chromedp.Do(b.ctx)
}

// tab is a tab of the browser, with cookies and permissions of its own.
type tab struct {
	t   *testing.T
	ctx context.Context
	url string // of the site

	mu       sync.Mutex
	messages []string // errors and warnings of the console
}

// open serves the site on a port, and opens a tab for it.
func (s *site) open(t *testing.T) *tab {
	t.Helper()
	path := findBrowser()
	if path == "" {
		reason := "there is no Chromium: put one on PATH, set BACKUP_CHROMIUM, or let scripts/chromium.sh install it"
		if os.Getenv("CI") == "true" {
			t.Fatal(reason)
		}
		t.Skip(reason)
	}
	theBrowser.once.Do(func() { startBrowser(path) })
	if theBrowser.err != nil {
		t.Fatalf("%s does not start: %v", path, theBrowser.err)
	}
	server := serve(t, s.handler)
	b := &tab{t: t, url: server.URL}
	ctx, cancel := chromedp.NewContext(theBrowser.ctx, chromedp.WithNewBrowserContext(), chromedp.WithListener(b.listen))
	t.Cleanup(cancel)
	b.ctx = ctx
	b.do(chromedp.EmulateViewport(1280, 900))
	t.Cleanup(func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		for _, m := range b.messages {
			t.Errorf("in the console of the browser: %s", m)
		}
	})
	return b
}

// serve runs a handler as the server does: a stream of events ends with the base context.
func serve(t *testing.T, handler http.Handler) *httptest.Server {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	server := httptest.NewUnstartedServer(handler)
	server.Config.BaseContext = func(net.Listener) context.Context { return ctx }
	server.Config.WriteTimeout = 2 * time.Second // which a stream of events has to outlive
	server.Config.ReadTimeout = 2 * time.Second
	server.Start()
	t.Cleanup(func() { cancel(); server.Close() })
	return server
}

func (b *tab) listen(event any) {
	var message string
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		message = e.ExceptionDetails.Text
		if e.ExceptionDetails.Exception != nil {
			message += " " + e.ExceptionDetails.Exception.Description
		}
	case *runtime.EventConsoleAPICalled:
		if e.Type == "error" || e.Type == "warning" {
			message = fmt.Sprint(e.Type, " ", len(e.Args))
		}
	case *log.EventEntryAdded: // violations of the security policy are among them
		if e.Entry.Level == "error" || e.Entry.Level == "warning" {
			message = e.Entry.Text + " " + e.Entry.URL
		}
	}
	if message != "" {
		b.mu.Lock()
		b.messages = append(b.messages, message)
		b.mu.Unlock()
	}
}

// run runs an action that has to succeed in time.
func run[T any](b *tab, action chromedp.Action[T]) T {
	b.t.Helper()
	// The first use of a tab must not have a deadline, which would be the tab's.
	if chromedp.FromContext(b.ctx).Target == nil {
		if err := chromedp.Do(b.ctx); err != nil {
			b.t.Fatal(err)
		}
	}
	ctx, cancel := context.WithTimeout(b.ctx, browserPatience)
	defer cancel()
	v, err := chromedp.Run(ctx, action)
	if err != nil {
		b.t.Fatalf("in the browser: %v", err)
	}
	return v
}

func (b *tab) do(actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	for _, action := range actions {
		run(b, action)
	}
}

func (b *tab) visit(path string) { b.t.Helper(); b.do(chromedp.Navigate(b.url + path)) }

// eval evaluates an expression in the page.
func eval[T any](b *tab, expression string) T {
	b.t.Helper()
	return run(b, chromedp.Evaluate[T](expression))
}

// wait waits until an expression is true, also when another page has to come first.
func (b *tab) wait(expression string) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, browserPatience)
	defer cancel()
	tick := time.NewTicker(30 * time.Millisecond)
	defer tick.Stop()
	for {
		// While pages change there is none to ask.
		happened, err := chromedp.Run(ctx, chromedp.Evaluate[bool](expression))
		if err == nil && happened {
			return
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			b.t.Fatalf("in the browser it never happened that %s: %v; the page says %q", expression, err,
				eval[string](b, `document.body.innerText`))
		}
	}
}

// call sends a command of the DevTools protocol.
func call[P, R any](b *tab, command cdp.Command[P, R], params P) R {
	b.t.Helper()
	return run(b, func(ctx context.Context, t *chromedp.Target) (R, error) { return cdp.Call(ctx, t, command, params) })
}

// theme makes the browser prefer a light or a dark page.
func (b *tab) theme(name string, more ...*emulation.MediaFeature) {
	b.t.Helper()
	features := append(more, &emulation.MediaFeature{Name: "prefers-color-scheme", Value: name})
	call(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: features})
}

// rows are the names and states in the list.
func (b *tab) rows() []string {
	b.t.Helper()
	return eval[[]string](b, `[...document.querySelectorAll("tr[data-vault]")].map(e => e.dataset.name + " " + e.querySelector(".pill").textContent)`)
}

func (b *tab) text(selector string) string {
	b.t.Helper()
	return strings.TrimSpace(eval[string](b, `document.querySelector(`+quote(selector)+`).textContent`))
}
