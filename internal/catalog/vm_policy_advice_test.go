package catalog_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

func yearlyOn(lastDay bool, months []string, days ...int) catalog.VMPolicy {
	return catalog.VMPolicy{
		Type: catalog.PolicyV1, TimeZone: "UTC", Schedule: catalog.VMSchedule{Frequency: catalog.Daily, Time: "02:00"},
		Yearly: &catalog.YearlyRetention{Count: 3, Months: months, MonthDays: catalog.MonthDays{Days: days, LastDay: lastDay}},
	}
}

// What is said of a month without the day is what becomes of the recovery points of that month.
func TestAdviceOnDaysAgreesWithRetention(t *testing.T) {
	for _, lastDay := range []bool{false, true} {
		for _, month := range catalog.Months() {
			for day := 1; day <= 31; day++ {
				p := yearlyOn(lastDay, []string{month}, day)
				keeps := func(year int) bool {
					at := time.Date(year, time.Month(slices.Index(catalog.Months(), month)+1), 1, 2, 0, 0, 0, time.UTC)
					for m := at.Month(); at.Month() == m; at = at.AddDate(0, 0, 1) {
						if _, ok := p.Retention(at); ok {
							return true
						}
					}
					return false
				}
				always := keeps(2027) && keeps(2028)
				advice := p.Advise(nil)
				if (len(advice) == 0) != always {
					t.Errorf("%s %d, last day %t: kept always is %t, and the advice %v", month, day, lastDay, always, advice)
				}
				for _, a := range advice {
					never := !keeps(2027) && !keeps(2028)
					if a.Field != "retention_yearly.days" || never != strings.Contains(a.Message, month+" has no day") || !strings.Contains(a.Message, "include_last_days = true") {
						t.Errorf("%s %d: %v", month, day, a)
					}
				}
			}
		}
	}
}

func TestAdviceNamesTheMonths(t *testing.T) {
	for want, p := range map[string]catalog.VMPolicy{
		"April and June have no day 31. Nothing is kept for it there.": yearlyOn(false, []string{"January", "April", "June"}, 1, 31),
		"February has no day 30. Nothing is kept for it there. February, April, June, September and November have no day 31.": {
			Monthly: &catalog.MonthlyRetention{Count: 12, MonthDays: catalog.MonthDays{Days: []int{30, 31}}},
		},
		"February has a day 29 in leap years alone. In other years nothing is kept for it.": {
			Monthly: &catalog.MonthlyRetention{Count: 12, MonthDays: catalog.MonthDays{Days: []int{29}}},
		},
		`the duration is 90 Days. Azure has been reported`: {Archive: &catalog.ArchiveTiering{Mode: catalog.TierAfter, Duration: 90, DurationType: "Days"}},
		`write duration = 12 and duration_type = "Months"`: {Archive: &catalog.ArchiveTiering{Mode: catalog.TierAfter, Duration: 1, DurationType: "Years"}},
		`everywhere, write the duration in months`:         {Archive: &catalog.ArchiveTiering{Mode: catalog.TierAfter, Duration: 13, DurationType: "Weeks"}},
	} {
		advice := p.Advise(nil)
		if len(advice) != 1 || !strings.Contains(advice[0].Message, want) {
			t.Errorf("got %v, want %s", advice, want)
		}
		if got := p.Advise(func(string) bool { return true }); len(got) > 0 {
			t.Errorf("of what is not known: %v", got)
		}
	}
	for _, p := range []catalog.VMPolicy{
		{},
		yearlyOn(true, []string{"February"}, 31), yearlyOn(false, []string{"January"}, 31),
		{Archive: &catalog.ArchiveTiering{Mode: catalog.TierAfter, Duration: 6, DurationType: "Months"}},
		{Archive: &catalog.ArchiveTiering{Mode: catalog.TierRecommended}},
	} {
		if advice := p.Advise(nil); len(advice) > 0 {
			t.Errorf("%+v: %v", p, advice)
		}
	}
}

func TestTieringShownAsAnother(t *testing.T) {
	after := func(n int, unit string) catalog.ArchiveTiering {
		return catalog.ArchiveTiering{Mode: catalog.TierAfter, Duration: n, DurationType: unit}
	}
	for _, test := range []struct {
		is, shown catalog.ArchiveTiering
		want      bool
	}{
		{after(6, "Months"), after(6, "Months"), true},
		{after(90, "Days"), after(3, "Months"), true},
		{after(90, "Days"), after(90, "Months"), true},
		{after(1, "Years"), after(12, "Months"), true},
		{after(1, "Years"), after(1, "Months"), true},
		{after(13, "Weeks"), after(13, "Months"), true},
		{after(12, "Months"), after(1, "Years"), true},
		{after(6, "Months"), after(5, "Months"), false},
		{after(90, "Days"), after(4, "Months"), false},
		{after(90, "Months"), after(90, "Days"), false},
		{after(90, "Days"), catalog.ArchiveTiering{Mode: catalog.TierRecommended}, false},
		{catalog.ArchiveTiering{Mode: catalog.TierRecommended}, after(3, "Months"), false},
	} {
		if got := test.is.ShownAs(test.shown); got != test.want {
			t.Errorf("%v shown as %v: %t", test.is, test.shown, got)
		}
	}
}
