package embedded_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
)

// backup asks for a backup; expiry may be "".
func (p *plant) backup(expiry string) *response {
	p.tb.Helper()
	return p.do(http.MethodPost, p.item+"/backup", backupBody(expiry))
}

func backupBody(expiry string) string {
	if expiry != "" {
		expiry = `,"recoveryPointExpiryTimeInUTC":"` + expiry + `"`
	}
	return `{"properties":{"objectType":"IaasVMBackupRequest"` + expiry + `}}`
}

// jobID is the job that a finished operation names.
func (p *plant) jobID(accepted *response) string {
	p.tb.Helper()
	status := p.get(accepted.want(http.StatusAccepted).header.Get("Azure-AsyncOperation")).want(http.StatusOK)
	if status.text("status") != "Succeeded" || status.text("properties", "jobId") == "" {
		p.tb.Fatalf("got %s", status.raw)
	}
	return p.vault + "/backupJobs/" + status.text("properties", "jobId")
}

func TestBackupOnDemand(t *testing.T) {
	p := startPlant(t, schedule("UTC", "02:00", daysOf(7)), func(c *embedded.Config) {
		c.BackupTime, c.OperationTime = time.Hour, time.Minute
	})
	p.to("2026-05-01T13:00:00Z")
	accepted := p.backup("")
	if !strings.HasPrefix(accepted.header.Get("Azure-AsyncOperation"), embedded.Endpoint+p.item+"/operationsStatus/") ||
		!strings.HasPrefix(accepted.header.Get("Location"), embedded.Endpoint+p.item+"/operationResults/") {
		t.Errorf("got %v", accepted.header)
	}
	if got := p.get(accepted.header.Get("Azure-AsyncOperation")); got.text("status") != "InProgress" {
		t.Errorf("got %s", got.raw)
	}
	p.clock.Advance(time.Minute)
	id := p.jobID(accepted)
	job := p.get(id).want(http.StatusOK)
	if job.text("properties", "status") != "InProgress" || job.at("properties", "isUserTriggered") != true ||
		job.text("properties", "extendedInfo", "propertyBag", "Recovery Point Expiry Time in UTC") != "5/31/2026 1:00:00 PM" {
		t.Errorf("got %s", job.raw)
	}
	p.wantTimes("while it runs", []string{})
	p.backup("").wantError(http.StatusConflict, "UserErrorBackupOperationInProgress", "in progress")

	p.to("2026-05-01T14:00:00Z")
	if job = p.get(id); job.text("properties", "status") != "Completed" || job.text("properties", "duration") != "PT1H" {
		t.Errorf("got %s", job.raw)
	}
	p.wantTimes("at its end", []string{"2026-05-01T13:00:05Z"})
	p.backup("2026-06-30T00:00:00Z").want(http.StatusAccepted)
	p.to("2026-05-01T16:00:00Z")
	points := p.points()
	if got := points[0].text("properties", "recoveryPointProperties", "expiryTime"); got != "2026-06-30T00:00:00.0000000Z" {
		t.Errorf("got %s", got)
	}
	if got := points[1].at("properties", "recoveryPointProperties", "ruleName"); got != nil {
		t.Errorf("the rule %v", got)
	}
	if item := p.get(p.item); item.text("properties", "protectionState") != "Protected" || item.text("properties", "lastBackupStatus") != "Completed" {
		t.Errorf("got %s", item.raw)
	}

	// A scheduled backup that runs is in the way, too.
	p.to("2026-05-02T02:59:00Z")
	p.backup("").wantError(http.StatusConflict, "UserErrorBackupOperationInProgress")
	p.to("2026-05-31T12:59:59Z")
	if got := len(p.times()); got != 7+2 {
		t.Errorf("got %d points", got)
	}
	p.to("2026-05-31T13:00:00Z")
	if got := p.times(); len(got) != 7+1 || got[7] != "2026-05-01T14:00:05Z" {
		t.Errorf("got %v", got)
	}
	p.to("2026-06-30T00:00:00Z")
	if got := len(p.times()); got != 7 {
		t.Errorf("got %d points", got)
	}
}

