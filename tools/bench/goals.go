package main

import "fmt"

// The goals, and what they are about.
const (
	goalSize        = 1000
	goalPlanRatio   = 1.5
	goalPlanCalls   = 20
	goalApplyRatio  = 1.3
	goalCreateCalls = 2
	goalOverhead    = 0.25
	goalBinary      = 30_000_000
)

// printGoals sets what was measured against the goals.
func (b *bench) printGoals() {
	b.printf("\n## Goals\n\n")
	t := newTable("goal", "got", "met")
	timing := func(goal, phase string, limit float64) {
		goal = fmt.Sprintf("%s of %s ≤ %.1f × terraform_data", goal, thousands(goalSize), limit)
		for _, x := range b.results.timings[goalSize] {
			if x.phase == phase {
				t.row(goal, fmt.Sprintf("%.2f", x.ratio()), verdict(x.ratio() <= limit))
				return
			}
		}
		t.row(goal, "-", "not measured")
	}
	calls := func(goal, what string, figure func(callCount) float64, limit float64) {
		for _, c := range b.results.calls {
			if c.what == what {
				t.row(goal, fmt.Sprintf("%.4g", figure(c)), verdict(figure(c) <= limit))
				return
			}
		}
		t.row(goal, "-", "not measured")
	}
	total := func(c callCount) float64 { return float64(c.total()) }

	timing("plan, all there,", phasePlan, goalPlanRatio)
	timing("plan, all to create,", phaseCreatePlan, goalPlanRatio)
	planCalls := fmt.Sprintf("of %s ≤ %d calls", thousands(goalSize), goalPlanCalls)
	calls("plan, all there, "+planCalls, countExisting(goalSize), total, goalPlanCalls)
	calls("plan, all to create, "+planCalls, countNew(goalSize), total, goalPlanCalls)
	timing("apply", phaseApply, goalApplyRatio)
	calls(fmt.Sprintf("%d calls per create, instant service", goalCreateCalls),
		fmt.Sprintf("create %d vaults", callVaults), callCount.perVault, goalCreateCalls)
	for _, w := range b.results.waits {
		if part, ok := w.part(); ok {
			t.row(fmt.Sprintf("wait overhead at %s ≤ %.0f %%", w.provisioning, goalOverhead*100),
				fmt.Sprintf("%.1f %%", part*100), verdict(part <= goalOverhead))
		}
	}
	worst, _ := b.results.worst.part()
	t.row(fmt.Sprintf("wait overhead at the worst of %d times ≤ %.0f %%", spread, goalOverhead*100),
		fmt.Sprintf("%.1f %%", worst*100), verdict(worst <= goalOverhead))
	t.row(fmt.Sprintf("provider binary ≤ %d MB", goalBinary/1_000_000),
		megabytes(b.results.binary)+" MB", verdict(b.results.binary <= goalBinary))
	t.print(b.out)
}

func verdict(met bool) string {
	if met {
		return "met"
	}
	return "NOT met"
}
