package page

import (
	"strings"
	"time"
)

// jobRow is a job as it is shown.
type jobRow struct {
	Operation, VM string
	Condition     condition
	Scheduled     bool
	Start         moment
	Duration      string
	Errors        []string
}

func newJobRow(w wireJob, now time.Time) jobRow {
	p := &w.Properties
	row := jobRow{
		Operation: separate(p.Operation), VM: p.VM, Scheduled: !p.Asked, Start: newMoment(p.Start),
		Condition: condition{separate(p.Status), "updating"},
	}
	switch {
	case strings.EqualFold(p.Status, "Completed"):
		row.Condition.Style = "active"
	case strings.EqualFold(p.Status, "Failed"):
		row.Condition.Style = "failed"
	case strings.EqualFold(p.Status, "Cancelled"):
		row.Condition.Style = "paused"
	}
	end, err := time.Parse(time.RFC3339, p.End)
	if err != nil {
		end = now // it runs
	}
	row.Duration = spell(max(end.Sub(p.Start), 0))
	for _, e := range p.Errors {
		row.Errors = append(row.Errors, strings.TrimPrefix(e.Title+": "+e.Text, ": "))
	}
	return row
}
