package embedded_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
	"github.com/azurebackup/terraform-provider-backup/internal/store"
)

func policyPath(vault, name string) string { return vault + "/backupPolicies/" + name }

// daily is a policy as azurerm sends it: times without dates, and its own words for "none".
const daily = `{"properties":{"backupManagementType":"AzureIaasVM","policyType":"V1","timeZone":"China Standard Time",` +
	`"snapshotConsistencyType":"","tieringPolicy":{"ArchivedRP":{"tieringMode":"DoNotTier","durationType":"Invalid","duration":0}},` +
	`"schedulePolicy":{"schedulePolicyType":"SimpleSchedulePolicy","scheduleRunFrequency":"Daily","scheduleRunTimes":["22:30:00Z"]},` +
	`"retentionPolicy":{"retentionPolicyType":"LongTermRetentionPolicy","dailySchedule":{"retentionTimes":["22:30:00Z"],` +
	`"retentionDuration":{"count":10,"durationType":"Days"}}}}}`

// weekly is a policy of a weekly schedule with every kind of retention that goes with one.
const weekly = `{"properties":{"backupManagementType":"AzureIaasVM",` +
	`"schedulePolicy":{"schedulePolicyType":"simpleschedulepolicy","scheduleRunFrequency":"WEEKLY","scheduleRunDays":["sunday","Friday"],"scheduleRunTimes":["2026-01-02T04:00:00Z"]},` +
	`"retentionPolicy":{"retentionPolicyType":"LongTermRetentionPolicy",` +
	`"weeklySchedule":{"daysOfTheWeek":["Sunday","Friday"],"retentionTimes":["2026-01-02T04:00:00Z"],"retentionDuration":{"count":4,"durationType":"weeks"}},` +
	`"monthlySchedule":{"retentionScheduleFormatType":"Weekly","retentionScheduleDaily":null,"retentionScheduleWeekly":{"daysOfTheWeek":["Sunday"],"weeksOfTheMonth":["first","Last"]},` +
	`"retentionTimes":["2026-01-02T04:00:00Z"],"retentionDuration":{"count":12,"durationType":"Months"}},` +
	`"yearlySchedule":{"retentionScheduleFormatType":"Weekly","monthsOfYear":["january"],"retentionScheduleWeekly":{"daysOfTheWeek":["Sunday"],"weeksOfTheMonth":["First"]},` +
	`"retentionTimes":["2026-01-02T04:00:00Z"],"retentionDuration":{"count":3,"durationType":"Years"}}}}}`

func decoded(t *testing.T, s string) map[string]any {
	t.Helper()
	var o map[string]any
	if err := json.Unmarshal([]byte(s), &o); err != nil {
		t.Fatal(err)
	}
	return o
}

func TestAVaultIsBornWithPolicies(t *testing.T) {
	s := start(t, pagesOf(1))
	vault := vaultPath("Group", "Vault")
	s.get(vault+"/backupPolicies").wantError(http.StatusNotFound, "ResourceNotFound")
	s.get(policyPath(vault, "DefaultPolicy")).wantError(http.StatusNotFound, "ResourceNotFound", "vaults/Vault")
	s.put(vault, minimal).want(http.StatusCreated)
	s.clock.Advance(40 * day)

	want := decoded(t, `{
		"id": "`+policyPath(vault, "DefaultPolicy")+`", "name": "DefaultPolicy", "type": "Microsoft.RecoveryServices/vaults/backupPolicies",
		"properties": {
			"backupManagementType": "AzureIaasVM", "policyType": "V1", "instantRPDetails": {}, "instantRpRetentionRangeInDays": 2,
			"timeZone": "UTC", "protectedItemsCount": 0,
			"schedulePolicy": {"schedulePolicyType": "SimpleSchedulePolicy", "scheduleRunFrequency": "Daily",
				"scheduleRunTimes": ["2026-05-01T15:00:00Z"], "scheduleWeeklyFrequency": 0},
			"retentionPolicy": {"retentionPolicyType": "LongTermRetentionPolicy", "dailySchedule": {
				"retentionTimes": ["2026-05-01T15:00:00Z"], "retentionDuration": {"count": 30, "durationType": "Days"}}}
		}
	}`)
	if diff := cmp.Diff(want, s.get(policyPath(strings.ToUpper(vault), "defaultpolicy")).want(http.StatusOK).body); diff != "" {
		t.Error(diff)
	}
	enhanced := s.get(policyPath(vault, "EnhancedPolicy")).want(http.StatusOK)
	if diff := cmp.Diff(decoded(t, `{"interval":4,"scheduleWindowStartTime":"2026-05-01T08:00:00Z","scheduleWindowDuration":12}`),
		enhanced.at("properties", "schedulePolicy", "hourlySchedule")); diff != "" || enhanced.text("properties", "policyType") != "V2" {
		t.Errorf("%s: %s", diff, enhanced.raw)
	}
	// Both obey the rules, and are stored as they are shown.
	for _, name := range []string{"DefaultPolicy", "EnhancedPolicy"} {
		before := s.get(policyPath(vault, name))
		if diff := cmp.Diff(before.body, s.put(policyPath(vault, name), before.raw).want(http.StatusOK).body); diff != "" {
			t.Error(diff)
		}
	}
	if names, pages := s.follow(vault + "/backupPolicies"); strings.Join(names, " ") != "DefaultPolicy EnhancedPolicy" || pages != 2 {
		t.Errorf("%v in %d pages", names, pages)
	}
}

