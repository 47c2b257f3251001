package server

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
	"github.com/azurebackup/terraform-provider-backup/internal/store"
)

// The routes that are not the embedded service's, as the metrics name them.
const (
	routeMetadata  = "metadata"
	routeDiscovery = "discovery"
	routeToken     = "token"
	routeHealth    = "health"
	routeMetrics   = "metrics"
	routePage      = "page"
	// routeOther is what the embedded service does not serve.
	routeOther = "other"
)

// target is what a request is for.
type target struct {
	route string
	open  bool // to everybody, also when there is a secret
	page  bool // for a browser, which signs in in its own way
	arm   bool
	serve http.HandlerFunc
}

// target finds what the request is for. Letter case makes no difference, as in ARM.
func (s *Server) target(r *http.Request) target {
	path := strings.Split(strings.ToLower(strings.Trim(r.URL.Path, "/")), "/")
	switch path[0] {
	case "subscriptions", "providers", "tenants":
		route := string(embedded.KindOf(r))
		if route == "" {
			route = routeOther
		}
		return target{route: route, arm: true, serve: s.serveARM}
	}
	tail := ""
	if len(path) > 1 {
		tail = strings.Join(path[1:], "/")
	}
	switch strings.Join(path, "/") {
	case "metadata/endpoints":
		return target{route: routeMetadata, open: true, serve: only(serveMetadata, http.MethodGet)}
	case "common/discovery/instance":
		return target{route: routeDiscovery, open: true, serve: only(serveInstances, http.MethodGet)}
	case "healthz":
		return target{route: routeHealth, open: true, serve: only(serveAlive, http.MethodGet)}
	case "readyz":
		return target{route: routeHealth, open: true, serve: only(s.serveReady, http.MethodGet)}
	case "metrics":
		return target{route: routeMetrics, page: true, serve: only(s.metrics.handler.ServeHTTP, http.MethodGet)}
	}
	switch tail {
	case ".well-known/openid-configuration":
		return target{route: routeDiscovery, open: true, serve: only(serveOpenID(path[0], ""), http.MethodGet)}
	case "v2.0/.well-known/openid-configuration":
		return target{route: routeDiscovery, open: true, serve: only(serveOpenID(path[0], "/v2.0"), http.MethodGet)}
	case "discovery/keys", "discovery/v2.0/keys":
		return target{route: routeDiscovery, open: true, serve: only(serveKeys, http.MethodGet)}
	case "oauth2/token":
		return target{route: routeToken, open: true, serve: only(s.serveToken(path[0], 1), http.MethodPost)}
	case "oauth2/v2.0/token":
		return target{route: routeToken, open: true, serve: only(s.serveToken(path[0], 2), http.MethodPost)}
	}
	return target{route: routePage, page: true, serve: only(s.servePage, http.MethodGet)}
}

// serve answers a request that has passed the limits.
func serve(w http.ResponseWriter, r *http.Request) { targetOf(r.Context()).serve(w, r) }

func (s *Server) serveARM(w http.ResponseWriter, r *http.Request) {
	if s.limits.admit(w, r) {
		s.config.Service.ServeHTTP(w, r)
	}
}

// pagePaths begin the paths of the page; "" is the path "/" itself.
var pagePaths = []string{"", "vaults", "events", "assets"}

func (s *Server) servePage(w http.ResponseWriter, r *http.Request) {
	first, _, _ := strings.Cut(strings.Trim(r.URL.Path, "/"), "/")
	// A client of ARM that has lost its way shall be told so as ARM tells it, a person by the page.
	lost := !slices.Contains(pagePaths, first) && !strings.Contains(r.Header.Get("Accept"), "text/html")
	if s.config.Page == nil || lost {
		refuse(w, http.StatusNotFound, codeNotFound, "There is nothing at '"+r.URL.Path+"'.")
		return
	}
	if strings.Contains(r.Header.Get("Accept"), "text/event-stream") {
		ctx, cancel := context.WithCancel(r.Context())
		defer cancel()
		defer context.AfterFunc(s.streams, cancel)()
		r = r.WithContext(ctx)
	}
	s.config.Page.ServeHTTP(w, r)
}

// only refuses other methods; HEAD goes with GET.
func only(h http.HandlerFunc, method string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Method != method && (r.Method != http.MethodHead || method != http.MethodGet) {
			w.Header().Set("Allow", method)
			refuse(w, http.StatusMethodNotAllowed, codeMethodNotAllowed,
				"The requested resource does not support http method '"+r.Method+"'.")
			return
		}
		h(w, r)
	}
}

func serveAlive(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, map[string]string{"status": "alive"})
}

func (s *Server) serveReady(w http.ResponseWriter, r *http.Request) {
	if s.stopping.Load() {
		refuse(w, http.StatusServiceUnavailable, codeNotReady, "The server is stopping.")
		return
	}
	if s.config.Ready != nil {
		if err := s.config.Ready(r.Context()); err != nil {
			s.config.Log.Error("not ready", "error", err.Error())
			refuse(w, http.StatusServiceUnavailable, codeNotReady, "The database cannot be read: "+strings.TrimSuffix(cmp.Or(store.Words(err), err.Error()), ".")+".")
			return
		}
	}
	writeJSON(w, http.StatusOK, map[string]string{"status": "ready"})
}

// origin is the scheme and host by which the client called, on which the URLs in answers are built.
func origin(r *http.Request) string {
	u := url.URL{Scheme: "http", Host: r.Host}
	if r.TLS != nil {
		u.Scheme = "https"
	}
	return u.String()
}
