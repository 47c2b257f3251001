package embedded

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

// The types of a policy's parts. What is not of these types is not about virtual machines.
const (
	scheduleV1        = "SimpleSchedulePolicy"
	scheduleV2        = "SimpleSchedulePolicyV2"
	retentionLongTerm = "LongTermRetentionPolicy"
	archiveTier       = "ArchivedRP"
)

// policyOf reads the properties of a policy's document. What the document says in a way that no policy can mean, which
// a request is refused for, is left out.
func policyOf(properties object) (catalog.VMPolicy, error) {
	r := policyReader{}
	p := r.policy(properties)
	return p, r.err
}

// policyReader reads a policy's document. It goes on after a mistake, so that a refusal can name all of them.
type policyReader struct {
	err     error    // the first value of a wrong JSON type
	reasons []string // what is well-formed and wrong
}

func (r *policyReader) refuse(format string, args ...any) {
	r.reasons = append(r.reasons, fmt.Sprintf(format, args...))
}

func (r *policyReader) policy(properties object) catalog.VMPolicy {
	p := catalog.VMPolicy{
		Type:                orDefault(r.text(properties, "policyType"), catalog.PolicyV1),
		TimeZone:            r.text(properties, "timeZone"),
		InstantRestoreDays:  r.number(properties, "instantRpRetentionRangeInDays"),
		SnapshotConsistency: r.text(properties, "snapshotConsistencyType"),
		InstantAccess:       r.instantAccess(properties),
		Archive:             r.archive(r.section(properties, "tieringPolicy")),
	}
	details := r.section(properties, "instantRPDetails")
	prefix, suffix := r.text(details, "azureBackupRGNamePrefix"), r.text(details, "azureBackupRGNameSuffix")
	if prefix != "" || suffix != "" {
		p.InstantRestoreGroup = &catalog.InstantRestoreGroup{Prefix: prefix, Suffix: suffix}
	}
	p.Schedule = r.schedule(r.section(properties, "schedulePolicy"), p.Type)
	r.retention(r.section(properties, "retentionPolicy"), &p)
	return p
}

func (r *policyReader) schedule(o object, policyType string) catalog.VMSchedule {
	s := catalog.VMSchedule{Frequency: r.text(o, "scheduleRunFrequency")}
	kind, wanted := r.text(o, "schedulePolicyType"), scheduleV1
	if policyType == catalog.PolicyV2 {
		wanted = scheduleV2
	}
	if kind != wanted {
		r.refuse("schedulePolicyType must be %s for a policy of type %s; it is '%s'.", wanted, policyType, kind)
	}
	if kind != scheduleV2 {
		s.Weekdays = r.texts(o, "scheduleRunDays")
		s.Time = r.time(o, "scheduleRunTimes")
		// Nothing follows from it, and yet clients read the time of it.
		r.timeOfDay("scheduleWindowStartTime", r.text(r.section(o, "hourlySchedule"), "scheduleWindowStartTime"))
		return s
	}
	for _, part := range []struct{ frequency, name string }{
		{catalog.Hourly, "hourlySchedule"}, {catalog.Daily, "dailySchedule"}, {catalog.Weekly, "weeklySchedule"},
	} {
		given := r.section(o, part.name)
		switch {
		case part.frequency != s.Frequency && !isBlank(given):
			r.refuse("schedulePolicy has a %s, and the scheduleRunFrequency is '%s'.", part.name, s.Frequency)
		case part.frequency != s.Frequency:
		case len(given) == 0:
			r.refuse("schedulePolicy has no %s, which the scheduleRunFrequency %s needs.", part.name, s.Frequency)
		case part.frequency == catalog.Hourly:
			s.HourInterval, s.HourDuration = r.number(given, "interval"), r.number(given, "scheduleWindowDuration")
			s.Time = r.timeOfDay("scheduleWindowStartTime", r.text(given, "scheduleWindowStartTime"))
		default:
			s.Weekdays = r.texts(given, "scheduleRunDays")
			s.Time = r.time(given, "scheduleRunTimes")
		}
	}
	return s
}

// isBlank tells whether a part of a schedule says nothing: clients send those of other frequencies with empty lists.
func isBlank(part object) bool {
	for _, value := range part {
		if list, ok := value.([]any); !ok || len(list) > 0 {
			return false
		}
	}
	return true
}

func (r *policyReader) retention(o object, p *catalog.VMPolicy) {
	if kind := r.text(o, "retentionPolicyType"); kind != retentionLongTerm {
		r.refuse("retentionPolicyType must be %s; it is '%s'.", retentionLongTerm, kind)
	}
	if daily := r.section(o, "dailySchedule"); len(daily) > 0 {
		p.Daily = &catalog.DailyRetention{Count: r.kept(daily, "dailySchedule", "Days", p)}
	}
	if weekly := r.section(o, "weeklySchedule"); len(weekly) > 0 {
		p.Weekly = &catalog.WeeklyRetention{
			Count: r.kept(weekly, "weeklySchedule", "Weeks", p), Weekdays: r.texts(weekly, "daysOfTheWeek"),
		}
	}
	if monthly := r.section(o, "monthlySchedule"); len(monthly) > 0 {
		p.Monthly = &catalog.MonthlyRetention{
			Count: r.kept(monthly, "monthlySchedule", "Months", p), MonthDays: r.monthDays(monthly, "monthlySchedule"),
		}
	}
	if yearly := r.section(o, "yearlySchedule"); len(yearly) > 0 {
		p.Yearly = &catalog.YearlyRetention{
			Count: r.kept(yearly, "yearlySchedule", "Years", p), Months: r.texts(yearly, "monthsOfYear"),
			MonthDays: r.monthDays(yearly, "yearlySchedule"),
		}
	}
}

