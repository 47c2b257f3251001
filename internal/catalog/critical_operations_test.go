package catalog_test

import (
	"testing"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

func TestKeepsLess(t *testing.T) {
	daily := func(days int) catalog.VMPolicy {
		return catalog.VMPolicy{Schedule: catalog.VMSchedule{Frequency: catalog.Daily}, Daily: &catalog.DailyRetention{Count: days}, InstantRestoreDays: 2}
	}
	change := func(p catalog.VMPolicy, how func(*catalog.VMPolicy)) catalog.VMPolicy {
		how(&p)
		return p
	}
	weekly := func(days ...string) catalog.VMPolicy {
		return catalog.VMPolicy{Schedule: catalog.VMSchedule{Frequency: catalog.Weekly, Weekdays: days}, Weekly: &catalog.WeeklyRetention{Count: 4}}
	}
	hourly := func(interval, duration int) catalog.VMPolicy {
		return change(daily(30), func(p *catalog.VMPolicy) {
			p.Schedule = catalog.VMSchedule{Frequency: catalog.Hourly, HourInterval: interval, HourDuration: duration}
		})
	}
	yearly := change(daily(30), func(p *catalog.VMPolicy) { p.Yearly = &catalog.YearlyRetention{Count: 1} })
	for name, test := range map[string]struct {
		before, after catalog.VMPolicy
		want          bool
	}{
		"the same":                         {daily(30), daily(30), false},
		"longer":                           {daily(30), daily(31), false},
		"shorter":                          {daily(30), daily(29), true},
		"a rule more":                      {daily(30), yearly, false},
		"a rule less":                      {yearly, daily(30), true},
		"a rule less that is shorter too":  {yearly, daily(9999), true},
		"instant restore is shorter":       {daily(30), change(daily(30), func(p *catalog.VMPolicy) { p.InstantRestoreDays = 1 }), true},
		"instant restore is left open":     {daily(30), change(daily(30), func(p *catalog.VMPolicy) { p.InstantRestoreDays = 0 }), false},
		"another time":                     {daily(30), change(daily(30), func(p *catalog.VMPolicy) { p.Schedule.Time = "03:00" }), false},
		"daily to weekly":                  {weekly(catalog.Weekdays()...), weekly("Sunday"), true},
		"a day of the week more":           {weekly("Sunday"), weekly("Sunday", "Wednesday"), false},
		"another day of the week":          {weekly("Sunday"), weekly("Saturday"), false},
		"a gap around the end of the week": {weekly("Sunday", "Wednesday"), weekly("Friday", "Saturday"), true},
		"hourly to daily":                  {hourly(4, 24), daily(30), true},
		"hourly, for fewer hours":          {hourly(4, 20), hourly(4, 12), true},
		"hourly, more often":               {hourly(8, 24), hourly(4, 24), false},
	} {
		if got := test.after.KeepsLess(test.before); got != test.want {
			t.Errorf("%s: got %v", name, got)
		}
	}
}

func TestIsResourceGuardID(t *testing.T) {
	for id, want := range map[string]bool{
		"/subscriptions/a/resourceGroups/g/providers/Microsoft.DataProtection/resourceGuards/x": true,
		"/SUBSCRIPTIONS/a/resourcegroups/g/providers/microsoft.dataprotection/RESOURCEGUARDS/x": true,
		"/subscriptions/a/resourceGroups/g/providers/Microsoft.DataProtection/backupVaults/x":   false,
		"x": false, "": false,
	} {
		if catalog.IsResourceGuardID(id) != want {
			t.Errorf("%q: not %v", id, want)
		}
	}
}
