// Package page is what a person sees of the service: the list of backup vaults, a page for each of them, and events when
// they change. It only reads, by the same ARM requests as every other client, so that it shows what they see.
package page

import (
	"log/slog"
	"net/http"
	"time"
)

// Options are what New needs besides the service.
type Options struct {
	// Logger takes what goes wrong; nil is none.
	Logger *slog.Logger
	// Now is the service's clock, which may be moved; nil is time.Now.
	Now func() time.Time
}

// site serves the page.
type site struct {
	service *reader
	log     *slog.Logger
	now     func() time.Time
	watcher *watcher
	mux     *http.ServeMux
	// heartbeat is how often a quiet stream of events is shown to be alive.
	heartbeat time.Duration
}

// New returns a handler that shows what the service, an ARM handler, holds. It serves the page at "/", a page for each
// vault below "/vaults/", server-sent events at "/events" and what belongs to them below "/assets/"; the rest is not found.
//
// A stream of events ends with the context of its request. http.Server.Shutdown does not end it, so that the server's
// BaseContext must be one that is cancelled when the server shuts down.
func New(service http.Handler, o Options) http.Handler { return newSite(service, o) }

func newSite(service http.Handler, o Options) *site {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	s := &site{service: newReader(service), log: o.Logger, now: o.Now, mux: http.NewServeMux(), heartbeat: heartbeatEvery}
	s.watcher = newWatcher(s.service, o.Logger)
	s.mux.HandleFunc("/{$}", s.page(s.vaults))
	s.mux.HandleFunc("/vaults/{subscription}/{group}/{vault}", s.page(s.vault))
	s.mux.HandleFunc("/events", s.events)
	s.mux.HandleFunc("/assets/{name}", s.asset)
	s.mux.HandleFunc("/", s.page(func(*http.Request) (*view, error) { return nil, errNoPage }))
	return s
}

// securityPolicy allows what is embedded here and nothing else: no inline script or style, no other host, no frame.
const securityPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// ServeHTTP implements http.Handler.
func (s *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", securityPolicy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Cache-Control", "no-store")
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		h.Set("Allow", "GET, HEAD")
		s.show(w, r, problemView(http.StatusMethodNotAllowed, "This page only shows",
			"It takes GET and HEAD; changes are made with Terraform, or with any other client of the service's ARM API."))
		return
	}
	s.mux.ServeHTTP(w, r)
}
