package embedded_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
)

// Bodies in the shape in which recordings of Azure have them, by what they say.

// Microsoft's clients wait for Retry-After before they ask for the first time. Azure's minute would be one for everybody here.
func TestRetryAfterIsInProportion(t *testing.T) {
	for name, test := range map[string]struct {
		operation, setting     time.Duration
		version, want, exactly string
	}{
		"at once":                    {0, 0, version, "", ""},
		"half a second":              {time.Second / 2, 0, version, "1", "500"},
		"ten seconds":                {10 * time.Second, 0, version, "10", "10000"},
		"longer than Azure's minute": {time.Hour, 0, version, "60", "60000"},
		"of an old version":          {time.Hour, 0, "2021-12-01", "", ""},
		"as it is set":               {time.Hour, 5 * time.Second, version, "5", "5000"},
		"set to less than a second":  {time.Hour, 200 * time.Millisecond, version, "1", "200"},
		"set to a second and a half": {time.Hour, 1500 * time.Millisecond, version, "2", "1500"},
		"set to next to nothing":     {time.Hour, time.Nanosecond, version, "1", "1"},
	} {
		t.Run(name, func(t *testing.T) {
			s := start(t, func(c *embedded.Config) { c.OperationTime, c.RetryAfter = test.operation, test.setting })
			vault := vaultPath("g", "vault")
			s.put(vault, minimal).want(http.StatusCreated)
			says := func(r *response, want, exactly string) {
				t.Helper()
				if diff := cmp.Diff([]string{want, exactly}, []string{r.header.Get("Retry-After"), r.header.Get("retry-after-ms")}); diff != "" {
					t.Error(diff)
				}
			}
			put := s.put(itemPath(vault, "web")+"?api-version="+test.version, protectBody(vault, "web")).want(http.StatusAccepted)
			says(put, test.want, test.exactly)
			polled := s.get(put.header.Get("Azure-AsyncOperation"))
			if test.setting > 0 {
				says(polled, test.want, test.exactly)
			} else {
				says(polled, "", "")
			}
		})
	}
	s := start(t, func(c *embedded.Config) { c.ProvisioningTime, c.OperationTime = time.Minute, time.Minute })
	vault := vaultPath("g", "vault")
	created := s.put(vault, minimal).want(http.StatusCreated)
	s.clock.Advance(time.Minute)
	deleted := s.delete(vault).want(http.StatusAccepted)
	for _, r := range []*response{created, deleted, s.get(deleted.header.Get("Azure-AsyncOperation"))} {
		if got := r.header.Get("Retry-After"); got != "" {
			t.Errorf("a vault's operation says %s", got)
		}
	}
}

// An operation on an item that is under way ends in the year 1, in no time zone, and one that is over ended when it began.
func TestStatusOfAnItemsOperation(t *testing.T) {
	s := start(t, func(c *embedded.Config) { c.OperationTime = time.Minute })
	vault := vaultPath("g", "vault")
	s.put(vault, minimal).want(http.StatusCreated)
	poll := s.protect(vault, "web").header.Get("Azure-AsyncOperation")
	id, _, _ := strings.Cut(poll[strings.LastIndex(poll, "/")+1:], "?")
	want := map[string]any{"id": id, "name": id, "status": "InProgress", "startTime": "2026-05-01T12:00:00.0000000Z", "endTime": "0001-01-01T00:00:00"}
	if diff := cmp.Diff(want, s.get(poll).want(http.StatusOK).body); diff != "" {
		t.Error(diff)
	}
	s.clock.Advance(time.Minute)
	ended := s.get(poll).want(http.StatusOK)
	want["status"], want["endTime"] = "Succeeded", want["startTime"]
	want["properties"] = map[string]any{"objectType": "OperationStatusJobExtendedInfo", "jobId": ended.text("properties", "jobId")}
	if diff := cmp.Diff(want, ended.body); diff != "" {
		t.Error(diff)
	}
	if ended.text("properties", "jobId") == id {
		t.Error("the job has the operation's id")
	}
	// The vault tells of it, too.
	if got := s.get(vault + "/backupOperations/" + id).want(http.StatusOK); got.text("properties", "jobId") != ended.text("properties", "jobId") {
		t.Errorf("got %s", got.raw)
	}
}

