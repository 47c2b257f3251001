package vault_test

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/vault"
)

func testdata(t *testing.T, name string) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func decoded(t *testing.T, text string) map[string]any {
	t.Helper()
	var v map[string]any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// Documents as the service has them, whoever made them.
func TestPolicyIsRead(t *testing.T) {
	tests := map[string]struct {
		name string
		want vault.Policy
	}{
		"default_policy.json": {"DefaultPolicy", vault.Policy{Kind: vault.KindVM, Settings: catalog.VMPolicy{
			Type: "V1", TimeZone: "UTC", Schedule: catalog.VMSchedule{Frequency: "Daily", Time: "15:00"}, InstantRestoreDays: 2,
			Daily: &catalog.DailyRetention{Count: 30},
		}}},
		"azurerm_policy.json": {"azurerm", vault.Policy{Kind: vault.KindVM, ProtectedItems: 3, Settings: catalog.VMPolicy{
			Type: "V1", TimeZone: "China Standard Time",
			Schedule:           catalog.VMSchedule{Frequency: "Weekly", Time: "23:30", Weekdays: []string{"Sunday", "Wednesday"}},
			InstantRestoreDays: 5, InstantRestoreGroup: &catalog.InstantRestoreGroup{Prefix: "snapshots-", Suffix: "-rg"},
			Weekly:  &catalog.WeeklyRetention{Count: 42, Weekdays: []string{"Sunday", "Wednesday"}},
			Monthly: &catalog.MonthlyRetention{Count: 7, MonthDays: catalog.MonthDays{Weekdays: []string{"Sunday", "Wednesday"}, Weeks: []string{"First", "Last"}}},
			Yearly: &catalog.YearlyRetention{
				Count: 77, Months: []string{"January", "July"}, MonthDays: catalog.MonthDays{Weekdays: []string{"Sunday"}, Weeks: []string{"Last"}},
			},
		}}},
		"enhanced_policy.json": {"enhanced", vault.Policy{Kind: vault.KindVM, Settings: catalog.VMPolicy{
			Type: "V2", TimeZone: "UTC", Schedule: catalog.VMSchedule{Frequency: "Hourly", Time: "08:00", HourInterval: 4, HourDuration: 12},
			InstantRestoreDays: 7, SnapshotConsistency: "OnlyCrashConsistent",
			Daily:   &catalog.DailyRetention{Count: 180},
			Monthly: &catalog.MonthlyRetention{Count: 60, MonthDays: catalog.MonthDays{Days: []int{1, 15}, LastDay: true}},
			Yearly: &catalog.YearlyRetention{
				Count: 10, Months: []string{"January"}, MonthDays: catalog.MonthDays{Weekdays: []string{"Sunday"}, Weeks: []string{"First"}},
			},
			Archive: &catalog.ArchiveTiering{Mode: "TierAfter", Duration: 3, DurationType: "Months"},
		}}},
		"sql_policy.json": {"HourlyLogBackup", vault.Policy{Kind: "AzureWorkload", ProtectedItems: 2}},
	}
	for file, test := range tests {
		t.Run(file, func(t *testing.T) {
			c, f := newFake(t)
			document := testdata(t, file)
			f.put(policyID(test.name).String(), document)
			got, err := c.Policy(t.Context(), policyID(test.name))
			if err != nil {
				t.Fatal(err)
			}
			if !got.ID.Equal(policyID(test.name)) || got.ARMID != decoded(t, document)["id"] {
				t.Errorf("%v %s", got.ID, got.ARMID)
			}
			got.ID, got.ARMID = vault.PolicyID{}, ""
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// policies are written to the files of their names.
var policies = map[string]catalog.VMPolicy{
	"sent_daily.json": {
		Type: "V1", TimeZone: "Asia/Shanghai", Schedule: catalog.VMSchedule{Frequency: "Daily", Time: "23:30"}, InstantRestoreDays: 3,
		InstantRestoreGroup: &catalog.InstantRestoreGroup{Prefix: "snapshots-"},
		Daily:               &catalog.DailyRetention{Count: 30},
		Weekly:              &catalog.WeeklyRetention{Count: 12, Weekdays: []string{"Sunday"}},
		Monthly:             &catalog.MonthlyRetention{Count: 12, MonthDays: catalog.MonthDays{Days: []int{1, 28}, LastDay: true}},
		Yearly: &catalog.YearlyRetention{
			Count: 7, Months: []string{"January", "July"}, MonthDays: catalog.MonthDays{Weekdays: []string{"Sunday"}, Weeks: []string{"First", "Last"}},
		},
	},
	"sent_weekly.json": {
		Type: "V1", TimeZone: "UTC", Schedule: catalog.VMSchedule{Frequency: "Weekly", Time: "01:00", Weekdays: []string{"Monday", "Friday"}},
		Weekly: &catalog.WeeklyRetention{Count: 12, Weekdays: []string{"Monday", "Friday"}},
	},
	"sent_enhanced_hourly.json": {
		Type: "V2", TimeZone: "UTC", Schedule: catalog.VMSchedule{Frequency: "Hourly", Time: "08:00", HourInterval: 4, HourDuration: 12},
		InstantRestoreDays: 7, SnapshotConsistency: catalog.SnapshotCrashConsistent, Daily: &catalog.DailyRetention{Count: 180},
		Monthly: &catalog.MonthlyRetention{Count: 60, MonthDays: catalog.MonthDays{LastDay: true}},
		Archive: &catalog.ArchiveTiering{Mode: catalog.TierAfter, Duration: 3, DurationType: "Months"},
	},
	"sent_enhanced_daily.json": {
		Type: "V2", TimeZone: "UTC", Schedule: catalog.VMSchedule{Frequency: "Daily", Time: "08:00"}, Daily: &catalog.DailyRetention{Count: 400},
		Yearly:  &catalog.YearlyRetention{Count: 3, Months: []string{"May"}, MonthDays: catalog.MonthDays{Days: []int{31}}},
		Archive: &catalog.ArchiveTiering{Mode: catalog.TierRecommended},
	},
	"sent_enhanced_weekly.json": {
		Type: "V2", TimeZone: "UTC", Schedule: catalog.VMSchedule{Frequency: "Weekly", Time: "08:00", Weekdays: []string{"Sunday"}},
		Weekly: &catalog.WeeklyRetention{Count: 400, Weekdays: []string{"Sunday"}},
	},
}

func TestPolicyIsWritten(t *testing.T) {
	for file, p := range policies {
		t.Run(file, func(t *testing.T) {
			c, f := newFake(t)
			f.odd = func(w http.ResponseWriter, _ *http.Request, _ string) bool {
				w.Header().Set("Date", "Sun, 01 Mar 2026 04:05:06 GMT") // the day of the service's clock
				return false
			}
			written, err := c.CreatePolicy(t.Context(), policyID("p"), p)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(decoded(t, testdata(t, file)), map[string]any{"properties": f.written(t)}); diff != "" {
				t.Error(diff)
			}
			// What is written reads back the same, in the service's name of the time zone.
			want := p
			if want.TimeZone == "Asia/Shanghai" {
				want.TimeZone = "China Standard Time"
			}
			if diff := cmp.Diff(want, written.Settings); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestUpdateKeepsWhatItDoesNotKnow(t *testing.T) {
	c, f := newFake(t)
	document := strings.Replace(testdata(t, "enhanced_policy.json"), `"protectedItemsCount": 0`,
		`"protectedItemsCount": 4, "resourceGuardOperationRequests": ["guard"], "shinyNewProperty": {"on": true}`, 1)
	f.put(policyID("enhanced").String(), document)
	got, err := c.UpdatePolicy(t.Context(), policyID("ENHANCED"), policies["sent_enhanced_weekly.json"], nil)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(policies["sent_enhanced_weekly.json"], got.Settings); diff != "" {
		t.Errorf("something of the old policy is left: %s", diff)
	}
	sent := f.written(t)
	if diff := cmp.Diff(map[string]any{"on": true}, sent["shinyNewProperty"]); diff != "" {
		t.Error(diff)
	}
	for _, gone := range []string{"resourceGuardOperationRequests", "protectedItemsCount", "instantRPDetails", "instantRpRetentionRangeInDays", "snapshotConsistencyType"} {
		if _, there := sent[gone]; there {
			t.Errorf("%s is sent back: %v", gone, sent[gone])
		}
	}
	if sent["policyType"] != "V2" {
		t.Errorf("%v", sent["policyType"])
	}
	want := map[string]any{"ArchivedRP": map[string]any{"tieringMode": "DoNotTier", "duration": 0.0, "durationType": "Invalid"}}
	if diff := cmp.Diff(want, sent["tieringPolicy"]); diff != "" {
		t.Errorf("the tiering is not taken away: %s", diff)
	}
	if diff := cmp.Diff([]string{"GET ENHANCED", "GET contoso", "PUT ENHANCED"}, f.take()); diff != "" {
		t.Error(diff)
	}
}
