package embedded_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// enhanced is an enhanced policy with a daily schedule at a time of the client's writing.
func enhanced(at string) string {
	return `{"properties":{"backupManagementType":"AzureIaasVM","policyType":"V2","timeZone":"UTC",` +
		`"schedulePolicy":{"schedulePolicyType":"SimpleSchedulePolicyV2","scheduleRunFrequency":"Daily","dailySchedule":{"scheduleRunTimes":["` + at + `"]}},` +
		`"retentionPolicy":{"retentionPolicyType":"LongTermRetentionPolicy","dailySchedule":{"retentionTimes":["` + at + `"],` +
		`"retentionDuration":{"count":20,"durationType":"Days"}}}}}`
}

// A time is whatever .NET reads as one, and is kept in UTC. The clock stands at 2026-05-01.
func TestTimesThatDotNetReads(t *testing.T) {
	s := start(t)
	vault := vaultPath("g", "vault")
	s.put(vault, minimal).want(http.StatusCreated)
	for sent, want := range map[string]string{
		"21:30":                             "2026-05-01T21:30:00Z",
		"9:30":                              "2026-05-01T09:30:00Z",
		"21:30:00":                          "2026-05-01T21:30:00Z",
		"21:30Z":                            "2026-05-01T21:30:00Z",
		"21:30:00Z":                         "2026-05-01T21:30:00Z",
		"23:30-02:00":                       "2026-05-02T01:30:00Z",
		"00:30+02:00":                       "2026-04-30T22:30:00Z",
		"9:30 PM":                           "2026-05-01T21:30:00Z",
		" 9:30:00 pm ":                      "2026-05-01T21:30:00Z",
		"2026-01-31T21:30":                  "2026-01-31T21:30:00Z",
		"2026-01-31T21:30:00":               "2026-01-31T21:30:00Z",
		"2026-01-31T21:30:00.0000000":       "2026-01-31T21:30:00Z",
		"2026-01-31T21:30:00.0000000Z":      "2026-01-31T21:30:00Z",
		"2026-01-31T21:30:00.0000000+00:00": "2026-01-31T21:30:00Z",
		"2026-01-31T21:30:00+05:30":         "2026-01-31T16:00:00Z",
		"2026-01-31T21:30Z":                 "2026-01-31T21:30:00Z",
		"2026-01-31t21:30:00z":              "2026-01-31T21:30:00Z",
		"2026-01-31 21:30:00":               "2026-01-31T21:30:00Z",
		"2026-01-31 21:30:00Z":              "2026-01-31T21:30:00Z",
		"2026-01-31 09:30:00 PM":            "2026-01-31T21:30:00Z",
		"1/31/2026 9:30:00 PM":              "2026-01-31T21:30:00Z",
		"01/31/2026 21:30":                  "2026-01-31T21:30:00Z",
		"2026-01-31":                        "2026-01-31T00:00:00Z",
	} {
		t.Run(sent, func(t *testing.T) {
			got := s.put(policyPath(vault, "policy"), enhanced(sent)).want(http.StatusOK)
			if diff := cmp.Diff([]any{[]any{want}, []any{want}}, []any{
				got.at("properties", "schedulePolicy", "dailySchedule", "scheduleRunTimes"), got.at("properties", "retentionPolicy", "dailySchedule", "retentionTimes"),
			}); diff != "" {
				t.Error(diff)
			}
			hour := strings.Replace(hourly(20, ""), `"scheduleWindowStartTime":"2026-01-01T08:00:00Z"`, `"scheduleWindowStartTime":"`+sent+`"`, 1)
			got = s.put(policyPath(vault, "hours"), hour).want(http.StatusOK)
			if start := got.text("properties", "schedulePolicy", "hourlySchedule", "scheduleWindowStartTime"); start != want {
				t.Errorf("the window starts at %s", start)
			}
		})
	}
}