// A policy that a vault has by default can be deleted and made again, and so it stays.
func TestDefaultPoliciesStayDeleted(t *testing.T) {
	s := start(t)
	vault := vaultPath("g", "vault")
	s.put(vault, minimal).want(http.StatusCreated)
	path := policyPath(vault, "DefaultPolicy")
	for range 2 {
		s.delete(policyPath(vault, "DEFAULTPOLICY")).want(http.StatusOK)
		s.delete(path).want(http.StatusNoContent)
		s.get(path).wantError(http.StatusNotFound, "ResourceNotFound", "DefaultPolicy")
		if got := s.get(vault + "/backupPolicies").names(); strings.Join(got, " ") != "EnhancedPolicy" {
			t.Errorf("policies %v", got)
		}
		s.put(itemPath(vault, "web"), protectBody(vault, "web")).wantError(http.StatusBadRequest, "BMSUserErrorInvalidInput", "It has 'EnhancedPolicy'.")
		s.put(path, daily).want(http.StatusOK)
		if got := s.get(path).text("properties", "timeZone"); got != "China Standard Time" {
			t.Errorf("time zone %s", got)
		}
	}
	s.delete(path).want(http.StatusOK)
	s.delete(policyPath(vault, "EnhancedPolicy")).want(http.StatusOK)
	if got := s.get(vault + "/backupPolicies").want(http.StatusOK); got.raw != `{"value":[]}`+"\n" {
		t.Errorf("got %s", got.raw)
	}
	s.put(itemPath(vault, "web"), protectBody(vault, "web")).wantError(http.StatusBadRequest, "BMSUserErrorInvalidInput", "It has no policies.")
}

