package embedded_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
)

// simPolicy is a policy in the words of the simulation.
type simPolicy struct {
	zone             simZone
	kind             string // Hourly, Daily or Weekly
	at               int    // minutes after midnight
	weekdays         []time.Weekday
	interval, window int // hours

	days, weeks, months, years int // 0 is no rule
	weekly                     []time.Weekday
	monthly, yearly            simDays
	in                         []time.Month // of the yearly rule
}

// simZone is a time zone with its standard offset, which no database is asked for.
type simZone struct {
	name    string
	minutes int
}

var simZones = []simZone{
	{"UTC", 0},
	{"China Standard Time", 8 * 60},
	{"Pacific Standard Time", -8 * 60},
	{"India Standard Time", 5*60 + 30},
	{"Nepal Standard Time", 5*60 + 45},
	{"Newfoundland Standard Time", -3*60 - 30},
	{"Tonga Standard Time", 13 * 60},
	{"GMT Standard Time", 0},
	{"AUS Eastern Standard Time", 10 * 60},
	{"Hawaiian Standard Time", -10 * 60},
}

// simDays are days of a month by date, in which 0 is the last, or by week, in which 0 is the last.
type simDays struct {
	dates    []int
	weekdays []time.Weekday
	weeks    []int
}

func (d simDays) has(day time.Time) bool {
	lastDate := time.Date(day.Year(), day.Month()+1, 0, 0, 0, 0, 0, time.UTC).Day()
	if slices.Contains(d.dates, day.Day()) || slices.Contains(d.dates, 0) && day.Day() == lastDate {
		return true
	}
	if !slices.Contains(d.weekdays, day.Weekday()) {
		return false
	}
	// Count the days of this name from the beginning of the month, and those behind it.
	nth, behind := 0, 0
	for date := 1; date <= lastDate; date++ {
		other := time.Date(day.Year(), day.Month(), date, 0, 0, 0, 0, time.UTC)
		switch {
		case other.Weekday() != day.Weekday():
		case date <= day.Day():
			nth++
		default:
			behind++
		}
	}
	return slices.Contains(d.weeks, nth) || slices.Contains(d.weeks, 0) && behind == 0
}

// local is a moment as the clock on the wall of the zone shows it.
func (p *simPolicy) local(t time.Time) time.Time {
	return t.Add(time.Duration(p.zone.minutes) * time.Minute)
}

// due tells which backup of the day is due in this very minute, from 0; negative is none.
func (p *simPolicy) due(t time.Time) int {
	local := p.local(t)
	past := local.Hour()*60 + local.Minute() - p.at
	switch p.kind {
	case "Daily":
		if past == 0 {
			return 0
		}
	case "Weekly":
		if past == 0 && slices.Contains(p.weekdays, local.Weekday()) {
			return 0
		}
	case "Hourly":
		if past < 0 {
			past += 24 * 60
		}
		if past%(p.interval*60) == 0 && past <= p.window*60 {
			return past / (p.interval * 60)
		}
	}
	return -1
}

type simPoint struct {
	at       time.Time
	under    *simPolicy // nil of a backup on demand
	nth      int        // of its day
	expires  time.Time  // as things are now; zero is never
	rule     string
	onDemand time.Time // what was asked for
}

// monthsLater counts on the calendar; a month that is too short gives its last day.
func monthsLater(t time.Time, n int) time.Time {
	month := time.Date(t.Year(), t.Month()+time.Month(n), 1, t.Hour(), t.Minute(), 0, 0, time.UTC)
	last := month.AddDate(0, 1, -1).Day()
	return month.AddDate(0, 0, min(t.Day(), last)-1)
}

// settle says how long a point is kept by the rules of a policy. Which rules a point has follows from when and under what
// it was taken.
func (p *simPoint) settle(rules *simPolicy) {
	if p.under == nil {
		p.expires, p.rule = p.onDemand, ""
		return
	}
	local := p.under.local(p.at)
	p.expires, p.rule = time.Unix(0, 0), ""
	longest := func(rule string, until time.Time) {
		until = until.Add(-time.Duration(p.under.zone.minutes) * time.Minute)
		if until.After(p.expires) || until.Equal(p.expires) {
			p.expires, p.rule = until, rule
		}
	}
	if rules.days > 0 {
		longest("Daily", local.Add(time.Duration(rules.days)*day))
	}
	if p.nth > 0 {
		return
	}
	if rules.weeks > 0 && slices.Contains(rules.weekly, local.Weekday()) {
		longest("Weekly", local.Add(time.Duration(rules.weeks)*7*day))
	}
	if rules.months > 0 && rules.monthly.has(local) {
		longest("Monthly", monthsLater(local, rules.months))
	}
	if rules.years > 0 && slices.Contains(rules.in, local.Month()) && rules.yearly.has(local) {
		longest("Yearly", monthsLater(local, 12*rules.years))
	}
}

