package arm_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
)

// connect makes a client that reaches an endpoint over the network.
func connect(t *testing.T, endpoint string) *arm.Client {
	t.Helper()
	c, err := arm.NewClient(arm.Options{Endpoint: endpoint, Transport: http.DefaultClient, Version: "test"})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// A certificate that is not trusted now is not trusted a second later, so that nobody waits for it.
func TestUntrustedCertificateIsNotRetried(t *testing.T) {
	t.Parallel()
	var handshakes atomic.Int64
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			handshakes.Add(1)
		}
	}
	server.StartTLS()
	defer server.Close()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	err := connect(t, server.URL).Get(ctx, "/subscriptions", "2022-12-01", nil)
	var lost *arm.ConnectionError
	if !arm.IsUntrusted(err) || !errors.As(err, &lost) || "https://"+lost.Host != server.URL || ctx.Err() != nil {
		t.Errorf("the certificate is said to be trusted: %v", err)
	}
	if n := handshakes.Load(); n != 1 {
		t.Errorf("%d connections", n)
	}
}

// When nobody answers until the time is over, the error says what happened on the way, and not the query, which may be
// signed.
func TestTimeoutSaysWhyThereWasNoAnswer(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 1500*time.Millisecond)
	defer cancel()
	err := connect(t, server.URL).Get(ctx, server.URL+"/subscriptions/s/operations/1?s=signature", "", nil)
	var timeout *arm.TimeoutError
	if !errors.As(err, &timeout) || !errors.Is(err, context.DeadlineExceeded) || timeout.NoAnswer == nil || timeout.LastWord != "" {
		t.Fatal(err)
	}
	if text := err.Error(); !strings.Contains(text, "no answer from "+strings.TrimPrefix(server.URL, "http://")) || !strings.Contains(text, "refused") || strings.Contains(text, "signature") {
		t.Error(text)
	}
}

// A request that must not be sent twice ends at once, without the query in its error either.
func TestLostConnectionDoesNotShowTheQuery(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
	defer server.Close()
	err := connect(t, server.URL).Do(t.Context(), arm.Request{Method: http.MethodPost, Path: server.URL + "/x?s=signature", Once: true}, nil)
	var lost *arm.ConnectionError
	if !errors.As(err, &lost) || strings.Contains(err.Error(), "signature") {
		t.Error(err)
	}
}