func TestPoliciesAreSettled(t *testing.T) {
	s := start(t)
	vault := vaultPath("g", "vault")
	s.put(vault, minimal).want(http.StatusCreated)
	tests := []struct {
		name, body string
		want       map[string]any
	}{
		{"as azurerm sends it", daily, map[string]any{
			"schedulePolicy.scheduleRunTimes":                      []any{"2026-05-01T22:30:00Z"},
			"retentionPolicy.dailySchedule.retentionTimes":         []any{"2026-05-01T22:30:00Z"},
			"instantRpRetentionRangeInDays":                        2.0,
			"snapshotConsistencyType":                              nil,
			"tieringPolicy.ArchivedRP":                             map[string]any{"tieringMode": "DoNotTier", "durationType": "Invalid", "duration": 0.0},
			"protectedItemsCount":                                  0.0,
			"retentionPolicy.dailySchedule.retentionDuration":      map[string]any{"count": 10.0, "durationType": "Days"},
			"retentionPolicy.dailySchedule.retentionDuration.more": nil,
		}},
		{"weekly", weekly, map[string]any{
			"policyType": "V1", "timeZone": "UTC", "instantRpRetentionRangeInDays": 5.0, "instantRPDetails": map[string]any{},
			"schedulePolicy.schedulePolicyType": "SimpleSchedulePolicy", "schedulePolicy.scheduleRunFrequency": "Weekly",
			"schedulePolicy.scheduleRunDays":                                          []any{"Sunday", "Friday"},
			"schedulePolicy.scheduleRunTimes":                                         []any{"2026-01-02T04:00:00Z"},
			"retentionPolicy.weeklySchedule.retentionDuration.durationType":           "Weeks",
			"retentionPolicy.monthlySchedule.retentionScheduleDaily":                  nil,
			"retentionPolicy.monthlySchedule.retentionScheduleWeekly.weeksOfTheMonth": []any{"First", "Last"},
			"retentionPolicy.yearlySchedule.monthsOfYear":                             []any{"January"},
		}},
		{"hourly", hourly(9, `"snapshotConsistencyType":"onlycrashconsistent",`), map[string]any{
			"instantRpRetentionRangeInDays": 7.0, "snapshotConsistencyType": "OnlyCrashConsistent",
		}},
		{"what is not modelled", strings.Replace(daily, `"timeZone"`, `"novel":{"a":[1,{"b":12345678901234567890}]},"protectedItemsCount":7,"resourceGuardOperationRequests":["x"],"timeZone"`, 1), map[string]any{
			"novel.a": []any{1.0, map[string]any{"b": 12345678901234567890.0}}, "protectedItemsCount": 0.0, "resourceGuardOperationRequests": nil,
		}},
		{"time zone in other letters", strings.Replace(daily, "China Standard", "china standard", 1), map[string]any{"timeZone": "China Standard Time"}},
		{"last day and dates", schedule("UTC", "02:00", daysOf(7)+`,"monthlySchedule":{TIMES,"retentionScheduleFormatType":"Daily","retentionScheduleDaily":{`+
			`"daysOfTheMonth":[{"date":1,"isLast":false},{"date":0,"isLast":true}]},"retentionDuration":{"count":12,"durationType":"Months"}}`), map[string]any{
			"retentionPolicy.monthlySchedule.retentionScheduleDaily.daysOfTheMonth": []any{
				map[string]any{"date": 1.0, "isLast": false}, map[string]any{"date": 0.0, "isLast": true},
			},
		}},
		{"the last day alone", schedule("UTC", "02:00", daysOf(7)+`,"monthlySchedule":{TIMES,"retentionScheduleFormatType":"Daily","retentionScheduleDaily":{`+
			`"daysOfTheMonth":[{"date":0,"isLast":true}]},"retentionDuration":{"count":12,"durationType":"Months"}}`), nil},
		{"a group for snapshots", strings.Replace(daily, `"timeZone"`, `"instantRPDetails":{"azureBackupRGNamePrefix":"snap","azureBackupRGNameSuffix":"s"},"timeZone"`, 1), map[string]any{
			"instantRPDetails": map[string]any{"azureBackupRGNamePrefix": "snap", "azureBackupRGNameSuffix": "s"},
		}},
	}
	for i, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			path := policyPath(vault, fmt.Sprintf("policy-%d", i))
			got := s.put(path, test.body).want(http.StatusOK)
			if diff := cmp.Diff(got.body, s.get(path).want(http.StatusOK).body); diff != "" || got.text("id") != path {
				t.Errorf("not what was answered: %s", diff)
			}
			for name, want := range test.want {
				if diff := cmp.Diff(want, got.at(append([]string{"properties"}, strings.Split(name, ".")...)...)); diff != "" {
					t.Errorf("%s: %s", name, diff)
				}
			}
			if again := s.put(path, got.raw).want(http.StatusOK); again.raw != got.raw {
				t.Errorf("sent back it is %s, not %s", again.raw, got.raw)
			}
		})
	}
	// The whole document is replaced, and the type stays.
	path := policyPath(vault, "policy-3")
	if got := s.put(path, daily).want(http.StatusOK); got.at("properties", "novel") != nil {
		t.Errorf("got %s", got.raw)
	}
	s.put(path, hourly(9, "")).wantError(http.StatusBadRequest, "BMSUserErrorInvalidPolicyInput", "policyType cannot be changed", "V1", "V2")
}

