// Package azuretest is a server that plays Azure in tests: Microsoft Entra ID, the identity endpoint of a machine, the
// token endpoints of GitHub Actions and Azure Pipelines, a metadata host, and an ARM that answers nothing but whether a
// request is signed. Every host name leads to it, over TLS with a CA of its own, without DNS.
package azuretest

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// Request is what the server was asked.
type Request struct {
	Method string
	// TLS tells whether the request came over TLS.
	TLS    bool
	Host   string
	Path   string
	Query  url.Values
	Header http.Header
	// Form is the body of a form; Body is any body.
	Form url.Values
	Body string
}

// Intercept answers a request in the server's place, or returns false to let the server answer.
type Intercept func(w http.ResponseWriter, r *http.Request) bool

// Server plays Azure.
type Server struct {
	secure, plain *httptest.Server
	ca            *authority

	mu         sync.Mutex
	requests   []Request
	intercepts []Intercept
	issued     []string // tokens, in order
	refused    map[string]bool
	resources  http.Handler
}

// ServeARM lets a handler answer the requests to ARM that are signed. Without one they get an empty list.
func (s *Server) ServeARM(h http.Handler) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.resources = h
}

// CA is the certificate of the server's own CA, as PEM, for programs that have to trust it.
func (s *Server) CA() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.ca.cert.Raw})
}

// Address is where the server listens with TLS, host and port.
func (s *Server) Address() string { return s.secure.Listener.Addr().String() }

// New starts a server that ends with the test.
func New(tb testing.TB) *Server {
	tb.Helper()
	s := &Server{ca: newAuthority(tb), refused: map[string]bool{}}
	handler := http.HandlerFunc(s.serve)
	s.plain = httptest.NewServer(handler)
	s.secure = httptest.NewUnstartedServer(handler)
	s.secure.TLS = &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: s.ca.certificate, NextProtos: []string{"h2", "http/1.1"}}
	s.secure.Config.ErrorLog = log.New(io.Discard, "", 0) // clients that do not trust the CA are part of some tests
	s.secure.StartTLS()
	// httptest puts its own certificate in front, which would be used for hosts that it is made out to.
	s.secure.TLS.Certificates = nil
	tb.Cleanup(func() {
		s.plain.Close()
		s.secure.Close()
	})
	return s
}

// RoundTripper leads every request to the server, whatever its host: port 443 speaks TLS, port 80 does not.
func (s *Server) RoundTripper() *http.Transport {
	return &http.Transport{
		TLSClientConfig:   &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: s.ca.pool},
		ForceAttemptHTTP2: true,
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			target := s.secure.Listener.Addr().String()
			if strings.HasSuffix(address, ":80") {
				target = s.plain.Listener.Addr().String()
			}
			return (&net.Dialer{}).DialContext(ctx, network, target)
		},
	}
}

// Proxy starts a proxy that leads every host to the server, as RoundTripper does, and returns its URL: for programs of their
// own, which find it in HTTPS_PROXY.
func (s *Server) Proxy(tb testing.TB) string {
	tb.Helper()
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodConnect {
			w.WriteHeader(http.StatusMethodNotAllowed)
			return
		}
		server, err := (&net.Dialer{}).DialContext(r.Context(), "tcp", s.Address())
		if err != nil {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		w.WriteHeader(http.StatusOK)
		client, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			_ = server.Close()
			return
		}
		for from, to := range map[net.Conn]net.Conn{client: server, server: client} {
			go func() {
				_, _ = io.Copy(to, from)
				_ = to.Close()
			}()
		}
	}))
	tb.Cleanup(proxy.Close)
	return proxy.URL
}

// Intercept lets a function answer before the server does; those set last come first.
func (s *Server) Intercept(f Intercept) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.intercepts = append([]Intercept{f}, s.intercepts...)
}

// Requests returns what the server was asked so far.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// TokenRequests returns the requests for access tokens at the sign-in service.
func (s *Server) TokenRequests() []Request {
	return slices.DeleteFunc(s.Requests(), func(r Request) bool { return !strings.HasSuffix(r.Path, tokenPath) })
}

// Tokens returns the access tokens handed out so far.
func (s *Server) Tokens() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.issued)
}

// Refuse makes ARM answer 401 to every token handed out so far.
func (s *Server) Refuse() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, token := range s.issued {
		s.refused[token] = true
	}
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body)) // for those who intercept
	form, _ := url.ParseQuery(string(body))
	s.mu.Lock()
	s.requests = append(s.requests, Request{
		Method: r.Method, TLS: r.TLS != nil, Host: r.Host, Path: r.URL.Path, Query: r.URL.Query(), Header: r.Header.Clone(),
		Form: form, Body: string(body),
	})
	intercepts := slices.Clone(s.intercepts)
	s.mu.Unlock()
	for _, f := range intercepts {
		if f(w, r) {
			return
		}
	}
	s.answer(w, r, form)
}

// authority is a CA that makes a certificate for every name asked for.
type authority struct {
	tb   testing.TB
	key  *ecdsa.PrivateKey
	cert *x509.Certificate
	pool *x509.CertPool

	mu     sync.Mutex
	leaves map[string]*tls.Certificate
}

func newAuthority(tb testing.TB) *authority {
	tb.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		tb.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "azuretest"}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		tb.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		tb.Fatal(err)
	}
	a := &authority{tb: tb, key: key, cert: cert, pool: x509.NewCertPool(), leaves: map[string]*tls.Certificate{}}
	a.pool.AddCert(cert)
	return a
}

func (a *authority) certificate(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	name := hello.ServerName
	a.mu.Lock()
	defer a.mu.Unlock()
	if leaf := a.leaves[name]; leaf != nil {
		return leaf, nil
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(int64(len(a.leaves) + 2)), Subject: pkix.Name{CommonName: name},
		NotBefore: a.cert.NotBefore, NotAfter: a.cert.NotAfter,
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	if name != "" {
		template.DNSNames = []string{name}
	} else {
		template.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback} // an address has no server name
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.cert, &a.key.PublicKey, a.key)
	if err != nil {
		return nil, err
	}
	a.leaves[name] = &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: a.key}
	return a.leaves[name], nil
}
