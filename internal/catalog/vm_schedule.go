package catalog

import (
	"slices"
	"time"
)

// weekdays, weeks and months are ARM's words, in the order of the calendar.
var (
	weekdays = []string{"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"}
	weeks    = []string{"First", "Second", "Third", "Fourth", "Last"}
	months   = []string{
		"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
	}
)

// Weekdays returns the words for the days of the week, Sunday first. The slice is the caller's to change.
func Weekdays() []string { return slices.Clone(weekdays) }

// Weeks returns the words for the weeks of a month. The slice is the caller's to change.
func Weeks() []string { return slices.Clone(weeks) }

// Months returns the words for the months. The slice is the caller's to change.
func Months() []string { return slices.Clone(months) }

const timeOfDay = "15:04"

// Occurrences returns when backups are due: later than after, not later than until, in order, in UTC. A policy that is not
// valid has none. The service does not follow daylight saving time: times are at the zone's standard offset all year.
//
// Source: learn.microsoft.com/azure/backup/backup-support-matrix-iaas, "Automatic clock adjustment": "Azure Backup doesn't
// automatically adjust for daylight saving time changes".
func (p VMPolicy) Occurrences(after, until time.Time) []time.Time {
	first, err := time.Parse(timeOfDay, p.Schedule.Time)
	zone, ok := standardZone(p.TimeZone)
	if err != nil || !ok {
		return nil
	}
	offsets := p.dayOffsets()
	var due []time.Time
	// The day before belongs to it, too: the backups of an hourly schedule may go on past midnight.
	year, month, day := after.In(zone).AddDate(0, 0, -1).Date()
	for ; ; day++ {
		start := time.Date(year, month, day, first.Hour(), first.Minute(), 0, 0, zone)
		if start.After(until) {
			return due
		}
		if p.Schedule.Frequency == Weekly && !slices.Contains(p.Schedule.Weekdays, start.Weekday().String()) {
			continue
		}
		for _, offset := range offsets {
			if at := start.Add(offset); at.After(after) && !at.After(until) {
				due = append(due, at.UTC())
			}
		}
	}
}

// dayOffsets are the times of the backups of one day, after the first. An hourly schedule that starts at 08:00, with an
// interval of 4 and a duration of 12 hours, has backups at 08:00, 12:00, 16:00 and 20:00; with a duration of 24 hours, as
// the portal offers it, the last is at 04:00, and 08:00 is the first of the next day.
//
// Microsoft's pages on the enhanced policy do not say whether the end of the window is part of it. That it is, is our
// reading: the shortest window is one interval long, and would otherwise have one backup, as a daily schedule has.
func (p VMPolicy) dayOffsets() []time.Duration {
	offsets := []time.Duration{0}
	if p.Schedule.Frequency != Hourly || p.Schedule.HourInterval <= 0 {
		return offsets
	}
	const day = 24
	for h := p.Schedule.HourInterval; h <= p.Schedule.HourDuration && h < day; h += p.Schedule.HourInterval {
		offsets = append(offsets, time.Duration(h)*time.Hour)
	}
	return offsets
}

// Next returns when the next backup is due; ok is false when the policy is not valid.
func (p VMPolicy) Next(after time.Time) (next time.Time, ok bool) {
	// A weekly schedule has one within a week.
	due := p.Occurrences(after, after.AddDate(0, 0, 8))
	if len(due) == 0 {
		return time.Time{}, false
	}
	return due[0], true
}

// Retention says how long a scheduled recovery point that was taken at that time is kept, and by which rule: of those for
// it the one that keeps it longest, of equals the one for the longer period. ok is false when no rule keeps it.
//
// Days and dates are those of the policy's time zone. Of the points of an hourly schedule, the first of the day has the
// weekly, monthly and yearly rules: all retention times of a policy are that of its first backup.
func (p VMPolicy) Retention(at time.Time) (kept Retention, ok bool) {
	zone, known := standardZone(p.TimeZone)
	if !known {
		return Retention{}, false
	}
	local := at.In(zone)
	keep := func(rule string, until time.Time) {
		if !ok || !until.Before(kept.Until) {
			kept, ok = Retention{Until: until.UTC(), Rule: rule}, true
		}
	}
	if p.Daily != nil {
		keep(Daily, local.AddDate(0, 0, p.Daily.Count))
	}
	if p.Schedule.Frequency == Hourly && local.Format(timeOfDay) != p.Schedule.Time {
		return kept, ok
	}
	if p.Weekly != nil && slices.Contains(p.Weekly.Weekdays, local.Weekday().String()) {
		const week = 7
		keep(Weekly, local.AddDate(0, 0, week*p.Weekly.Count))
	}
	if p.Monthly != nil && p.Monthly.has(local) {
		keep(Monthly, addMonths(local, p.Monthly.Count))
	}
	if p.Yearly != nil && slices.Contains(p.Yearly.Months, local.Month().String()) && p.Yearly.has(local) {
		const year = 12
		keep(Yearly, addMonths(local, year*p.Yearly.Count))
	}
	return kept, ok
}

// has tells whether a day is among those chosen.
func (d MonthDays) has(day time.Time) bool {
	const week = 7
	last := day.AddDate(0, 0, 1).Day() == 1
	if slices.Contains(d.Days, day.Day()) || d.LastDay && last {
		return true
	}
	if !slices.Contains(d.Weekdays, day.Weekday().String()) {
		return false
	}
	// The fifth is always the last.
	if nth := (day.Day() - 1) / week; slices.Contains(d.Weeks, weeks[nth]) {
		return true
	}
	return slices.Contains(d.Weeks, "Last") && day.AddDate(0, 0, week).Month() != day.Month()
}

// addMonths is the same day and time some months later; where that month is too short, its last day.
func addMonths(t time.Time, n int) time.Time {
	later := t.AddDate(0, n, 0)
	if later.Day() != t.Day() {
		return later.AddDate(0, 0, -later.Day())
	}
	return later
}
