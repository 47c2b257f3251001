package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"
)

// The commands that are timed, in the order of a vault's life.
const (
	phaseCreatePlan = "plan, all to create"
	phaseApply      = "apply"
	phasePlan       = "plan, all there"
	phaseNoRefresh  = "plan -refresh=false"
	phaseDestroy    = "destroy"
)

type phase struct {
	name string
	args []string
}

func phases() []phase {
	return []phase{
		{phaseCreatePlan, []string{"plan"}},
		{phaseApply, []string{"apply", "-auto-approve"}},
		// With the exit code, a plan that is not empty fails the run instead of being measured as one that is.
		{phasePlan, []string{"plan", "-detailed-exitcode"}},
		{phaseNoRefresh, []string{"plan", "-refresh=false", "-detailed-exitcode"}},
		{phaseDestroy, []string{"destroy", "-auto-approve"}},
	}
}

// timing is how long one phase took, with vaults and with Terraform's own resources.
type timing struct {
	phase         string
	vaults, floor sample
}

func (t timing) ratio() float64 { return t.vaults.wall.Seconds() / t.floor.wall.Seconds() }

// sample is the median of some runs.
type sample struct{ wall, cpu time.Duration }

// measureTimes times every phase for a number of vaults. Vaults and floor take turns, so that a machine that becomes
// busier slows down both.
func (b *bench) measureTimes(ctx context.Context, size int) error {
	subject, err := b.newWorkspace(ctx, fmt.Sprintf("vaults-%d", size), vaults{count: size}.config())
	if err != nil {
		return err
	}
	floor, err := b.newWorkspace(ctx, fmt.Sprintf("floor-%d", size), floorConfig(size))
	if err != nil {
		return err
	}
	both := []*workspace{subject, floor}
	ran := map[*workspace]map[string][]outcome{subject: {}, floor: {}}
	for n := range b.runs {
		b.progress("%s vaults and as many terraform_data, run %d of %d", thousands(size), n+1, b.runs)
		for _, p := range phases() {
			for _, w := range both {
				o, err := w.run(ctx, p.args...)
				if err != nil {
					return err
				}
				ran[w][p.name] = append(ran[w][p.name], o)
			}
		}
		for _, w := range both {
			if err := w.reset(); err != nil {
				return err
			}
		}
	}
	var timings []timing
	for _, p := range phases() {
		timings = append(timings, timing{phase: p.name, vaults: medianOf(ran[subject][p.name]), floor: medianOf(ran[floor][p.name])})
	}
	b.results.timings[size] = timings
	b.printTimes(size, timings)
	return nil
}

func (b *bench) printTimes(size int, timings []timing) {
	b.printf("\n## %s vaults next to %s terraform_data, seconds, %s\n\n", thousands(size), thousands(size), medianText(b.runs))
	t := newTable("command", "backup_vault", "terraform_data", "ratio", "CPU backup_vault", "CPU terraform_data")
	for _, x := range timings {
		t.row(x.phase, seconds(x.vaults.wall), seconds(x.floor.wall), fmt.Sprintf("%.2f", x.ratio()),
			seconds(x.vaults.cpu), seconds(x.floor.cpu))
	}
	t.print(b.out)
}

func medianOf(outcomes []outcome) sample {
	return sample{
		wall: median(outcomes, func(o outcome) time.Duration { return o.wall }),
		cpu:  median(outcomes, func(o outcome) time.Duration { return o.cpu }),
	}
}

// median is the middle one of some values, the lower of the two in the middle of an even number.
func median[T any, V cmp.Ordered](all []T, value func(T) V) V {
	values := make([]V, 0, len(all))
	for _, x := range all {
		values = append(values, value(x))
	}
	slices.Sort(values)
	return values[(len(values)-1)/2]
}

func medianText(runs int) string {
	if runs == 1 {
		return "one run"
	}
	return fmt.Sprintf("median of %d runs", runs)
}