func TestAnswerThatAcceptsAVault(t *testing.T) {
	s := start(t)
	path := vaultPath("g", "vault")
	multiUser := []string{"properties", "securitySettings", "multiUserAuthorization"}
	created := s.put(path+"?api-version=2026-05-01", minimal).want(http.StatusCreated)
	if created.at(multiUser...) != "Invalid" || created.at("properties", "backupStorageVersion") != nil ||
		created.text("properties", "regionOfChoiceSettings", "status") != "Disabled" {
		t.Errorf("got %s", created.raw)
	}
	got := s.get(path)
	if got.at(multiUser...) != "Disabled" || got.text("properties", "backupStorageVersion") != "Unassigned" || got.at("properties", "regionOfChoiceSettings") != nil {
		t.Errorf("got %s", got.raw)
	}
}

func TestSecurityLevels(t *testing.T) {
	s := start(t, chosenSoftDelete)
	for name, want := range map[string]struct{ soft, enhanced, score, level string }{
		"both-on": {"Enabled", "Enabled", "None", "Poor"}, "one-on": {"Enabled", "Disabled", "None", "Poor"},
		"always-on": {"AlwaysON", "AlwaysON", "Adequate", "Good"}, "one-always-on": {"AlwaysON", "Enabled", "None", "Poor"},
	} {
		path := vaultPath("g", name)
		s.put(path, withProperties(`{"securitySettings":{"softDeleteSettings":{"softDeleteState":"`+want.soft+`","enhancedSecurityState":"`+want.enhanced+`"}}}`)).
			want(http.StatusCreated)
		if got := s.get(path); got.text("properties", "secureScore") != want.score || got.text("properties", "bcdrSecurityLevel") != want.level {
			t.Errorf("%s: %s", name, got.raw)
		}
	}
}