// simulation is a protected machine that lives through time minute by minute, and remembers what it has.
type simulation struct {
	takes  time.Duration // a backup
	now    time.Time
	policy *simPolicy
	state  string // "", Stopped or Suspended
	points []*simPoint
	begun  time.Time // the last backup, good or bad
	// gone tells that the machine does not exist; other backups fail from a moment until another, both included.
	gone           bool
	fails1, fails2 time.Time
}

func (s *simulation) fails(at time.Time) bool {
	return s.gone || !at.Before(s.fails1) && !at.After(s.fails2)
}

// step is one that divides every moment at which a backup is due.
const step = 15 * time.Minute

// to lives on until a moment, which is part of it.
func (s *simulation) to(t time.Time) {
	for at := s.now.Truncate(step).Add(step); !at.After(t); at = at.Add(step) {
		if s.state == "" {
			nth := s.policy.due(at)
			if nth >= 0 {
				s.begun = at
			}
			if nth >= 0 && !s.fails(at) {
				p := &simPoint{at: at, under: s.policy, nth: nth}
				p.settle(s.policy)
				s.points = append(s.points, p)
			}
		}
		s.expire(at)
	}
	s.now = t
	s.expire(t)
}

func (s *simulation) expire(at time.Time) {
	if s.state == "Stopped" {
		return
	}
	newest := s.newest(at)
	kept := s.points[:0]
	for _, p := range s.points {
		if p.expires.After(at) || p == newest || p.at.Add(s.takes).After(at) {
			kept = append(kept, p)
		}
	}
	s.points = kept
}

// newest is the recovery point that stays until there is another.
func (s *simulation) newest(at time.Time) *simPoint {
	var newest *simPoint
	for _, p := range s.points {
		if !p.at.Add(s.takes).After(at) {
			newest = p
		}
	}
	if newest == nil && len(s.points) > 0 {
		newest = s.points[0] // which is to come
	}
	return newest
}

// change is a change of the policy or the state, after which all rules are looked at anew.
func (s *simulation) change(policy *simPolicy, state string) {
	s.policy, s.state = policy, state
	for _, p := range s.points {
		p.settle(policy)
	}
	s.expire(s.now)
}

// running tells whether a backup runs, beside which no other can be asked for.
func (s *simulation) running() bool {
	return s.begun.Add(s.takes).After(s.now)
}

func (s *simulation) demand(until time.Time) {
	s.begun = s.now
	if s.fails(s.now) {
		return
	}
	p := &simPoint{at: s.now, onDemand: until}
	p.settle(s.policy)
	s.points = append(s.points, p)
}

// lines are the recovery points, newest first: when, what keeps it, until when.
func (s *simulation) lines() []string {
	lines := []string{}
	newest := s.newest(s.now)
	for _, p := range s.points {
		if p.at.Add(s.takes).After(s.now) {
			continue
		}
		until := p.expires.Format(time.RFC3339)
		if s.state == "Stopped" || p == newest && (s.state == "Suspended" || !p.expires.After(s.now)) {
			until = "ever"
		}
		name := ""
		if p.under != nil { // the names of others are the service's choice
			name = strconv.FormatInt(p.at.Unix(), 10) + "00000"
		}
		lines = append(lines, simLine(p.at, name, p.rule, until))
	}
	slices.Reverse(lines)
	return lines
}

func simLine(at time.Time, name, rule, until string) string {
	return fmt.Sprintf("%s %s %s until %s", at.Format(time.RFC3339), name, rule, until)
}

// lines are the recovery points of the service.
func (p *plant) lines(takes time.Duration) []string {
	p.tb.Helper()
	lines := []string{}
	for _, point := range p.points() {
		at, err := time.Parse(time.RFC3339, point.text("properties", "recoveryPointTime"))
		if err != nil {
			p.tb.Fatal(err)
		}
		at = at.Add(-min(takes, 5*time.Second)) // which the snapshot comes after the beginning
		until, rule, name := "ever", point.text("properties", "recoveryPointProperties", "ruleName"), point.text("name")
		if text := point.text("properties", "recoveryPointProperties", "expiryTime"); text != "" {
			expires, err := time.Parse(time.RFC3339, text)
			if err != nil {
				p.tb.Fatal(err)
			}
			until = expires.Format(time.RFC3339)
		}
		if at.Second() != 0 || !strings.HasSuffix(name, "00000") {
			name = ""
		}
		lines = append(lines, simLine(at, name, rule, until))
	}
	return lines
}

