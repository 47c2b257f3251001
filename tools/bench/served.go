package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
)

// secret is what clients of the served service know.
const secret = "a-secret-for-the-benchmark"

// served is a process of `serve` with a latency, which counts the calls to it.
type served struct {
	command *exec.Cmd
	folder  string
	address string
	calls   atomic.Int64
	ended   chan struct{}
}

// serve starts the provider under test as a service, so that all who are compared have the same one. It has TLS, since azurerm wants it.
func (b *bench) serve(ctx context.Context, name string) (*served, error) {
	folder, err := b.newFolder(name + "-service")
	if err != nil {
		return nil, err
	}
	faults := fmt.Sprintf(`{"rules": [{"times": "always", "delay": %q}]}`, b.latency)
	for file, content := range map[string]string{"faults.json": faults, "token": secret + "\n"} {
		if err := os.WriteFile(filepath.Join(folder, file), []byte(content), 0o600); err != nil {
			return nil, err
		}
	}
	s := &served{folder: folder, ended: make(chan struct{})}
	s.command = exec.CommandContext(context.WithoutCancel(ctx), b.provider, "serve", "--listen", "127.0.0.1:0", "--database", "vaults.db",
		"--faults", "faults.json", "--tls-self-signed", "tls", "--token-file", "token")
	s.command.Dir, s.command.Env = folder, b.environment()
	log, err := s.command.StderrPipe()
	if err != nil {
		return nil, err
	}
	says, err := s.command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := s.command.Start(); err != nil {
		return nil, err
	}
	go s.count(bufio.NewScanner(log))
	lines := bufio.NewScanner(says)
	for s.address == "" && lines.Scan() {
		_, s.address, _ = strings.Cut(lines.Text(), "listens at ")
	}
	if s.address == "" {
		s.stop()
		return nil, fmt.Errorf("%s serve did not start", b.provider)
	}
	go func() {
		for lines.Scan() { // so that it never waits for a reader
		}
	}()
	return s, nil
}

// count reads the log, which has a line for each request.
func (s *served) count(lines *bufio.Scanner) {
	defer close(s.ended)
	for lines.Scan() {
		if strings.Contains(lines.Text(), " path=/subscriptions") {
			s.calls.Add(1)
		}
	}
}

// trusting is the environment of its clients.
func (s *served) trusting() []string {
	return []string{"SSL_CERT_FILE=" + filepath.Join(s.folder, "tls", "ca.pem")}
}

func (s *served) stop() {
	if err := s.command.Process.Signal(os.Interrupt); err != nil {
		_ = s.command.Process.Kill() // Windows cannot interrupt
	}
	<-s.ended
	_ = s.command.Wait()
}
