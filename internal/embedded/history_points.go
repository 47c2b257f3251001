package embedded

import (
	"slices"
	"strconv"
	"time"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

// point is a recovery point.
type point struct {
	name string
	at   time.Time // when its backup began
	// until is when it expires; zero is never.
	until time.Time
	// rule is the retention rule that keeps it; empty for a backup on demand.
	rule string
	// crashConsistent tells that the machine's applications took no part in it.
	crashConsistent bool
	// instantAccess is how long its snapshot can be restored from at once.
	instantAccess time.Duration

	// schedule and zone are those that it was taken under: they say which day's and which of the day's it is.
	schedule catalog.VMSchedule
	zone     string

	ready   time.Time // when its backup had ended
	expires time.Time // of a backup on demand, what was asked for
}

// snapshotAfter is how long after its beginning a backup takes the snapshot: 3 to 7 s were recorded.
const snapshotAfter = 5 * time.Second

// taken is the time that the point shows, that of its snapshot. A backup that takes no time here has it at once.
func (p point) taken() time.Time { return p.at.Add(min(snapshotAfter, p.ready.Sub(p.at))) }

// points are the recovery points that exist at now, the newest first. A backup leaves its point at its end.
func (h history) points(now time.Time, c course) []point {
	periods, onDemand := h.Periods, h.OnDemand
	if len(periods) == 0 {
		periods = []period{{}} // protected by a version of this service that took no backups
	}
	// Period by period, because a point that has expired under one policy does not come back under another.
	var kept []point
	for i, p := range periods {
		if p.From.After(now) {
			break
		}
		from := len(kept)
		first, last := h.span(i, now)
		for _, at := range h.successes(p, first, last, c) {
			kept = append(kept, p.scheduled(at, c.takes))
		}
		for ; len(onDemand) > 0 && !onDemand[0].At.After(last); onDemand = onDemand[1:] {
			if !onDemand[0].Failed {
				kept = append(kept, p.onDemand(onDemand[0]))
			}
		}
		slices.SortStableFunc(kept[from:], func(a, b point) int { return a.at.Compare(b.at) })
		kept = p.retain(kept, last)
	}
	kept = slices.DeleteFunc(kept, func(p point) bool { return p.ready.After(now) })
	slices.Reverse(kept)
	return kept
}

// span returns the first and the last moment of a period, of which now is the last there is. The moment of a change
// belongs to the period that it ends: a backup that could be seen then is not undone.
func (h history) span(i int, now time.Time) (first, last time.Time) {
	if i >= len(h.Periods) {
		return time.Time{}, now
	}
	first, last = h.Periods[i].From.Add(1), now
	if i+1 < len(h.Periods) {
		last = earlier(last, h.Periods[i+1].From)
	}
	return first, last
}

// occurrences are when backups were due between two moments, both included.
func (p period) occurrences(first, last time.Time) []time.Time {
	if p.State != "" || p.settings.Schedule.Frequency == "" || last.Before(first) {
		return nil
	}
	return p.settings.Occurrences(first.Add(-1), last)
}

// successes are the scheduled backups of a period between two moments that have not failed: those that a rule may keep,
// or else the last.
func (h history) successes(p period, first, last time.Time, c course) []time.Time {
	if p.State != "" {
		return nil
	}
	for from := later(first, last.Add(-p.longest())); ; from = first {
		due := slices.DeleteFunc(p.occurrences(from, last), func(at time.Time) bool { return h.fault(at, c) != nil })
		if len(due) > 0 || !from.After(first) {
			return due
		}
	}
}

// scheduled are when backups by the schedule were due between two moments, both included, in the order of time.
func (h history) scheduled(first, last time.Time) []time.Time {
	var due []time.Time
	for i, p := range h.Periods {
		from, until := h.span(i, last)
		due = append(due, p.occurrences(later(from, first), until)...)
	}
	return due
}

// ended is a backup that is over.
type ended struct {
	at        time.Time // when it began; zero, of one that failed, where it does not count and none before it does
	fault     *Fault    // nil is success
	scheduled bool
}

// lastBackup is the last backup that has ended at now, whether or not its recovery point is still there; nil when there
// was none.
func (h history) lastBackup(now time.Time, c course) *ended {
	const rarest = 8 * 24 * time.Hour // of a weekly schedule there is one in this time
	var newest *ended
	for i := len(h.Periods) - 1; i >= 0 && newest == nil; i-- {
		first, last := h.span(i, now.Add(-c.takes))
		if due := h.Periods[i].occurrences(later(first, last.Add(-rarest)), last); len(due) > 0 {
			at := due[len(due)-1]
			newest = &ended{at: at, fault: h.fault(at, c), scheduled: true}
		}
	}
	for _, b := range h.OnDemand {
		if !b.Ready.After(now) && (newest == nil || !b.At.Before(newest.at)) {
			newest = &ended{at: b.At}
			if b.Failed {
				newest.fault = &Fault{Code: b.Code, Message: b.Message}
			}
		}
	}
	return h.withoutFailuresOfTheGone(newest, c)
}

// withoutFailuresOfTheGone gives a scheduled backup that failed since the machine is gone the time of the last one before it
// was. An item of such a machine, recorded in 2025, had nearly daily backups by its policy and a time of months ago; more is
// not known of what moves it.
func (h history) withoutFailuresOfTheGone(b *ended, c course) *ended {
	if b == nil || !b.scheduled {
		return b
	}
	if gone := h.absence(b.at); gone != nil {
		b.at = time.Time{}
		if before := h.lastBackup(gone.From.Add(c.takes), c); before != nil {
			b.at = before.at
		}
	}
	return b
}

func (p period) scheduled(at time.Time, takes time.Duration) point {
	return point{
		name: pointName(at), at: at, ready: at.Add(takes), crashConsistent: p.crashConsistent(),
		instantAccess: p.settings.InstantAccess.Duration(), schedule: p.settings.Schedule, zone: p.settings.TimeZone,
	}
}

func (p period) onDemand(b onDemand) point {
	return point{
		name: b.Name, at: b.At, ready: b.Ready, until: b.Expires, expires: b.Expires, crashConsistent: p.crashConsistent(),
		instantAccess: p.settings.InstantAccess.Duration(),
	}
}

func (p period) crashConsistent() bool {
	return p.settings.SnapshotConsistency == catalog.SnapshotCrashConsistent
}

// retain says of points, which are in the order of time, how long they are kept, and leaves out those that are not kept
// at a moment of the period. The newest stays, however old it is, until there is a newer one.
//
// Source: learn.microsoft.com/azure/backup/backup-azure-manage-vms, of suspended backups and of machines that are gone:
// expired recovery points, except for the most recent, are cleaned. That backups which fail for another reason do not
// cost the last recovery point either is our reading.
func (p period) retain(points []point, at time.Time) []point {
	newest := len(points) - 1
	for newest > 0 && points[newest].ready.After(at) {
		newest--
	}
	kept := points[:0]
	for i, point := range points {
		if point.expires.IsZero() {
			rules := p.settings
			rules.Schedule, rules.TimeZone = point.schedule, point.zone
			r, _ := rules.Retention(point.at) // no rule: expired at the beginning of time
			point.until, point.rule = r.Until, r.Rule
		} else {
			point.until = point.expires
		}
		point.until = later(point.until, p.immutableUntil(point))
		switch expired := !point.until.After(at); {
		case p.State == periodStopped, i == newest && (expired || p.State == periodSuspended):
			point.until = time.Time{}
		case expired && !point.ready.After(at): // what is still being made does not expire
			continue
		}
		kept = append(kept, point)
	}
	return kept
}

// longest is a time after which no rule of a policy keeps a point. Years of points need not be looked at only to see that
// they have expired.
func longest(p catalog.VMPolicy) time.Duration {
	days := 0
	if p.Daily != nil {
		days = max(days, p.Daily.Count)
	}
	if p.Weekly != nil {
		days = max(days, 7*p.Weekly.Count)
	}
	if p.Monthly != nil {
		days = max(days, 31*p.Monthly.Count)
	}
	if p.Yearly != nil {
		days = max(days, 366*p.Yearly.Count)
	}
	return time.Duration(days+2) * 24 * time.Hour // time zones, and the ends of months
}

// pointName is the name of the recovery point of a backup that began at that time: like Azure's, it counts the units of
// ten microseconds since 1970. Schedules begin backups on whole minutes.
func pointName(at time.Time) string { return strconv.FormatInt(at.UnixMicro()/10, 10) }

// newPointName is the name for a backup on demand, which no other point of the item has or will have.
func (h history) newPointName(at time.Time) string {
	const second = int64(time.Second / (10 * time.Microsecond))
	for n := at.UnixMicro() / 10; ; n++ {
		name := strconv.FormatInt(n, 10)
		taken := slices.ContainsFunc(h.OnDemand, func(b onDemand) bool { return b.Name == name })
		if n%second != 0 && !taken {
			return name
		}
	}
}