// What the service computes from timestamps is what somebody would have who lived through the time. The lives are random,
// and the same in every run: the seed is in the name of the test.
func TestHistoryAsLivedThrough(t *testing.T) {
	for seed := range uint64(30) {
		t.Run(strconv.FormatUint(seed, 10), func(t *testing.T) {
			t.Parallel()
			live(t, rand.New(rand.NewPCG(seed, 4)))
		})
	}
}

func FuzzHistoryAsLivedThrough(f *testing.F) {
	f.Add(uint64(1000))
	f.Fuzz(func(t *testing.T, seed uint64) { live(t, rand.New(rand.NewPCG(seed, 4))) })
}

func live(t *testing.T, r *rand.Rand) {
	kinds := []string{"Hourly", "Daily", "Daily", "Weekly"}
	policy := randomPolicy(r, pick(r, kinds))
	takes := pick(r, []time.Duration{0, 0, 40 * time.Minute})
	s := &simulation{takes: takes, now: time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC), policy: policy}
	var failing []embedded.BackupFault
	if r.IntN(2) == 0 {
		s.fails1 = s.now.Add(time.Duration(r.IntN(100*24)) * time.Hour)
		s.fails2 = s.fails1.Add(time.Duration(r.IntN(200*24)) * time.Hour)
		failing = []embedded.BackupFault{{
			Machine: machine("web"), From: s.fails1, Until: s.fails2, Fault: embedded.Fault{Code: "ExtensionSnapshotFailedNoNetwork"},
		}}
	}
	p := startPlant(t, policy.document(), pagesOf(500), func(c *embedded.Config) {
		c.BackupTime, c.BackupFaults = takes, failing
	})
	p.put(machine("web"), `{"location":"eastasia"}`).want(http.StatusCreated)
	story := []string{fmt.Sprintf("backups take %s, fail from %s until %s", takes, s.fails1, s.fails2), policy.document()}
	advance := func(d time.Duration) {
		p.clock.Advance(d)
		s.to(p.clock.Now())
		story = append(story, "at "+s.now.Format(time.RFC3339))
	}
	check := func() {
		t.Helper()
		if diff := cmp.Diff(s.lines(), p.lines(takes)); diff != "" {
			t.Fatalf("lived through (-), computed (+): %s\n%s", diff, strings.Join(story, "\n"))
		}
	}
	for range 7 {
		// From minutes to months, and now and then exactly on a moment at which something may be due.
		ahead := time.Duration(r.Int64N(int64(pick(r, []time.Duration{2 * time.Hour, 2 * day, 20 * day, 120 * day}))))
		if r.IntN(4) == 0 {
			ahead = s.now.Add(ahead).Truncate(step).Add(step).Sub(s.now)
		} else {
			ahead = ahead.Truncate(time.Second)
		}
		advance(ahead)
		check()
		switch event := r.IntN(8); {
		case event == 0:
			story = append(story, "stop")
			p.stop("ProtectionStopped")
			s.change(s.policy, "Stopped")
		case event == 1 && s.state == "":
			story = append(story, "suspend")
			// Only an immutable vault suspends, and only one that is not takes any policy.
			p.patch(p.vault, withProperties(immutability("Unlocked"))).want(http.StatusOK)
			p.stop("BackupsSuspended")
			p.patch(p.vault, withProperties(immutability("Disabled"))).want(http.StatusOK)
			s.change(s.policy, "Suspended")
		case event == 2 && s.state == "" && !s.running():
			until := s.now.Add(time.Duration(1+r.IntN(60)) * day).Add(time.Duration(r.IntN(3600)) * time.Second).Truncate(time.Second)
			story = append(story, "on demand until "+until.Format(time.RFC3339))
			p.backup(until.Format(time.RFC3339)).want(http.StatusAccepted)
			s.demand(until)
		case event == 3 && s.state != "":
			story = append(story, "resume")
			if s.gone {
				p.put(machine("web"), `{"location":"eastasia"}`).want(http.StatusCreated)
			}
			p.resume()
			s.change(policy, "")
			s.gone = false
		case event == 6:
			story = append(story, "machine deleted")
			p.delete(machine("web"))
			s.gone = true
		case event == 7:
			story = append(story, "machine made")
			p.put(machine("web"), `{"location":"eastasia"}`)
			s.gone = false
		default:
			policy = randomPolicy(r, pick(r, kinds))
			story = append(story, "policy "+policy.document())
			p.setPolicy(policy.document())
			if s.state != "Stopped" { // which has no policy
				s.change(policy, s.state)
			}
		}
		check()
	}
	advance(time.Duration(r.Int64N(int64(500 * day))).Truncate(time.Second))
	check()
}