// kept reads how long a rule keeps recovery points, and checks that it is about those of the policy's own time. Of the many times
// of an hourly schedule the rule can name another: public templates send one of the day before the window, or of its end. It
// chooses nothing here, where it is always the first point of a day that weekly, monthly and yearly rules keep.
func (r *policyReader) kept(rule object, name, unit string, p *catalog.VMPolicy) int {
	duration := r.section(rule, "retentionDuration")
	if kind := r.text(duration, "durationType"); kind != unit {
		r.refuse("The durationType of %s must be %s; it is '%s'.", name, unit, kind)
	}
	if at := r.time(rule, "retentionTimes"); at != p.Schedule.Time && p.Schedule.Frequency != catalog.Hourly {
		r.refuse("The retentionTimes of %s must be the time of the backups, %s; they are %s.", name,
			orDefault(p.Schedule.Time, "which is missing"), orDefault(at, "missing"))
	}
	return r.number(duration, "count")
}

// monthDays reads the format that the rule says it has. Clients send the other one along, empty or null.
func (r *policyReader) monthDays(rule object, name string) catalog.MonthDays {
	var d catalog.MonthDays
	switch format := r.text(rule, "retentionScheduleFormatType"); format {
	case "Daily":
		for _, value := range r.list(r.section(rule, "retentionScheduleDaily"), "daysOfTheMonth") {
			day, ok := value.(object)
			if !ok {
				r.wrongType("daysOfTheMonth", "a list of objects")
				continue
			}
			if last, _ := day["isLast"].(bool); last {
				d.LastDay = true
				continue
			}
			d.Days = append(d.Days, r.number(day, "date"))
		}
	case "Weekly":
		weeks := r.section(rule, "retentionScheduleWeekly")
		d.Weekdays, d.Weeks = r.texts(weeks, "daysOfTheWeek"), r.texts(weeks, "weeksOfTheMonth")
	default:
		r.refuse("The retentionScheduleFormatType of %s must be Daily or Weekly; it is '%s'.", name, format)
	}
	return d
}

// instantAccess reads what has come with an API version of its own.
func (r *policyReader) instantAccess(properties object) *catalog.InstantAccess {
	if properties["instantAccessSnapshotEnabled"] == nil && properties["instantAccessDurationMinutes"] == nil {
		return nil
	}
	return &catalog.InstantAccess{
		Enabled: r.flag(properties, "instantAccessSnapshotEnabled"), Minutes: r.number(properties, "instantAccessDurationMinutes"),
	}
}

// archive reads the tiering. azurerm writes "none" as DoNotTier, with a duration of 0 Invalid.
func (r *policyReader) archive(tiers object) *catalog.ArchiveTiering {
	tier := r.section(tiers, archiveTier)
	a := &catalog.ArchiveTiering{
		Mode:         r.text(tier, "tieringMode"),
		Duration:     r.number(tier, "duration"),
		DurationType: r.text(tier, "durationType"),
	}
	if a.DurationType == "Invalid" {
		a.DurationType = ""
	}
	switch a.Mode {
	case "", "DoNotTier", "Invalid":
		return nil
	}
	return a
}

// time reads a list of one time of day.
func (r *policyReader) time(o object, name string) string {
	times := r.texts(o, name)
	switch len(times) {
	case 0:
		return ""
	case 1:
		return r.timeOfDay(name, times[0])
	}
	r.refuse("%s must be one time; they are %d.", name, len(times))
	return ""
}

// timeOfDay returns the hour and minute of a date, of which only these count. The time is one in the policy's time zone although
// it is written as UTC.
func (r *policyReader) timeOfDay(name, value string) string {
	if value == "" {
		return ""
	}
	t, err := readDate(value, time.Time{})
	if err != nil {
		r.refuse("%s must be a time such as 2026-01-31T22:30:00Z; it is '%s'.", name, value)
		return ""
	}
	if t.Second() != 0 || t.Nanosecond() != 0 {
		r.refuse("%s must be on the hour or the half hour; it is '%s'.", name, value)
	}
	return t.Format("15:04")
}

func (r *policyReader) wrongType(name, want string) {
	if r.err == nil {
		r.err = invalidContent("'%s' must be %s.", name, want)
	}
}

func (r *policyReader) section(o object, name string) object {
	under, ok := o[name].(object)
	if !ok && o[name] != nil {
		r.wrongType(name, "an object")
	}
	return under
}

func (r *policyReader) text(o object, name string) string {
	s, ok := o[name].(string)
	if !ok && o[name] != nil {
		r.wrongType(name, "a string")
	}
	return strings.TrimSpace(s)
}

func (r *policyReader) flag(o object, name string) bool {
	b, ok := o[name].(bool)
	if !ok && o[name] != nil {
		r.wrongType(name, "true or false")
	}
	return b
}

func (r *policyReader) number(o object, name string) int {
	switch v := o[name].(type) {
	case nil:
		return 0
	case json.Number:
		if n, err := strconv.ParseInt(v.String(), 10, 32); err == nil {
			return int(n)
		}
	}
	r.wrongType(name, "a whole number")
	return 0
}

func (r *policyReader) list(o object, name string) []any {
	values, ok := o[name].([]any)
	if !ok && o[name] != nil {
		r.wrongType(name, "a list")
	}
	return values
}

func (r *policyReader) texts(o object, name string) []string {
	var texts []string
	for _, value := range r.list(o, name) {
		s, ok := value.(string)
		if !ok {
			r.wrongType(name, "a list of strings")
		}
		texts = append(texts, s)
	}
	return texts
}
