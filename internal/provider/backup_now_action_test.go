package provider_test

import (
	"context"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/azurebackup/terraform-provider-backup/internal/acctest"
	"github.com/azurebackup/terraform-provider-backup/internal/backend"
	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
)

const contosoItem = contosoID + "/backupFabrics/Azure/protectionContainers/iaasvmcontainer;iaasvmcontainerv2;machines;vm-00/protectedItems/vm;iaasvmcontainerv2;machines;vm-00"

// backupNow is a client of a provider, for a service that protects vm-00 in the vault contoso.
func backupNow(t *testing.T, options ...backend.Option) *protocolClient {
	t.Helper()
	database := acctest.Database(t)
	service := newServiceClient(t, database)
	existing("backup")(service)
	service.protect(1)
	return newProtocolClient(t, database, options...)
}

// embeddedWith changes the service.
func embeddedWith(change func(*embedded.Config)) backend.Option {
	return backend.WithEmbedded(change)
}

func backupsTake(d time.Duration) backend.Option {
	return embeddedWith(func(c *embedded.Config) { c.BackupTime = d })
}

//nolint:staticcheck // the interface is the only way to the actions until they are part of ProviderServer
func (c *protocolClient) actions() tfprotov6.ProviderServerWithActions {
	c.t.Helper()
	//nolint:staticcheck // see above
	actions, ok := c.server.(tfprotov6.ProviderServerWithActions)
	if !ok {
		c.t.Fatal("the server has no actions")
	}
	return actions
}

// actionConfig is a configuration of backup_now for vm-00.
func (c *protocolClient) actionConfig(values map[string]any) *tfprotov6.DynamicValue {
	c.t.Helper()
	if _, ok := values["protected_vm_id"]; !ok {
		values["protected_vm_id"] = contosoItem
	}
	kind := c.schemas.ActionSchemas["backup_now"].Schema.ValueType()
	if limit, ok := values["timeouts"]; ok {
		values["timeouts"] = objectOf(c.t, attributeType(c.t, kind, "timeouts"), map[string]any{"invoke": limit})
	}
	return c.encode(objectOf(c.t, kind, values))
}

// invoke runs backup_now to its end. onProgress, when not nil, sees each message as it comes.
func (c *protocolClient) invoke(ctx context.Context, values map[string]any, onProgress func(string)) (said []string, diagnostics []*tfprotov6.Diagnostic) {
	c.t.Helper()
	stream, err := c.actions().InvokeAction(ctx, &tfprotov6.InvokeActionRequest{ActionType: "backup_now", Config: c.actionConfig(values)})
	if err != nil {
		c.t.Fatal(err)
	}
	completed := false
	for event := range stream.Events {
		switch e := event.Type.(type) {
		case tfprotov6.ProgressInvokeActionEventType:
			said = append(said, e.Message)
			if onProgress != nil {
				onProgress(e.Message)
			}
		case tfprotov6.CompletedInvokeActionEventType:
			completed, diagnostics = true, e.Diagnostics
		}
	}
	if !completed {
		c.t.Error("the action did not complete")
	}
	return said, diagnostics
}

// wantProblem looks for one error that says all of the texts.
func wantProblem(t *testing.T, diagnostics []*tfprotov6.Diagnostic, texts ...string) {
	t.Helper()
	if len(diagnostics) != 1 || diagnostics[0].Severity != tfprotov6.DiagnosticSeverityError {
		t.Fatalf("want one error: %+v", diagnostics)
	}
	said := diagnostics[0].Summary + "\n" + diagnostics[0].Detail
	for _, text := range texts {
		if !strings.Contains(said, text) {
			t.Errorf("%q is not said:\n%s", text, said)
		}
	}
}

// wantSaid compares progress messages with patterns, in order.
func wantSaid(t *testing.T, said []string, patterns ...string) {
	t.Helper()
	if len(said) != len(patterns) {
		t.Fatalf("%d messages, want %d:\n%s", len(said), len(patterns), strings.Join(said, "\n"))
	}
	for i, pattern := range patterns {
		if !regexp.MustCompile("^" + pattern + "$").MatchString(said[i]) {
			t.Errorf("message %d is %q, want %s", i, said[i], pattern)
		}
	}
}

const (
	jobPattern      = `[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`
	acceptedPattern = `Backup of VM "vm-00": job ` + jobPattern + ` accepted`
	timePattern     = `\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ`
)

func statusPattern(status string) string {
	return `Backup of VM "vm-00": job ` + jobPattern + ` ` + status + ` \(\d+ s\)`
}

