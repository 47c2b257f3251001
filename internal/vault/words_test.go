package vault

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
)

// document is an object with an id in which one member is %s.
func document(path string) string {
	parts := strings.Split(path, ".")
	text := "%s"
	for i := len(parts) - 1; i >= 0; i-- {
		if parts[i] == "[]" {
			text = "[" + text + "]"
		} else {
			text = fmt.Sprintf("{%q:%s}", parts[i], text)
		}
	}
	return text
}

const (
	wordsVault = "/subscriptions/s/resourceGroups/g/providers/Microsoft.RecoveryServices/vaults/v"
	wordsItem  = wordsVault + "/backupFabrics/Azure/protectionContainers/iaasvmcontainer;iaasvmcontainerv2;m;web/protectedItems/vm;iaasvmcontainerv2;m;web"
)

// read reads an object of which the service says beside what it needs one thing more, at a path such as "sku.name".
func read(t *testing.T, object, path, value string) any {
	t.Helper()
	into := func(w any) {
		if err := json.Unmarshal(fmt.Appendf(nil, document(path), value), w); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
	}
	var got any
	var err error
	switch object {
	case "vault":
		w := wireVault{}
		into(&w)
		w.ID, w.Location = wordsVault, "eastus"
		got, err = w.vault()
	case "policy":
		w := wirePolicy{}
		into(&w)
		w.ID = wordsVault + "/backupPolicies/p"
		if w.Properties.BackupManagementType == "" {
			w.Properties.BackupManagementType = KindVM
		}
		if w.Properties.SchedulePolicy == nil {
			w.Properties.SchedulePolicy = &wireSchedule{}
		}
		for _, tiering := range w.Properties.TieringPolicy {
			if tiering.Mode == "" {
				tiering.Mode = "TierAfter"
				w.Properties.TieringPolicy = map[string]wireTiering{archiveTier: tiering}
			}
		}
		got, err = w.policy()
	case "item":
		w := wireItem{}
		into(&w)
		w.ID = wordsItem
		got, err = w.protectedVM(time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC))
	case "job":
		w := wireJob{}
		into(&w)
		w.Name = "j"
		if w.Properties.Status == "" {
			w.Properties.Status = JobCompleted
		}
		got, err = w.job()
	case "point":
		w := wireRecoveryPoint{}
		into(&w)
		w.Name = "p"
		for i := range w.Properties.Tiers {
			if w.Properties.Tiers[i].Status == "" {
				w.Properties.Tiers[i].Status = "Valid"
			}
			if w.Properties.Tiers[i].Type == "" {
				w.Properties.Tiers[i].Type = "HardenedRP"
			}
		}
		if w.Properties.Time.IsZero() {
			w.Properties.Time.Time = time.Unix(1, 0).UTC()
		}
		got, err = w.recoveryPoint()
	}
	if err != nil {
		t.Errorf("%s with %s %s: %v", object, path, value, err)
	}
	text, err := json.MarshalIndent(got, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// answerWords are the members of answers that are words, with the service's words. A switch shows no other than its own.
var answerWords = []struct {
	object, path string
	words        string
	isSwitch     bool
}{
	{"vault", "sku.name", "Standard RS0", false},
	{"vault", "identity.type", "SystemAssigned UserAssigned SystemAssigned,UserAssigned None", false},
	{"vault", "properties.provisioningState", "Succeeded Provisioning Creating Deleting Failed Canceled", true},
	{"vault", "properties.backupStorageVersion", "V1 V2 Unassigned", true},
	{"vault", "properties.publicNetworkAccess", "Enabled Disabled", true},
	{"vault", "properties.redundancySettings.standardTierStorageRedundancy", "GeoRedundant LocallyRedundant ZoneRedundant", false},
	{"vault", "properties.redundancySettings.crossRegionRestore", "Enabled Disabled", true},
	{"vault", "properties.securitySettings.softDeleteSettings.softDeleteState", "Disabled Enabled AlwaysON", false},
	{"vault", "properties.securitySettings.immutabilitySettings.state", "Disabled Unlocked Locked", false},
	{"vault", "properties.securitySettings.immutabilitySettings.configuration.type", "AsPerPolicy TimeBased", false},
	{"vault", "properties.securitySettings.sourceScanConfiguration.state", "Enabled Disabled Invalid", false},
	{"vault", "properties.securitySettings.sourceScanConfiguration.sourceScanIdentity.operationIdentityType", "SystemAssigned UserAssigned", false},
	{"vault", "properties.regionOfChoiceSettings.status", "Enabled Disabled Invalid", false},
	{"vault", "properties.costManagementSettings.granularityLevel", "VaultLevel ProtectedItemLevel ProtectedItemWithParentTag", false},
	{"vault", "properties.restoreSettings.crossSubscriptionRestoreSettings.crossSubscriptionRestoreState", "Enabled Disabled PermanentlyDisabled", false},
	{"vault", "properties.monitoringSettings.azureMonitorAlertSettings.alertsForAllJobFailures", "Enabled Disabled", true},
	{"vault", "properties.monitoringSettings.azureMonitorAlertSettings.alertsForAllReplicationIssues", "Enabled Disabled", true},
	{"vault", "properties.monitoringSettings.azureMonitorAlertSettings.alertsForAllFailoverIssues", "Enabled Disabled", true},
	{"vault", "properties.monitoringSettings.classicAlertSettings.alertsForCriticalOperations", "Enabled Disabled", true},
	{"vault", "properties.monitoringSettings.classicAlertSettings.emailNotificationsForSiteRecovery", "Enabled Disabled", true},
	{"policy", "properties.policyType", "V1 V2", false},
	{"policy", "properties.timeZone", "UTC China_Standard_Time", false},
	{"policy", "properties.snapshotConsistencyType", "OnlyCrashConsistent", false},
	{"policy", "properties.schedulePolicy.scheduleRunFrequency", "Daily Weekly Hourly", false},
	{"policy", "properties.retentionPolicy.weeklySchedule.daysOfTheWeek.[]", "Sunday Monday Saturday", false},
	{"policy", "properties.retentionPolicy.monthlySchedule.retentionScheduleFormatType", "Daily Weekly", true},
	{"policy", "properties.retentionPolicy.yearlySchedule.retentionScheduleFormatType", "Daily Weekly", true},
	{"policy", "properties.retentionPolicy.yearlySchedule.monthsOfYear.[]", "January December", false},
	{"policy", "properties.tieringPolicy.ArchivedRP.tieringMode", "TierAfter TierRecommended DoNotTier", true},
	{"policy", "properties.tieringPolicy.ArchivedRP.durationType", "Days Weeks Months Years", false},
	{"item", "properties.protectionState", "Protected IRPending ProtectionStopped BackupsSuspended ProtectionError ProtectionPaused Invalid", false},
	{"item", "properties.healthStatus", "Passed ActionRequired ActionSuggested Invalid", false},
	{"item", "properties.lastBackupStatus", "Completed CompletedWithWarnings Failed InProgress Healthy Unhealthy", false},
	{"job", "properties.operation", strings.Join(JobOperations(), " "), false},
	{"job", "properties.status", strings.Join(JobStatuses(), " "), false},
	{"point", "properties.recoveryPointType", "AppConsistent CrashConsistent FileSystemConsistent", false},
	{"point", "properties.recoveryPointTierDetails.[].type", "InstantRP HardenedRP ArchivedRP", false},
	{"point", "properties.recoveryPointTierDetails.[].status", "Valid Rehydrated", true},
}

// A word in another letter case is the same word: a vault whose storage version was "unassigned" had its redundancy locked, and a
// job that had "completed" was said to have failed. A word that is not known is shown as it is.
func TestWordsOfAnswersInAnotherLetterCase(t *testing.T) {
	t.Parallel()
	for _, member := range answerWords {
		for word := range strings.FieldsSeq(member.words) {
			word = strings.ReplaceAll(word, "_", " ")
			want := read(t, member.object, member.path, fmt.Sprintf("%q", word))
			for _, other := range []string{strings.ToLower(word), strings.ToUpper(word), strings.ToLower(word[:1]) + word[1:]} {
				if got := read(t, member.object, member.path, fmt.Sprintf("%q", other)); got != want {
					t.Errorf("%s, %s %q is read as\n%s\nand %q as\n%s", member.object, member.path, other, got, word, want)
				}
			}
		}
		got, _ := read(t, member.object, member.path, `"someNewWord"`).(string)
		if !member.isSwitch && !strings.Contains(got, `"someNewWord"`) {
			t.Errorf("%s, %s: an unknown word is read as\n%s", member.object, member.path, got)
		}
	}
}

// answerTimes are the members of answers that are times, and how the member of the object is called.
var answerTimes = map[string]map[string]string{
	"item":  {"properties.lastBackupTime": "LastBackup"},
	"job":   {"properties.startTime": "Start", "properties.endTime": "End"},
	"point": {"properties.recoveryPointTime": "Time", "properties.recoveryPointProperties.expiryTime": "Expires"},
}

// The forms that a time may have, all of one moment, and what is no time: that is none, and no reason not to read the object.
var (
	sameTimes = []string{
		`"2026-11-24T02:30:00Z"`, `"2026-11-24T02:30:00.0000000Z"`, `"2026-11-24T02:30:00"`, `"2026-11-24T02:30:00.0000000"`, `"2026-11-24T10:30:00+08:00"`,
		`"2026-11-24T10:30:00+0800"`, `"2026-11-24T02:30"`, `"2026-11-24T02:30Z"`, `"2026-11-24 02:30:00Z"`, `"2026-11-24 02:30:00"`,
	}
	noTimes = []string{
		`"soon"`, `"2026-"`, `"2026-13-45T99:00:00Z"`, `""`, `null`, `7`, `true`, `{}`, `[]`, `"0001-01-01T00:00:00Z"`, `"24:00:00"`,
	}
)

func TestTimesOfAnswers(t *testing.T) {
	t.Parallel()
	for object, members := range answerTimes {
		for path, member := range members {
			for _, text := range sameTimes {
				if got, _ := read(t, object, path, text).(string); !strings.Contains(got, `"`+member+`": "2026-11-24T02:30:00Z"`) {
					t.Errorf("%s, %s %s:\n%s", object, path, text, got)
				}
			}
			for _, text := range noTimes {
				if path == "properties.recoveryPointTime" {
					continue // a point without a time is passed over
				}
				if got, _ := read(t, object, path, text).(string); !strings.Contains(got, `"`+member+`": "0001-01-01T00:00:00Z"`) {
					t.Errorf("%s, %s %s:\n%s", object, path, text, got)
				}
			}
		}
	}
}

// The time of a policy is that of the day. "2026-" got into the state, of a time without a zone.
func TestTimesOfDayOfPolicies(t *testing.T) {
	t.Parallel()
	const run = `{"scheduleRunFrequency":%q,%s}`
	for text, want := range map[string]string{
		`"2026-"`: "2026-", `"soon"`: "soon", `""`: "", `null`: "", `7`: "", `{}`: "", `"25:00"`: "25:00", `"2026-13-45T99:00:00Z"`: "2026-13-45T99:00:00Z",
		`"02:30"`: "02:30", `"02:30:00"`: "02:30", `"2:30"`: "02:30", `"10:30+08:00"`: "02:30", `"0001-01-01T02:30:00Z"`: "02:30", `"2026-11-24T02:15:00Z"`: "02:15",
	} {
		checkTimesOfDay(t, run, text, want)
	}
	for _, text := range sameTimes {
		checkTimesOfDay(t, run, text, "02:30")
	}
}

func checkTimesOfDay(t *testing.T, run, text, want string) {
	t.Helper()
	for frequency, times := range map[string]string{
		"Daily":  `"scheduleRunTimes":[` + text + `]`,
		"Weekly": `"weeklySchedule":{"scheduleRunTimes":[` + text + `]}`,
		"Hourly": `"hourlySchedule":{"scheduleWindowStartTime":` + text + `}`,
	} {
		var w wireSchedule
		if err := json.Unmarshal(fmt.Appendf(nil, run, frequency, times), &w); err != nil {
			t.Errorf("%s %s: %v", frequency, text, err)
		}
		if got := w.schedule().Time; got != want {
			t.Errorf("%s %s is %q, want %q", frequency, text, got, want)
		}
	}
	var keep wireKeep // not read, and so no reason not to read the policy
	if err := json.Unmarshal([]byte(`{"retentionTimes":[`+text+`]}`), &keep); err != nil {
		t.Error(err)
	}
}

// On the last day there are no days in what is left, and a deleted item lost its time of removal.
func TestWhatIsLeftOfADeletedItem(t *testing.T) {
	t.Parallel()
	const deleted = `{"isScheduledForDeferredDelete":true,"deferredDeleteTimeInUTC":"2026-11-10T12:00:00","deferredDeleteTimeRemaining":%s}`
	for left, want := range map[string]time.Time{
		`"02:00:00"`: time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC), `"1.02:00:00.5"`: time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC),
		`"soon"`: {}, `""`: {}, `null`: {}, `14`: {}, `"99999999999.00:00:00"`: {}, `"00:00:00"`: {},
	} {
		got, _ := read(t, "item", "properties", fmt.Sprintf(deleted, left)).(string)
		if text := want.Format(time.RFC3339); !strings.Contains(got, `"PurgeAt": "`+text+`"`) {
			t.Errorf("%s left: want %s in\n%s", left, text, got)
		}
	}
}

// A job of which the start could not be read had taken 292 years.
func TestDurationOfAJob(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 11, 24, 2, 30, 0, 0, time.UTC)
	for _, tt := range []struct {
		job  Job
		took time.Duration
		ok   bool
	}{
		{Job{Start: start, End: start.Add(time.Minute)}, time.Minute, true},
		{Job{Start: start, End: start}, 0, true},
		{Job{Start: start}, 0, false},
		{Job{End: start}, 0, false},
		{Job{Start: start, End: start.Add(-time.Second)}, 0, false},
		{Job{}, 0, false},
	} {
		if took, ok := tt.job.Duration(); took != tt.took || ok != tt.ok {
			t.Errorf("%+v took %v, %v", tt.job, took, ok)
		}
	}
}
