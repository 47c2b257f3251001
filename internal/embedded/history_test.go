package embedded_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
)

// schedule is a daily policy of type V1 with a time in a zone; retention is what the document says of it, in which
// TIMES stands for the times that every rule repeats.
func schedule(zone, at, retention string) string {
	times := `["2026-01-01T` + at + `:00Z"]`
	return `{"properties":{"backupManagementType":"AzureIaasVM","policyType":"V1","timeZone":"` + zone + `",` +
		`"instantRpRetentionRangeInDays":2,"schedulePolicy":{"schedulePolicyType":"SimpleSchedulePolicy",` +
		`"scheduleRunFrequency":"Daily","scheduleRunTimes":` + times + `},"retentionPolicy":{` +
		`"retentionPolicyType":"LongTermRetentionPolicy",` +
		strings.ReplaceAll(retention, "TIMES", `"retentionTimes":`+times) + `}}}`
}

func daysOf(n int) string {
	return fmt.Sprintf(`"dailySchedule":{TIMES,"retentionDuration":{"count":%d,"durationType":"Days"}}`, n)
}

// hourly is a policy of type V2 with backups every four hours from 08:00 to 20:00 UTC.
func hourly(days int, more string) string {
	times := `"retentionTimes":["2026-01-01T08:00:00Z"]`
	return `{"properties":{"backupManagementType":"AzureIaasVM","policyType":"V2","timeZone":"UTC",` + more +
		`"schedulePolicy":{"schedulePolicyType":"SimpleSchedulePolicyV2","scheduleRunFrequency":"Hourly","hourlySchedule":{` +
		`"interval":4,"scheduleWindowStartTime":"2026-01-01T08:00:00Z","scheduleWindowDuration":12}},` +
		`"retentionPolicy":{"retentionPolicyType":"LongTermRetentionPolicy",` +
		strings.ReplaceAll(daysOf(days), "TIMES", times) + `}}}`
}

// plant is a vault with a machine that is protected under a policy of its own.
type plant struct {
	*service
	vault, policy, item string
}

func startPlant(tb testing.TB, policy string, configure ...func(*embedded.Config)) *plant {
	tb.Helper()
	s := start(tb, configure...)
	vault := vaultPath("g", "vault")
	p := &plant{service: s, vault: vault, policy: vault + "/backupPolicies/own", item: itemPath(vault, "web")}
	s.put(vault, minimal).want(http.StatusCreated)
	p.setPolicy(policy)
	p.resume()
	return p
}

func (p *plant) setPolicy(body string) {
	p.tb.Helper()
	if got := p.put(p.policy, body); got.status != http.StatusOK && got.status != http.StatusAccepted {
		p.tb.Fatalf("policy: %s", got.raw)
	}
}

func (p *plant) resume() {
	p.tb.Helper()
	p.put(p.item, itemBody(`"sourceResourceId":"`+machine("web")+`","policyId":"`+p.policy+`"`)).want(http.StatusAccepted)
}

func (p *plant) stop(state string) {
	p.tb.Helper()
	p.put(p.item, itemBody(`"sourceResourceId":"`+machine("web")+`","protectionState":"`+state+`"`)).want(http.StatusAccepted)
}

// to moves the clock to a moment.
func (p *plant) to(at string) {
	p.tb.Helper()
	t, err := time.Parse(time.RFC3339, at)
	if err != nil {
		p.tb.Fatal(err)
	}
	p.clock.Advance(t.Sub(p.clock.Now()))
}

// points lists all recovery points.
func (p *plant) points() []*response {
	p.tb.Helper()
	var points []*response
	for next := p.item + "/recoveryPoints"; next != ""; {
		page := p.get(next).want(http.StatusOK)
		points = append(points, page.values()...)
		next = page.text("nextLink")
	}
	return points
}

// times are when the recovery points were taken.
func (p *plant) times() []string {
	p.tb.Helper()
	times := []string{}
	for _, point := range p.points() {
		at, err := time.Parse(time.RFC3339, point.text("properties", "recoveryPointTime"))
		if err != nil {
			p.tb.Fatal(err)
		}
		times = append(times, at.Format(time.RFC3339))
	}
	return times
}

func (p *plant) wantTimes(what string, want []string) {
	p.tb.Helper()
	if diff := cmp.Diff(want, p.times()); diff != "" {
		p.tb.Errorf("%s: %s", what, diff)
	}
	if got := p.get(p.item).at("properties", "extendedInfo", "recoveryPointCount"); got != float64(len(want)) {
		p.tb.Errorf("%s: the item counts %v, want %d", what, got, len(want))
	}
}