func TestBackupNow_progress(t *testing.T) {
	t.Parallel()
	c := backupNow(t, backupsTake(2*time.Second))
	said, diagnostics := c.invoke(t.Context(), map[string]any{}, nil)
	c.succeed(diagnostics)
	wantSaid(t, said, acceptedPattern, statusPattern("InProgress"), statusPattern("Completed"),
		`Backup of VM "vm-00": recovery point of `+timePattern+`, kept until `+timePattern+`: /subscriptions/.*/recoveryPoints/\w+`)
}

func TestBackupNow_retention(t *testing.T) {
	t.Parallel()
	const ahead = 40 * 24 * time.Hour
	now := func() time.Time { return time.Now().Add(ahead) }
	kept := regexp.MustCompile(`recovery point of (` + timePattern + `), kept until (` + timePattern + `)`)
	c := backupNow(t, embeddedWith(func(c *embedded.Config) { c.Now = now }))
	const day = 24 * time.Hour
	for name, test := range map[string]struct {
		config map[string]any
		want   time.Duration // after the service's now
	}{
		"default": {map[string]any{}, 30 * day},
		"days":    {map[string]any{"retain_days": 1}, day},
		"longest": {map[string]any{"retain_days": 36135}, 36135 * day},
		"until":   {map[string]any{"retain_until": now().Add(50 * day).Format(time.RFC3339)}, 50 * day},
	} {
		said, diagnostics := c.invoke(t.Context(), test.config, nil)
		c.succeed(diagnostics)
		match := kept.FindStringSubmatch(said[len(said)-1])
		if match == nil {
			t.Fatalf("%s: %q", name, said)
		}
		for i, want := range []time.Time{now(), now().Add(test.want)} {
			got, err := time.Parse(time.RFC3339, match[i+1])
			if off := want.Sub(got).Abs(); err != nil || off > time.Minute {
				t.Errorf("%s: %q is %s off", name, match[i], off)
			}
		}
	}

	_, diagnostics := c.invoke(t.Context(), map[string]any{"retain_until": time.Now().Add(day).Format(time.RFC3339)}, nil)
	wantProblem(t, diagnostics, "Recovery point would be expired", "The service's clock says "+now().UTC().Format("2006-01-02T"))
	_, diagnostics = c.invoke(t.Context(), map[string]any{"retain_until": "2099-01-01T00:00:00Z", "retain_days": 5}, nil)
	wantProblem(t, diagnostics, "Retention set twice")
}

func TestBackupNow_doesNotWait(t *testing.T) {
	t.Parallel()
	c := backupNow(t, backupsTake(time.Hour))
	said, diagnostics := c.invoke(t.Context(), map[string]any{"wait": false}, nil)
	c.succeed(diagnostics)
	wantSaid(t, said, acceptedPattern, `Backup of VM "vm-00": job `+jobPattern+` goes on; the data source backup_jobs shows how it stands`)

	_, diagnostics = c.invoke(t.Context(), map[string]any{}, nil)
	wantProblem(t, diagnostics, "Another operation is running", `Wait until it has ended. The data source backup_jobs with status = "InProgress" shows it.`)
}

func TestBackupNow_fails(t *testing.T) {
	t.Parallel()
	fault := &embedded.Fault{Code: "UserErrorVmProvisioningStateFailed", Message: "The virtual machine is in failed provisioning state"}
	c := backupNow(t, embeddedWith(func(c *embedded.Config) { c.FailBackup = func(string) *embedded.Fault { return fault } }))
	said, diagnostics := c.invoke(t.Context(), map[string]any{}, nil)
	wantProblem(t, diagnostics, "Backup failed", `of vault "contoso" ended in the status Failed.`, fault.Code, fault.Message)
	wantSaid(t, said, acceptedPattern, statusPattern("Failed"))
}

// What Azure adds to a failure: a number and advice.
func TestBackupNow_failsWithAdvice(t *testing.T) {
	t.Parallel()
	recorder := &acctest.Recorder{Answer: func(req *http.Request) *http.Response {
		if !strings.Contains(req.URL.Path, "/backupJobs/") {
			return nil
		}
		return acctest.JSON(http.StatusOK, `{"id":"`+req.URL.Path+`","name":"x","properties":{"jobType":"AzureIaaSVMJob","operation":"Backup","status":"Failed",
			"startTime":"2026-08-01T00:00:00Z","endTime":"2026-08-01T00:01:00Z","entityFriendlyName":"vm-00","errorDetails":[
			{"errorCode":400089,"errorTitle":"Agent unreachable","errorString":"The VM agent does not answer.","recommendations":["Start the agent","Look at its log."]},
			{"errorCode":0,"errorTitle":"","errorString":"Snapshot failed","recommendations":null}]}}`)
	}}
	c := backupNow(t, recorder.Option())
	_, diagnostics := c.invoke(t.Context(), map[string]any{}, nil)
	wantProblem(t, diagnostics, "Agent unreachable. The VM agent does not answer. (code 400089)\n  * Start the agent.\n  * Look at its log.\n\nSnapshot failed.")
}

