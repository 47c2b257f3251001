package vault_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/vault"
)

// inVersion connects to a fake that has the API versions up to one, and notes those that were understood.
func inVersion(t *testing.T, f *fake, newest string) (c *vault.Client, understood *[]string) {
	t.Helper()
	understood = new([]string)
	connection, err := arm.NewClient(arm.Options{
		Endpoint: fakeEndpoint, Version: "test", Polling: arm.Polling{First: time.Millisecond, Longest: time.Millisecond}, KnownVersions: catalog.KnownAPIVersions,
		Transport: transporter(func(r *http.Request) (*http.Response, error) {
			version := r.URL.Query().Get("api-version")
			if version > newest {
				w := httptest.NewRecorder()
				w.Header().Set("Content-Type", "application/json")
				refuse(w, http.StatusBadRequest, "NoRegisteredProviderFound", "No registered resource provider found for location 'chinaeast2' and API version '"+
					version+"' for type 'vaults'. The supported api-versions are '2024-04-01, 2025-02-01, "+newest+"'.")
				resp := w.Result()
				resp.Request = r
				return resp, nil
			}
			*understood = append(*understood, r.Method+" "+version)
			return f.Do(r)
		}),
	})
	if err != nil {
		t.Fatal(err)
	}
	return vault.NewClient(connection), understood
}

type transporter func(*http.Request) (*http.Response, error)

// Do implements policy.Transporter.
func (f transporter) Do(r *http.Request) (*http.Response, error) { return f(r) }

// A cloud that lags shows less of recovery points, and what it would pass over is not written.
func TestNewerAttributesInACloudThatLags(t *testing.T) {
	instant := catalog.VMPolicy{
		Type: catalog.PolicyV1, TimeZone: "UTC", Schedule: catalog.VMSchedule{Frequency: catalog.Daily, Time: "23:00"}, Daily: &catalog.DailyRetention{Count: 30},
		InstantAccess: &catalog.InstantAccess{Enabled: true},
	}
	off := instant
	off.InstantAccess = &catalog.InstantAccess{}
	for newest, lacks := range map[string]struct{ instant, scan bool }{
		"2025-02-01": {true, true}, "2026-05-01": {true, true}, "2026-07-01": {true, false}, "2026-10-01": {false, false},
	} {
		t.Run(newest, func(t *testing.T) {
			_, f := newFake(t)
			path := itemID("web").String() + "/recoveryPoints/1"
			f.put(path, `{"id":"`+path+`","name":"1","properties":{"recoveryPointTime":"2026-11-01T10:00:00Z"}}`)
			f.put(itemID("web").String()+"/configureSourceScan", `{}`)
			c, understood := inVersion(t, f, newest)
			for attribute, want := range map[string]bool{
				vault.AttributeInstantAccess: lacks.instant, vault.AttributeSourceScan: lacks.scan, vault.AttributeClean: lacks.scan,
			} {
				err := c.Lack(t.Context(), id("contoso"), attribute)
				lack, is := errors.AsType[*vault.LackingError](err)
				if is != want || want && (lack.Version != newest || !strings.Contains(lack.Error(), newest) || !strings.Contains(lack.Error(), attribute)) {
					t.Errorf("%s: %v", attribute, err)
				}
			}
			if n := len(*understood); n != 1 {
				t.Errorf("asked %d times: %v", n, *understood)
			}
			if got := points(t, c, vault.Window{}); len(got) != 1 || got[0].Immutable != nil || got[0].ThreatStatus != "" || got[0].Clean() {
				t.Errorf("got %+v", got)
			}
			f.take()
			err := c.ConfigureSourceScan(t.Context(), itemID("web"), true, nil)
			if _, is := errors.AsType[*vault.LackingError](err); is != lacks.scan || (len(f.take()) == 0) != lacks.scan {
				t.Errorf("scan: %v", err)
			}
			_, err = c.CreatePolicy(t.Context(), policyID("instant"), instant)
			if _, is := errors.AsType[*vault.LackingError](err); is != lacks.instant || !is && err != nil {
				t.Errorf("instant access: %v", err)
			}
			f.take()
			if _, err := c.CreatePolicy(t.Context(), policyID("off"), off); err != nil {
				t.Fatal(err)
			}
			if _, sent := f.written(t)["instantAccessSnapshotEnabled"]; sent == lacks.instant {
				t.Errorf("switched off, it was sent: %t", sent)
			}
		})
	}
}

