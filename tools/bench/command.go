package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

const (
	// commandTimeout ends a command that hangs, so that the error says which.
	commandTimeout = 5 * time.Minute
	// endTime is how long an interrupted command may take to end by itself, with its providers.
	endTime = 10 * time.Second
	// outputShown is how much of a failed command's output goes into the error: its end.
	outputShown = 4000
)

// outcome is how a command went.
type outcome struct {
	output string // of both streams
	wall   time.Duration
	cpu    time.Duration // of the command and of the processes it started
}

// invocation is a command of the CLI with what is special about it.
type invocation struct {
	folder  string
	args    []string
	env     []string
	timeout time.Duration // commandTimeout when it is 0
	started func(pid int) // called once, when the process is there
}

// command runs a command of the CLI in a folder.
func (b *bench) command(ctx context.Context, folder string, args ...string) (outcome, error) {
	return b.invoke(ctx, invocation{folder: folder, args: args})
}

func (b *bench) invoke(ctx context.Context, i invocation) (outcome, error) {
	timeout := cmp.Or(i.timeout, commandTimeout)
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, b.cli, i.args...)
	var output bytes.Buffer
	cmd.Stdout, cmd.Stderr = &output, &output
	cmd.Dir, cmd.Env = i.folder, append(b.environment(), i.env...)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = endTime

	start := time.Now()
	if err := cmd.Start(); err != nil {
		return outcome{}, err
	}
	if i.started != nil {
		i.started(cmd.Process.Pid)
	}
	err := cmd.Wait()
	o := outcome{output: output.String(), wall: time.Since(start)}
	if state := cmd.ProcessState; state != nil {
		o.cpu = state.UserTime() + state.SystemTime()
	}
	if err == nil {
		return o, nil
	}
	name := strings.Join(append([]string{filepath.Base(b.cli)}, i.args...), " ")
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		err = fmt.Errorf("not done after %s", timeout)
	} else if ctx.Err() != nil {
		return o, fmt.Errorf("interrupted during `%s`", name)
	}
	return o, fmt.Errorf("`%s` failed: %w\n%s", name, err, tail(o.output))
}

func tail(output string) string {
	if len(output) <= outputShown {
		return output
	}
	return "[...]" + output[len(output)-outputShown:]
}

// environment is the one of every command: the user's, without the settings that would change what is measured.
func (b *bench) environment() []string {
	env := slices.DeleteFunc(os.Environ(), func(entry string) bool {
		name, _, _ := strings.Cut(entry, "=")
		for _, prefix := range []string{"TF_", "TOFU_", "BACKUP_", "ARM_", "PLUGIN_"} {
			if strings.HasPrefix(name, prefix) {
				return true
			}
		}
		return false
	})
	return append(env,
		"CHECKPOINT_DISABLE=1", "TF_IN_AUTOMATION=1", "TF_INPUT=0", "NO_COLOR=1",
		"TF_CLI_CONFIG_FILE="+b.cliConfig(),
		// Sockets of providers that had to be killed go the way of everything else.
		"TMPDIR="+b.folder,
	)
}

// cliConfig is the path of an empty CLI configuration.
func (b *bench) cliConfig() string { return filepath.Join(b.folder, "cli.tfrc") }
