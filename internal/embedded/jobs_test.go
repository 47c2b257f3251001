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

// job is the newest job of an operation.
func (p *plant) job(operation string) *response {
	p.tb.Helper()
	jobs := p.get(filtered(p.vault+"/backupJobs", "operation eq '"+operation+"'")).want(http.StatusOK).values()
	if len(jobs) == 0 {
		p.tb.Fatalf("no job of %s", operation)
	}
	return jobs[0]
}

// countJobs counts the jobs that pass a filter, and their pages.
func (p *plant) countJobs(filter string) (jobs, pages int) {
	p.tb.Helper()
	names, pages := p.follow(filtered(p.vault+"/backupJobs", filter))
	unique := slices.Clone(names)
	slices.Sort(unique)
	if len(slices.Compact(unique)) != len(names) {
		p.tb.Errorf("%s: a job is listed twice: %v", filter, names)
	}
	return len(names), pages
}

func TestJob(t *testing.T) {
	p := startPlant(t, schedule("UTC", "14:00", daysOf(7)), func(c *embedded.Config) { c.BackupTime = 20*time.Minute + 1500*time.Millisecond })
	p.clock.Advance(5 * time.Hour)
	job := p.job("Backup")
	name := job.text("name")
	want := map[string]any{
		"id": p.vault + "/backupJobs/" + name, "name": name, "type": "Microsoft.RecoveryServices/vaults/backupJobs",
		"properties": map[string]any{
			"jobType": "AzureIaaSVMJob", "backupManagementType": "AzureIaasVM", "operation": "Backup", "status": "Completed",
			"startTime": "2026-05-01T14:00:00.0000000Z", "endTime": "2026-05-01T14:20:01.5000000Z", "duration": "PT20M1.5S",
			"entityFriendlyName": "web", "containerName": "iaasvmcontainerv2;Machines;web", "virtualMachineVersion": "Compute",
			"isUserTriggered": false, "activityId": job.text("properties", "activityId"),
		},
	}
	if diff := cmp.Diff(want, job.body); diff != "" {
		t.Error(diff)
	}
	detailed := p.get(strings.ToUpper(job.text("id"))).want(http.StatusOK)
	properties, ok := want["properties"].(map[string]any)
	if !ok {
		t.Fatal("no properties")
	}
	properties["extendedInfo"] = map[string]any{
		"propertyBag": map[string]any{"VM Name": "web"},
		"tasksList": []any{
			map[string]any{"taskId": "Take Snapshot", "status": "Completed", "duration": "PT5M0.375S"},
			map[string]any{"taskId": "Transfer data to vault", "status": "Completed", "duration": "PT15M1.125S"},
		},
	}
	if diff := cmp.Diff(want, detailed.body); diff != "" {
		t.Error(diff)
	}
	configured := p.job("ConfigureBackup")
	if configured.text("properties", "status") != "Completed" || configured.at("properties", "isUserTriggered") != nil ||
		configured.text("properties", "entityFriendlyName") != "web" {
		t.Errorf("got %v", configured.body)
	}
	p.get(p.vault+"/backupJobs/nothing").wantError(http.StatusNotFound, "ResourceNotFound", "nothing")
	p.get(vaultPath("g", "none")+"/backupJobs").wantError(http.StatusNotFound, "ResourceNotFound")
	p.do(http.MethodPost, p.vault+"/backupJobsExport", "").wantError(http.StatusNotImplemented, "NotModelledByEmbeddedService")
}