func TestPoliciesAreRefused(t *testing.T) {
	const invalid, content = "BMSUserErrorInvalidPolicyInput", "InvalidRequestContent"
	s := start(t)
	vault := vaultPath("g", "vault")
	s.put(vault, minimal).want(http.StatusCreated)
	change := func(body string, pairs ...string) string {
		t.Helper()
		for i := 0; i < len(pairs); i += 2 {
			if !strings.Contains(body, pairs[i]) {
				t.Fatalf("%s is not in %s", pairs[i], body)
			}
			body = strings.ReplaceAll(body, pairs[i], pairs[i+1])
		}
		return body
	}
	sentence := "Input for create or update policy is not in proper format. Please check format of parameters like schedule time"
	for _, test := range []struct {
		name, body string
		status     int
		code       string
		parts      []string
	}{
		{"nothing", `{}`, 400, invalid, []string{sentence, "backupManagementType"}},
		{"properties that are a list", `{"properties":[]}`, 400, content, nil},
		{"another kind", change(daily, "AzureIaasVM", "AzureStorage"), 501, "NotModelledByEmbeddedService", []string{"AzureStorage"}},
		{"no schedule", `{"properties":{"backupManagementType":"AzureIaasVM"}}`, 400, invalid, []string{"schedulePolicyType", "retentionPolicyType"}},
		{"an hour that is none", change(daily, "22:30:00Z", "25:30:00Z"), 400, invalid, []string{"25:30:00Z"}},
		{"a quarter past", change(daily, "22:30:00Z", "22:15:00Z"), 400, invalid, []string{"backup.time"}},
		{"seconds", change(daily, "22:30:00Z", "22:30:01Z"), 400, invalid, []string{"half hour"}},
		{"two times", change(daily, `["22:30:00Z"]`, `["22:30:00Z","23:30:00Z"]`), 400, invalid, []string{"one time"}},
		{"no time", change(daily, `"scheduleRunTimes":["22:30:00Z"]`, `"scheduleRunTimes":[]`), 400, invalid, []string{"retentionTimes of dailySchedule"}},
		{"another time of retention", change(daily, `"retentionTimes":["22:30:00Z"]`, `"retentionTimes":["22:00:00Z"]`), 400, invalid, []string{"22:30", "22:00"}},
		{"too few days", change(daily, `"count":10`, `"count":6`), 400, invalid, []string{"retention_daily", "7 to 9999"}},
		{"days in weeks", change(daily, `"durationType":"Days"`, `"durationType":"Weeks"`), 400, invalid, []string{"durationType of dailySchedule", "Days"}},
		{"a count that is a text", change(daily, `"count":10`, `"count":"10"`), 400, content, []string{"count"}},
		{"a count that is too large", change(daily, `"count":10`, `"count":10000000000`), 400, content, []string{"count"}},
		{"time zone by its IANA name", change(daily, "China Standard Time", "Asia/Shanghai"), 400, invalid, []string{"timeZone", "Windows", "Asia/Shanghai"}},
		{"no time zone of this name", change(daily, "China Standard Time", "Middle Earth Time"), 400, invalid, []string{"Middle Earth Time"}},
		{"time zone that is a number", change(daily, `"China Standard Time"`, `8`), 400, content, []string{"timeZone"}},
		{"schedule of the other type", change(daily, `"policyType":"V1"`, `"policyType":"V2"`), 400, invalid, []string{"SimpleSchedulePolicyV2"}},
		{"hourly with V1", change(hourly(9, ""), `"policyType":"V2"`, `"policyType":"V1"`, "SimpleSchedulePolicyV2", "SimpleSchedulePolicy"), 400, invalid, nil},
		{"hourly schedule of a daily one", change(hourly(9, ""), `"Hourly"`, `"Daily"`), 400, invalid, []string{"hourlySchedule", "dailySchedule"}},
		{"an interval that is none", change(hourly(9, ""), `"interval":4`, `"interval":5`), 400, invalid, []string{"hour_interval"}},
		{"weekly with daily retention", change(weekly, `"weeklySchedule"`, `"dailySchedule":{"retentionTimes":["04:00:00Z"],"retentionDuration":{"count":7,"durationType":"Days"}},"weeklySchedule"`), 400, invalid, []string{"retention_daily"}},
		{"weekly by dates", change(weekly, `"monthlySchedule":{"retentionScheduleFormatType":"Weekly"`, `"monthlySchedule":{"retentionScheduleFormatType":"Daily"`), 400, invalid, nil},
		{"format that is none", change(weekly, `"monthlySchedule":{"retentionScheduleFormatType":"Weekly"`, `"monthlySchedule":{"retentionScheduleFormatType":"Sometimes"`), 400, invalid, []string{"monthlySchedule", "Sometimes"}},
		{"a day that is none", change(weekly, `"sunday"`, `"someday"`), 400, invalid, []string{"someday"}},
		{"days that are no texts", change(weekly, `"sunday"`, `7`), 400, content, []string{"scheduleRunDays"}},
		{"snapshots for too long", change(daily, `"policyType"`, `"instantRpRetentionRangeInDays":6,"policyType"`), 400, invalid, []string{"instant_restore_retention_days"}},
		{"consistency with V1", change(daily, `"snapshotConsistencyType":""`, `"snapshotConsistencyType":"OnlyCrashConsistent"`), 400, invalid, []string{"snapshot_consistency_type"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			s.put(policyPath(vault, "policy"), test.body).wantError(test.status, test.code, test.parts...)
		})
	}
	s.put(policyPath(vault, "1st"), daily).wantError(http.StatusBadRequest, "InvalidResourceName")
	s.put(policyPath(vaultPath("g", "none"), "policy"), daily).wantError(http.StatusNotFound, "ResourceNotFound")
	s.delete(policyPath(vaultPath("g", "none"), "policy")).wantError(http.StatusNotFound, "ResourceNotFound")
	s.get(policyPath(vault, "policy")).want(http.StatusNotFound)
}

