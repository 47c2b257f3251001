package embedded_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// filtered is a list with a filter.
func filtered(list, filter string) string {
	return list + "?api-version=" + version + "&$filter=" + strings.NewReplacer(" ", "%20", "+", "%2B").Replace(filter)
}

func TestRecoveryPoint(t *testing.T) {
	p := startPlant(t, schedule("UTC", "02:00", daysOf(9)))
	p.clock.Advance(3 * day)
	list := p.points()
	if len(list) != 3 {
		t.Fatalf("got %d", len(list))
	}
	want := map[string]any{
		"id": p.item + "/recoveryPoints/177786000000000", "name": "177786000000000",
		"type": "Microsoft.RecoveryServices/vaults/backupFabrics/protectionContainers/protectedItems/recoveryPoints",
		"properties": map[string]any{
			"objectType": "IaasVMRecoveryPoint", "recoveryPointTime": "2026-05-04T02:00:00.0000000Z",
			"recoveryPointType": "AppConsistent", "recoveryPointAdditionalInfo": "", "sourceVMStorageType": "NormalStorage",
			"isManagedVirtualMachine": true, "isSourceVMEncrypted": false, "isInstantIlrSessionActive": false,
			"originalStorageAccountOption": false,
			"recoveryPointTierDetails": []any{
				map[string]any{"type": "InstantRP", "status": "Valid"}, map[string]any{"type": "HardenedRP", "status": "Valid"},
			},
			"recoveryPointProperties": map[string]any{
				"expiryTime": "2026-05-13T02:00:00.0000000Z", "ruleName": "Daily", "isSoftDeleted": false,
			},
		},
	}
	if diff := cmp.Diff(want, list[0].body); diff != "" {
		t.Error(diff)
	}
	got := p.get(strings.ToUpper(p.item) + "/recoverypoints/177786000000000").want(http.StatusOK)
	if diff := cmp.Diff(want, got.body); diff != "" {
		t.Error(diff)
	}
	// Snapshots beside the machine go after two days.
	if tiers, _ := list[2].at("properties", "recoveryPointTierDetails").([]any); len(tiers) != 1 {
		t.Errorf("got %v", tiers)
	}
	p.get(p.item+"/recoveryPoints/1").wantError(http.StatusNotFound, "ResourceNotFound", "'1'")
	p.get(itemPath(p.vault, "other")+"/recoveryPoints").wantError(http.StatusNotFound, "BMSUserErrorDataSourceObjectNotFound", "other")
	p.get(itemPath(vaultPath("g", "none"), "web")+"/recoveryPoints").wantError(http.StatusNotFound, "ResourceNotFound", "none")
	p.do(http.MethodPost, got.text("id")+"/restore", "{}").wantError(http.StatusNotImplemented, "NotModelledByEmbeddedService")
	p.clock.Advance(20 * day)
	p.get(got.text("id")).wantError(http.StatusNotFound, "ResourceNotFound", "expired")
}

func TestListOfRecoveryPoints(t *testing.T) {
	p := startPlant(t, schedule("UTC", "02:00", daysOf(30)), pagesOf(4))
	list := p.item + "/recoveryPoints"
	if got := p.get(list).want(http.StatusOK); got.raw != `{"value":[]}`+"\n" {
		t.Errorf("got %q", got.raw)
	}
	p.to("2026-05-11T12:00:00Z") // ten backups
	all, pages := p.follow(list)
	if len(all) != 10 || pages != 3 {
		t.Errorf("%d points in %d pages", len(all), pages)
	}
	for filter, want := range map[string][]string{
		"startDate eq '2026-05-05 00:00:00 AM' and endDate eq '2026-05-07 11:59:59 PM'":  all[4:7],
		"startDate eq '2026-05-05 12:00:00 AM' and endDate eq '2026-05-07 2:00:00 am'":   all[4:7],
		"STARTDATE eq '2026-05-10 02:00:00 AM'":                                          all[:2],
		"startDate eq '2026-05-10 02:00:01 AM'":                                          all[:1],
		"enddate eq '2026-05-02T10:00:00+08:00'":                                         all[9:],
		"endDate eq '2026-05-02 1:59:59 AM'":                                             nil,
		"startDate eq '2026-05-05 01:00:00 PM' and endDate eq '2026-05-05 11:00:00 PM'":  nil,
		"startDate eq '2026-05-05 13:00:00 PM' and endDate eq '2026-05-06 02:00:00'":     all[5:6],
		"startDate eq '2026-04-01 12:00:00 AM' and endDate eq '2030-01-01 12:00:00 AM' ": all,
	} {
		if got, _ := p.follow(filtered(list, filter)); strings.Join(got, " ") != strings.Join(want, " ") {
			t.Errorf("%s: got %v, want %v", filter, got, want)
		}
	}
	for filter, code := range map[string]string{
		"startDate eq 'yesterday'": "BMSUserErrorInvalidInput", "startDate": "BMSUserErrorInvalidInput",
		"startDate eq '2026-05-05 25:00:00 AM'": "BMSUserErrorInvalidInput",
		"restorePointQueryType eq 'Full'":       "NotModelledByEmbeddedService",
	} {
		if got := p.get(filtered(list, filter)); got.text("error", "code") != code {
			t.Errorf("%s: %s", filter, got.raw)
		}
	}
	p.get(list+"?api-version="+version+"&$skipToken=eyJOYW1lIjoiYSIsIklEIjoiYiJ9").wantError(http.StatusBadRequest, "InvalidSkipToken")

	// Points that expire between two pages are no hole: the list goes on behind the last that was seen.
	p.to("2026-06-01T12:00:00Z")
	first := p.get(list).want(http.StatusOK)
	p.to("2026-06-02T12:00:00Z")
	second := p.get(first.text("nextLink")).want(http.StatusOK)
	if got := second.values()[0].text("properties", "recoveryPointTime"); !strings.HasPrefix(got, "2026-05-28") {
		t.Errorf("got %s", got)
	}
}