func TestRulesOfBackupOnDemand(t *testing.T) {
	p := startPlant(t, schedule("UTC", "02:00", daysOf(7)))
	const invalid = "BMSUserErrorInvalidInput"
	for name, test := range map[string]struct{ body, code, part string }{
		"empty":             {"", "InvalidRequestContent", "empty"},
		"no type":           {`{"properties":{}}`, invalid, "IaasVMBackupRequest"},
		"another kind":      {`{"properties":{"objectType":"AzureWorkloadBackupRequest"}}`, invalid, "AzureWorkloadBackupRequest"},
		"no time":           {backupBody("tomorrow"), invalid, "tomorrow"},
		"now":               {backupBody("2026-05-01T12:00:00Z"), invalid, "future"},
		"in the past":       {backupBody("2026-04-30T12:00:00Z"), invalid, "future"},
		"over 99 years":     {backupBody("2125-05-01T12:00:01Z"), invalid, "99 years"},
		"a number for time": {`{"properties":{"objectType":"IaasVMBackupRequest","recoveryPointExpiryTimeInUTC":5}}`, "InvalidRequestContent", "string"},
	} {
		t.Run(name, func(t *testing.T) {
			p.do(http.MethodPost, p.item+"/backup", test.body).wantError(http.StatusBadRequest, test.code, test.part)
		})
	}
	p.do(http.MethodPost, itemPath(p.vault, "other")+"/backup", backupBody("")).wantError(http.StatusNotFound, "ResourceNotFound")

	// Two backups of one moment are two points.
	p.backup("2125-05-01T12:00:00Z").want(http.StatusAccepted)
	p.backup("").want(http.StatusAccepted)
	if points := p.points(); len(points) != 2 || points[0].text("name") == points[1].text("name") {
		t.Errorf("got %v", p.times())
	}
	for range 7 {
		p.clock.Advance(time.Minute)
		p.backup("").want(http.StatusAccepted)
	}
	p.backup("").wantError(http.StatusBadRequest, "BMSUserErrorInvalidInput", "9 times")
	p.to("2026-05-02T00:00:00Z")
	p.backup("").want(http.StatusAccepted)

	p.to("2026-05-02T02:00:00Z") // together with a scheduled one
	p.backup("").want(http.StatusAccepted)
	if points := p.points(); points[0].text("name") == points[1].text("name") || points[1].text("properties", "recoveryPointTime") !=
		points[0].text("properties", "recoveryPointTime") {
		t.Errorf("got %v", p.times())
	}

	p.stop("ProtectionStopped")
	p.backup("").wantError(http.StatusBadRequest, "UserErrorBcmDatasourceNotPresent", "ProtectionStopped")
	p.resume()
	p.patch(p.vault, withProperties(immutability("Unlocked"))).want(http.StatusOK)
	p.stop("BackupsSuspended")
	p.backup("").wantError(http.StatusBadRequest, "UserErrorBcmDatasourceNotPresent", "BackupsSuspended")
	p.patch(p.vault, withProperties(immutability("Disabled"))).want(http.StatusOK)
	p.delete(p.item).want(http.StatusAccepted)
	p.backup("").wantError(http.StatusBadRequest, "UserErrorBcmDatasourceNotPresent", "soft-deleted")
}

