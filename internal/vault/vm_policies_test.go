package vault_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
	"github.com/azurebackup/terraform-provider-backup/internal/vault"
)

// daily is the policy of tests that are not about what it says.
var daily = catalog.VMPolicy{
	Type: "V1", TimeZone: "UTC", Schedule: catalog.VMSchedule{Frequency: "Daily", Time: "02:00"}, Daily: &catalog.DailyRetention{Count: 30},
}

func expectCalls(t *testing.T, f *fake, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, f.take(), cmpopts.EquateEmpty()); diff != "" {
		t.Error(diff)
	}
}

func TestLifeOfAPolicy(t *testing.T) {
	c, f := newFake(t)
	id := policyID("daily")
	p, err := c.CreatePolicy(t.Context(), id, daily)
	if err != nil || !p.ID.Equal(id) || p.ARMID == "" || cmp.Diff(daily, p.Settings) != "" {
		t.Fatal(p, err)
	}
	expectCalls(t, f, "GET daily", "PUT daily")

	if p, err := c.CreatePolicy(t.Context(), policyID("DAILY"), daily); !errors.Is(err, vault.ErrPolicyExists) || !strings.Contains(err.Error(), p.ARMID) {
		t.Error(p, err)
	}
	expectCalls(t, f, "GET DAILY")

	changed := daily
	changed.Schedule.Time = "03:30"
	if p, err = c.UpdatePolicy(t.Context(), id, changed, nil); err != nil || p.Settings.Schedule.Time != "03:30" {
		t.Error(p, err)
	}
	expectCalls(t, f, "GET daily", "PUT daily")

	for range 2 { // the second finds none
		if err := c.DeletePolicy(t.Context(), id); err != nil {
			t.Error(err)
		}
		expectCalls(t, f, "DELETE daily")
	}
	if _, err := c.Policy(t.Context(), id); !arm.IsNotFound(err) {
		t.Error(err)
	}
	if _, err := c.UpdatePolicy(t.Context(), id, daily, nil); !arm.IsNotFound(err) {
		t.Error(err)
	}
}