func TestPolicyInUse(t *testing.T) {
	s := start(t, func(c *embedded.Config) { c.RetryAfter = time.Second })
	vault := vaultPath("g", "vault")
	s.put(vault, withProperties(immutability("Unlocked"))).want(http.StatusCreated)
	path := policyPath(vault, "Mine")
	s.put(path, daily).want(http.StatusOK)
	body := func(name, more string) string {
		return strings.Replace(protectBody(vault, name), `"policyId"`, more+`"policyId"`, 1)
	}
	for _, name := range []string{"web", "db"} {
		s.put(itemPath(vault, name), strings.Replace(body(name, ""), "DefaultPolicy", "mine", 1)).want(http.StatusAccepted)
	}
	if got := s.get(itemPath(vault, "web")); got.text("properties", "policyId") != path || got.text("properties", "policyName") != "Mine" {
		t.Errorf("got %s", got.raw)
	}
	if got := s.get(path).at("properties", "protectedItemsCount"); got != 2.0 {
		t.Errorf("%v items", got)
	}
	s.delete(path).wantError(http.StatusBadRequest, "BMSUserErrorPolicyObjectInUse", "'Mine'", "2 VMs", "db, web")

	changed := s.put(path, strings.Replace(daily, `"count":10`, `"count":20`, 1)).want(http.StatusAccepted)
	if changed.raw != "" || changed.header.Get("Retry-After") != "1" ||
		!strings.HasPrefix(changed.header.Get("Azure-AsyncOperation"), embedded.Endpoint+path+"/operations/") ||
		!strings.HasPrefix(changed.header.Get("Location"), embedded.Endpoint+path+"/operationResults/") {
		t.Errorf("got %s, %v", changed.raw, changed.header)
	}
	if got := s.get(changed.header.Get("Azure-AsyncOperation")).want(http.StatusOK); got.text("status") != "Succeeded" ||
		uuid.Validate(got.text("id")) != nil {
		t.Errorf("got %s", got.raw)
	}
	result := s.get(changed.header.Get("Location")).want(http.StatusOK)
	if result.at("properties", "retentionPolicy", "dailySchedule", "retentionDuration", "count") != 20.0 || result.at("properties", "protectedItemsCount") != 2.0 {
		t.Errorf("got %s", result.raw)
	}
	s.get(strings.Replace(changed.header.Get("Location"), "/Mine/", "/other/", 1)).wantError(http.StatusNotFound, "ResourceNotFound")

	// Neither what is stopped nor what is soft-deleted has it any more; what is suspended has.
	source := func(name string) string { return `"sourceResourceId":"` + machine(name) + `",` }
	s.put(itemPath(vault, "web"), itemBody(source("web")+`"policyId":"none","protectionState":"BackupsSuspended"`)).want(http.StatusAccepted)
	s.put(itemPath(vault, "db"), itemBody(source("db")+`"protectionState":"ProtectionStopped"`)).want(http.StatusAccepted)
	s.delete(path).wantError(http.StatusBadRequest, "BMSUserErrorPolicyObjectInUse", "1 VM ", "web")
	s.put(itemPath(vault, "web"), body("web", "")).want(http.StatusAccepted)
	s.delete(path).want(http.StatusOK)
	s.get(path).want(http.StatusNotFound)
}