func TestJobsOfItemOperations(t *testing.T) {
	p := startPlant(t, schedule("UTC", "14:00", daysOf(7)), func(c *embedded.Config) { c.OperationTime = time.Minute })
	p.clock.Advance(time.Minute)
	accepted := p.put(p.item, itemBody(`"protectionState":"ProtectionStopped","sourceResourceId":"`+machine("web")+`"`)).want(http.StatusAccepted)
	running := p.get(accepted.header.Get("Azure-AsyncOperation")).want(http.StatusOK)
	job := p.job("DisableBackup")
	if running.text("status") != "InProgress" || job.text("properties", "status") != "InProgress" {
		t.Errorf("got %s, %v", running.raw, job.body)
	}
	p.clock.Advance(time.Minute)
	ended := p.get(accepted.header.Get("Azure-AsyncOperation")).want(http.StatusOK)
	if ended.text("status") != "Succeeded" || ended.text("properties", "objectType") != "OperationStatusJobExtendedInfo" ||
		ended.text("properties", "jobId") != job.text("name") {
		t.Errorf("got %s", ended.raw)
	}
	if job = p.get(job.text("id")); job.text("properties", "status") != "Completed" || job.text("properties", "duration") != "PT1M" {
		t.Errorf("got %s", job.raw)
	}
	p.delete(p.item).want(http.StatusAccepted)
	p.clock.Advance(time.Minute)
	p.put(p.item, itemBody(`"isRehydrate":true`)).want(http.StatusAccepted)
	var operations []string
	for _, job := range p.get(p.vault + "/backupJobs").values() {
		operations = append(operations, job.text("properties", "operation"))
	}
	if diff := cmp.Diff([]string{"Undelete", "DeleteBackupData", "DisableBackup", "ConfigureBackup"}, operations); diff != "" {
		t.Error(diff)
	}
}

func TestListOfJobs(t *testing.T) {
	p := startPlant(t, hourly(30, ""), pagesOf(7), func(c *embedded.Config) { c.BackupTime = time.Hour })
	p.protect(p.vault, "other") // DefaultPolicy
	p.to("2026-05-11T12:30:00Z")
	// Four backups a day, of which those of 08:00 and 12:00 were missed on the first day and those of 16:00 and 20:00 are to come on
	// the last; ten daily ones, and two configurations.
	starts := []string{}
	for next := p.vault + "/backupJobs"; next != ""; {
		page := p.get(next).want(http.StatusOK)
		for _, job := range page.values() {
			starts = append(starts, job.text("properties", "startTime"))
		}
		next = page.text("nextLink")
	}
	if !slices.IsSortedFunc(starts, func(a, b string) int { return strings.Compare(b, a) }) {
		t.Errorf("not the newest first: %v", starts)
	}
	for _, test := range []struct {
		filter string
		want   int
	}{
		{"", 2 + 9*4 + 2 + 10 + 2},
		{"operation eq 'Backup'", 2 + 9*4 + 2 + 10},
		{"operation eq 'configurebackup' and backupManagementType eq 'AzureIaasVM'", 2},
		{"backupManagementType eq 'AzureStorage'", 0},
		{"status eq 'InProgress'", 1},
		{"status eq 'Completed'", 2 + 9*4 + 1 + 10 + 2},
		{"status eq 'Failed'", 0},
		{"startTime eq '2026-05-03 08:00:00 AM' and endTime eq '2026-05-03 04:00:00 PM' and operation eq 'Backup'", 4},
		{"startTime eq '2026-05-11 08:00:01 AM'", 1},
		{"endTime eq '2026-05-01 11:59:59 AM'", 0},
		{"jobId eq '" + strings.ToUpper(p.job("Backup").text("name")) + "'", 1},
		{"jobId eq 'x'", 0},
	} {
		jobs, pages := p.countJobs(test.filter)
		if jobs != test.want || pages != max(1, (jobs+6)/7) {
			t.Errorf("%s: %d jobs in %d pages, want %d", test.filter, jobs, pages, test.want)
		}
	}
	for filter, code := range map[string]string{
		"entityFriendlyName eq 'web'": "NotModelledByEmbeddedService", "startTime eq 'now'": "BMSUserErrorInvalidInput", "status": "BMSUserErrorInvalidInput",
	} {
		if got := p.get(filtered(p.vault+"/backupJobs", filter)); got.text("error", "code") != code {
			t.Errorf("%s: %s", filter, got.raw)
		}
	}
	p.get(p.vault+"/backupJobs?api-version="+version+"&$skipToken=eyJOYW1lIjoiYSIsIklEIjoiYiJ9").wantError(http.StatusBadRequest, "InvalidSkipToken")

	// Half a year is listed.
	p.to("2028-01-01T13:00:00Z")
	if jobs, _ := p.countJobs("operation eq 'Backup'"); jobs != 180*5 {
		t.Errorf("got %d jobs", jobs)
	}
	if jobs, _ := p.countJobs("operation eq 'ConfigureBackup'"); jobs != 0 {
		t.Errorf("got %d old jobs", jobs)
	}
}

