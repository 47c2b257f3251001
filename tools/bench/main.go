// Command bench measures the provider on the machine at hand and prints tables: plan, apply, refresh and destroy of
// many vaults next to as many terraform_data, which is Terraform's own floor; calls to the service; the time lost in
// waiting; start-up, memory and size. With a latency, it measures vaults and protected VMs of a service behind a network, too, next to
// an older build and to azurerm where these are given. It judges nothing by its exit status: a machine under load is not a defect.
//
// `make bench` runs it on a fresh build. scripts/bench.sh takes its flags.
package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

func main() {
	// A reader that goes away, such as head, must not leave the temporary folder behind: writes fail instead.
	signal.Ignore(syscall.SIGPIPE)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	if errors.Is(err, flag.ErrHelp) {
		return
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// options are what the flags say.
type options struct {
	cli      string
	provider string
	sizes    []int
	runs     int
	latency  time.Duration // of each call to the service; 0 leaves out what is measured with one
	against  string        // another build; may be empty
	azurerm  string        // a binary of azurerm; may be empty
}

func parseFlags(args []string, messages io.Writer) (options, error) {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(messages)
	cli := flags.String("cli", "", "`path` of Terraform or OpenTofu; default: terraform, then tofu, on PATH")
	provider := flags.String("provider", "", "path of the provider `binary`; default: bin/terraform-provider-backup")
	sizes := flags.String("sizes", "100,1000", "`numbers` of vaults to measure")
	runs := flags.Int("runs", 3, "how `often` each size is measured; the median counts")
	latency := flags.Duration("latency", 0, "also measure with this `time` added to every call, through serve, such as 80ms")
	against := flags.String("against", "", "`path` of another build of the provider, to compare with, with -latency")
	azurerm := flags.String("azurerm", "", "`path` of a binary of azurerm, to compare with, with -latency")
	quick := flags.Bool("quick", false, "one run of 100 vaults, instead of -sizes and -runs")
	if err := flags.Parse(args); err != nil {
		return options{}, err
	}
	if flags.NArg() > 0 {
		return options{}, fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	if *quick {
		*sizes, *runs = "100", 1
	}
	o := options{runs: *runs, latency: *latency}
	if o.latency < 0 || o.latency == 0 && *against+*azurerm != "" {
		return options{}, errors.New("-against and -azurerm are measured with -latency, such as 80ms")
	}
	if o.runs < 1 {
		return options{}, errors.New("-runs must be at least 1")
	}
	for field := range strings.SplitSeq(*sizes, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(field))
		if err != nil || n < 1 {
			return options{}, fmt.Errorf("-sizes: %q is not a number of vaults", field)
		}
		o.sizes = append(o.sizes, n)
	}
	slices.Sort(o.sizes)

	var err error
	if o.cli, err = findCLI(*cli); err != nil {
		return options{}, err
	}
	if o.provider, err = binary(cmp.Or(*provider, filepath.Join("bin", "terraform-provider-backup"+executableSuffix))); err != nil {
		return options{}, fmt.Errorf("no provider to measure; `make build` makes it: %w", err)
	}
	if o.against, err = binary(*against); err != nil {
		return options{}, fmt.Errorf("-against: %w", err)
	}
	if o.azurerm, err = binary(*azurerm); err != nil {
		return options{}, fmt.Errorf("-azurerm: %w", err)
	}
	return o, nil
}

// binary is the path of a file as commands in other folders can use it; empty stays empty.
func binary(path string) (string, error) {
	if path == "" {
		return "", nil
	}
	if _, err := os.Stat(path); err != nil {
		return "", err
	}
	return filepath.Abs(path)
}

func findCLI(wanted string) (string, error) {
	if wanted != "" {
		found, err := exec.LookPath(wanted)
		if err != nil {
			return "", fmt.Errorf("-cli: %w", err)
		}
		return filepath.Abs(found)
	}
	for _, name := range []string{"terraform", "tofu"} {
		if found, err := exec.LookPath(name); err == nil {
			return filepath.Abs(found)
		}
	}
	return "", errors.New("neither terraform nor tofu is on PATH; give one with -cli")
}

func run(ctx context.Context, args []string, out, messages io.Writer) (err error) {
	o, err := parseFlags(args, messages)
	if err != nil {
		return err
	}
	b, err := newBench(ctx, o, out, messages)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.close()) }()
	return b.measure(ctx)
}
