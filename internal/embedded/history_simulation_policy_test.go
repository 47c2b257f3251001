package embedded_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"
)

func pick[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }

func some(r *rand.Rand, least, most int) []time.Weekday {
	var days []time.Weekday
	for _, d := range r.Perm(7)[:least+r.IntN(most-least+1)] {
		days = append(days, time.Weekday(d))
	}
	return days
}

func randomDays(r *rand.Rand, weekdays []time.Weekday) simDays {
	if weekdays == nil && r.IntN(2) == 0 {
		var d simDays
		for range 1 + r.IntN(3) {
			if date := pick(r, []int{0, 1, 2, 15, 27, 28, 29, 30, 31}); !slices.Contains(d.dates, date) {
				d.dates = append(d.dates, date)
			}
		}
		return d
	}
	d := simDays{weekdays: some(r, 1, 2), weeks: r.Perm(5)[:1+r.IntN(2)]}
	if weekdays != nil {
		d.weekdays = weekdays[:1]
	}
	return d
}

func randomPolicy(r *rand.Rand, kind string) *simPolicy {
	p := &simPolicy{zone: pick(r, simZones), kind: kind, at: 30 * r.IntN(48)}
	var weekdays []time.Weekday
	switch kind {
	case "Hourly":
		p.interval = pick(r, []int{4, 6, 8, 12})
		p.window = p.interval * (1 + r.IntN(24/p.interval))
	case "Weekly":
		weekdays = some(r, 1, 3)
		p.weekdays = weekdays
	}
	if kind != "Weekly" {
		p.days = 7 + r.IntN(30)
	}
	if kind == "Weekly" || r.IntN(2) == 0 {
		p.weeks, p.weekly = 1+r.IntN(10), some(r, 1, 3)
		if kind == "Weekly" {
			p.weekly = weekdays
		}
	}
	if r.IntN(2) == 0 {
		p.months, p.monthly = 1+r.IntN(14), randomDays(r, weekdays)
	}
	if r.IntN(3) == 0 {
		p.years, p.yearly = 1+r.IntN(3), randomDays(r, weekdays)
		for _, m := range r.Perm(12)[:1+r.IntN(3)] {
			p.in = append(p.in, time.Month(m+1))
		}
	}
	return p
}

// document is the policy as clients write it; schedules of days and weeks are of type V2, too.
func (p *simPolicy) document() string {
	times := fmt.Sprintf(`["2026-01-01T%02d:%02d:00Z"]`, p.at/60, p.at%60)
	words := func(days []time.Weekday) string {
		var texts []string
		for _, d := range days {
			texts = append(texts, strconv.Quote(d.String()))
		}
		return "[" + strings.Join(texts, ",") + "]"
	}
	chosen := func(d simDays) string {
		if d.weekdays != nil {
			var weeks []string
			for _, w := range d.weeks {
				weeks = append(weeks, strconv.Quote([]string{"Last", "First", "Second", "Third", "Fourth"}[w]))
			}
			return `"retentionScheduleFormatType":"Weekly","retentionScheduleWeekly":{"daysOfTheWeek":` + words(d.weekdays) +
				`,"weeksOfTheMonth":[` + strings.Join(weeks, ",") + `]}`
		}
		var dates []string
		for _, date := range d.dates {
			dates = append(dates, fmt.Sprintf(`{"date":%d,"isLast":%t}`, date, date == 0))
		}
		return `"retentionScheduleFormatType":"Daily","retentionScheduleDaily":{"daysOfTheMonth":[` + strings.Join(dates, ",") + `]}`
	}
	rule := func(name string, count int, unit, more string) string {
		if count == 0 {
			return ""
		}
		return fmt.Sprintf(`,"%s":{"retentionTimes":%s,"retentionDuration":{"count":%d,"durationType":"%s"}%s}`, name, times, count, unit, more)
	}
	var months []string
	for _, m := range p.in {
		months = append(months, strconv.Quote(m.String()))
	}
	schedule := map[string]string{
		"Hourly": fmt.Sprintf(`"hourlySchedule":{"interval":%d,"scheduleWindowStartTime":%s,"scheduleWindowDuration":%d}`,
			p.interval, strings.Trim(times, "[]"), p.window),
		"Daily":  `"dailySchedule":{"scheduleRunTimes":` + times + `}`,
		"Weekly": `"weeklySchedule":{"scheduleRunDays":` + words(p.weekdays) + `,"scheduleRunTimes":` + times + `}`,
	}[p.kind]
	return `{"properties":{"backupManagementType":"AzureIaasVM","policyType":"V2","timeZone":"` + p.zone.name + `","schedulePolicy":{` +
		`"schedulePolicyType":"SimpleSchedulePolicyV2","scheduleRunFrequency":"` + p.kind + `",` + schedule + `},"retentionPolicy":{` +
		`"retentionPolicyType":"LongTermRetentionPolicy"` + rule("dailySchedule", p.days, "Days", "") +
		rule("weeklySchedule", p.weeks, "Weeks", `,"daysOfTheWeek":`+words(p.weekly)) +
		rule("monthlySchedule", p.months, "Months", ","+chosen(p.monthly)) +
		rule("yearlySchedule", p.years, "Years", ","+chosen(p.yearly)+`,"monthsOfYear":[`+strings.Join(months, ",")+`]`) + `}}}`
}