func TestTimesThatAreNone(t *testing.T) {
	s := start(t)
	vault := vaultPath("g", "vault")
	s.put(vault, minimal).want(http.StatusCreated)
	s.protect(vault, "web")
	for _, sent := range []string{
		"2026-", "2026-01", "2026-01-32", "2026-01-31T", "2026-01-31T21", "2026-01-31T24:30:00", "21", "25:00", "21:60", "13:00 PM", "21:30+99:00", "31/1/2026 21:30", "noon",
		"9999-12-31T23:30:00-05:00", "0001-01-01T00:30:00+05:00", "0000-01-01T00:30:00Z", "2026-01-31T21:30:00Z and more",
	} {
		t.Run(sent, func(t *testing.T) {
			s.put(policyPath(vault, "policy"), enhanced(sent)).wantError(http.StatusBadRequest, "BMSUserErrorInvalidPolicyInput", "scheduleRunTimes", "'"+sent+"'")
			s.put(policyPath(vault, "policy"), strings.Replace(hourly(20, ""), "2026-01-01T08:00:00Z", sent, 1)).
				wantError(http.StatusBadRequest, "BMSUserErrorInvalidPolicyInput", "scheduleWindowStartTime", "'"+sent+"'")
			s.do(http.MethodPost, itemPath(vault, "web")+"/backup", backupBody(sent)).
				wantError(http.StatusBadRequest, "BMSUserErrorInvalidInput", "recoveryPointExpiryTimeInUTC", "'"+sent+"'")
		})
	}
	for _, sent := range []string{"21:30:01", "21:30:00.0000001Z", "2026-01-31T21:30:00.5"} {
		s.put(policyPath(vault, "policy"), enhanced(sent)).wantError(http.StatusBadRequest, "BMSUserErrorInvalidPolicyInput", "half hour")
	}
}

// What is asked for without a zone is in UTC.
func TestExpiryOfABackupAsDotNetReadsIt(t *testing.T) {
	for sent, want := range map[string]time.Time{
		"2026-07-01":                       time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC),
		"2026-07-01T10:00":                 time.Date(2026, 7, 1, 10, 0, 0, 0, time.UTC),
		"2026-07-01T10:00:00.0000000":      time.Date(2026, 7, 1, 10, 0, 0, 0, time.UTC),
		"2026-07-01T10:00:00.0000000+2:00": {},
		"2026-07-01T10:00:00+02:00":        time.Date(2026, 7, 1, 8, 0, 0, 0, time.UTC),
	} {
		t.Run(sent, func(t *testing.T) {
			s := start(t)
			vault := vaultPath("g", "vault")
			s.put(vault, minimal).want(http.StatusCreated)
			s.protect(vault, "web")
			got := s.do(http.MethodPost, itemPath(vault, "web")+"/backup", backupBody(sent))
			if want.IsZero() {
				got.want(http.StatusBadRequest)
				return
			}
			got.want(http.StatusAccepted)
			points := s.get(itemPath(vault, "web") + "/recoveryPoints").want(http.StatusOK).values()
			if len(points) != 1 || points[0].text("properties", "recoveryPointProperties", "expiryTime") != want.Format("2006-01-02T15:04:05.0000000Z") {
				t.Errorf("got %s", s.get(itemPath(vault, "web")+"/recoveryPoints").raw)
			}
		})
	}
}