func TestBackupNow_interrupted(t *testing.T) {
	t.Parallel()
	c := backupNow(t, backupsTake(time.Hour))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	said, diagnostics := c.invoke(ctx, map[string]any{}, func(message string) {
		if strings.Contains(message, "InProgress") {
			cancel()
		}
	})
	job := regexp.MustCompile(jobPattern).FindString(strings.Join(said, "\n"))
	wantProblem(t, diagnostics, "Interrupted; the backup goes on", `Backup of VM "vm-00": interrupted.`, "as job "+job+` of vault "contoso"`)
}

func TestBackupNow_timesOut(t *testing.T) {
	t.Parallel()
	c := backupNow(t, backupsTake(time.Hour))
	_, diagnostics := c.invoke(t.Context(), map[string]any{"timeouts": "3s"}, nil)
	wantProblem(t, diagnostics, "The backup takes longer than timeouts.invoke", `the time ran out (timeouts.invoke = "3s")`, "The last thing the service said was: InProgress", "The backup goes on in the service, as job")
}

func TestBackupNow_nothingToBackUp(t *testing.T) {
	t.Parallel()
	c := backupNow(t)
	for name, test := range map[string]struct {
		id   string
		want []string
	}{
		"not protected": {strings.ReplaceAll(contosoItem, "vm-00", "vm-99"), []string{"VM is not protected", `VM "vm-99" in vault "contoso"`, "backup_protected_vms"}},
		"no vault":      {strings.ReplaceAll(contosoItem, "contoso", "fabrikam"), []string{"VM is not protected", `VM "vm-00" in vault "fabrikam"`}},
	} {
		said, diagnostics := c.invoke(t.Context(), map[string]any{"protected_vm_id": test.id}, nil)
		wantProblem(t, diagnostics, test.want...)
		if len(said) != 0 {
			t.Errorf("%s: %q", name, said)
		}
	}
}

func TestBackupNow_softDeleted(t *testing.T) {
	t.Parallel()
	database := acctest.Database(t)
	service := newServiceClient(t, database)
	existing("backup")(service)
	service.protect(1)
	service.delete(contosoItem)
	c := newProtocolClient(t, database)
	_, diagnostics := c.invoke(t.Context(), map[string]any{}, nil)
	wantProblem(t, diagnostics, "Protection of the VM was deleted", "Protect it again first.")
}

func TestBackupNow_validation(t *testing.T) {
	t.Parallel()
	c := newProtocolClient(t, "")
	unknown := tftypes.NewValue(tftypes.String, tftypes.UnknownValue)
	for name, test := range map[string]struct {
		config map[string]any
		want   string // "" is none
	}{
		"all well":       {map[string]any{"retain_days": 30, "wait": false, "timeouts": "10m"}, ""},
		"until":          {map[string]any{"retain_until": "2026-12-31T00:00:00+08:00"}, ""},
		"unknown":        {map[string]any{"protected_vm_id": unknown, "retain_until": unknown}, ""},
		"unknown both":   {map[string]any{"retain_days": tftypes.UnknownValue, "retain_until": unknown}, ""}, // variables, of which one is null
		"unknown days":   {map[string]any{"retain_days": tftypes.UnknownValue, "retain_until": "2026-12-31T00:00:00Z"}, ""},
		"retained twice": {map[string]any{"retain_days": 30, "retain_until": "2026-12-31T00:00:00Z"}, "Retention set twice"},
		"no days":        {map[string]any{"retain_days": 0}, "value must be between 1 and 36135, got: 0"},
		"many days":      {map[string]any{"retain_days": 36136}, "value must be between 1 and 36135, got: 36136"},
		"no time":        {map[string]any{"retain_until": "tomorrow"}, `"tomorrow" is not a time; write date, time and zone as in RFC 3339`},
		"no zone":        {map[string]any{"retain_until": "2026-12-31T00:00:00"}, `"2026-12-31T00:00:00" is not a time`},
		"the VM's id":    {map[string]any{"protected_vm_id": vmID("vm-00")}, "Invalid protected VM id"},
		"timeouts":       {map[string]any{"timeouts": "soon"}, `"soon"`},
	} {
		resp, err := c.actions().ValidateActionConfig(t.Context(), &tfprotov6.ValidateActionConfigRequest{ActionType: "backup_now", Config: c.actionConfig(test.config)})
		if err != nil {
			t.Fatal(err)
		}
		if test.want != "" {
			wantProblem(t, resp.Diagnostics, test.want)
		} else if len(resp.Diagnostics) > 0 {
			t.Errorf("%s: %+v", name, resp.Diagnostics[0])
		}
	}
}

