package embedded_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
)

// itemHealth is what an item says of its backups.
func (p *plant) itemHealth() []string {
	p.tb.Helper()
	item := p.get(p.item).want(http.StatusOK)
	health := []string{}
	for _, name := range []string{"protectionState", "lastBackupStatus", "protectionStatus", "healthStatus"} {
		health = append(health, item.text("properties", name))
	}
	details, _ := item.at("properties", "healthDetails").([]any)
	for _, d := range details {
		o, _ := d.(map[string]any)
		title, _ := o["title"].(string)
		health = append(health, title)
	}
	return health
}

func TestScheduledBackupsFail(t *testing.T) {
	at := func(s string) time.Time {
		moment, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return moment
	}
	fault := embedded.Fault{Code: "ExtensionSnapshotFailedNoNetwork", Message: "No network."}
	p := startPlant(t, schedule("UTC", "02:00", daysOf(7)), func(c *embedded.Config) {
		c.BackupTime = time.Hour
		c.BackupFaults = []embedded.BackupFault{
			{Machine: "other", Fault: embedded.Fault{Code: "Other"}},
			{Machine: strings.ToUpper(machine("web")), From: at("2026-05-04T02:00:00Z"), Until: at("2026-05-06T02:00:00Z"), Fault: fault},
			{Machine: "WEB", From: at("2026-05-20T00:00:00Z"), Fault: fault},
		}
	})
	p.to("2026-05-04T02:30:00Z")
	if job := p.job("Backup"); job.text("properties", "status") != "InProgress" {
		t.Errorf("while it runs: %v", job.body)
	}
	if diff := cmp.Diff([]string{"Protected", "Completed", "Healthy", "Passed", "IaasVmHealthGreenDefault"}, p.itemHealth()); diff != "" {
		t.Error(diff)
	}
	p.to("2026-05-06T12:00:00Z")
	p.wantTimes("three have failed", []string{"2026-05-03T02:00:05Z", "2026-05-02T02:00:05Z"})
	failed := []string{"Protected", "Failed", "Unhealthy", "ActionRequired", "ExtensionSnapshotFailedNoNetwork"}
	if diff := cmp.Diff(failed, p.itemHealth()); diff != "" {
		t.Error(diff)
	}
	jobs, _ := p.follow(filtered(p.vault+"/backupJobs", "status eq 'Failed'"))
	if len(jobs) != 3 {
		t.Fatalf("got %v", jobs)
	}
	job := p.get(p.vault + "/backupJobs/" + jobs[0]).want(http.StatusOK)
	details, _ := job.at("properties", "errorDetails").([]any)
	if diff := cmp.Diff([]any{map[string]any{
		"errorCode": 0.0, "errorTitle": fault.Code, "errorString": fault.Message, "recommendations": []any{},
	}}, details); diff != "" || job.at("properties", "isUserTriggered") != false ||
		!strings.HasPrefix(job.text("properties", "endTime"), "2026-05-06T03:00:00") {
		t.Errorf("%s%v", diff, job.body)
	}
	p.to("2026-05-07T12:00:00Z")
	if diff := cmp.Diff([]string{"Protected", "Completed", "Healthy", "Passed", "IaasVmHealthGreenDefault"}, p.itemHealth()); diff != "" {
		t.Errorf("after a good one: %s", diff)
	}

	// However long they fail, the last recovery point stays.
	p.to("2028-05-01T12:00:00Z")
	p.wantTimes("two years of failures", []string{"2026-05-19T02:00:05Z"})
	if point := p.points()[0]; point.at("properties", "recoveryPointProperties", "expiryTime") != nil {
		t.Errorf("it expires: %v", point.body)
	}
	// What is asked for fails, too.
	p.get(p.jobID(p.backup("")))
	p.clock.Advance(time.Hour)
	if diff := cmp.Diff(failed, p.itemHealth()); diff != "" {
		t.Error(diff)
	}
}

func TestFirstBackupFails(t *testing.T) {
	p := startPlant(t, schedule("UTC", "14:00", daysOf(7)), func(c *embedded.Config) {
		c.BackupFaults = []embedded.BackupFault{{Fault: embedded.Fault{Code: "VmNotRunning"}}}
	})
	p.clock.Advance(day)
	p.wantTimes("none", []string{})
	if diff := cmp.Diff([]string{"IRPending", "Failed", "Unhealthy", "ActionRequired", "VmNotRunning"}, p.itemHealth()); diff != "" {
		t.Error(diff)
	}
}