func TestBackupOnDemandFails(t *testing.T) {
	var asked string
	p := startPlant(t, schedule("UTC", "02:00", daysOf(7)), func(c *embedded.Config) {
		c.BackupTime = time.Hour
		c.FailBackup = func(itemID string) *embedded.Fault {
			asked = itemID
			return &embedded.Fault{Code: "UserErrorVmNotShutDown", Message: "The machine is not in a state that allows backups."}
		}
	})
	id := p.jobID(p.backup(""))
	if asked != p.item {
		t.Errorf("asked about %s", asked)
	}
	if got := p.get(id); got.text("properties", "status") != "InProgress" || got.at("properties", "errorDetails") != nil {
		t.Errorf("got %s", got.raw)
	}
	p.backup("").wantError(http.StatusConflict, "UserErrorBackupOperationInProgress")
	p.clock.Advance(time.Hour)
	job := p.get(id)
	details, _ := job.at("properties", "errorDetails").([]any)
	if job.text("properties", "status") != "Failed" || len(details) != 1 || !strings.Contains(fmt.Sprint(details), "UserErrorVmNotShutDown") ||
		!strings.Contains(fmt.Sprint(details), "allows backups") {
		t.Errorf("got %s", job.raw)
	}
	p.wantTimes("after a failure", []string{})
	if item := p.get(p.item); item.text("properties", "lastBackupStatus") != "Failed" || item.text("properties", "protectionState") != "IRPending" ||
		!strings.HasPrefix(item.text("properties", "lastBackupTime"), "2026-05-01T12:00:00") {
		t.Errorf("got %s", item.raw)
	}
	p.clock.Advance(day)
	if item := p.get(p.item); item.text("properties", "lastBackupStatus") != "Completed" || item.text("properties", "protectionState") != "Protected" ||
		!strings.HasPrefix(item.text("properties", "lastBackupTime"), "2026-05-02T02:00:00") {
		t.Errorf("got %s", item.raw)
	}
	if jobs, _ := p.countJobs("status eq 'Failed'"); jobs != 1 {
		t.Errorf("got %d failed jobs", jobs)
	}
}

func TestCancelledBackup(t *testing.T) {
	p := startPlant(t, schedule("UTC", "14:00", daysOf(7)), func(c *embedded.Config) {
		c.BackupTime, c.OperationTime = time.Hour, time.Second
	})
	p.clock.Advance(time.Second)
	accepted := p.backup("")
	p.clock.Advance(time.Minute)
	id := p.jobID(accepted)
	if actions, _ := p.get(id).at("properties", "actionsInfo").([]any); len(actions) != 1 || actions[0] != "Cancellable" {
		t.Errorf("got %v", actions)
	}
	cancel := p.do(http.MethodPost, id+"/cancel", "").want(http.StatusAccepted)
	if !strings.HasPrefix(cancel.header.Get("Location"), embedded.Endpoint+id+"/operationResults/") {
		t.Errorf("got %v", cancel.header)
	}
	p.get(cancel.header.Get("Location")).want(http.StatusAccepted)
	if got := p.get(id).text("properties", "status"); got != "Cancelling" {
		t.Errorf("got %s", got)
	}
	p.clock.Advance(time.Second)
	p.get(cancel.header.Get("Location")).want(http.StatusNoContent)
	if got := p.get(cancel.header.Get("Azure-AsyncOperation")).want(http.StatusOK); got.text("status") != "Succeeded" {
		t.Errorf("got %s", got.raw)
	}
	if job := p.get(id); job.text("properties", "status") != "Cancelled" || job.text("properties", "duration") != "PT1M1S" {
		t.Errorf("got %s", job.raw)
	}
	p.backup("").want(http.StatusAccepted) // it is not in the way any more
	p.to("2026-05-01T14:30:00Z")
	p.wantTimes("with a cancelled and a whole one", []string{"2026-05-01T12:01:07Z"})

	for what, path := range map[string]string{
		"cancelled": id, "scheduled": p.job("Backup").text("id"), "configuration": p.job("ConfigureBackup").text("id"),
	} {
		t.Run(what, func(t *testing.T) {
			p.do(http.MethodPost, path+"/cancel", "").wantError(http.StatusBadRequest, "BMSUserErrorInvalidInput", "on demand")
		})
	}
	p.do(http.MethodPost, p.vault+"/backupJobs/x/cancel", "").wantError(http.StatusNotFound, "ResourceNotFound")
	p.get(p.vault+"/backupJobs/x/operationResults/y").wantError(http.StatusNotFound, "ResourceNotFound")
}