func TestArchivedRecoveryPoints(t *testing.T) {
	const monthly = `,"monthlySchedule":{"retentionScheduleFormatType":"Daily","retentionScheduleDaily":{"daysOfTheMonth":[` +
		`{"date":1,"isLast":false}]},TIMES,"retentionDuration":{"count":24,"durationType":"Months"}}`
	policy := strings.Replace(schedule("UTC", "02:00", daysOf(200)+monthly), `"timeZone"`,
		`"tieringPolicy":{"ArchivedRP":{"tieringMode":"TierAfter","duration":4,"durationType":"Months"}},"timeZone"`, 1)
	policy = strings.NewReplacer(`"V1"`, `"V2"`, "SimpleSchedulePolicy", "SimpleSchedulePolicyV2", `"scheduleRunTimes":`, `"dailySchedule":{"scheduleRunTimes":`,
		`},"retentionPolicy"`, `}},"retentionPolicy"`).Replace(policy)
	p := startPlant(t, policy)
	p.to("2026-11-15T12:00:00Z")
	for _, point := range p.points() {
		at, err := time.Parse(time.RFC3339, point.text("properties", "recoveryPointTime"))
		if err != nil {
			t.Fatal(err)
		}
		want := "HardenedRP"
		if at.Day() == 1 && at.Before(time.Date(2026, 7, 16, 0, 0, 0, 0, time.UTC)) {
			want = "ArchivedRP"
		}
		tiers, _ := point.at("properties", "recoveryPointTierDetails").([]any)
		if last, _ := tiers[len(tiers)-1].(map[string]any); last["type"] != want {
			t.Errorf("%s: %v, want %s", at, tiers, want)
		}
	}
	item := p.get(p.item)
	for name, want := range map[string]string{
		"oldestRecoveryPointInVault": "2026-05-02", "oldestRecoveryPointInArchive": "2026-06-01", "newestRecoveryPointInArchive": "2026-07-01",
		"oldestRecoveryPoint": "2026-05-02",
	} {
		if got := item.text("properties", "extendedInfo", name); !strings.HasPrefix(got, want) {
			t.Errorf("%s is %q, want %s", name, got, want)
		}
	}
	if item.at("properties", "isArchiveEnabled") != true {
		t.Errorf("nothing is in the archive: %s", item.raw)
	}
}

// A point that is kept for less than six months more is not worth the move: Azure leaves it, and so do we.
func TestArchive_pointsThatSoonExpireStay(t *testing.T) {
	const rules = `,"monthlySchedule":{"retentionScheduleFormatType":"Daily","retentionScheduleDaily":{"daysOfTheMonth":[` +
		`{"date":1,"isLast":false}]},TIMES,"retentionDuration":{"count":9,"durationType":"Months"}},` +
		`"yearlySchedule":{"retentionScheduleFormatType":"Daily","monthsOfYear":["June"],"retentionScheduleDaily":{"daysOfTheMonth":[` +
		`{"date":1,"isLast":false}]},TIMES,"retentionDuration":{"count":2,"durationType":"Years"}}`
	p := startPlant(t, strings.Replace(schedule("UTC", "02:00", daysOf(7)+rules), `"timeZone"`,
		`"tieringPolicy":{"ArchivedRP":{"tieringMode":"TierAfter","duration":4,"durationType":"Months"}},"timeZone"`, 1))
	p.to("2027-01-15T12:00:00Z")
	for _, point := range p.points() {
		at, rule := point.text("properties", "recoveryPointTime"), point.text("properties", "recoveryPointProperties", "ruleName")
		tiers, _ := point.at("properties", "recoveryPointTierDetails").([]any)
		last, _ := tiers[len(tiers)-1].(map[string]any)
		if want := map[bool]string{true: "ArchivedRP", false: "HardenedRP"}[rule == "Yearly"]; last["type"] != want {
			t.Errorf("%s by the rule %s: %v, want %s", at, rule, tiers, want)
		}
	}
}