// What an item has in which list and with which API version.
func TestMembersOfItems(t *testing.T) {
	p := startPlant(t, schedule("UTC", "14:00", daysOf(7)))
	p.clock.Advance(5 * time.Hour)
	const old, older, latest = "?api-version=2025-02-01", "?api-version=2021-12-01", "?api-version=2026-07-01"
	single := p.get(p.item + old).want(http.StatusOK)
	listed := p.get(p.vault + "/backupProtectedItems" + old).want(http.StatusOK).values()[0]
	for name, r := range map[string]*response{"single": single, "listed": listed} {
		properties, _ := r.at("properties").(map[string]any)
		if r.text("properties", "vaultId") != embedded.Endpoint+p.vault || !regexp.MustCompile(`^\d+$`).MatchString(r.text("properties", "protectedItemDataId")) ||
			properties["softDeleteRetentionPeriod"] != 0.0 || properties["sourceLocation"] != nil {
			t.Errorf("%s: %v", name, r.body)
		}
		for _, member := range []string{"softDeleteRetentionPeriodInDays", "isScheduledForDeferredDelete", "isDeferredDeleteScheduleUpcoming", "deferredDeleteTimeInUTC"} {
			if _, there := properties[member]; there {
				t.Errorf("%s: %s of an item that is not deleted", name, member)
			}
		}
		if diff := cmp.Diff([]any{map[string]any{
			"code": 400239.0, "title": "IaasVmHealthGreenDefault", "message": "Backup pre-check status of this virtual machine is OK.",
			"recommendations": []any{},
		}}, properties["healthDetails"]); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	if single.text("eTag") == "" || single.at("properties", "extendedInfo", "recoveryPointCount") != 1.0 {
		t.Errorf("got %s", single.raw)
	}
	if listed.at("eTag") != nil || listed.at("properties", "extendedInfo") != nil {
		t.Errorf("got %v", listed.body)
	}
	if got := p.get(p.item + older); got.at("properties", "softDeleteRetentionPeriod") != nil {
		t.Errorf("got %s", got.raw)
	}
	if got := p.get(p.item + latest); got.text("properties", "sourceLocation") != "eastasia" {
		t.Errorf("got %s", got.raw)
	}
	p.delete(p.item).want(http.StatusAccepted)
	p.clock.Advance(16*time.Second + 193*time.Millisecond + 109200)
	if got := p.get(p.item); got.text("properties", "deferredDeleteTimeRemaining") != "13.23:59:43.8068908" || got.at("properties", "healthDetails") != nil {
		t.Errorf("got %s", got.raw)
	}
}

// The steps of a backup: a snapshot while the transfer has not started, and then the transfer.
func TestStepsOfABackup(t *testing.T) {
	fault := embedded.BackupFault{From: time.Date(2026, 5, 2, 0, 0, 0, 0, time.UTC), Fault: embedded.Fault{Code: "VmNotRunning"}}
	p := startPlant(t, schedule("UTC", "14:00", daysOf(7)), func(c *embedded.Config) {
		c.BackupTime, c.BackupFaults = 44*time.Minute, []embedded.BackupFault{fault}
	})
	steps := func() []string {
		var said []string
		tasks, _ := p.get(p.job("Backup").text("id")).want(http.StatusOK).at("properties", "extendedInfo", "tasksList").([]any)
		for _, task := range tasks {
			step, _ := task.(map[string]any)
			for _, member := range []string{"taskId", "status", "duration"} {
				text, _ := step[member].(string)
				said = append(said, text)
			}
		}
		return said
	}
	for _, test := range []struct {
		at   string
		want []string
	}{
		{"2026-05-01T14:05:00Z", []string{"Take Snapshot", "InProgress", "PT0S", "Transfer data to vault", "NotStarted", "PT0S"}},
		{"2026-05-01T14:20:00Z", []string{"Take Snapshot", "Completed", "PT11M", "Transfer data to vault", "InProgress", "PT0S"}},
		{"2026-05-01T14:44:00Z", []string{"Take Snapshot", "Completed", "PT11M", "Transfer data to vault", "Completed", "PT33M"}},
		{"2026-05-02T15:00:00Z", []string{"Take Snapshot", "Failed", "PT44M", "Transfer data to vault", "NotStarted", "PT0S"}},
	} {
		p.to(test.at)
		if diff := cmp.Diff(test.want, steps()); diff != "" {
			t.Errorf("%s: %s", test.at, diff)
		}
	}
}

// What jobs say besides, by what they do.
func TestPropertiesOfJobs(t *testing.T) {
	p := startPlant(t, schedule("UTC", "14:00", daysOf(7)))
	p.clock.Advance(3 * day)
	p.stop("ProtectionStopped")
	p.delete(p.item).want(http.StatusAccepted)
	p.put(p.item, itemBody(`"isRehydrate":true`)).want(http.StatusAccepted)
	for operation, want := range map[string]map[string]any{
		"ConfigureBackup":  {"VM Name": "web", "Policy Name": "own"},
		"Backup":           {"VM Name": "web"},
		"DisableBackup":    {"VM Name": "web", "Policy Name": ""},
		"DeleteBackupData": {"VM Name": "web", "Number of Recovery Points": "3"},
		"Undelete":         {"VM Name": "web", "Undelete flag": "True"},
	} {
		job := p.get(p.job(operation).text("id")).want(http.StatusOK)
		if diff := cmp.Diff(want, job.at("properties", "extendedInfo", "propertyBag")); diff != "" {
			t.Errorf("%s: %s", operation, diff)
		}
		if tasks, _ := job.at("properties", "extendedInfo", "tasksList").([]any); operation != "Backup" && (tasks == nil || len(tasks) > 0) {
			t.Errorf("%s: %v", operation, tasks)
		}
		if job.at("properties", "actionsInfo") != nil || (job.at("properties", "isUserTriggered") != nil) != (operation == "Backup") {
			t.Errorf("%s: %s", operation, job.raw)
		}
	}
}

// Recovery points know the size and the disks of a machine that a client has written.
func TestRecoveryPointsOfAMachine(t *testing.T) {
	p := startPlant(t, schedule("UTC", "14:00", daysOf(7)))
	p.clock.Advance(day)
	point := func() *response { return p.get(p.points()[0].text("id")).want(http.StatusOK) }
	if got := point(); got.at("properties", "virtualMachineSize") != nil || got.text("properties", "sourceVMStorageType") != "NormalStorage" {
		t.Errorf("got %s", got.raw)
	}
	p.put(machine("web"), `{"location":"eastasia","properties":{"hardwareProfile":{"vmSize":"Standard_D2s_v5"},"storageProfile":{`+
		`"osDisk":{"managedDisk":{"storageAccountType":"Standard_LRS"}},"dataDisks":[{"managedDisk":{"storageAccountType":"Premium_LRS"}}]}}}`)
	if got := point(); got.text("properties", "virtualMachineSize") != "Standard_D2s_v5" || got.text("properties", "sourceVMStorageType") != "PremiumVMOnPartialPremiumStorage" {
		t.Errorf("got %s", got.raw)
	}
}

func TestMalformedNames(t *testing.T) {
	s := start(t)
	vault := vaultPath("g", "vault")
	s.put(vault, minimal).want(http.StatusCreated)
	good := strings.TrimPrefix(itemPath(vault, "web"), vault)
	parts := strings.Split(good, "/") // "", backupFabrics, Azure, protectionContainers, container, protectedItems, item
	for _, test := range []struct{ container, item, code string }{
		{"web", parts[6], "BMSUserErrorContainerNameIncorrectFormat"},
		{"IaasVMContainer;", parts[6], "BMSUserErrorContainerNameIncorrectFormat"},
		{parts[4], "web", "BMSUserErrorProtectedItemNameIncorrectFormat"},
		{parts[4], ";web", "BMSUserErrorProtectedItemNameIncorrectFormat"},
	} {
		path := vault + "/backupFabrics/Azure/protectionContainers/" + test.container + "/protectedItems/" + test.item
		s.get(path).wantError(http.StatusBadRequest, test.code, "such as")
		s.get(path+"/recoveryPoints").wantError(http.StatusBadRequest, test.code)
	}
	s.get(vault+good).wantError(http.StatusNotFound, "ResourceNotFound")
}

// Clients find the jobs of what they asked for by the id that they gave the request, if it is one that Azure takes.
func TestActivityOfAJobIsTheClientsRequest(t *testing.T) {
	const mine = "11111111-2222-4333-8444-555555555555"
	p := startPlant(t, schedule("UTC", "14:00", daysOf(7)))
	p.clock.Advance(day)
	ask := func(method, path, body, id string) *response {
		t.Helper()
		return p.do(method, path, body, "x-ms-client-request-id", id).want(http.StatusAccepted)
	}
	accepted := ask(http.MethodPost, p.item+"/backup", `{"properties":{"objectType":"IaasVMBackupRequest"}}`, mine)
	if got := p.get(p.jobID(accepted)).text("properties", "activityId"); got != mine {
		t.Errorf("a backup on demand has %s", got)
	}
	p.clock.Advance(day)
	ask(http.MethodPut, p.item, itemBody(`"protectionState":"ProtectionStopped"`), mine)
	ask(http.MethodDelete, p.item, "", "any text")
	for operation, want := range map[string]bool{"Backup": false, "DisableBackup": true, "DeleteBackupData": false} {
		if got := p.job(operation).text("properties", "activityId"); (got == mine) != want || uuid.Validate(got) != nil {
			t.Errorf("%s has %q", operation, got)
		}
	}
}
