package main

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"sync"
	"time"
)

// stateServer is Terraform's HTTP backend on the loopback interface, with the states in memory. Terraform rewrites a
// local state file at every change, which with many resources takes longer than all the rest.
type stateServer struct {
	server *http.Server
	url    string

	mu     sync.Mutex
	states map[string][]byte // by path
}

func serveStates(ctx context.Context) (*stateServer, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &stateServer{url: "http://" + listener.Addr().String(), states: map[string][]byte{}}
	s.server = &http.Server{Handler: s, ReadHeaderTimeout: 10 * time.Second}
	go func() {
		// Serve ends when close is called; should it end before, the next command fails and says so.
		_ = s.server.Serve(listener)
	}()
	return s, nil
}

func (s *stateServer) close() error { return s.server.Close() }

// ServeHTTP implements http.Handler.
func (s *stateServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch r.Method {
	case http.MethodGet:
		state := s.get(r.URL.Path)
		if state == nil {
			http.NotFound(w, r)
			return
		}
		// A client that is gone does not need the rest.
		_, _ = w.Write(state)
	case http.MethodPost:
		state, err := io.ReadAll(r.Body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		s.put(r.URL.Path, state)
	case http.MethodDelete:
		s.put(r.URL.Path, nil)
	default:
		http.Error(w, errors.ErrUnsupported.Error(), http.StatusMethodNotAllowed)
	}
}

func (s *stateServer) get(path string) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.states[path]
}

// put stores a state; nil removes it.
func (s *stateServer) put(path string, state []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.states[path] = state
}
