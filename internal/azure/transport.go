package azure

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"time"
)

// NewHTTPClient makes the client that talks to Azure; it is an azcore policy.Transporter. A nil round tripper means
// the network.
//
// A redirect is only followed by a GET or HEAD, and only on the same scheme, host and port: Go drops the Authorization
// header on the way to another host, but not x-ms-authorization-auxiliary, and repeats the body with the client secret
// after a 307.
func NewHTTPClient(rt http.RoundTripper) *http.Client {
	if rt == nil {
		rt = newNetwork()
	}
	return &http.Client{Transport: noting{rt}, CheckRedirect: checkRedirect}
}

// newNetwork is the round tripper for services that may be far away.
func newNetwork() *http.Transport {
	return &http.Transport{
		Proxy: http.ProxyFromEnvironment,
		DialContext: (&net.Dialer{
			Timeout:   15 * time.Second,
			KeepAlive: 30 * time.Second,
		}).DialContext,
		TLSClientConfig:     &tls.Config{MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout: 15 * time.Second,
		// ARM holds a request back for up to a minute before it answers; what takes longer is lost.
		ResponseHeaderTimeout: 3 * time.Minute,
		ExpectContinueTimeout: time.Second,
		// Terraform sends 10 requests at a time by default, and users raise that; behind a proxy, where HTTP/2 may
		// not get through, each needs a connection of its own.
		MaxIdleConns:        100,
		MaxIdleConnsPerHost: 32,
		IdleConnTimeout:     90 * time.Second,
		ForceAttemptHTTP2:   true,
		// A connection that a NAT gateway has forgotten would swallow requests until the operation's timeout; the
		// pings of HTTP/2 notice. azcore's own transport does the same.
		HTTP2: &http.HTTP2Config{SendPingTimeout: 15 * time.Second, PingTimeout: 15 * time.Second},
	}
}

// newLocalNetwork is the round tripper for identity endpoints on this machine or its host: a proxy must not stand
// between, since it would answer for its own machine
// (https://learn.microsoft.com/azure/virtual-machines/instance-metadata-service#proxies), and who is there answers fast.
func newLocalNetwork() *http.Transport {
	local := newNetwork()
	local.Proxy = nil
	local.DialContext = (&net.Dialer{Timeout: 3 * time.Second}).DialContext
	local.ResponseHeaderTimeout = time.Minute
	return local
}

// RedirectError says that a service answered with a redirect that is not followed. azcore does not retry it.
type RedirectError struct {
	From, To string // scheme and host only: paths and queries may hold secrets
}

// Error says what to look for: the usual cause is a proxy that wants a sign-in of its own.
func (e *RedirectError) Error() string {
	return fmt.Sprintf("%s redirects to %s, which is not followed, since a token or secret would travel there; is there a proxy in between that wants a sign-in?", e.From, e.To)
}

// NonRetriable marks the error for azcore's retry policy.
func (*RedirectError) NonRetriable() {}

const mostRedirects = 5

func checkRedirect(req *http.Request, via []*http.Request) error {
	first := via[0]
	same := req.URL.Scheme == first.URL.Scheme && req.URL.Host == first.URL.Host
	reading := first.Method == http.MethodGet || first.Method == http.MethodHead
	if !same || !reading || len(via) > mostRedirects {
		return note(req.Context(), &RedirectError{From: origin(first.URL), To: origin(req.URL)})
	}
	return nil
}

func origin(u *url.URL) string { return u.Scheme + "://" + u.Host }

// plainTransportError removes what net/http puts in front of an error: the URL, whose query may hold a secret.
func plainTransportError(err error) error {
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		return wrapped.Err
	}
	return err
}