// A change keeps what newer versions of the service have put into schedule and retention, and nothing else of before.
func TestPolicyUpdateKeepsWhatIsNotModelled(t *testing.T) {
	c, f := newFake(t)
	id := policyID("daily")
	f.put(id.String(), `{"id":"`+id.String()+`","properties":{"backupManagementType":"AzureIaasVM","policyType":"V1","timeZone":"UTC","novel":1,
		"instantRpRetentionRangeInDays":3,"snapshotConsistencyType":"OnlyCrashConsistent","instantRPDetails":{"azureBackupRGNamePrefix":"p","novel":2},
		"schedulePolicy":{"schedulePolicyType":"SimpleSchedulePolicy","scheduleRunFrequency":"Weekly","scheduleRunDays":["Sunday"],
			"scheduleRunTimes":["2026-01-01T01:00:00Z"],"scheduleWeeklyFrequency":0},
		"retentionPolicy":{"retentionPolicyType":"LongTermRetentionPolicy","novel":3,
			"dailySchedule":{"novel":4,"retentionTimes":["2026-01-01T01:00:00Z"],"retentionDuration":{"count":9,"durationType":"Days","novel":5}},
			"weeklySchedule":{"novel":6,"daysOfTheWeek":["Sunday"],"retentionTimes":["2026-01-01T01:00:00Z"],"retentionDuration":{"count":9,"durationType":"Weeks"}}},
		"tieringPolicy":{"ArchivedRP":{"tieringMode":"TierAfter","duration":9,"durationType":"Months"},"NovelTier":{"tieringMode":"TierAfter"}}}}`)
	if _, err := c.UpdatePolicy(t.Context(), id, daily, nil); err != nil {
		t.Fatal(err)
	}
	got := f.written(t)
	at := c.Now().UTC().Format(time.DateOnly) + "T02:00:00Z"
	want := map[string]any{
		"backupManagementType": "AzureIaasVM", "policyType": "V1", "timeZone": "UTC", "novel": 1.0,
		"schedulePolicy": map[string]any{
			"schedulePolicyType": "SimpleSchedulePolicy", "scheduleRunFrequency": "Daily", "scheduleRunTimes": []any{at}, "scheduleWeeklyFrequency": 0.0,
		},
		"retentionPolicy": map[string]any{
			"retentionPolicyType": "LongTermRetentionPolicy", "novel": 3.0,
			"dailySchedule": map[string]any{
				"novel": 4.0, "retentionTimes": []any{at}, "retentionDuration": map[string]any{"count": 30.0, "durationType": "Days", "novel": 5.0},
			},
		},
		"tieringPolicy": map[string]any{
			"ArchivedRP": map[string]any{"tieringMode": "DoNotTier", "duration": 0.0, "durationType": "Invalid"},
			"NovelTier":  map[string]any{"tieringMode": "TierAfter"},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// An hourly policy can have a time of retention of its own, which a change of something else wrote over.
func TestPolicyUpdateKeepsOwnTimesOfRetention(t *testing.T) {
	hourly := catalog.VMPolicy{
		Type: "V2", TimeZone: "UTC", Schedule: catalog.VMSchedule{Frequency: "Hourly", Time: "09:00", HourInterval: 4, HourDuration: 12},
		Daily: &catalog.DailyRetention{Count: 40}, Weekly: &catalog.WeeklyRetention{Count: 5, Weekdays: []string{"Sunday"}},
	}
	onceADay := hourly
	onceADay.Schedule = catalog.VMSchedule{Frequency: "Daily", Time: "09:00"}
	for name, test := range map[string]struct {
		kept string // at what time, until now
		to   catalog.VMPolicy
		want string
	}{
		"of its own":             {"02:00", hourly, "2026-01-01T02:00:00Z"},
		"when the window begins": {"08:00", hourly, "09:00"},
		"once a day from now on": {"02:00", onceADay, "09:00"},
	} {
		t.Run(name, func(t *testing.T) {
			c, f := newFake(t)
			id := policyID("hourly")
			f.put(id.String(), `{"id":"`+id.String()+`","properties":{"backupManagementType":"AzureIaasVM","policyType":"V2","timeZone":"UTC",
				"schedulePolicy":{"schedulePolicyType":"SimpleSchedulePolicyV2","ScheduleRunFrequency":"Hourly",
					"hourlySchedule":{"interval":4,"scheduleWindowDuration":12,"scheduleWindowStartTime":"2026-01-01T08:00:00Z"}},
				"retentionPolicy":{"retentionPolicyType":"LongTermRetentionPolicy","dailySchedule":{"retentionTimes":["2026-01-01T`+test.kept+`:00Z"],
					"retentionDuration":{"count":30,"durationType":"Days"}}}}}`)
			if _, err := c.UpdatePolicy(t.Context(), id, test.to, nil); err != nil {
				t.Fatal(err)
			}
			retention, _ := f.written(t)["retentionPolicy"].(map[string]any)
			for _, rule := range []string{"dailySchedule", "weeklySchedule"} {
				kept, _ := retention[rule].(map[string]any)
				times, _ := kept["retentionTimes"].([]any)
				if len(times) != 1 || !strings.Contains(times[0].(string), test.want) { //nolint:forcetypeassert // it would fail the test
					t.Errorf("%s at %v", rule, times)
				}
			}
		})
	}
}

// A service that spells members otherwise gets back its own, once.
func TestPolicyUpdateInAnotherLetterCase(t *testing.T) {
	c, f := newFake(t)
	id := policyID("daily")
	f.put(id.String(), `{"Id":"`+id.String()+`","Properties":{"BackupManagementType":"AzureIaasVM","ProtectedItemsCount":3,"TimeZone":"UTC","Novel":1}}`)
	if _, err := c.UpdatePolicy(t.Context(), id, daily, nil); err != nil {
		t.Fatal(err)
	}
	sent := decoded(t, f.bodies[len(f.bodies)-1])
	properties, _ := sent["Properties"].(map[string]any)
	if sent["properties"] != nil || properties["Novel"] != 1.0 {
		t.Errorf("sent %v", sent)
	}
	seen := map[string]bool{}
	for name := range properties {
		if folded := strings.ToLower(name); seen[folded] || folded == "protecteditemscount" {
			t.Errorf("sent %s in %v", name, properties)
		} else {
			seen[folded] = true
		}
	}
}

// The answers that ARM.md has for a PUT and a DELETE besides 200.
func TestPolicyWritesThatTakeTime(t *testing.T) {
	c, f := newFake(t)
	id := policyID("daily")
	f.put(id.String(), `{"id":"`+id.String()+`","properties":{"backupManagementType":"AzureIaasVM","schedulePolicy":{},"protectedItemsCount":2}}`)
	var statuses []string
	f.later(operation{method: http.MethodPut, polls: []string{running, running, succeeded}})
	p, err := c.UpdatePolicy(t.Context(), id, daily, func(s string) { statuses = append(statuses, s) })
	if err != nil || cmp.Diff(daily, p.Settings) != "" {
		t.Error(p, err)
	}
	if diff := cmp.Diff([]string{"InProgress", "InProgress", "Succeeded"}, statuses); diff != "" {
		t.Error(diff)
	}
	expectCalls(t, f, "GET daily", "PUT daily", "GET 1", "GET 1", "GET 1", "GET daily")

	f.later(operation{method: http.MethodDelete, polls: []string{running, succeeded}})
	if err := c.DeletePolicy(t.Context(), id); err != nil {
		t.Error(err)
	}
	expectCalls(t, f, "DELETE daily", "GET 1", "GET 1")
}

func TestPolicyWriteWithoutABody(t *testing.T) {
	c, f := newFake(t)
	id := policyID("daily")
	f.odd = func(w http.ResponseWriter, r *http.Request, body string) bool {
		if r.Method != http.MethodPut {
			return false
		}
		f.put(r.URL.Path, `{"id":"`+r.URL.Path+`",`+body[1:])
		w.WriteHeader(http.StatusOK)
		return true
	}
	if p, err := c.CreatePolicy(t.Context(), id, daily); err != nil || cmp.Diff(daily, p.Settings) != "" {
		t.Error(p, err)
	}
	expectCalls(t, f, "GET daily", "PUT daily", "GET daily")
}

func TestPolicyOperationThatFails(t *testing.T) {
	c, f := newFake(t)
	id := policyID("daily")
	f.put(id.String(), `{"id":"`+id.String()+`","properties":{"backupManagementType":"AzureIaasVM","schedulePolicy":{}}}`)
	for method, write := range map[string]func() error{
		http.MethodPut:    func() error { _, err := c.UpdatePolicy(t.Context(), id, daily, nil); return err },
		http.MethodDelete: func() error { return c.DeletePolicy(t.Context(), id) },
	} {
		f.later(operation{method: method, polls: []string{running, failed}, without: true})
		if err := write(); !arm.HasCode(err, "UserErrorBroken") || !strings.Contains(err.Error(), "It broke.") {
			t.Errorf("%s: %T %v", method, err, err)
		}
	}
}

func TestPolicyWaitTimesOutWithTheLastWord(t *testing.T) {
	c, f := newFake(t)
	id := policyID("daily")
	f.later(operation{method: http.MethodPut, polls: []string{`{"status":"ModifyingProtection"}`}})
	ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
	defer cancel()
	p, err := c.CreatePolicy(ctx, id, daily)
	var timeout *arm.TimeoutError
	if !errors.As(err, &timeout) || !errors.Is(err, context.DeadlineExceeded) || timeout.LastWord != "ModifyingProtection" {
		t.Errorf("%T %v", err, err)
	}
	if p.ARMID == "" {
		t.Error("the service has accepted it, and nobody is told")
	}
}

// An interrupt while the create is on its way must not leave a policy that nobody knows of.
func TestPolicyIsHeardAlthoughInterrupted(t *testing.T) {
	c, f := newFake(t)
	ctx, cancel := context.WithCancel(t.Context())
	f.odd = func(_ http.ResponseWriter, r *http.Request, _ string) bool {
		if r.Method == http.MethodPut {
			cancel()
		}
		return false
	}
	if p, err := c.CreatePolicy(ctx, policyID("daily"), daily); err != nil || p.ARMID == "" {
		t.Error(p, err)
	}
	if _, err := c.CreatePolicy(ctx, policyID("other"), daily); !errors.Is(err, context.Canceled) {
		t.Errorf("a create that begins after the interrupt: %v", err)
	}
}

func TestPoliciesAreListed(t *testing.T) {
	c, f := newFake(t)
	for i := range 3 {
		id := policyID(fmt.Sprintf("p-%d", i))
		f.put(id.String(), `{"id":"`+id.String()+`","properties":{"backupManagementType":"AzureIaasVM","schedulePolicy":{}}}`)
	}
	for range 2 { // fresh each time
		n := 0
		for p, err := range c.Policies(t.Context(), id("contoso")) {
			if err != nil || p.ID.Name != fmt.Sprintf("p-%d", n) {
				t.Fatal(p, err)
			}
			n++
		}
		if n != 3 || f.filters[0] != "backupManagementType eq 'AzureIaasVM'" {
			t.Error(n, f.filters)
		}
		expectCalls(t, f, "GET backupPolicies")
	}
	f.odd = func(w http.ResponseWriter, _ *http.Request, _ string) bool {
		refuse(w, http.StatusForbidden, "AuthorizationFailed", "No.")
		return true
	}
	for p, err := range c.Policies(t.Context(), id("contoso")) {
		if !arm.HasCode(err, "AuthorizationFailed") {
			t.Error(p, err)
		}
	}
}

// manyPolicies makes a service with policies.
func manyPolicies(t *testing.T, n int) (*vault.Client, *fake) {
	t.Helper()
	c, f := newFake(t)
	for _, name := range names(n) {
		// As Azure does in some lists, in another case.
		f.put(policyID(name).String(), `{"id":"`+strings.ToUpper(policyID(name).String())+`","properties":{"backupManagementType":"AzureIaasVM","schedulePolicy":{}}}`)
	}
	return c, f
}

func readPolicies(t *testing.T, c *vault.Client, all []string) {
	t.Helper()
	var readers sync.WaitGroup
	for _, name := range all {
		readers.Go(func() {
			if p, err := c.Policy(t.Context(), policyID(name)); err != nil || !p.ID.Equal(policyID(name)) {
				t.Errorf("%s: %v %v", name, p, err)
			}
		})
	}
	readers.Wait()
}

func TestManyPoliciesAreServedByOneList(t *testing.T) {
	c, f := manyPolicies(t, 40)
	readPolicies(t, c, names(40))
	if got := f.take(); len(got) != 3 || counts(got)["GET backupPolicies"] != 1 {
		t.Error(got)
	}
	// Two policies are not worth a list.
	readPolicies(t, f.connect(t), names(2))
	if got := f.take(); len(got) != 2 || counts(got)["GET backupPolicies"] != 0 {
		t.Error(got)
	}
}

func TestNoReadOfAPolicyIsOlderThanAWrite(t *testing.T) {
	c, f := manyPolicies(t, 10)
	readPolicies(t, c, names(10))
	f.take()
	if _, err := c.UpdatePolicy(t.Context(), policyID("contoso-003"), daily, nil); err != nil {
		t.Fatal(err)
	}
	if p, err := c.Policy(t.Context(), policyID("contoso-003")); err != nil || p.Settings.Schedule.Time != "02:00" {
		t.Error(p, err)
	}
	expectCalls(t, f, "GET contoso-003", "PUT contoso-003", "GET contoso-003") // single again: no list for each write
	if err := c.DeletePolicy(t.Context(), policyID("contoso-003")); err != nil {
		t.Fatal(err)
	}
	readPolicies(t, c, names(3))
	if p, err := c.Policy(t.Context(), policyID("contoso-003")); !arm.IsNotFound(err) {
		t.Error(p, err)
	}
	if p, err := c.Policy(t.Context(), vault.NewPolicyID(id("other"), "contoso-001")); !arm.IsNotFound(err) {
		t.Errorf("of another vault: %v %v", p, err)
	}
}

// A list that was begun before a write must not answer reads after it.
func TestPolicyListBegunBeforeAWriteIsNotUsedAfterIt(t *testing.T) {
	c, f := manyPolicies(t, 10)
	readPolicies(t, c, names(2))
	listing, written := make(chan struct{}), make(chan struct{})
	var once sync.Once
	f.odd = func(w http.ResponseWriter, r *http.Request, body string) bool {
		if !strings.HasSuffix(r.URL.Path, "/backupPolicies") {
			return false
		}
		f.answer(w, r, body) // what is there before the write
		once.Do(func() {
			close(listing)
			<-written
		})
		return true
	}
	done := make(chan error)
	go func() {
		_, err := c.Policy(t.Context(), policyID("contoso-008"))
		done <- err
	}()
	<-listing
	if _, err := c.UpdatePolicy(t.Context(), policyID("contoso-009"), daily, nil); err != nil {
		t.Fatal(err)
	}
	close(written)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"contoso-001", "contoso-002", "contoso-009"} {
		if p, err := c.Policy(t.Context(), policyID(name)); err != nil || name == "contoso-009" && p.Settings.Schedule.Time != "02:00" {
			t.Error(p, err)
		}
	}
}

func TestReadsAloneWithoutARightToList(t *testing.T) {
	c, f := manyPolicies(t, 10)
	f.odd = func(w http.ResponseWriter, r *http.Request, _ string) bool {
		if !strings.HasSuffix(r.URL.Path, "/backupPolicies") {
			return false
		}
		refuse(w, http.StatusForbidden, "AuthorizationFailed", "No.")
		return true
	}
	readPolicies(t, c, names(10))
	if got := counts(f.take()); got["GET backupPolicies"] != 1 {
		t.Errorf("asked again and again: %v", got)
	}
}

func TestPoliciesOfTheEmbeddedService(t *testing.T) {
	c, r := embeddedVault(t, func(c *embedded.Config) { c.OperationTime = 20 * time.Millisecond })
	for _, name := range []string{"DefaultPolicy", "EnhancedPolicy"} {
		if p, err := c.Policy(t.Context(), policyID(name)); err != nil || p.Kind != vault.KindVM || p.Settings.Daily == nil || len(p.Settings.Check(nil)) > 0 {
			t.Error(name, p, err)
		}
	}
	for name, settings := range policies {
		name = strings.TrimSuffix(name, ".json")
		want := settings
		if windows, ok := catalog.WindowsTimeZone(want.TimeZone); ok {
			want.TimeZone = windows
		}
		if want.InstantRestoreDays == 0 {
			want.InstantRestoreDays = want.DefaultInstantRestoreDays()
		}
		if p, err := c.CreatePolicy(t.Context(), policyID(strings.ReplaceAll(name, "_", "-")), settings); err != nil || cmp.Diff(want, p.Settings) != "" {
			t.Errorf("%s: %v\n%s", name, err, cmp.Diff(want, p.Settings))
		}
	}
	p, err := c.CreatePolicy(t.Context(), policyID("used"), daily)
	if err != nil {
		t.Fatal(err)
	}
	protected := protection()
	protected.PolicyID = p.ARMID
	if _, err := c.Protect(t.Context(), itemID("web"), protected, nil); err != nil {
		t.Fatal(err)
	}
	if p, err := c.Policy(t.Context(), policyID("used")); err != nil || p.ProtectedItems != 1 {
		t.Errorf("%d VMs have it, %v", p.ProtectedItems, err)
	}
	r.take()
	changed := daily
	changed.Daily = &catalog.DailyRetention{Count: 45}
	statuses := 0
	if p, err := c.UpdatePolicy(t.Context(), policyID("used"), changed, func(string) { statuses++ }); err != nil || p.Settings.Daily.Count != 45 || statuses == 0 {
		t.Error(p, err, statuses)
	}
	if err := c.DeletePolicy(t.Context(), policyID("used")); !arm.HasCode(err, "BMSUserErrorPolicyObjectInUse") || !strings.Contains(err.Error(), "web") {
		t.Errorf("a policy in use: %v", err)
	}
	if err := c.Unprotect(t.Context(), itemID("web"), nil); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := c.DeletePolicy(t.Context(), policyID("sent-daily")); err != nil {
			t.Error(err)
		}
	}
}
