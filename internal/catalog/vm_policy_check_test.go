package catalog_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

// standard, weekly and enhanced are valid policies, which the tests break in one place each.
func standard() catalog.VMPolicy {
	return catalog.VMPolicy{
		Type: catalog.PolicyV1, TimeZone: "UTC",
		Schedule: catalog.VMSchedule{Frequency: catalog.Daily, Time: "23:00"},
		Daily:    &catalog.DailyRetention{Count: 30},
	}
}

func weekly() catalog.VMPolicy {
	return catalog.VMPolicy{
		Type: catalog.PolicyV1, TimeZone: "UTC",
		Schedule: catalog.VMSchedule{Frequency: catalog.Weekly, Time: "23:00", Weekdays: []string{"Sunday", "Monday"}},
		Weekly:   &catalog.WeeklyRetention{Count: 12, Weekdays: []string{"Monday", "Sunday"}},
	}
}

func enhanced() catalog.VMPolicy {
	return catalog.VMPolicy{
		Type: catalog.PolicyV2, TimeZone: "China Standard Time",
		Schedule: catalog.VMSchedule{Frequency: catalog.Hourly, Time: "08:00", HourInterval: 4, HourDuration: 12},
		Daily:    &catalog.DailyRetention{Count: 30},
	}
}

func everything() catalog.VMPolicy {
	p := enhanced()
	p.InstantRestoreDays = 7
	p.InstantRestoreGroup = &catalog.InstantRestoreGroup{Prefix: "snapshots-", Suffix: "-rg"}
	p.SnapshotConsistency = catalog.SnapshotCrashConsistent
	p.Weekly = &catalog.WeeklyRetention{Count: 12, Weekdays: []string{"Sunday"}}
	p.Monthly = &catalog.MonthlyRetention{Count: 12, MonthDays: catalog.MonthDays{Weekdays: []string{"Sunday"}, Weeks: []string{"First", "Last"}}}
	p.Yearly = &catalog.YearlyRetention{Count: 7, Months: []string{"January"}, MonthDays: catalog.MonthDays{Days: []int{1, 31}, LastDay: true}}
	p.Archive = &catalog.ArchiveTiering{Mode: catalog.TierAfter, Duration: 3, DurationType: "Months"}
	return p
}

// brokenPolicy is a valid policy, what breaks one rule of it, the field at fault and the whole message.
type brokenPolicy struct {
	valid   func() catalog.VMPolicy
	change  func(*catalog.VMPolicy)
	field   string
	message string
}

func (b brokenPolicy) policy() catalog.VMPolicy {
	p := b.valid()
	b.change(&p)
	return p
}

func brokenPolicies() map[string]brokenPolicy {
	all := maps.Clone(brokenSchedules)
	maps.Copy(all, brokenRetentions)
	return all
}