// What shortens retention is refused while the vault is immutable, used or not; all else is not.
func TestPolicyOfAnImmutableVault(t *testing.T) {
	s := start(t)
	vault := vaultPath("g", "vault")
	s.put(vault, withProperties(immutability("Disabled"))).want(http.StatusCreated)
	path := policyPath(vault, "Mine")
	count := func(n int) string { return strings.Replace(daily, `"count":10`, fmt.Sprintf(`"count":%d`, n), 1) }
	s.put(path, daily).want(http.StatusOK)
	s.put(path, count(9)).want(http.StatusOK)
	s.put(policyPath(vault, "weekly"), weekly).want(http.StatusOK)
	for _, state := range []string{"Unlocked", "Locked"} {
		s.patch(vault, withProperties(immutability(state))).want(http.StatusOK)
		refused := func(path, body string, parts ...string) {
			t.Helper()
			s.put(path, body).wantError(http.StatusBadRequest, "UserErrorOperationDeniedOnImmutableItem", append(parts, "'vault' is "+state)...)
		}
		refused(path, count(8), "retention_daily goes from 9 days to 8 days")
		refused(policyPath(vault, "DefaultPolicy"), count(29), "retention_daily goes from 30 days to 29 days")
		yearly := strings.Index(weekly, `,"yearlySchedule"`)
		refused(policyPath(vault, "weekly"), weekly[:yearly]+"}}}", "retention_yearly is removed, which keeps recovery points for 3 years")
		s.put(path, strings.ReplaceAll(count(9), "22:30", "21:00")).want(http.StatusOK)
		s.put(policyPath(vault, "weekly"), strings.NewReplacer("friday", "monday", "Friday", "Monday").Replace(weekly)).want(http.StatusOK)
	}
	s.put(path, count(10)).want(http.StatusOK)
	if got := s.get(path).at("properties", "retentionPolicy", "dailySchedule", "retentionDuration", "count"); got != 10.0 {
		t.Errorf("%v days", got)
	}
}

func TestPolicyInUseNamesTen(t *testing.T) {
	s := start(t)
	vault := vaultPath("g", "vault")
	s.put(vault, minimal).want(http.StatusCreated)
	for i := range 12 {
		s.protect(vault, fmt.Sprintf("vm%02d", i))
	}
	s.delete(policyPath(vault, "DefaultPolicy")).wantError(http.StatusBadRequest, "BMSUserErrorPolicyObjectInUse", "12 VMs", "vm08, vm09, and 2 more")
}

// While the items take a change over the policy cannot be changed again.
func TestChangeOfAPolicyTakesTime(t *testing.T) {
	s := start(t, func(c *embedded.Config) { c.OperationTime = time.Minute })
	vault := vaultPath("g", "vault")
	s.put(vault, minimal).want(http.StatusCreated)
	path := policyPath(vault, "DefaultPolicy")
	s.put(path, daily).want(http.StatusOK)
	s.protect(vault, "web")
	changed := s.put(path, daily).want(http.StatusAccepted)
	if got := s.get(changed.header.Get("Azure-AsyncOperation")).text("status"); got != "InProgress" {
		t.Errorf("status %s", got)
	}
	s.get(changed.header.Get("Location")).want(http.StatusAccepted)
	s.put(path, daily).wantError(http.StatusConflict, "BMSUserErrorObjectLocked", "DefaultPolicy")
	s.clock.Advance(time.Minute)
	s.get(changed.header.Get("Location")).want(http.StatusOK)
	s.put(path, daily).want(http.StatusAccepted)
}