// The rules of an hourly policy can name a time of their own, which is kept; those of other policies cannot.
func TestRetentionTimeOfAnHourlyPolicy(t *testing.T) {
	s := start(t)
	vault := vaultPath("g", "vault")
	s.put(vault, minimal).want(http.StatusCreated)
	for _, at := range []string{"2026-01-01T08:00:00Z", "2026-01-01T20:00:00Z", "2026-01-01T03:30:00Z"} {
		body := strings.Replace(hourly(30, ""), `"retentionTimes":["2026-01-01T08:00:00Z"]`, `"retentionTimes":["`+at+`"]`, 1)
		got := s.put(policyPath(vault, "hours"), body).want(http.StatusOK)
		if diff := cmp.Diff([]any{at}, got.at("properties", "retentionPolicy", "dailySchedule", "retentionTimes")); diff != "" {
			t.Error(diff)
		}
		if again := s.put(policyPath(vault, "hours"), got.raw).want(http.StatusOK); again.raw != got.raw {
			t.Errorf("sent back it is %s", again.raw)
		}
	}
	s.put(policyPath(vault, "hours"), strings.Replace(hourly(30, ""), `"retentionTimes":["2026-01-01T08:00:00Z"]`, `"retentionTimes":["2026-01-01T03:15:00Z","2026-01-01T04:00:00Z"]`, 1)).
		wantError(http.StatusBadRequest, "BMSUserErrorInvalidPolicyInput", "one time")
	s.put(policyPath(vault, "days"), strings.Replace(enhanced("21:30"), `"retentionTimes":["21:30"]`, `"retentionTimes":["22:30"]`, 1)).
		wantError(http.StatusBadRequest, "BMSUserErrorInvalidPolicyInput", "retentionTimes of dailySchedule")
}

// A rule of retention that names no time has the schedule's, in every kind of rule, schedule and policy.
func TestRetentionWithoutTimes(t *testing.T) {
	s := start(t)
	vault := vaultPath("g", "vault")
	s.put(vault, minimal).want(http.StatusCreated)
	at := "2026-01-02T04:00:00Z"
	rules := map[string]string{
		"dailySchedule":   `"retentionDuration":{"count":20,"durationType":"Days"}`,
		"weeklySchedule":  `"daysOfTheWeek":["Sunday"],"retentionDuration":{"count":8,"durationType":"Weeks"}`,
		"monthlySchedule": `"retentionScheduleFormatType":"Weekly","retentionScheduleWeekly":{"daysOfTheWeek":["Sunday"],"weeksOfTheMonth":["First"]},"retentionDuration":{"count":6,"durationType":"Months"}`,
		"yearlySchedule": `"retentionScheduleFormatType":"Weekly","monthsOfYear":["May"],"retentionScheduleWeekly":{"daysOfTheWeek":["Sunday"],"weeksOfTheMonth":["First"]},` +
			`"retentionDuration":{"count":2,"durationType":"Years"}`,
	}
	for name, test := range map[string]struct{ kind, schedule, without string }{
		"V1 daily":  {"V1", `"schedulePolicyType":"SimpleSchedulePolicy","scheduleRunFrequency":"Daily","scheduleRunTimes":["` + at + `"]`, ""},
		"V1 weekly": {"V1", `"schedulePolicyType":"SimpleSchedulePolicy","scheduleRunFrequency":"Weekly","scheduleRunDays":["Sunday"],"scheduleRunTimes":["` + at + `"]`, "dailySchedule"},
		"V2 daily":  {"V2", `"schedulePolicyType":"SimpleSchedulePolicyV2","scheduleRunFrequency":"daily","dailySchedule":{"scheduleRunTimes":["` + at + `"]}`, ""},
		"V2 weekly": {"V2", `"schedulePolicyType":"SimpleSchedulePolicyV2","scheduleRunFrequency":"Weekly","weeklySchedule":{"scheduleRunDays":["Sunday"],"scheduleRunTimes":["` + at + `"]}`, "dailySchedule"},
		"V2 hourly": {"V2", `"schedulePolicyType":"simpleschedulepolicyv2","scheduleRunFrequency":"Hourly","hourlySchedule":{"interval":4,"scheduleWindowStartTime":"` + at + `","scheduleWindowDuration":8}`, ""},
	} {
		for spelling, none := range map[string]string{"left out": "", "null": `"retentionTimes":null,`, "empty": `"retentionTimes":[],`} {
			t.Run(name+" "+spelling, func(t *testing.T) {
				var sent []string
				for rule, body := range rules {
					if rule != test.without {
						sent = append(sent, fmt.Sprintf("%q:{%s%s}", rule, none, body))
					}
				}
				got := s.put(policyPath(vault, strings.ReplaceAll(name, " ", "-")), `{"properties":{"backupManagementType":"AzureIaasVM","policyType":"`+test.kind+`",`+
					`"schedulePolicy":{`+test.schedule+`},"retentionPolicy":{"retentionPolicyType":"LongTermRetentionPolicy",`+strings.Join(sent, ",")+`}}}`).want(http.StatusOK)
				for rule := range rules {
					if diff := cmp.Diff([]any{at}, got.at("properties", "retentionPolicy", rule, "retentionTimes")); diff != "" && rule != test.without {
						t.Errorf("%s: %s", rule, diff)
					}
				}
				if test.without != "" && got.at("properties", "retentionPolicy", test.without) != nil {
					t.Errorf("it has a rule that nobody sent: %s", got.raw)
				}
			})
		}
	}
}

