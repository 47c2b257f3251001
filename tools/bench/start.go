package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"
)

const (
	starts       = 21
	schemaReads  = 5
	startTimeout = 30 * time.Second
)

// The cookie with which Terraform shows a provider that it is not run by hand; the same for all providers.
const pluginCookie = "TF_PLUGIN_MAGIC_COOKIE=d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2"

// measureStart measures what each command pays before it does anything, and the size of the provider.
func (b *bench) measureStart(ctx context.Context) error {
	b.progress("start of the provider")
	var handshakes []time.Duration
	for range starts {
		took, err := b.handshake(ctx)
		if err != nil {
			return err
		}
		handshakes = append(handshakes, took)
	}
	w, err := b.newWorkspace(ctx, "schema", vaults{count: 1}.config())
	if err != nil {
		return err
	}
	var reads []outcome
	for range schemaReads {
		o, err := w.run(ctx, "providers", "schema", "-json")
		if err != nil {
			return err
		}
		reads = append(reads, o)
	}
	info, err := os.Stat(b.provider)
	if err != nil {
		return err
	}
	b.results.binary = info.Size()

	b.printf("\n## Start and size\n\n")
	t := newTable("what", "figure")
	self := func(d time.Duration) time.Duration { return d }
	t.row(fmt.Sprintf("process start to handshake, median of %d", starts), milliseconds(median(handshakes, self))+" ms")
	t.row(fmt.Sprintf("`providers schema -json`, median of %d", schemaReads), milliseconds(medianOf(reads).wall)+" ms")
	t.row("provider binary", megabytes(info.Size())+" MB")
	t.print(b.out)
	return nil
}

// handshake starts the provider as Terraform does and returns the time until it says where it listens.
func (b *bench) handshake(ctx context.Context) (took time.Duration, err error) {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, b.provider)
	cmd.Env = append(b.environment(), pluginCookie, "PLUGIN_PROTOCOL_VERSIONS=6")
	var messages strings.Builder
	cmd.Stderr = &messages
	cmd.WaitDelay = endTime
	output, err := cmd.StdoutPipe()
	if err != nil {
		return 0, err
	}
	start := time.Now()
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	line, err := bufio.NewReader(output).ReadString('\n')
	took = time.Since(start)
	cancel() // it would serve until Terraform comes
	_ = cmd.Wait()
	if err == nil && strings.Count(line, "|") < 4 {
		err = errors.New("it is not a handshake")
	}
	if err != nil {
		return 0, fmt.Errorf("%s printed %q: %w\n%s", b.provider, line, err, tail(messages.String()))
	}
	return took, nil
}
