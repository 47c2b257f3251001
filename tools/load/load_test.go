package main

import (
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
	"github.com/azurebackup/terraform-provider-backup/internal/server"
	"github.com/azurebackup/terraform-provider-backup/internal/store"
)

func TestLoad(t *testing.T) {
	t.Parallel()
	file, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "v.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	listening := httptest.NewServer(server.New(server.Config{Service: embedded.New(embedded.Config{Store: file}), KeySeed: "x", Loopback: true}))
	defer listening.Close()

	const clients, requests = 64, 12
	l := newLoad(listening.URL, newClient(clients), clients, requests)
	began := time.Now()
	if err := l.run(t.Context()); err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	l.print(&out, time.Since(began))
	t.Log("\n" + out.String())
	if err := l.verdict(); err != nil {
		t.Error(err)
	}
	for operation, codes := range l.codes {
		for code, n := range codes {
			// The load is one that succeeds, or it would say little.
			if code >= http.StatusBadRequest {
				t.Errorf("%s was answered %d times with %d", operation, n, code)
			}
		}
	}
}

func TestVerdict(t *testing.T) {
	t.Parallel()
	busy := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "busy", http.StatusServiceUnavailable) })
	listening := httptest.NewServer(busy)
	defer listening.Close()
	l := newLoad(listening.URL, listening.Client(), 1, 2)
	if err := l.run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := l.verdict(); err == nil || !strings.Contains(err.Error(), "create vault: 503 busy") {
		t.Errorf("verdict %v", err)
	}
}
