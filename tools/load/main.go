// Command load sends many requests at once to the embedded service behind `serve`, and prints how long they took and
// how they were answered. It fails when a request was answered with 5xx or not at all.
//
// `make load` runs it on a fresh build.
package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	if errors.Is(err, flag.ErrHelp) {
		return
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "load:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("load", flag.ContinueOnError)
	binary := flags.String("binary", "bin/terraform-provider-backup", "the `program` to serve with")
	address := flags.String("url", "", "the `address` of a server that runs already, in place of one of its own")
	clients := flags.Int("clients", 64, "how `many` send at the same time")
	requests := flags.Int("requests", 1000, "how `many` requests each of them sends")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	if *address == "" {
		folder, err := os.MkdirTemp("", "backup-load-")
		if err != nil {
			return err
		}
		defer func() { _ = os.RemoveAll(folder) }()
		server, err := startServer(ctx, *binary, filepath.Join(folder, "vaults.db"))
		if err != nil {
			return err
		}
		defer server.stop()
		*address = server.address
	}
	l := newLoad(*address, newClient(*clients), *clients, *requests)
	began := time.Now()
	if err := l.run(ctx); err != nil {
		return err
	}
	l.print(out, time.Since(began))
	return l.verdict()
}

// newClient returns an HTTP client that keeps a connection for each of those that send.
func newClient(clients int) *http.Client {
	return &http.Client{
		Transport: &http.Transport{
			MaxIdleConns: clients, MaxIdleConnsPerHost: clients,
			DialContext: (&net.Dialer{Timeout: 10 * time.Second}).DialContext,
		},
		Timeout: 2 * time.Minute,
	}
}

// served is the program under load.
type served struct {
	command *exec.Cmd
	address string
}

func startServer(ctx context.Context, binary, database string) (*served, error) {
	command := exec.CommandContext(context.WithoutCancel(ctx), binary, "serve", "--listen", "127.0.0.1:0", "--database", database, "--provisioning-time", "50ms")
	command.Stderr = io.Discard // the access log
	stdout, err := command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := command.Start(); err != nil {
		return nil, err
	}
	s := &served{command: command}
	lines := bufio.NewScanner(stdout)
	for s.address == "" && lines.Scan() {
		_, s.address, _ = strings.Cut(lines.Text(), "listens at ")
	}
	if s.address == "" {
		s.stop()
		return nil, fmt.Errorf("%s serve did not start", binary)
	}
	go func() { _, _ = io.Copy(io.Discard, stdout) }()
	return s, nil
}

func (s *served) stop() {
	if err := s.command.Process.Signal(os.Interrupt); err != nil {
		_ = s.command.Process.Kill() // Windows cannot interrupt
	}
	_ = s.command.Wait()
}
