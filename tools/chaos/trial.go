package main

import (
	"context"
	"strings"

	"github.com/azurebackup/terraform-provider-backup/internal/store"
)

// trial is a cell that was run, and what was seen.
type trial struct {
	first *outcome
	// before, after and end are what the service held before the command, after it, and when all was done.
	before, after, end contents
	// stateAfter and stateEnd are the ids in the state.
	stateAfter, stateEnd []string
	// gone are ids that the command was to take away or to replace, with what is in them; left are those that leave the
	// state and stay in the service.
	gone, left []string
	advised    []advice
	again      int    // further applies that were needed, and no message named anything else to do
	settled    bool   // it ended in No changes
	last       string // the last error, of one that did not
	complaints []string
}

// attempts bounds how often a user applies.
const attempts = 5

// try runs the command of a cell where everything is ready for it, and then heals.
func (c cell) try(ctx context.Context, s *stage) (t trial, err error) {
	if t.before, err = inspect(ctx, s.service.file); err != nil {
		return t, err
	}
	t.gone, t.left = c.asked()

	s.service.faults.Add(c.rule())
	t.first = s.command(ctx)
	s.service.faults.Clear()
	if t.after, err = inspect(ctx, s.service.file); err != nil {
		return t, err
	}
	t.stateAfter = s.ids()

	s.unhurry(c) // what the cell's timeouts were to show has been seen
	t.heal(ctx, s, &s.config, func() *outcome { return s.command(ctx) })
	if t.end, err = inspect(ctx, s.service.file); err != nil {
		return t, err
	}
	t.stateEnd = s.ids()
	for _, o := range s.past() {
		t.complaints = append(t.complaints, o.complaints...)
	}
	return t, nil
}

// heal does what a user does when the service is well again: apply, and what the messages say, until there is nothing to do.
func (t *trial) heal(ctx context.Context, s runner, config *configuration, command func() *outcome) {
	previous := t.first
	for range attempts {
		o := command()
		if o.failed {
			t.last = o.firstError()
			a, found := adviceOf(o, t.advised)
			if !found {
				a, found = adviceOf(previous, t.advised)
			}
			if found {
				s.follow(ctx, a, config)
				t.advised = append(t.advised, a)
			} else {
				t.again++
			}
			previous = o
			continue
		}
		switch p := s.plan(ctx, *config); {
		case p.failed:
			t.last = p.firstError()
		case len(p.changes) > 0:
			t.last = "the plan after it is not empty: " + strings.Join(p.changes, ", ")
		default:
			t.settled = true
			return
		}
	}
}

// asked is what the command is to take away from the service, and from the state alone.
func (c cell) asked() (gone, left []string) {
	id := map[string]string{vaultAddress: vaultID, policyAddress: policyID, vmAddress: itemID}[c.subject.address]
	call, _, _ := strings.Cut(c.call, "-")
	switch ending, _ := c.subject.object.vm["deletion_policy"].(string); {
	case call != "delete" && call != "replace":
		return nil, nil
	case ending == "retain_data" || ending == "suspend":
		return nil, []string{store.Key(id)}
	}
	return []string{store.Key(id)}, nil
}

func (o *outcome) firstError() string {
	for _, m := range o.said {
		if m.severity == "Error" {
			return m.summary + ": " + strings.Join(strings.Fields(m.detail), " ")
		}
	}
	return strings.Join(o.complaints, "; ")
}