// Clients send the parts of a schedule that its frequency is not about empty; one that says something is refused.
func TestEmptyPartsOfASchedule(t *testing.T) {
	s := start(t)
	vault := vaultPath("g", "vault")
	s.put(vault, minimal).want(http.StatusCreated)
	with := func(parts string) string {
		return strings.Replace(enhanced("21:30"), `"dailySchedule":{"scheduleRunTimes"`, parts+`"dailySchedule":{"scheduleRunTimes"`, 1)
	}
	for _, parts := range []string{
		`"hourlySchedule":null,"weeklySchedule":null,`, `"hourlySchedule":{},"weeklySchedule":{},`, `"weeklySchedule":{"scheduleRunDays":[],"scheduleRunTimes":[]},`,
		`"scheduleRunDays":[],"scheduleRunTimes":[],`,
	} {
		s.put(policyPath(vault, "policy"), with(parts)).want(http.StatusOK)
	}
	s.put(policyPath(vault, "policy"), with(`"weeklySchedule":{"scheduleRunDays":["Sunday"],"scheduleRunTimes":[]},`)).
		wantError(http.StatusBadRequest, "BMSUserErrorInvalidPolicyInput", "weeklySchedule")
}

// Templates write null for what they do not choose, in every deployment.
func TestNullInAVaultChoosesNothing(t *testing.T) {
	s := start(t)
	vault := vaultPath("g", "vault")
	s.put(vault, withProperties(`{"publicNetworkAccess":"Disabled","redundancySettings":{"standardTierStorageRedundancy":"LocallyRedundant"},`+
		`"securitySettings":{"immutabilitySettings":{"state":"Unlocked"}}}`)).want(http.StatusCreated)
	before := s.get(vault)
	s.put(vault, withProperties(`{"publicNetworkAccess":null,"redundancySettings":null,"restoreSettings":null,"encryption":null,"monitoringSettings":null,`+
		`"securitySettings":{"immutabilitySettings":null,"softDeleteSettings":null,"sourceScanConfiguration":null},"resourceGuardOperationRequests":null}`)).want(http.StatusOK)
	if diff := cmp.Diff(before.at("properties"), s.get(vault).at("properties")); diff != "" {
		t.Error(diff)
	}
	// With PATCH it clears, which soft delete that is AlwaysON does not allow.
	s = start(t, chosenSoftDelete)
	s.put(vault, withProperties(softDelete("AlwaysON"))).want(http.StatusCreated)
	s.put(vault, withProperties(`{"securitySettings":null}`)).want(http.StatusOK)
	s.patch(vault, `{"properties":{"securitySettings":null}}`).want(http.StatusBadRequest)
	if got := s.get(vault).text("properties", "securitySettings", "softDeleteSettings", "softDeleteState"); got != "AlwaysON" {
		t.Errorf("soft delete is %s", got)
	}
}