func TestVMPolicyCheck_broken(t *testing.T) {
	t.Parallel()
	if all, want := len(brokenPolicies()), len(brokenSchedules)+len(brokenRetentions); all != want {
		t.Fatalf("%d policies, want %d: two have one name", all, want)
	}
	for label, broken := range brokenPolicies() {
		t.Run(label, func(t *testing.T) {
			t.Parallel()
			want := []catalog.PolicyProblem{{Field: broken.field, Message: broken.message}}
			if diff := cmp.Diff(want, broken.policy().Check(nil)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// The limits themselves are allowed, and so is what only looks odd.
func TestVMPolicyCheck_valid(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		valid  func() catalog.VMPolicy
		change func(*catalog.VMPolicy)
	}{
		"standard":               {standard, func(*catalog.VMPolicy) {}},
		"weekly":                 {weekly, func(*catalog.VMPolicy) {}},
		"enhanced":               {enhanced, func(*catalog.VMPolicy) {}},
		"everything":             {everything, func(*catalog.VMPolicy) {}},
		"midnight":               {standard, func(p *catalog.VMPolicy) { p.Schedule.Time = "00:00" }},
		"half past":              {standard, func(p *catalog.VMPolicy) { p.Schedule.Time = "23:30" }},
		"IANA zone":              {standard, func(p *catalog.VMPolicy) { p.TimeZone = "asia/kolkata" }},
		"shortest window":        {enhanced, func(p *catalog.VMPolicy) { p.Schedule.HourInterval, p.Schedule.HourDuration = 4, 4 }},
		"longest window":         {enhanced, func(p *catalog.VMPolicy) { p.Schedule.HourInterval, p.Schedule.HourDuration = 12, 24 }},
		"enhanced daily":         {standard, func(p *catalog.VMPolicy) { p.Type, p.InstantRestoreDays = catalog.PolicyV2, 30 }},
		"enhanced weekly":        {weekly, func(p *catalog.VMPolicy) { p.Type, p.InstantRestoreDays = catalog.PolicyV2, 1 }},
		"weekly, snapshots":      {weekly, func(p *catalog.VMPolicy) { p.InstantRestoreDays = 5 }},
		"least snapshots":        {standard, func(p *catalog.VMPolicy) { p.InstantRestoreDays = 1 }},
		"most snapshots":         {standard, func(p *catalog.VMPolicy) { p.InstantRestoreDays = 5 }},
		"groups without suffix":  {standard, func(p *catalog.VMPolicy) { p.InstantRestoreGroup = &catalog.InstantRestoreGroup{Prefix: "snapshots."} }},
		"least days":             {standard, func(p *catalog.VMPolicy) { p.Daily.Count = 7 }},
		"most days":              {standard, func(p *catalog.VMPolicy) { p.Daily.Count = 9999 }},
		"least of the others":    {everything, func(p *catalog.VMPolicy) { p.Weekly.Count, p.Monthly.Count, p.Yearly.Count = 1, 1, 1 }},
		"most of the others":     {everything, func(p *catalog.VMPolicy) { p.Weekly.Count, p.Monthly.Count, p.Yearly.Count = 5163, 1188, 99 }},
		"days of other weekdays": {everything, func(p *catalog.VMPolicy) { p.Weekly.Weekdays = catalog.Weekdays() }},
		"all words":              {everything, func(p *catalog.VMPolicy) { p.Yearly.Months, p.Monthly.Weeks = catalog.Months(), catalog.Weeks() }},
		"weekly, by week": {weekly, func(p *catalog.VMPolicy) {
			p.Monthly = &catalog.MonthlyRetention{Count: 1, MonthDays: catalog.MonthDays{Weekdays: []string{"Monday"}, Weeks: []string{"Last"}}}
		}},
		"archive what is recommended": {everything, func(p *catalog.VMPolicy) {
			p.Yearly, p.Monthly.Count, p.Archive = nil, 9, &catalog.ArchiveTiering{Mode: catalog.TierRecommended}
		}},
		"archive of a standard policy": {standard, func(p *catalog.VMPolicy) { p.Yearly, p.Archive = everything().Yearly, everything().Archive }},
		"archive as early as can be":   {everything, func(p *catalog.VMPolicy) { p.Yearly, p.Monthly.Count = nil, 9 }},
		"archive after 90 days": {everything, func(p *catalog.VMPolicy) {
			p.Yearly, p.Monthly.Count, p.Archive.Duration, p.Archive.DurationType = nil, 9, 90, "Days"
		}},
		"archive after 13 weeks": {everything, func(p *catalog.VMPolicy) { p.Archive.Duration, p.Archive.DurationType = 13, "Weeks" }},
		"archive half the time":  {everything, func(p *catalog.VMPolicy) { p.Monthly, p.Yearly.Count, p.Archive.Duration = nil, 1, 6 }},
		"archive after a year":   {everything, func(p *catalog.VMPolicy) { p.Yearly.Count, p.Archive.Duration, p.Archive.DurationType = 2, 1, "Years" }},
	}
	for label, tt := range tests {
		t.Run(label, func(t *testing.T) {
			t.Parallel()
			p := tt.valid()
			tt.change(&p)
			if problems := p.Check(nil); len(problems) > 0 {
				t.Error(problems)
			}
		})
	}
}

// A policy without anything says all that is missing, once each, in the order of the attributes.
func TestVMPolicyCheck_empty(t *testing.T) {
	t.Parallel()
	var fields []string
	for _, problem := range (catalog.VMPolicy{}).Check(nil) {
		fields = append(fields, problem.Field)
	}
	if diff := cmp.Diff([]string{"policy_type", "timezone", "backup.frequency", "backup.time"}, fields); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestVMPolicyDefaultInstantRestoreDays(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		policy catalog.VMPolicy
		want   int
	}{"standard": {standard(), 2}, "weekly": {weekly(), 5}, "enhanced": {enhanced(), 7}} {
		if got := test.policy.DefaultInstantRestoreDays(); got != test.want {
			t.Errorf("%s: %d, want %d", name, got, test.want)
		}
	}
}

// The words are ARM's, and the caller may change the slices.
func TestWords(t *testing.T) {
	t.Parallel()
	if days := catalog.Weekdays(); len(days) != 7 || !slices.Contains(days, "Wednesday") {
		t.Error(days)
	}
	if months := catalog.Months(); len(months) != 12 || months[8] != "September" {
		t.Error(months)
	}
	if diff := cmp.Diff([]string{"First", "Second", "Third", "Fourth", "Last"}, catalog.Weeks()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"Days", "Weeks", "Months", "Years"}, catalog.DurationTypes()); diff != "" {
		t.Error(diff)
	}
	for _, words := range []func() []string{catalog.Weekdays, catalog.Weeks, catalog.Months, catalog.DurationTypes, catalog.TimeZones} {
		first := words()[0]
		words()[0] = "changed"
		if words()[0] != first {
			t.Errorf("the caller changes the words of others: %q", words())
		}
	}
}