func TestPolicyList(t *testing.T) {
	s := start(t, pagesOf(2))
	vault := vaultPath("g", "vault")
	s.put(vault, minimal).want(http.StatusCreated)
	for _, name := range []string{"zulu", "Alpha", "echo"} {
		s.put(policyPath(vault, name), daily).want(http.StatusOK)
	}
	s.protect(vault, "web")
	list := vault + "/backupPolicies?api-version=" + version + "&$filter="
	for filter, want := range map[string]string{
		"": "Alpha DefaultPolicy echo EnhancedPolicy zulu", "backupManagementType%20eq%20'azureiaasvm'": "Alpha DefaultPolicy echo EnhancedPolicy zulu",
		"backupManagementType%20eq%20'AzureWorkload'": "",
	} {
		names, pages := s.follow(list + filter)
		if got := strings.Join(names, " "); got != want || want != "" && pages != 3 {
			t.Errorf("%s: %q in %d pages", filter, got, pages)
		}
	}
	s.get(list+"policyColor%20eq%20'red'").wantError(http.StatusNotImplemented, "NotModelledByEmbeddedService", "policies", "policyColor")
	if names := s.get(list + "workloadType%20eq%20'VM'").want(http.StatusOK).names(); len(names) == 0 {
		t.Error("no policies for virtual machines")
	}
	if names := s.get(list + "workloadType%20eq%20'SQLDataBase'").want(http.StatusOK).names(); len(names) != 0 {
		t.Errorf("policies for SQL: %v", names)
	}
	s.get(list+"nonsense").wantError(http.StatusBadRequest, "BMSUserErrorInvalidInput")
	counts := map[string]any{}
	for _, p := range s.get(vault + "/backupPolicies").values() {
		counts[p.text("name")] = p.at("properties", "protectedItemsCount")
	}
	if counts["DefaultPolicy"] != 1.0 || counts["Alpha"] != 0.0 {
		t.Errorf("counts %v", counts)
	}
}

func TestPoliciesShareTheFateOfTheirVault(t *testing.T) {
	s := start(t)
	vault := vaultPath("first", "vault")
	s.put(vault, minimal).want(http.StatusCreated)
	s.put(policyPath(vault, "mine"), daily).want(http.StatusOK)
	s.delete(policyPath(vault, "EnhancedPolicy")).want(http.StatusOK)
	s.protect(vault, "web")
	s.delete(itemPath(vault, "web")).want(http.StatusAccepted)
	s.delete(vault).want(http.StatusAccepted)
	s.get(policyPath(vault, "mine")).wantError(http.StatusNotFound, "ResourceNotFound", "vaults/vault")

	undelete := s.get(deletedVaultsPath).values()[0].text("id") + "/undelete"
	s.do(http.MethodPost, undelete, into("second")).want(http.StatusAccepted)
	back := vaultPath("second", "vault")
	if got := s.get(back + "/backupPolicies").names(); strings.Join(got, " ") != "DefaultPolicy mine" {
		t.Errorf("policies %v", got)
	}
	if got := s.get(policyPath(back, "mine")).want(http.StatusOK); got.text("id") != policyPath(back, "mine") {
		t.Errorf("got %s", got.raw)
	}

	// A new vault of that name knows nothing of it.
	empty := vaultPath("third", "empty")
	s.put(empty, minimal).want(http.StatusCreated)
	s.put(policyPath(empty, "mine"), daily).want(http.StatusOK)
	s.delete(empty).want(http.StatusAccepted)
	s.put(empty, minimal).want(http.StatusCreated)
	s.get(policyPath(empty, "mine")).want(http.StatusNotFound)
}

// A vault holds 200 policies. They are put into the store: two hundred requests say no more.
func TestPolicyLimit(t *testing.T) {
	s := start(t)
	vault := vaultPath("g", "vault")
	s.put(vault, minimal).want(http.StatusCreated)
	for i := range 197 {
		name := fmt.Sprintf("policy-%d", i)
		s.seed(&store.Document{
			ID: policyPath(vault, name), Type: "Microsoft.RecoveryServices/vaults/backupPolicies", Subscription: embedded.DefaultSubscriptionID,
			ResourceGroup: "g", Parent: vault, Name: name, Body: []byte(`{"properties":{}}`),
		})
	}
	s.put(policyPath(vault, "last"), daily).want(http.StatusOK)
	s.put(policyPath(vault, "late"), daily).wantError(http.StatusBadRequest, "BMSUserErrorInvalidPolicyInput", "200")
	s.put(policyPath(vault, "last"), daily).want(http.StatusOK)
	s.delete(policyPath(vault, "EnhancedPolicy")).want(http.StatusOK)
	s.put(policyPath(vault, "late"), daily).want(http.StatusOK)
}
