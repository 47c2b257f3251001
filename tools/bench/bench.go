package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// bench is one run of the program.
type bench struct {
	options
	folder   string // everything the run writes is in it
	state    *stateServer
	out      *report   // the tables
	messages io.Writer // what is going on
	started  time.Time
	results  results
}

// results are the figures that the goals are about.
type results struct {
	timings map[int][]timing // by size
	calls   []callCount
	waits   []wait
	worst   wait // the greatest part of the provisioning time lost
	binary  int64
}

func newBench(ctx context.Context, o options, out, messages io.Writer) (*bench, error) {
	b := &bench{options: o, out: &report{to: out}, messages: messages, started: time.Now(), results: results{timings: map[int][]timing{}}}
	var err error
	if b.folder, err = os.MkdirTemp("", "backup-bench-"); err != nil {
		return nil, err
	}
	if b.state, err = serveStates(ctx); err != nil {
		return nil, errors.Join(err, b.close())
	}
	if err := b.prepare(); err != nil {
		return nil, errors.Join(err, b.close())
	}
	return b, nil
}

func (b *bench) close() error {
	var err error
	if b.state != nil {
		err = b.state.close()
	}
	return errors.Join(err, os.RemoveAll(b.folder))
}

// measure runs every measurement, each of which prints its table.
func (b *bench) measure(ctx context.Context) error {
	if err := b.describe(ctx); err != nil {
		return err
	}
	var steps []func(context.Context) error
	for _, size := range b.sizes {
		steps = append(steps, func(ctx context.Context) error { return b.measureTimes(ctx, size) })
	}
	if b.latency > 0 {
		for _, size := range b.sizes {
			steps = append(steps, func(ctx context.Context) error { return b.measureDistant(ctx, size) })
		}
	}
	steps = append(steps, b.measureCalls, b.measureMemory, b.measureWaits, b.measureStart)
	for _, step := range steps {
		if err := step(ctx); err != nil {
			return err
		}
		if b.out.err != nil {
			return b.out.err
		}
	}
	b.printGoals()
	b.printf("\nMeasured in %s.\n", time.Since(b.started).Round(time.Second))
	return b.out.err
}

// describe prints what is measured on what.
func (b *bench) describe(ctx context.Context) error {
	version, err := b.command(ctx, b.folder, "version")
	if err != nil {
		return err
	}
	first, _, _ := strings.Cut(version.output, "\n")
	b.printf("# Benchmark\n\n%s, %s/%s, %d CPUs%s. State is kept by an HTTP backend in this program.\n",
		first, runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), load())
	return nil
}

// load tells how busy the machine was before, where that can be read.
func load() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return ""
	}
	minute, _, _ := strings.Cut(string(text), " ")
	return ", load " + minute + " at the start"
}

// report is where the tables go. It keeps the first error, so that only measure has to look for one.
type report struct {
	to  io.Writer
	err error
}

// Write implements io.Writer.
func (r *report) Write(p []byte) (int, error) {
	if r.err != nil {
		return 0, r.err
	}
	n, err := r.to.Write(p)
	r.err = err
	return n, err
}

func (b *bench) printf(format string, args ...any) { fmt.Fprintf(b.out, format, args...) }

// progress says what is being measured, apart from the tables.
func (b *bench) progress(format string, args ...any) {
	fmt.Fprintf(b.messages, "bench: "+format+"\n", args...)
}

// largest is the greatest number of vaults measured.
func (b *bench) largest() int { return b.sizes[len(b.sizes)-1] }

// newFolder makes a folder for one workspace.
func (b *bench) newFolder(name string) (string, error) {
	folder := filepath.Join(b.folder, name)
	return folder, os.Mkdir(folder, 0o700)
}