// The last good backup is the newest recovery point, though every one since has failed for longer than any rule keeps one.
func TestLastGoodBackup_isLookedForWithoutEnd(t *testing.T) {
	const century = `,"yearlySchedule":{"retentionScheduleFormatType":"Daily","monthsOfYear":["May"],"retentionScheduleDaily":{"daysOfTheMonth":[` +
		`{"date":1,"isLast":false}]},TIMES,"retentionDuration":{"count":99,"durationType":"Years"}}`
	p := startPlant(t, schedule("UTC", "14:00", daysOf(7)+century), func(c *embedded.Config) {
		c.BackupFaults = []embedded.BackupFault{{
			From:  time.Date(2026, 5, 3, 0, 0, 0, 0, time.UTC),
			Fault: embedded.Fault{Code: "VmNotRunning"},
		}}
	})
	p.to("2026-05-03T12:00:00Z")
	last := p.times()[:1]
	p.to("2126-06-01T12:00:00Z")
	p.wantTimes("a century later", last)
}

// isAboutTheGone tells whether health details or a job's error are those of a machine that does not exist.
func isAboutTheGone(detail any, number, message string) bool {
	d, _ := detail.(map[string]any)
	recommendations, _ := d["recommendations"].([]any)
	return d[number] == 400136.0 && d[message] == "Virtual machine doesn't exist." && len(recommendations) == 1
}

// A machine that is deleted while it is protected cannot be backed up; its recovery points expire, except for the last.
func TestDeletedMachine_itsBackupsFail(t *testing.T) {
	p := startPlant(t, schedule("UTC", "02:00", daysOf(7)), chosenSoftDelete)
	p.put(machine("web"), `{"location":"eastasia"}`).want(http.StatusCreated)
	p.to("2026-05-05T12:00:00Z")
	p.delete(strings.ToUpper(machine("web"))).want(http.StatusOK)
	p.delete(machine("web")).want(http.StatusNoContent) // again, which changes nothing
	p.clock.Advance(2 * day)
	p.wantTimes("two have failed", []string{
		"2026-05-05T02:00:00Z", "2026-05-04T02:00:00Z", "2026-05-03T02:00:00Z", "2026-05-02T02:00:00Z",
	})
	gone := []string{"Protected", "Failed", "Unhealthy", "ActionRequired", "UserErrorVmNotFoundV2"}
	if diff := cmp.Diff(gone, p.itemHealth()); diff != "" {
		t.Error(diff)
	}
	item := p.get(p.item)
	if got := item.text("properties", "lastBackupTime"); !strings.HasPrefix(got, "2026-05-05T02:00:00") {
		t.Errorf("failures of a machine that is gone have moved the last backup to %s", got)
	}
	if details, _ := item.at("properties", "healthDetails").([]any); len(details) != 1 || !isAboutTheGone(details[0], "code", "message") {
		t.Errorf("health %v", details)
	}
	job := p.get(p.jobID(p.backup(""))).want(http.StatusOK)
	if details, _ := job.at("properties", "errorDetails").([]any); len(details) != 1 || !isAboutTheGone(details[0], "errorCode", "errorString") {
		t.Errorf("on demand: %s", job.raw)
	}
	if diff := cmp.Diff(gone, p.itemHealth()); diff != "" {
		t.Error(diff)
	}
	p.clock.Advance(100 * day)
	p.wantTimes("the last stays", []string{"2026-05-05T02:00:00Z"})

	p.put(machine("web"), `{"location":"eastasia"}`).want(http.StatusCreated)
	p.clock.Advance(day)
	p.wantTimes("made again", []string{"2026-08-16T02:00:00Z"})
	if diff := cmp.Diff([]string{"Protected", "Completed", "Healthy", "Passed", "IaasVmHealthGreenDefault"}, p.itemHealth()); diff != "" {
		t.Error(diff)
	}

	// The jobs of the failed backups outlive the item.
	p.patch(p.vault, withProperties(softDelete("Disabled"))).want(http.StatusOK)
	count := func() int {
		names, _ := p.follow(filtered(p.vault+"/backupJobs", "operation eq 'Backup' and status eq 'Failed'"))
		return len(names)
	}
	before := count()
	p.delete(p.item).want(http.StatusAccepted)
	if after := count(); before != 103 || after != before {
		t.Errorf("%d failed jobs, %d after the deletion", before, after)
	}
}

// Of a machine that is not in the inventory nobody knows since when it is gone, so that only what is asked for now fails.
func TestMachineNotInTheInventory_onDemandBackupFails(t *testing.T) {
	inventory := map[string]string{machine("web"): "eastasia"}
	var config embedded.Config
	p := startPlant(t, schedule("UTC", "02:00", daysOf(7)), func(c *embedded.Config) { c.VirtualMachines, config = inventory, *c })
	p.get(p.jobID(p.backup("")))
	config.VirtualMachines = map[string]string{}
	p.transport = embedded.NewTransport(embedded.New(config))
	p.clock.Advance(day)
	if job := p.get(p.jobID(p.backup(""))); job.text("properties", "status") != "Failed" || !strings.Contains(job.raw, "UserErrorVmNotFoundV2") {
		t.Errorf("got %s", job.raw)
	}
	if times := p.times(); !slices.Contains(times, "2026-05-02T02:00:00Z") || len(times) != 2 {
		t.Errorf("got %v", times)
	}
}
