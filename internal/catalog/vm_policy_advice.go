package catalog

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// PolicyAdvice is what a policy that breaks no rule says and may not mean.
type PolicyAdvice struct {
	Summary string
	PolicyProblem
}

// Advise returns the advice on a policy, in the order of its attributes. unknown is that of Check: what reads an attribute whose
// value is not known is left out.
func (p VMPolicy) Advise(unknown func(field string) bool) []PolicyAdvice {
	var found []PolicyAdvice
	for _, advice := range vmPolicyAdvice {
		undecided := func(field string) bool { return unknown != nil && unknownAround(field, unknown) }
		if slices.ContainsFunc(advice.reads, undecided) {
			continue
		}
		if err := advice.check(p); err != nil {
			found = append(found, PolicyAdvice{advice.summary, PolicyProblem{Field: advice.reads[0], Message: err.Error()}})
		}
	}
	return found
}

const missedDays = "Not every month has the day"

var vmPolicyAdvice = []struct {
	summary string
	vmPolicyRule
}{
	{missedDays, vmPolicyRule{reads("retention_monthly.days", "retention_monthly.include_last_days"), func(p VMPolicy) error {
		if p.Monthly == nil {
			return nil
		}
		return p.Monthly.missed(months)
	}}},
	{missedDays, vmPolicyRule{reads("retention_yearly.days", "retention_yearly.include_last_days", "retention_yearly.months"), func(p VMPolicy) error {
		if p.Yearly == nil {
			return nil
		}
		return p.Yearly.missed(p.Yearly.Months)
	}}},
	{"Instant access is not enabled", vmPolicyRule{reads("instant_access_duration_minutes", "instant_access_snapshot_enabled"), func(p VMPolicy) error {
		if a := p.InstantAccess; a == nil || a.Enabled || a.Minutes == 0 {
			return nil
		}
		return errors.New("instant_access_duration_minutes says for how long snapshots can be restored from at once, which they cannot be without " +
			"instant_access_snapshot_enabled = true")
	}}},
	{"Archive tiering is not in months", vmPolicyRule{reads(archiveDurationType, archiveMode, archiveDuration), func(p VMPolicy) error {
		a := p.Archive
		if a == nil || a.Mode != TierAfter || a.DurationType == unitMonths {
			return nil
		}
		advice := "write the duration in months"
		if a.days()%daysOfMonth == 0 {
			advice = fmt.Sprintf("write duration = %d and duration_type = %q", a.days()/daysOfMonth, unitMonths)
		}
		return fmt.Errorf("the duration is %d %s. Azure has been reported to show this number as months, whatever the unit is "+
			"(https://github.com/hashicorp/terraform-provider-azurerm/issues/33217), and its own tools use months. So that it means the same "+
			"everywhere, %s", a.Duration, a.DurationType, advice)
	}}},
}

// missed says which of some months do not have a chosen date: Retention keeps no recovery point for it there. With the last
// day, each of them has one that is kept.
func (d MonthDays) missed(of []string) error {
	if d.LastDay {
		return nil
	}
	var sentences []string
	for _, day := range d.Days {
		var lack []string
		for _, month := range of {
			if slices.Contains(months, month) && day > longestDay(month) {
				lack = append(lack, month)
			}
		}
		const leapDay = 29
		switch {
		case day == leapDay && slices.Contains(of, "February"):
			sentences = append(sentences, "February has a day 29 in leap years alone. In other years nothing is kept for it.")
		case len(lack) == 1:
			sentences = append(sentences, fmt.Sprintf("%s has no day %d. Nothing is kept for it there.", lack[0], day))
		case len(lack) > 1:
			last := len(lack) - 1
			sentences = append(sentences, fmt.Sprintf("%s and %s have no day %d. Nothing is kept for it there.", strings.Join(lack[:last], ", "), lack[last], day))
		}
	}
	if len(sentences) == 0 {
		return nil
	}
	return fmt.Errorf("%s Microsoft's own tools offer the days 1 to 28 and the last day. For a recovery point of every month, set "+
		"include_last_days = true in place of days after the 28th", strings.Join(sentences, " "))
}

// longestDay is the last day that a month can have.
func longestDay(month string) int {
	const leapYear = 2028
	return time.Date(leapYear, time.Month(slices.Index(months, month)+2), 0, 0, 0, 0, 0, time.UTC).Day()
}
