package vault_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
	"github.com/azurebackup/terraform-provider-backup/internal/vault"
)

func jobPath(name string) string { return id("contoso").String() + "/backupJobs/" + name }

func (f *fake) putJob(name, operation, status string, start time.Time, more string) {
	f.put(jobPath(name), fmt.Sprintf(`{"id":%q,"name":%q,"properties":{"jobType":"AzureIaaSVMJob","operation":%q,"status":%q,"startTime":%q,`+
		`"entityFriendlyName":"web","containerName":"iaasvmcontainerv2;machines;web"%s}}`, jobPath(name), name, operation, status, start.Format(time.RFC3339Nano), more))
}

func jobs(t *testing.T, c *vault.Client, f vault.JobFilter) (names []string) {
	t.Helper()
	for j, err := range c.Jobs(t.Context(), id("contoso"), f) {
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, j.Name)
	}
	return names
}

func TestJobs(t *testing.T) {
	c, f := newFake(t)
	f.putJob("a", "ConfigureBackup", "Completed", at(1, 10), `,"endTime":"2026-11-01T10:00:30Z","isUserTriggered":true`)
	f.putJob("b", "Backup", "Failed", at(2, 10), `,"endTime":"2026-11-02T10:10:00Z","errorDetails":[{"errorCode":400155,"errorTitle":"Agent","errorString":"It is silent.","recommendations":["Wake it."]}]`)
	f.putJob("c", "Backup", "InProgress", at(3, 10), `,"endTime":"0001-01-01T00:00:00Z"`)
	for name, test := range map[string]struct {
		filter vault.JobFilter
		want   []string
		sent   string
	}{
		"all":       {vault.JobFilter{}, []string{"c", "b", "a"}, "backupManagementType eq 'AzureIaasVM'"},
		"status":    {vault.JobFilter{Status: "Failed"}, []string{"b"}, "backupManagementType eq 'AzureIaasVM' and status eq 'Failed'"},
		"operation": {vault.JobFilter{Operation: "Backup"}, []string{"c", "b"}, "backupManagementType eq 'AzureIaasVM' and operation eq 'Backup'"},
		"window": {
			vault.JobFilter{Window: vault.Window{From: at(2, 0), To: at(3, 0)}},
			[]string{"b"},
			"backupManagementType eq 'AzureIaasVM' and startTime eq '2026-11-02 12:00:00 AM' and endTime eq '2026-11-03 12:00:00 AM'",
		},
		"until": {vault.JobFilter{Window: vault.Window{To: at(2, 10)}}, []string{"b", "a"}, "backupManagementType eq 'AzureIaasVM'"},
	} {
		if diff := cmp.Diff(test.want, jobs(t, c, test.filter)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if f.filters[0] != test.sent {
			t.Errorf("%s: %s", name, f.filters[0])
		}
		f.take()
	}
	j, err := c.Job(t.Context(), id("contoso"), "b")
	want := vault.Job{
		ARMID: jobPath("b"), Name: "b", Operation: "Backup", Status: "Failed", VMName: "web", Container: "iaasvmcontainerv2;machines;web", Start: at(2, 10),
		End: at(2, 10).Add(10 * time.Minute), Errors: []vault.JobError{{Code: 400155, Title: "Agent", Message: "It is silent.", Recommendations: []string{"Wake it."}}},
	}
	if diff := cmp.Diff(want, j); diff != "" || err != nil {
		t.Error(diff, err)
	}
	if j, err := c.Job(t.Context(), id("contoso"), "c"); err != nil || !j.End.IsZero() {
		t.Errorf("it runs, and ended at %v %v", j.End, err)
	}
	if _, err := c.Job(t.Context(), id("contoso"), "nobody"); !arm.IsNotFound(err) {
		t.Error(err)
	}
}

func TestWaitJob(t *testing.T) {
	for _, end := range []string{"Completed", "CompletedWithWarnings", "Failed", "Cancelled"} {
		c, f := newFake(t)
		looks := 0
		f.odd = func(http.ResponseWriter, *http.Request, string) bool {
			looks++ // there is none at the first
			switch looks {
			case 2:
				f.putJob("j", "Backup", "InProgress", at(1, 10), "")
			case 4:
				f.putJob("j", "Backup", "Cancelling", at(1, 10), "")
			case 5:
				f.putJob("j", "Backup", end, at(1, 10), `,"endTime":"2026-11-01T11:00:00Z"`)
			}
			return false
		}
		var seen []string
		j, err := c.WaitJob(t.Context(), id("contoso"), "j", func(j vault.Job) { seen = append(seen, j.Status) })
		if err != nil || j.Status != end || j.End.IsZero() || j.Succeeded() != strings.HasPrefix(end, "Completed") {
			t.Errorf("%s: %v %v", end, j, err)
		}
		if diff := cmp.Diff([]string{"InProgress", "Cancelling", end}, seen); diff != "" {
			t.Error(diff)
		}
	}
	c, f := newFake(t)
	if _, err := c.WaitJob(t.Context(), id("contoso"), "nobody", nil); !arm.IsNotFound(err) {
		t.Error(err)
	}
	f.putJob("j", "Backup", "InProgress", at(1, 10), "")
	ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
	defer cancel()
	j, err := c.WaitJob(ctx, id("contoso"), "j", nil)
	var timeout *arm.TimeoutError
	if !errors.As(err, &timeout) || timeout.LastWord != "InProgress" || j.Status != "InProgress" {
		t.Errorf("%v, %T %v", j, err, err)
	}
}

func TestBackupNow(t *testing.T) {
	until := time.Date(2026, 12, 24, 20, 0, 0, 0, time.FixedZone("", 3600))
	for name, test := range map[string]struct {
		polls []string
		job   string
		says  string
	}{
		"job at the end":       {[]string{running, `{"status":"Succeeded","properties":{"objectType":"OperationStatusJobExtendedInfo","jobId":"j-1"}}`}, "j-1", ""},
		"job while it runs":    {[]string{`{"status":"InProgress","properties":{"jobId":"j-1"}}`}, "j-1", ""},
		"no job":               {[]string{running, succeeded}, "", "did not say which job"},
		"failed":               {[]string{running, failed}, "", "UserErrorBroken: It broke."},
		"failed and no reason": {[]string{`{"status":"Failed"}`}, "", "gave no reason"},
	} {
		t.Run(name, func(t *testing.T) {
			c, f := newFake(t)
			f.later(operation{method: http.MethodPost, polls: test.polls, without: true})
			job, err := c.BackupNow(t.Context(), itemID("web"), until)
			if job != test.job || (err == nil) != (test.says == "") || err != nil && !strings.Contains(err.Error(), test.says) {
				t.Errorf("%q %v", job, err)
			}
			expectBody(t, f, map[string]any{"objectType": "IaasVMBackupRequest", "recoveryPointExpiryTimeInUTC": "2026-12-24T19:00:00Z"})
			if calls := f.take(); calls[0] != "POST backup" {
				t.Error(calls)
			}
		})
	}
}

// Answers to an on-demand backup that name no operation, and a refusal.
func TestBackupNowThatCannotBeFollowed(t *testing.T) {
	for name, test := range map[string]struct {
		answer func(http.ResponseWriter)
		says   string
	}{
		"202 without headers": {func(w http.ResponseWriter) { w.WriteHeader(http.StatusAccepted) }, "did not say which job"},
		"202 with a Location": {func(w http.ResponseWriter) {
			w.Header().Set("Location", fakeEndpoint+"/results/1")
			w.WriteHeader(http.StatusAccepted)
		}, "did not say which job"},
		"204": {func(w http.ResponseWriter) { w.WriteHeader(http.StatusNoContent) }, "did not say which job"},
		"refusal": {func(w http.ResponseWriter) {
			refuse(w, http.StatusBadRequest, "BMSUserErrorObjectLocked", "It is busy.")
		}, "It is busy."},
	} {
		c, f := newFake(t)
		f.odd = func(w http.ResponseWriter, r *http.Request, _ string) bool {
			if r.Method == http.MethodPost {
				test.answer(w)
			}
			return r.Method == http.MethodPost
		}
		if job, err := c.BackupNow(t.Context(), itemID("web"), time.Time{}); err == nil || job != "" || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: %q %v", name, job, err)
		}
		expectBody(t, f, map[string]any{"objectType": "IaasVMBackupRequest"})
	}
}

