package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"sync"
)

// campaign runs cells and keeps their reports.
type campaign struct {
	folder   string
	parallel int
	verbose  io.Writer // nil shows nothing
	starts   *starts

	mu        sync.Mutex
	reports   []report
	ran       []cell // those that the first reports are about
	untouched int
}

func newCampaign(folder string, parallel int) *campaign {
	return &campaign{folder: folder, parallel: parallel, starts: newStarts()}
}

func (c *campaign) done() int { return len(c.reports) }

// run runs cells until the context ends; those that have begun end by themselves.
func (c *campaign) run(ctx context.Context, cells []cell) {
	work := make(chan cell)
	var workers sync.WaitGroup
	for range max(1, c.parallel) {
		workers.Go(func() {
			for cell := range work {
				c.one(context.WithoutCancel(ctx), cell)
			}
		})
	}
	defer workers.Wait()
	defer close(work)
	for _, cell := range cells {
		select {
		case work <- cell:
		case <-ctx.Done():
			return
		}
	}
}

// one runs a cell and reports it. What goes wrong in this tool itself counts as stuck, so that nobody overlooks it.
func (c *campaign) one(ctx context.Context, cell cell) {
	s, err := c.starts.ready(ctx, cell, c.folder)
	if err == nil && s == nil {
		c.mu.Lock()
		c.untouched++
		c.mu.Unlock()
		return
	}
	r := cell.report(ctx, s, err)
	r.row = cell.row()
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.verbose != nil && s != nil {
		c.show(cell, s.past(), r)
	}
	c.reports = append(c.reports, r)
	c.ran = append(c.ran, cell)
}

// report runs a cell on its stage, unless that could not be made, and judges it.
func (c cell) report(ctx context.Context, s *stage, err error) report {
	r := report{name: c.name()}
	var t trial
	if err == nil {
		defer s.clear()
		t, err = c.try(ctx, s)
	}
	if err != nil {
		r.verdict, r.reason = stuck, "the cell could not be run: "+err.Error()
		return r
	}
	r.verdict, r.reason = t.judge()
	r.unclean = t.complaints
	r.beyond = c.misled() && r.verdict == command
	return r
}

// again runs cells once more with a real Terraform, which has to come to the same verdict as the provider in this process.
func (c *campaign) again(ctx context.Context, w *workshop, count int) {
	for i, cell := range c.ran[:min(count, len(c.ran))] {
		if ctx.Err() != nil {
			return
		}
		s, err := w.real(ctx, cell)
		r := cell.report(ctx, s, err)
		r.row, r.name = "with a real Terraform", "cli/"+r.name
		if was := c.reports[i].verdict; r.verdict != was {
			r.unclean = append(r.unclean, fmt.Sprintf("the verdict is %q, and was %q with the provider in this process", r.verdict, was))
		}
		if c.verbose != nil && s != nil {
			c.show(cell, s.past(), r)
		}
		c.reports = append(c.reports, r)
	}
}

// show prints the commands of a cell, with what they said.
func (c *campaign) show(cell cell, history []*outcome, r report) {
	_, _ = fmt.Fprintf(c.verbose, "=== %s\n    rule %+v\n", cell.name(), cell.rule())
	for _, o := range history {
		end := "ok"
		if o.failed {
			end = "failed"
		}
		_, _ = fmt.Fprintf(c.verbose, "--- %s: %s in %.1f s; plan: %s\n", o.command, end, o.took.Seconds(), strings.Join(o.changes, ", "))
		for _, m := range o.said {
			_, _ = fmt.Fprintf(c.verbose, "%s\n", indented(m.String()))
		}
		for _, complaint := range o.complaints {
			_, _ = fmt.Fprintf(c.verbose, "    UNCLEAN %s\n", complaint)
		}
	}
	_, _ = fmt.Fprintf(c.verbose, "=== %s: %s %s\n\n", cell.name(), r.verdict, r.reason)
}

func indented(text string) string {
	return "    " + strings.ReplaceAll(strings.TrimRight(text, "\n"), "\n", "\n      ")
}