// keeps is a rule of the naive model: of the points that it chooses, by their local time, each lives until a moment.
type keeps struct {
	chosen func(time.Time) bool
	until  func(time.Time) time.Time
}

func every(time.Time) bool { return true }

func after(years, months, days int) func(time.Time) time.Time {
	return func(t time.Time) time.Time { return t.AddDate(years, months, days) }
}

// naive walks through the days one by one, and returns when backups at that time of day were taken between two moments,
// the last included, that a rule keeps at now; newest first. It knows nothing of how the service computes.
func naive(first, end, now time.Time, offset time.Duration, clock string, rules ...keeps) []string {
	timeOfDay, _ := time.Parse("15:04", clock)
	times := []string{}
	for date := first.Add(offset).Truncate(day); !date.After(now.Add(offset)); date = date.Add(day) {
		local := date.Add(time.Duration(timeOfDay.Hour())*time.Hour + time.Duration(timeOfDay.Minute())*time.Minute)
		at := local.Add(-offset)
		if !at.After(first) || at.After(end) || at.After(now) {
			continue
		}
		if slices.ContainsFunc(rules, func(r keeps) bool { return r.chosen(local) && r.until(local).Add(-offset).After(now) }) {
			times = append(times, at.Format(time.RFC3339))
		}
	}
	slices.Reverse(times)
	return times
}

func TestRetentionOverYears(t *testing.T) {
	const sundays = `"weeklySchedule":{"daysOfTheWeek":["Sunday"],TIMES,"retentionDuration":{"count":12,"durationType":"Weeks"}}`
	const lastSaturdays = `"monthlySchedule":{"retentionScheduleFormatType":"Weekly","retentionScheduleWeekly":{` +
		`"daysOfTheWeek":["Saturday"],"weeksOfTheMonth":["Last"]},TIMES,"retentionDuration":{"count":18,"durationType":"Months"}}`
	const newYear = `"yearlySchedule":{"retentionScheduleFormatType":"Daily","monthsOfYear":["January","July"],` +
		`"retentionScheduleDaily":{"daysOfTheMonth":[{"date":1,"isLast":false}]},TIMES,"retentionDuration":{"count":3,"durationType":"Years"}}`
	isSunday := func(t time.Time) bool { return t.Weekday() == time.Sunday }
	isLastSaturday := func(t time.Time) bool { return t.Weekday() == time.Saturday && t.AddDate(0, 0, 7).Month() != t.Month() }
	isNewYear := func(t time.Time) bool { return t.Day() == 1 && (t.Month() == time.January || t.Month() == time.July) }
	for _, test := range []struct {
		name, zone, at, retention string
		offset                    time.Duration
		rules                     []keeps
	}{
		{"a month", "UTC", "02:00", daysOf(30), 0, []keeps{{every, after(0, 0, 30)}}},
		{
			"the longest is a week's", "UTC", "02:00", daysOf(7) + "," + sundays, 0,
			[]keeps{{every, after(0, 0, 7)}, {isSunday, after(0, 0, 84)}},
		},
		{
			"all rules", "UTC", "02:00", strings.Join([]string{daysOf(14), sundays, lastSaturdays, newYear}, ","), 0,
			[]keeps{{every, after(0, 0, 14)}, {isSunday, after(0, 0, 84)}, {isLastSaturday, after(0, 18, 0)}, {isNewYear, after(3, 0, 0)}},
		},
		{
			// 06:00 there is the day before in UTC: the rules go by the days of the zone.
			"ahead of UTC", "China Standard Time", "06:00", strings.Join([]string{daysOf(14), sundays, newYear}, ","), 8 * time.Hour,
			[]keeps{{every, after(0, 0, 14)}, {isSunday, after(0, 0, 84)}, {isNewYear, after(3, 0, 0)}},
		},
		{
			"behind UTC, no daylight saving", "Pacific Standard Time", "22:30", strings.Join([]string{daysOf(9), sundays, lastSaturdays}, ","),
			-8 * time.Hour,
			[]keeps{{every, after(0, 0, 9)}, {isSunday, after(0, 0, 84)}, {isLastSaturday, after(0, 18, 0)}},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := startPlant(t, schedule(test.zone, test.at, test.retention))
			begin := p.clock.Now()
			for _, ahead := range []time.Duration{0, time.Hour, 14 * time.Hour, day, 13 * day, 14 * day, 40 * day, 83*day + time.Hour, 400 * day, 1500 * day, 2500 * day} {
				p.clock.Advance(begin.Add(ahead).Sub(p.clock.Now()))
				now := p.clock.Now()
				p.wantTimes(fmt.Sprint("after ", ahead), naive(begin, now, now, test.offset, test.at, test.rules...))
			}
		})
	}
}