func TestBackupNowOfTheEmbeddedService(t *testing.T) {
	c, _ := embeddedVault(t, func(c *embedded.Config) { c.BackupTime = 2 * time.Second })
	protect(t, c)
	name, err := c.BackupNow(t.Context(), itemID("web"), time.Now().AddDate(0, 0, 45))
	if err != nil {
		t.Fatal(err)
	}
	var seen []string
	j, err := c.WaitJob(t.Context(), id("contoso"), name, func(j vault.Job) { seen = append(seen, j.Status) })
	if err != nil || !j.Succeeded() || j.Operation != "Backup" || j.UserTriggered == nil || !*j.UserTriggered || !strings.EqualFold(j.VMName, "web") || seen[0] != "InProgress" {
		t.Error(j, err, seen)
	}
	all := points(t, c, vault.Window{})
	if len(all) != 1 || all[0].Expires.Before(time.Now().AddDate(0, 0, 44)) {
		t.Error(all)
	}
	if v, err := c.ProtectedVM(t.Context(), itemID("web")); err != nil || v.RecoveryPoints == nil || *v.RecoveryPoints != 1 || v.LastBackup.IsZero() || v.State != vault.StateProtected {
		t.Error(v, err)
	}
	if got := jobs(t, c, vault.JobFilter{Operation: "Backup", Status: "Completed"}); len(got) != 1 || got[0] != name {
		t.Error(got)
	}
	if _, err := c.BackupNow(t.Context(), itemID("nobody"), time.Time{}); !arm.IsNotFound(err) {
		t.Error(err)
	}
}
