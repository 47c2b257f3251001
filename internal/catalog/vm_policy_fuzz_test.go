package catalog_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

func FuzzCheckPolicyName(f *testing.F) {
	seed(f, "DefaultPolicy", strings.Repeat("a", 150), strings.Repeat("a", 151), "1st", "a-_!", "abc\n")
	legal := regexp.MustCompile(`^[a-zA-Z][-_!a-zA-Z0-9]{2,149}\z`) // azurerm's validator
	f.Fuzz(func(t *testing.T, s string) {
		err := catalog.CheckPolicyName(s)
		if (err == nil) != legal.MatchString(s) {
			t.Fatalf("%q: %v", s, err)
		}
		checkText(t, err)
	})
}

func FuzzCheckBackupTime(f *testing.F) {
	seed(f, "00:00", "23:30", "24:00", "7:00", "23:15", "23:00:00", "+1:00", "0030", "٠٠:٠٠")
	legal := regexp.MustCompile(`^([01][0-9]|2[0-3]):[03]0\z`)
	f.Fuzz(func(t *testing.T, s string) {
		err := catalog.CheckBackupTime(s)
		if (err == nil) != legal.MatchString(s) {
			t.Fatalf("%q: %v", s, err)
		}
		checkText(t, err)
	})
}

func FuzzWindowsTimeZone(f *testing.F) {
	seed(f, "UTC", "china standard time", "China Standrad Time", "Asia/Shanghai", "CST", "Hong Kong", "GMT+8", "Etc/GMT-8", "../etc/passwd",
		strings.Repeat("China Standard Time ", 100))
	f.Fuzz(func(t *testing.T, s string) {
		windows, ok := catalog.WindowsTimeZone(s)
		err := catalog.CheckTimeZone(s)
		if ok != (err == nil) || ok != (windows != "") {
			t.Fatalf("%q: %q, %v, but %v", s, windows, ok, err)
		}
		checkText(t, err)
		p := standard()
		p.TimeZone = s
		if _, due := p.Next(time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)); due != (ok || s == "") {
			t.Fatalf("%q: known %v, but backups are due: %v", s, ok, due)
		}
		if !ok {
			if catalog.FollowsDaylightSaving(s) {
				t.Fatalf("%q follows daylight saving time", s)
			}
			return
		}
		if again, _ := catalog.WindowsTimeZone(windows); again != windows {
			t.Fatalf("%q: %q, then %q", s, windows, again)
		}
		if _, ok := catalog.WindowsZones[windows]; !ok {
			t.Fatalf("%q: %q is no Windows zone", s, windows)
		}
		// The spelling does not matter to the clock.
		canonical := standard()
		canonical.TimeZone = windows
		at := time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC)
		a, _ := p.Next(at)
		if b, _ := canonical.Next(at); !a.Equal(b) {
			t.Fatalf("%q: next at %s, of %q at %s", s, a, windows, b)
		}
	})
}

// FuzzVMPolicy makes policies of any kind. None makes Check, Occurrences or Retention panic; problems can be printed; and
// one without problems has backups, each of which is kept for as long as the shortest rule, if any keeps it.
func FuzzVMPolicy(f *testing.F) {
	f.Add("V1", "UTC", "Daily", "23:00", "", 0, 0, 30, 0, 0, 0, int64(1_800_000_000))
	f.Add("V1", "Europe/Berlin", "Weekly", "00:30", "Monday", 0, 0, 0, 4, 12, 7, int64(0))
	f.Add("V2", "China Standard Time", "Hourly", "21:30", "", 4, 24, 7, 5, 1, 1, int64(-1_000_000_000))
	f.Add("V3", "Nowhere", "hourly", "25:61", "monday", -4, 1<<40, -1, 1<<40, -1<<40, 1<<40, int64(1_900_000_000))
	f.Fuzz(func(t *testing.T, kind, zone, frequency, clock, weekday string, interval, duration, days, weeks, months, years int, unix int64) {
		p := catalog.VMPolicy{Type: kind, TimeZone: zone, Schedule: catalog.VMSchedule{
			Frequency: frequency, Time: clock, HourInterval: interval, HourDuration: duration,
		}}
		if weekday != "" {
			p.Schedule.Weekdays = []string{weekday}
		}
		if days != 0 {
			p.Daily = &catalog.DailyRetention{Count: days}
		}
		if weeks != 0 {
			p.Weekly = &catalog.WeeklyRetention{Count: weeks, Weekdays: []string{weekday}}
		}
		if months != 0 {
			p.Monthly = &catalog.MonthlyRetention{Count: months, MonthDays: catalog.MonthDays{Days: []int{interval}, LastDay: true}}
		}
		if years != 0 {
			p.Yearly = &catalog.YearlyRetention{Count: years, Months: []string{"May"}, MonthDays: catalog.MonthDays{Weekdays: []string{weekday}, Weeks: catalog.Weeks()}}
		}
		problems := p.Check(nil)
		for _, problem := range problems {
			if problem.Field == "" || !strings.Contains(problem.Message, " ") {
				t.Fatalf("%+v", problem)
			}
			if _, ok := policyFields[problem.Field]; !ok {
				t.Fatalf("%q is no field", problem.Field)
			}
		}
		after := time.Unix(unix%(1<<36), 0) // years up to 4147, and as far back
		due := p.Occurrences(after, after.AddDate(0, 0, 15))
		if !slices.IsSortedFunc(due, time.Time.Compare) {
			t.Fatalf("%v are not in order", due)
		}
		next, ok := p.Next(after)
		if ok != (len(due) > 0) || ok && !next.Equal(due[0]) {
			t.Fatalf("next is %s (%v), of %v", next, ok, due)
		}
		for _, at := range due {
			if kept, ok := p.Retention(at); ok && len(problems) == 0 && kept.Until.Sub(at) < 7*24*time.Hour {
				t.Fatalf("%s is kept until %s by %s", at, kept.Until, kept.Rule)
			}
		}
		if len(problems) == 0 && (len(due) < 2 || !slices.ContainsFunc(due, func(at time.Time) bool { _, ok := p.Retention(at); return ok })) {
			t.Fatalf("%+v: due %v, of which none is kept", p, due)
		}
	})
}