func TestBackupNow_plan(t *testing.T) {
	t.Parallel()
	c := backupNow(t)
	unknown := tftypes.NewValue(tftypes.String, tftypes.UnknownValue)
	for name, test := range map[string]struct {
		config map[string]any
		want   string // "" is none
	}{
		"all well":      {map[string]any{"retain_until": time.Now().Add(time.Hour).Format(time.RFC3339)}, ""},
		"expired":       {map[string]any{"retain_until": "2026-01-01T00:00:00Z"}, "Recovery point would be expired"},
		"too long":      {map[string]any{"retain_until": "2200-01-01T00:00:00Z"}, "Recovery point would be kept too long"},
		"twice":         {map[string]any{"retain_until": "2099-01-01T00:00:00Z", "retain_days": 5}, "Retention set twice"},
		"not there yet": {map[string]any{"retain_until": "2026-01-01T00:00:00Z", "protected_vm_id": strings.ReplaceAll(contosoItem, "vm-00", "vm-99")}, ""},
		"unknown":       {map[string]any{"retain_until": "2026-01-01T00:00:00Z", "protected_vm_id": unknown}, ""},
	} {
		resp, err := c.actions().PlanAction(t.Context(), &tfprotov6.PlanActionRequest{ActionType: "backup_now", Config: c.actionConfig(test.config)})
		if err != nil {
			t.Fatal(err)
		}
		if test.want != "" {
			wantProblem(t, resp.Diagnostics, test.want)
		} else if len(resp.Diagnostics) > 0 {
			t.Errorf("%s: %+v", name, resp.Diagnostics[0])
		}
	}
}

// The action runs where the Terraform at hand has actions: after the VM is protected, and by hand.
func TestAccBackupNow(t *testing.T) {
	skipBelowActions(t)
	t.Parallel()
	w := acctest.NewWorkspace(t, sharedVaults("backup-vaults.db", `
resource "backup_vault" "test" {
  name   = "contoso"
  region = "eastus"
}
resource "backup_protected_vm" "test" {
  vault_id         = backup_vault.test.id
  backup_policy_id = "${backup_vault.test.id}/backupPolicies/DefaultPolicy"
  source_vm_id     = "`+vmID("vm-00")+`"
  lifecycle {
    action_trigger {
      events  = [after_create]
      actions = [action.backup_now.test]
    }
  }
}
action "backup_now" "test" {
  config {
    protected_vm_id = backup_protected_vm.test.id
    retain_days     = 90
  }
}
data "backup_recovery_points" "test" {
  protected_vm_id = backup_protected_vm.test.id
}
data "backup_jobs" "test" {
  vault_id        = backup_vault.test.id
  protected_vm_id = backup_protected_vm.test.id
  operation       = "Backup"
}
output "points" {
  value = length(data.backup_recovery_points.test.recovery_points)
}
output "jobs" {
  value = data.backup_jobs.test.jobs[*].user_triggered
}
`))
	wantOutput(t, w.MustRun("apply", "-auto-approve"), `Backup of VM "vm-00": recovery point of`)
	wantOutput(t, w.MustRun("apply", "-auto-approve", "-invoke=action.backup_now.test"), `Backup of VM "vm-00": recovery point of`)
	w.MustRun("apply", "-auto-approve")
	var outputs struct {
		Points struct{ Value int }
		Jobs   struct{ Value []bool }
	}
	w.JSON(&outputs, "output", "-json")
	if outputs.Points.Value != 2 || !slices.Equal(outputs.Jobs.Value, []bool{true, true}) {
		t.Errorf("recovery points and jobs: %+v", outputs)
	}
	w.MustPlanNothing()
	w.MustRun("destroy", "-auto-approve")
}

// skipBelowActions skips a test on a command line without actions. OpenTofu has none.
func skipBelowActions(t *testing.T) {
	t.Helper()
	if major, minor, version := acctest.Version(t); isOpenTofu() || major == 1 && minor < 14 {
		t.Skipf("actions need Terraform 1.14; this is %s", version)
	}
}
