package azure

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// The real network is the one thing that no other test goes through.
func TestNetworkRefusesOldTLS(t *testing.T) {
	for _, version := range []uint16{tls.VersionTLS10, tls.VersionTLS11} {
		server := httptest.NewUnstartedServer(http.NotFoundHandler())
		server.TLS = &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: version}
		server.Config.ErrorLog = log.New(io.Discard, "", 0)
		server.StartTLS()
		defer server.Close()
		rt := newNetwork()
		rt.TLSClientConfig.InsecureSkipVerify = true // the version must be refused, not the certificate
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL, nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := NewHTTPClient(rt).Do(req)
		if err == nil {
			_ = resp.Body.Close()
		}
		if err == nil || !strings.Contains(err.Error(), "protocol version") {
			t.Errorf("TLS version %x: %v", version, err)
		}
	}
}

func TestNetworkSpeaksHTTP2(t *testing.T) {
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.EnableHTTP2 = true
	server.StartTLS()
	defer server.Close()
	rt := newNetwork()
	rt.TLSClientConfig.RootCAs = x509.NewCertPool()
	rt.TLSClientConfig.RootCAs.AddCert(server.Certificate())
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := NewHTTPClient(rt).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.ProtoMajor != 2 {
		t.Errorf("the protocol is %s", resp.Proto)
	}
}

// An identity endpoint behind a proxy would be that of the proxy's machine.
func TestProxies(t *testing.T) {
	if newNetwork().Proxy == nil {
		t.Error("the network takes no proxy from the environment")
	}
	if newLocalNetwork().Proxy != nil {
		t.Error("identity endpoints are asked through a proxy")
	}
}