// Words that Microsoft adds later are shown as they are, but for the state of a vault, which has words of our own.
func TestWordsThatAreNotKnownYet(t *testing.T) {
	c, f := newFake(t)
	f.put(groupPath, `{"id":"`+groupPath+`"}`)
	f.put(id("contoso").String(), `{"id":"`+id("contoso").String()+`","location":"marscentral","sku":{"name":"Gold"},"properties":{"provisioningState":"Hibernating",
		"redundancySettings":{"standardTierStorageRedundancy":"MoonRedundant"},"securitySettings":{"softDeleteSettings":{"softDeleteState":"Eternal"},
		"immutabilitySettings":{"state":"Welded"}},"restoreSettings":{"crossSubscriptionRestoreSettings":{"crossSubscriptionRestoreState":"Sometimes"}}}}`)
	f.put(policyID("p").String(), `{"id":"`+policyID("p").String()+`","properties":{"backupManagementType":"AzureIaasVM","policyType":"V9","timeZone":"Mars Standard Time",
		"snapshotConsistencyType":"Quantum","schedulePolicy":{"schedulePolicyType":"SimpleSchedulePolicyV9","scheduleRunFrequency":"Minutely","scheduleRunDays":["Solday"]},
		"retentionPolicy":{"retentionPolicyType":"LongTermRetentionPolicy","weeklySchedule":{"daysOfTheWeek":["Solday"],"retentionDuration":{"count":1,"durationType":"Sols"}}},
		"tieringPolicy":{"ArchivedRP":{"tieringMode":"TierSometimes","duration":7,"durationType":"Sols"},"MoonRP":{"tieringMode":"TierAfter"}}}}`)
	f.put(itemID("web").String(), `{"id":"`+itemID("web").String()+`","properties":{"sourceResourceId":"/x","protectionState":"Dreaming","healthStatus":"Sleepy",
		"lastBackupStatus":"HalfDone","sourceSideScanInfo":{"sourceSideScanStatus":"Wondering","sourceSideScanSummary":"Odd"}}}`)
	point := itemID("web").String() + "/recoveryPoints/1"
	f.put(point, `{"id":"`+point+`","name":"1","properties":{"recoveryPointTime":"2026-11-01T10:00:00Z","recoveryPointType":"MindConsistent","threatStatus":"Haunted",
		"threatInfo":[{"threatSeverity":"Cosmic","threatState":"Lurking"}],"recoveryPointTierDetails":[{"type":"MoonRP","status":"Valid"},{"type":"MarsRP","status":"Floating"},
		{"type":"InstantRP","status":"Deleted"}],"recoveryPointProperties":{"ruleName":"Solly"}}}`)
	job := id("contoso").String() + "/backupJobs/1"
	f.put(job, `{"id":"`+job+`","name":"1","properties":{"operation":"Teleport","status":"Dreaming","startTime":"2026-11-01T10:00:00Z"}}`)

	v, err := c.Get(t.Context(), id("contoso"))
	if err != nil {
		t.Fatal(err)
	}
	p, err := c.Policy(t.Context(), policyID("p"))
	if err != nil {
		t.Fatal(err)
	}
	item, err := c.ProtectedVM(t.Context(), itemID("web"))
	if err != nil {
		t.Fatal(err)
	}
	all := points(t, c, vault.Window{})
	var jobs []vault.Job
	for j, err := range c.Jobs(t.Context(), id("contoso"), vault.JobFilter{}) {
		if err != nil {
			t.Fatal(err)
		}
		jobs = append(jobs, j)
	}
	if len(all) != 1 || len(jobs) != 1 {
		t.Fatalf("%d points, %d jobs", len(all), len(jobs))
	}
	shown := fmt.Sprint(v.Region, *v.Settings.Redundancy, v.State, v.Settings.SoftDelete.State, *v.Settings.Immutability, *v.Settings.CrossSubscriptionRestore, *v.Settings.SKU,
		p.Settings.Type, p.Settings.TimeZone, p.Settings.SnapshotConsistency, p.Settings.Schedule.Frequency, p.Settings.Weekly.Weekdays, *p.Settings.Archive,
		item.State, item.Health, item.LastBackupStatus, item.SourceScan, all[0].Consistency, all[0].Tiers, all[0].ThreatStatus, all[0].Threats[0].Severity,
		all[0].Threats[0].State, all[0].Rule, jobs[0].Operation, jobs[0].Status)
	for _, word := range []string{
		"marscentral", "MoonRedundant", string(vault.Updating), "Eternal", "Welded", "Sometimes", "Gold", "V9", "Mars Standard Time", "Quantum", "Minutely", "Solday", "{TierSometimes 7 Sols}",
		"Dreaming", "Sleepy", "HalfDone", "{Wondering Odd}", "MindConsistent", "[MoonRP MarsRP]", "Haunted", "Cosmic", "Lurking", "Solly", "Teleport",
	} {
		if !strings.Contains(shown, word) {
			t.Errorf("%s is not shown in %s", word, shown)
		}
	}
	if diff := cmp.Diff([]string{"MoonRP", "MarsRP"}, all[0].Tiers); diff != "" {
		t.Error(diff)
	}
}