// The jobs of an item outlive it, and none is added.
func TestJobsOfADeletedItem(t *testing.T) {
	p := startPlant(t, schedule("UTC", "14:00", daysOf(7)))
	p.clock.Advance(10 * day)
	before, _ := p.follow(filtered(p.vault+"/backupJobs", "operation eq 'Backup'"))
	if len(before) != 10 {
		t.Fatalf("got %v", before)
	}
	p.delete(p.item).want(http.StatusAccepted)
	for _, step := range []time.Duration{0, day, 20 * day} {
		p.clock.Advance(step)
		after, _ := p.follow(filtered(p.vault+"/backupJobs", "operation eq 'Backup'"))
		if diff := cmp.Diff(before, after); diff != "" {
			t.Errorf("after %s more: %s", step, diff)
		}
	}
	p.get(p.item).want(http.StatusNotFound)
	p.delete(p.vault).want(http.StatusAccepted)
	p.get(p.vault + "/backupJobs").want(http.StatusNotFound)

	// So do those of one that is gone at once, but not for ever.
	p = startPlant(t, schedule("UTC", "14:00", daysOf(7)), chosenSoftDelete)
	p.patch(p.vault, withProperties(softDelete("Disabled"))).want(http.StatusOK)
	p.clock.Advance(10 * day)
	p.delete(p.item).want(http.StatusAccepted)
	p.get(p.item).want(http.StatusNotFound)
	if jobs, _ := p.countJobs("operation eq 'Backup'"); jobs != 10 {
		t.Errorf("got %d jobs", jobs)
	}
	p.clock.Advance(172 * day)
	if jobs, _ := p.countJobs("operation eq 'Backup'"); jobs != 8 {
		t.Errorf("got %d jobs half a year later", jobs)
	}
}

func TestUsagesCountJobsOfADay(t *testing.T) {
	p := startPlant(t, schedule("UTC", "14:00", daysOf(7)), func(c *embedded.Config) {
		c.BackupTime = time.Hour
		c.FailBackup = func(string) *embedded.Fault {
			return &embedded.Fault{Code: "VmNotRunning", Message: "It does not run."}
		}
	})
	want := func(what string, running, failed float64) {
		t.Helper()
		counts := map[string]any{}
		for _, u := range p.get(p.vault + "/usages").values() {
			counts[u.text("name", "value")] = u.at("currentValue")
		}
		if counts["InProgressJobsCount"] != running || counts["FailedJobsCount"] != failed {
			t.Errorf("%s: %v", what, counts)
		}
	}
	want("at first", 0, 0)
	p.backup("").want(http.StatusAccepted)
	want("a backup on demand", 1, 0)
	p.to("2026-05-01T14:30:00Z")
	want("a scheduled one, after a failure", 1, 1)
	p.to("2026-05-01T15:30:00Z")
	want("all ended", 0, 1)
	p.to("2026-05-02T12:00:01Z")
	want("a day later", 0, 0)
}

func TestDateIsTheClockOfTheService(t *testing.T) {
	s := start(t)
	s.clock.Advance(40 * day)
	for _, path := range []string{sub, "/nowhere"} {
		if got := s.get(path).header.Get("Date"); got != "Wed, 10 Jun 2026 12:00:00 GMT" {
			t.Errorf("%s: %q", path, got)
		}
	}
}

func BenchmarkTenYearsOfHourlyBackups(b *testing.B) {
	for _, test := range []struct{ name, policy string }{
		{"30 days", hourly(30, "")}, {"9999 days", hourly(9999, "")},
	} {
		p := startPlant(b, test.policy)
		p.clock.Advance(3653 * day)
		for _, path := range []string{p.item, p.item + "/recoveryPoints", p.vault + "/backupJobs"} {
			b.Run(fmt.Sprintf("%s/%s", test.name, path[strings.LastIndexByte(path, '/')+1:]), func(b *testing.B) {
				for b.Loop() {
					p.get(path).want(http.StatusOK)
				}
			})
		}
	}
}
