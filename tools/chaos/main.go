// Command chaos lets requests go wrong, kills Terraform and the provider, and applies at the same time, and judges how each
// ends: whether the next apply heals it alone, whether that takes a command, whether anything is lost. It fails when
// something is lost, or when no apply and no advice leads out.
//
// `make chaos` runs it on a fresh build. Most of it takes the provider in this process, called as Terraform calls it; the
// rounds of kills and of concurrent applies take a real Terraform or OpenTofu.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
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
		fmt.Fprintln(os.Stderr, "chaos:", err)
		os.Exit(1)
	}
}

// options are what the flags say.
type options struct {
	minutes  float64
	seed     uint64
	cells    *regexp.Regexp // nil is a choice by the seed
	list     bool
	kills    int
	real     int
	applies  int
	parallel int
	provider string
	cli      string
}

func parseFlags(args []string) (options, error) {
	var o options
	flags := flag.NewFlagSet("chaos", flag.ContinueOnError)
	flags.Float64Var(&o.minutes, "minutes", 5, "for `how long` cells of the matrix are run")
	flags.Uint64Var(&o.seed, "seed", 1, "the `number` that chooses the cells and the moments of the kills")
	cells := flags.String("run", "", "run only the cells whose names match this `expression`, and show what they print")
	flags.BoolVar(&o.list, "list", false, "print the names of the cells and end")
	flags.IntVar(&o.kills, "kills", 12, "how `many` times Terraform, the provider or both are killed")
	flags.IntVar(&o.applies, "applies", 6, "how `many` applies run at the same time; 0 leaves these rounds out")
	flags.IntVar(&o.real, "real", 4, "how `many` of the cells are run again with a real Terraform, which has to come to the same verdict; 0 with -run, unless set")
	flags.IntVar(&o.parallel, "parallel", 24, "how `many` cells run at the same time; they wait most of the time")
	flags.StringVar(&o.provider, "provider", filepath.Join("bin", "terraform-provider-backup"), "path of the `binary` for the rounds with a real Terraform")
	flags.StringVar(&o.cli, "cli", "terraform", "path of Terraform or OpenTofu")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	if flags.NArg() > 0 {
		return o, fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	var err error
	if *cells != "" {
		if o.cells, err = regexp.Compile(*cells); err != nil {
			return o, fmt.Errorf("-run: %w", err)
		}
		o.kills, o.applies = 0, 0
		if !given(flags, "real") {
			o.real = 0
		}
	}
	o.provider, err = filepath.Abs(o.provider)
	return o, err
}

func given(flags *flag.FlagSet, name string) (found bool) {
	flags.Visit(func(f *flag.Flag) { found = found || f.Name == name })
	return found
}

func run(ctx context.Context, args []string, out io.Writer) error {
	o, err := parseFlags(args)
	if err != nil {
		return err
	}
	leaveUsersSettings()
	cells := everyCell()
	if o.list {
		for _, c := range cells {
			_, _ = fmt.Fprintln(out, c.name())
		}
		return nil
	}
	folder, err := os.MkdirTemp("", "backup-chaos-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	c := newCampaign(folder, o.parallel)
	if o.cells != nil {
		c.verbose = out
		cells = matching(cells, o.cells)
	} else {
		cells = shuffled(cells, o.seed)
	}
	began := time.Now()
	limited, cancel := context.WithTimeout(ctx, time.Duration(o.minutes*float64(time.Minute)))
	c.run(limited, cells)
	cancel()
	if o.kills > 0 || o.applies > 0 || o.real > 0 {
		w, err := newWorkshop(folder, o.cli, o.provider)
		if err != nil {
			return err
		}
		c.again(ctx, w, o.real)
		c.reports = append(c.reports, w.killRounds(ctx, o.kills, o.seed)...)
		c.reports = append(c.reports, w.concurrentRounds(ctx, o.applies)...)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	printTable(out, c.reports, c.untouched)
	_, _ = fmt.Fprintf(out, "\nSeed %d, %d of %d cells, %.0f s.\n", o.seed, c.done(), len(cells), time.Since(began).Seconds())
	return verdictOf(c.reports)
}

// leaveUsersSettings keeps the environment's settings of Terraform, of the provider and of Azure out.
func leaveUsersSettings() {
	for _, entry := range os.Environ() {
		name, _, _ := strings.Cut(entry, "=")
		for _, prefix := range []string{"TF_", "TOFU_", "BACKUP_", "ARM_"} {
			if strings.HasPrefix(name, prefix) {
				_ = os.Unsetenv(name)
			}
		}
	}
}