func TestHourlyBackups(t *testing.T) {
	p := startPlant(t, hourly(7, `"snapshotConsistencyType":"OnlyCrashConsistent",`))
	p.to("2026-05-20T13:00:00Z")
	var want []string
	for at := p.clock.Now().Truncate(day).Add(20 * time.Hour); at.After(p.clock.Now().Add(-7 * day)); at = at.Add(-4 * time.Hour) {
		if hour := at.Hour(); hour >= 8 && hour <= 20 && !at.After(p.clock.Now()) {
			want = append(want, at.Format(time.RFC3339))
		}
	}
	p.wantTimes("a week", want)
	names := map[string]bool{}
	for _, point := range p.points() {
		names[point.text("name")] = true
		if point.text("properties", "recoveryPointType") != "CrashConsistent" {
			t.Errorf("got %v", point.body)
		}
	}
	if len(names) != len(want) {
		t.Errorf("%d names of %d points", len(names), len(want))
	}
}

// A changed schedule moves no backup that was taken, and a longer retention brings none back.
func TestChangedPolicy(t *testing.T) {
	p := startPlant(t, schedule("UTC", "02:00", daysOf(7)))
	begin := p.clock.Now()
	p.to("2026-05-31T12:00:00Z")
	changed := p.clock.Now()
	p.setPolicy(schedule("UTC", "05:30", daysOf(30)))
	before := naive(begin, changed, changed, 0, "02:00", keeps{every, after(0, 0, 7)})
	p.wantTimes("when it was changed", before)

	p.to("2026-06-20T12:00:00Z")
	now := p.clock.Now()
	p.wantTimes("20 days later", append(naive(changed, now, now, 0, "05:30", keeps{every, after(0, 0, 30)}), before...))

	p.setPolicy(schedule("UTC", "05:30", daysOf(10)))
	p.wantTimes("with a shorter retention", naive(changed, now, now, 0, "05:30", keeps{every, after(0, 0, 10)}))
	p.setPolicy(schedule("UTC", "05:30", daysOf(100)))
	p.wantTimes("with a longer one again", naive(changed, now, now, 0, "05:30", keeps{every, after(0, 0, 10)}))

	// A change at the very moment of a backup makes no second one.
	p.to("2026-06-21T05:30:00Z")
	p.setPolicy(schedule("UTC", "05:30", daysOf(99)))
	if got := p.times(); got[0] != "2026-06-21T05:30:00Z" || got[1] != "2026-06-20T05:30:00Z" {
		t.Errorf("got %v", got)
	}

	// The names stay, whatever happens to the policy.
	name := p.points()[3].text("name")
	p.setPolicy(schedule("UTC", "23:00", daysOf(100)))
	if got := p.points()[3].text("name"); got != name {
		t.Errorf("%s became %s", name, got)
	}
}

func TestStoppedProtectionKeepsItsPoints(t *testing.T) {
	p := startPlant(t, schedule("UTC", "02:00", daysOf(7)))
	p.to("2026-05-20T12:00:00Z")
	want := p.times()
	if len(want) != 7 {
		t.Fatalf("got %v", want)
	}
	p.stop("ProtectionStopped")
	p.to("2027-05-20T12:00:00Z")
	p.wantTimes("a year later", want)
	if point := p.points()[0]; point.at("properties", "recoveryPointProperties", "expiryTime") != nil ||
		point.text("properties", "recoveryPointProperties", "ruleName") != "Daily" {
		t.Errorf("got %v", point.body)
	}
	p.resume()
	p.wantTimes("resumed, retention applies again to all but the last", want[:1])
	if got := p.get(p.item).text("properties", "lastBackupTime"); !strings.HasPrefix(got, "2026-05-20T02:00:00") {
		t.Errorf("the last backup was at %s", got)
	}
	p.clock.Advance(day)
	p.wantTimes("a day after", []string{"2027-05-21T02:00:00Z"})
}

