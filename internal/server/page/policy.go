package page

import (
	"fmt"
	"strings"
	"time"
)

// policyRow is a policy as it is shown.
type policyRow struct {
	Name, Kind string
	Schedule   string
	Retention  []string
	TimeZone   string
	Items      int
	BuiltIn    bool
}

// builtIn tells whether every vault has a policy of this name.
func builtIn(name string) bool {
	return strings.EqualFold(name, "DefaultPolicy") || strings.EqualFold(name, "EnhancedPolicy")
}

func newPolicyRow(w wirePolicy) policyRow {
	p := &w.Properties
	row := policyRow{Name: w.Name, TimeZone: p.TimeZone, Items: p.Items, BuiltIn: builtIn(w.Name), Kind: "Standard"}
	if !strings.EqualFold(p.Kind, "AzureIaasVM") {
		row.Kind, row.Schedule = "Not for VMs", separate(p.Kind)
		return row
	}
	if strings.EqualFold(p.Type, "V2") {
		row.Kind = "Enhanced"
	}
	row.Schedule = p.Schedule.words()
	for _, rule := range []struct {
		keep  *wireKeep
		which string
		unit  string
	}{
		{p.Retention.Daily, "Daily", "day"},
		{p.Retention.Weekly, "Weekly", "week"},
		{p.Retention.Monthly, "Monthly", "month"},
		{p.Retention.Yearly, "Yearly", "year"},
	} {
		if rule.keep != nil {
			row.Retention = append(row.Retention, rule.keep.words(rule.which, rule.unit))
		}
	}
	if p.InstantDays > 0 {
		row.Retention = append(row.Retention, "Snapshots for instant restore: "+plural(p.InstantDays, "day"))
	}
	if p.AtOnce {
		text := "Snapshots of fast disks can be restored from at once"
		if p.AtOnceFor > 0 {
			text += " for " + plural(p.AtOnceFor, "minute")
		}
		row.Retention = append(row.Retention, text)
	}
	if t, ok := p.Tiering["ArchivedRP"]; ok && strings.EqualFold(t.Mode, "TierAfter") {
		unit := strings.ToLower(strings.TrimSuffix(t.Unit, "s"))
		row.Retention = append(row.Retention, "To the archive after "+plural(t.Duration, unit))
	} else if ok && strings.EqualFold(t.Mode, "TierRecommended") {
		row.Retention = append(row.Retention, "To the archive where that saves money")
	}
	return row
}

// words says when backups are taken.
func (s wireSchedule) words() string {
	days, times := s.Days, s.Times
	switch {
	case s.Hourly != nil && strings.EqualFold(s.Frequency, "Hourly"):
		return fmt.Sprintf("Every %d hours from %s, for %s", s.Hourly.Interval, clock([]string{s.Hourly.Start}),
			plural(s.Hourly.Duration, "hour"))
	case s.Weekly != nil && strings.EqualFold(s.Frequency, "Weekly"):
		days, times = s.Weekly.Days, s.Weekly.Times
	case s.Daily != nil && strings.EqualFold(s.Frequency, "Daily"):
		times = s.Daily.Times
	}
	if strings.EqualFold(s.Frequency, "Weekly") {
		return fmt.Sprintf("Every %s at %s", enumerate(days), clock(times))
	}
	return "Every day at " + clock(times)
}

// clock takes the times of day out of times whose dates mean nothing.
func clock(times []string) string {
	var words []string
	for _, s := range times {
		if t, err := time.Parse(time.RFC3339, s); err == nil {
			s = t.UTC().Format("15:04")
		}
		words = append(words, s)
	}
	return enumerate(words)
}

// words says what a rule keeps, and how long.
func (k *wireKeep) words(which, unit string) string {
	var on []string
	switch {
	case strings.EqualFold(k.Format, "Weekly") && k.ByWeek != nil:
		on = append(on, "the "+strings.ToLower(enumerate(k.ByWeek.Weeks))+" "+enumerate(k.ByWeek.Weekdays))
	case k.ByDate != nil && !strings.EqualFold(k.Format, "Weekly"):
		var days []string
		last := false
		for _, d := range k.ByDate.Days {
			if d.IsLast {
				last = true
			} else {
				days = append(days, fmt.Sprint(d.Date))
			}
		}
		if len(days) > 0 {
			on = append(on, "day "+enumerate(days))
		}
		if last {
			on = append(on, "the last day")
		}
	case len(k.Weekdays) > 0:
		on = append(on, enumerate(k.Weekdays))
	}
	text := which
	if len(on) > 0 {
		text += " (" + enumerate(on)
		if len(k.Months) > 0 {
			text += " of " + enumerate(k.Months)
		}
		text += ")"
	}
	return text + ": " + plural(k.Duration.Count, unit)
}
