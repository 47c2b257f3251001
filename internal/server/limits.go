package server

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"
)

const (
	maxBody = 4 << 20 // ARM's
	maxForm = 64 << 10
)

// limitBodies reads the whole body before the handler runs, so that one that is too large or too slow is refused and
// never holds up anything else.
func limitBodies(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Body == nil || r.Body == http.NoBody {
			next.ServeHTTP(w, r)
			return
		}
		limit := int64(maxBody)
		if targetOf(r.Context()).route == routeToken {
			limit = maxForm
		}
		controller := http.NewResponseController(w)
		// Not every ResponseWriter of a test has a connection.
		_ = controller.SetReadDeadline(time.Now().Add(bodyTimeout))
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, limit))
		if err != nil {
			refuseBody(w, err, limit)
			return
		}
		_ = controller.SetReadDeadline(time.Time{})
		r.Body = io.NopCloser(bytes.NewReader(body))
		next.ServeHTTP(w, r)
	})
}

func refuseBody(w http.ResponseWriter, err error, limit int64) {
	w.Header().Set("Connection", "close")
	switch _, tooLarge := errors.AsType[*http.MaxBytesError](err); {
	case tooLarge:
		refuse(w, http.StatusRequestEntityTooLarge, codeTooLarge, fmt.Sprintf("The request is larger than %d KiB.", limit>>10))
	case errors.Is(err, os.ErrDeadlineExceeded):
		refuse(w, http.StatusRequestTimeout, codeRequestTimeout, fmt.Sprintf("The request had not arrived after %s.", bodyTimeout))
	default:
		refuse(w, http.StatusBadRequest, codeBadRequest, "The request broke off.")
	}
}

// refuseForeignPages keeps web pages of other origins from writing.
func refuseForeignPages(next http.Handler) http.Handler {
	protection := http.NewCrossOriginProtection()
	protection.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		refuse(w, http.StatusForbidden, codeCrossOrigin, "Web pages of another origin may not send this request.")
	}))
	return protection.Handler(next)
}

// checkHosts refuses requests for other names than those of loopback and hosts: a web page whose name was made to lead
// to loopback sends its own.
func checkHosts(hosts []string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := hostname(r.Host)
		known := slices.ContainsFunc(hosts, func(h string) bool { return strings.EqualFold(h, name) })
		if !known && !isLoopback(name) {
			refuse(w, http.StatusForbidden, codeHost, fmt.Sprintf("This server is not known as %q. It listens on loopback, and is "+
				"called localhost, by a loopback address, or by a name that its flag --host gives.", name))
			return
		}
		next.ServeHTTP(w, r)
	})
}

// hostname is a host without its port and without the brackets of an IPv6 address.
func hostname(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		return name
	}
	return strings.Trim(host, "[]")
}

func isLoopback(name string) bool {
	if strings.EqualFold(name, "localhost") {
		return true
	}
	ip := net.ParseIP(name)
	return ip != nil && ip.IsLoopback()
}