func TestSuspendedProtectionKeepsTheLastPoint(t *testing.T) {
	p := startPlant(t, schedule("UTC", "02:00", daysOf(7)))
	p.patch(p.vault, withProperties(immutability("Unlocked"))).want(http.StatusOK)
	p.to("2026-05-20T12:00:00Z")
	all := p.times()
	p.stop("BackupsSuspended")
	p.wantTimes("at once", all)
	p.clock.Advance(3 * day)
	p.wantTimes("three days later", all[:4])
	p.clock.Advance(300 * day)
	p.wantTimes("most of a year later", all[:1])
	p.resume()
	p.wantTimes("resumed", all[:1])

	// The retention of a policy that is changed meanwhile counts.
	p.clock.Advance(7 * day)
	all = p.times()
	p.stop("BackupsSuspended")
	p.setPolicy(schedule("UTC", "02:00", daysOf(20)))
	p.clock.Advance(10 * day)
	p.wantTimes("with a longer retention", all)
	p.patch(p.vault, withProperties(immutability("Disabled"))).want(http.StatusOK) // which alone takes a shorter one
	p.setPolicy(schedule("UTC", "02:00", daysOf(14)))
	p.wantTimes("with a shorter retention", all[:4])
}

func TestSoftDeletedItemKeepsItsPoints(t *testing.T) {
	p := startPlant(t, schedule("UTC", "02:00", daysOf(7)))
	p.to("2026-05-20T12:00:00Z")
	want := p.times()
	p.delete(p.item).want(http.StatusAccepted)
	p.clock.Advance(10 * day)
	p.wantTimes("soft-deleted", want)
	for _, point := range p.points() {
		if point.at("properties", "recoveryPointProperties", "isSoftDeleted") != true {
			t.Errorf("got %v", point.body)
		}
	}
	p.put(p.item, itemBody(`"isRehydrate":true`)).want(http.StatusAccepted)
	p.clock.Advance(100 * day)
	p.wantTimes("undeleted, and stopped", want)
	if point := p.points()[0]; point.at("properties", "recoveryPointProperties", "isSoftDeleted") != false {
		t.Errorf("got %v", point.body)
	}
	p.resume()
	p.clock.Advance(day)
	p.wantTimes("protected again", []string{p.clock.Now().Format("2006-01-02") + "T02:00:00Z"})

	p.delete(p.item).want(http.StatusAccepted)
	p.clock.Advance(15 * day)
	p.get(p.item+"/recoveryPoints").wantError(http.StatusNotFound, "BMSUserErrorDataSourceObjectNotFound", "VM;iaasvmcontainerv2;Machines;web")
	p.resume()
	p.wantTimes("a new item after the purge", []string{})
}

func TestBackupTakesItsTime(t *testing.T) {
	p := startPlant(t, schedule("UTC", "14:00", daysOf(7)), func(c *embedded.Config) { c.BackupTime = 90 * time.Minute })
	p.to("2026-05-01T15:29:59Z")
	p.wantTimes("while the first backup runs", []string{})
	if got := p.get(p.item).text("properties", "protectionState"); got != "IRPending" {
		t.Errorf("got %s", got)
	}
	if job := p.job("Backup"); job.text("properties", "status") != "InProgress" || job.text("properties", "duration") != "PT1H29M59S" ||
		job.at("properties", "endTime") != nil {
		t.Errorf("got %v", job.body)
	}
	p.to("2026-05-01T15:30:00Z")
	p.wantTimes("at its end", []string{"2026-05-01T14:00:05Z"})
	if job := p.job("Backup"); job.text("properties", "status") != "Completed" || job.text("properties", "duration") != "PT1H30M" ||
		!strings.HasPrefix(job.text("properties", "endTime"), "2026-05-01T15:30:00") {
		t.Errorf("got %v", job.body)
	}
	// A backup that runs is finished, also when protection is stopped.
	p.to("2026-05-02T14:10:00Z")
	p.stop("ProtectionStopped")
	p.wantTimes("stopped in the middle", []string{"2026-05-01T14:00:05Z"})
	p.to("2026-05-09T14:00:00Z")
	p.wantTimes("long after", []string{"2026-05-02T14:00:05Z", "2026-05-01T14:00:05Z"})
}

// A point was taken on the day that its policy's zone had then: another zone later must not take its rule away.
func TestRetention_zoneChangedAfterThePointWasTaken(t *testing.T) {
	const firstOfMonth = `,"monthlySchedule":{TIMES,"retentionScheduleFormatType":"Daily","retentionScheduleDaily":{"daysOfTheMonth":[` +
		`{"date":1,"isLast":false}]},"retentionDuration":{"count":12,"durationType":"Months"}}`
	p := startPlant(t, schedule("China Standard Time", "04:00", daysOf(7)+firstOfMonth))
	p.to("2026-06-20T12:00:00Z")
	p.setPolicy(schedule("UTC", "04:00", daysOf(7)+firstOfMonth))
	p.to("2026-07-20T12:00:00Z")
	const juneInChina = "2026-05-31T20:00:00Z"
	if times := p.times(); !slices.Contains(times, juneInChina) || !slices.Contains(times, "2026-07-01T04:00:00Z") {
		t.Errorf("the first of June or of July is gone: %v", times)
	}
}

// After the clock was set back nothing is in progress until it has caught up, which may be years.
func TestClockSetBack(t *testing.T) {
	p := startPlant(t, schedule("UTC", "02:00", daysOf(7)), func(c *embedded.Config) {
		c.OperationTime, c.BackupTime = time.Minute, time.Hour
	})
	p.clock.Advance(40 * day)
	p.backup("").want(http.StatusAccepted)
	p.setPolicy(schedule("UTC", "03:00", daysOf(7)))
	other := vaultPath("g", "other")
	created := p.put(other, minimal).want(http.StatusCreated)

	p.clock.Advance(-40 * day)
	p.clock.Advance(time.Minute)
	if got := p.get(other).want(http.StatusOK).state(); got != "Succeeded" {
		t.Errorf("the vault is %s", got)
	}
	if got := p.get(created.header.Get("Azure-AsyncOperation")).want(http.StatusOK).text("status"); got != "Succeeded" {
		t.Errorf("its creation is %s", got)
	}
	p.wantTimes("nothing of the future", []string{})
	if jobs, _ := p.countJobs("operation eq 'Backup'"); jobs != 0 {
		t.Errorf("%d jobs of the future", jobs)
	}
	p.stop("ProtectionStopped")
	p.clock.Advance(time.Minute)
	p.resume()
	p.clock.Advance(2 * time.Minute)
	p.backup("").want(http.StatusAccepted)
	p.clock.Advance(3 * time.Hour)
	p.wantTimes("the present one", []string{"2026-05-01T12:04:05Z"})
	p.clock.Advance(14 * time.Hour)
	p.wantTimes("by the schedule from the present on", []string{"2026-05-02T03:00:05Z", "2026-05-01T12:04:05Z"})
	p.clock.Advance(40 * day)
	if times := p.times(); len(times) == 0 || !strings.HasPrefix(times[0], "2026-06-11T03:00") {
		t.Errorf("when the clock has caught up: %v", times)
	}
	p.delete(other).want(http.StatusAccepted)
}

// A policy that has no rule for a backup which runs must not cost its recovery point, which is the newest when it is done.
func TestRunningBackup_policyChangesTwice(t *testing.T) {
	const sundays = `"weeklySchedule":{"daysOfTheWeek":["Sunday"],TIMES,"retentionDuration":{"count":12,"durationType":"Weeks"}}`
	weekly := strings.Replace(schedule("UTC", "20:00", sundays), `"scheduleRunFrequency":"Daily"`,
		`"scheduleRunFrequency":"Weekly","scheduleRunDays":["Sunday"]`, 1)
	p := startPlant(t, strings.Replace(schedule("UTC", "14:00", daysOf(7)), `:2,"schedulePolicy"`, `:5,"schedulePolicy"`, 1),
		func(c *embedded.Config) { c.BackupTime = time.Hour })
	p.to("2026-05-05T14:10:00Z") // a Tuesday
	p.setPolicy(strings.Replace(weekly, `:2,"schedulePolicy"`, `:5,"schedulePolicy"`, 1))
	p.to("2026-05-05T14:20:00Z")
	p.setPolicy(strings.Replace(weekly, `:2,"schedulePolicy"`, `:5,"schedulePolicy"`, 1))
	p.to("2026-05-05T15:30:00Z")
	if times := p.times(); len(times) == 0 || times[0] != "2026-05-05T14:00:05Z" {
		t.Errorf("got %v", times)
	}
}

// Backups that are suspended when the clock was set back before the protection go on expiring by its policy.
func TestClockSetBack_suspendedBeforeTheProtection(t *testing.T) {
	p := startPlant(t, schedule("UTC", "02:00", daysOf(7)))
	p.patch(p.vault, withProperties(immutability("Unlocked"))).want(http.StatusOK)
	p.clock.Advance(-10 * day)
	p.stop("BackupsSuspended")
	p.clock.Advance(day)
	p.setPolicy(schedule("UTC", "02:00", daysOf(9)))
	p.resume()
	p.clock.Advance(3 * day)
	p.stop("BackupsSuspended")
	if times := p.times(); len(times) != 3 {
		t.Errorf("got %v", times)
	}
	p.clock.Advance(7 * day)
	if times := p.times(); len(times) != 2 {
		t.Errorf("a week later: %v", times)
	}
}
