package embedded_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	backup "github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/recoveryservices/armrecoveryservicesbackup/v5"
	"github.com/google/go-cmp/cmp"

	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
)

const (
	scanVersion = "2026-07-01"
	newest      = "2026-10-01"
)

// at is a path with another API version than the usual.
func at(path, version string) string { return path + "?api-version=" + version }

// scan configures the scan of the plant's item.
func (p *plant) scan(action string) *response {
	p.tb.Helper()
	return p.do(http.MethodPost, at(p.item+"/configureSourceScan", scanVersion), `{"sourceScanAction":"`+action+`"}`).want(http.StatusAccepted)
}

// scanInfo is what the plant's item says of its scan.
func (p *plant) scanInfo() any {
	p.tb.Helper()
	return p.get(at(p.item, scanVersion)).want(http.StatusOK).at("properties", "sourceSideScanInfo")
}

func scanInfo(status, summary string) any {
	return map[string]any{"sourceSideScanStatus": status, "sourceSideScanSummary": summary}
}

// statuses are the threat statuses of the plant's points, the newest first.
func (p *plant) statuses() []string {
	p.tb.Helper()
	var all []string
	for _, point := range p.get(at(p.item+"/recoveryPoints", scanVersion)).want(http.StatusOK).values() {
		all = append(all, point.text("properties", "threatStatus"))
	}
	return all
}

// As recorded: no job, 204 at the end, and what the item says before and after.
func TestSourceScanIsConfigured(t *testing.T) {
	p := startPlant(t, schedule("UTC", "02:00", daysOf(9)), func(c *embedded.Config) { c.OperationTime = time.Minute })
	p.clock.Advance(time.Hour)
	if diff := cmp.Diff(scanInfo("NotConfigured", "Unknown"), p.scanInfo()); diff != "" {
		t.Error(diff)
	}
	accepted := p.scan("Enable")
	status, result := accepted.header.Get("Azure-AsyncOperation"), accepted.header.Get("Location")
	if !strings.Contains(status, p.item+"/operationsStatus/") || !strings.Contains(result, p.item+"/operationResults/") || accepted.raw != "" {
		t.Errorf("got %q, %q, %q", status, result, accepted.raw)
	}
	p.get(result).want(http.StatusAccepted)
	p.do(http.MethodPost, at(p.item+"/configureSourceScan", scanVersion), `{"sourceScanAction":"Disable"}`).
		wantError(http.StatusConflict, "BMSUserErrorObjectLocked")
	p.clock.Advance(time.Minute)
	if got := p.get(status).want(http.StatusOK); got.text("status") != "Succeeded" || got.at("properties") != nil {
		t.Errorf("got %s", got.raw)
	}
	if got := p.get(result).want(http.StatusNoContent); got.raw != "" {
		t.Errorf("got %s", got.raw)
	}
	if diff := cmp.Diff(scanInfo("Configured", "Unknown"), p.scanInfo()); diff != "" {
		t.Error(diff)
	}
	p.scan("DISABLE")
	if diff := cmp.Diff(scanInfo("NotConfigured", "Unknown"), p.scanInfo()); diff != "" {
		t.Error(diff)
	}
	p.clock.Advance(time.Minute)
	p.do(http.MethodPost, at(p.item+"/configureSourceScan", scanVersion), `{"sourceScanAction":"Invalid"}`).
		wantError(http.StatusBadRequest, "BMSUserErrorInvalidInput", "Enable or Disable")
	p.do(http.MethodPost, at(p.item+"/configureSourceScan", "2026-05-01"), `{"sourceScanAction":"Enable"}`).
		wantError(http.StatusBadRequest, "InvalidApiVersionParameter", "2026-05-01", scanVersion)
	p.do(http.MethodPost, at(itemPath(p.vault, "other")+"/configureSourceScan", scanVersion), `{"sourceScanAction":"Enable"}`).
		wantError(http.StatusNotFound, "ResourceNotFound", "other")
	p.delete(p.item).want(http.StatusAccepted)
	p.clock.Advance(time.Minute)
	if got := p.do(http.MethodPost, at(p.item+"/configureSourceScan", scanVersion), `{"sourceScanAction":"Enable"}`); got.status != http.StatusBadRequest {
		t.Errorf("of a soft-deleted item: %d %s", got.status, got.raw)
	}
}

// Microsoft's PowerShell module puts the item with the status that it is to have; with an older API version there is none.
func TestSourceScanIsConfiguredByPUT(t *testing.T) {
	p := startPlant(t, schedule("UTC", "02:00", daysOf(9)))
	put := func(version, status string) {
		t.Helper()
		p.put(at(p.item, version), itemBody(`"sourceResourceId":"`+machine("web")+`","policyId":"`+p.policy+`","sourceSideScanInfo":{"sourceSideScanStatus":"`+
			status+`"}`)).want(http.StatusAccepted)
	}
	for _, step := range []struct{ version, status, want string }{
		{"2026-05-01", "Configured", "NotConfigured"},
		{scanVersion, "Configured", "Configured"},
		{scanVersion, "NotApplicable", "Configured"},
		{version, "NotConfigured", "Configured"},
		{newest, "NotConfigured", "NotConfigured"},
	} {
		put(step.version, step.status)
		if diff := cmp.Diff(scanInfo(step.want, "Unknown"), p.scanInfo()); diff != "" {
			t.Errorf("after %v: %s", step, diff)
		}
	}
}

func TestThreatsOfRecoveryPoints(t *testing.T) {
	at0 := func(s string) time.Time {
		moment, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return moment
	}
	p := startPlant(t, schedule("UTC", "02:00", daysOf(30)), func(c *embedded.Config) {
		c.Threats = []embedded.Threat{
			{Machine: "WEB", From: at0("2026-05-06T00:00:00Z"), Until: at0("2026-05-07T12:00:00Z"), Title: "Ransomware", Description: "Files are being encrypted.", Severity: "Critical"},
			{Machine: machine("web"), From: at0("2026-05-05T00:00:00Z"), Until: at0("2026-05-06T12:00:00Z"), Title: "Odd sign-in", Severity: "Warning"},
			{Machine: "db", Title: "of another machine"},
		}
	})
	p.to("2026-05-03T12:00:00Z")
	p.scan("Enable")
	p.to("2026-05-07T03:00:00Z")
	if diff := cmp.Diff([]string{"UnHealthy", "UnHealthy", "Warning", "Healthy", "NotAvailable", "NotAvailable"}, p.statuses()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(scanInfo("Configured", "Suspicious"), p.scanInfo()); diff != "" {
		t.Error(diff)
	}
	points := p.get(at(p.item+"/recoveryPoints", newest)).values()
	want := []any{
		map[string]any{
			"threatTitle": "Ransomware", "threatDescription": "Files are being encrypted.", "threatSeverity": "Critical", "threatState": "Active",
			"threatStartTime": "2026-05-06T00:00:00.0000000Z", "threatEndTime": "2026-05-07T12:00:00.0000000Z", "lastUpdatedTime": "2026-05-06T02:00:00.0000000Z",
		},
		map[string]any{
			"threatTitle": "Odd sign-in", "threatDescription": "", "threatSeverity": "Warning", "threatState": "Active",
			"threatStartTime": "2026-05-05T00:00:00.0000000Z", "threatEndTime": "2026-05-06T12:00:00.0000000Z", "lastUpdatedTime": "2026-05-06T02:00:00.0000000Z",
		},
	}
	if diff := cmp.Diff(want, points[1].at("properties", "threatInfo")); diff != "" {
		t.Error(diff)
	}
	for i, lacks := range map[int]bool{3: true, 4: true, 0: false} {
		if got := points[i].at("properties", "threatInfo"); (got == nil) != lacks {
			t.Errorf("point %d: %v", i, got)
		}
	}
	p.to("2026-05-08T03:00:00Z")
	p.scan("Disable")
	p.to("2026-05-09T03:00:00Z")
	if diff := cmp.Diff([]string{"NotAvailable", "Healthy", "UnHealthy"}, p.statuses()[:3]); diff != "" {
		t.Error(diff)
	}
	for _, old := range []string{"2025-08-01", "2026-05-01"} {
		point := p.get(at(p.item+"/recoveryPoints", old)).values()[2]
		if point.at("properties", "threatStatus") != nil || point.at("properties", "threatInfo") != nil {
			t.Errorf("%s: %v", old, point.body)
		}
		if item := p.get(at(p.item, old)); item.at("properties", "sourceSideScanInfo") != nil {
			t.Errorf("%s: %s", old, item.raw)
		}
	}
}

func TestImmutabilityOfRecoveryPoints(t *testing.T) {
	for name, test := range map[string]struct {
		vault string
		want  map[string]any
	}{
		"of a vault that is not": {``, map[string]any{"isImmutable": false}},
		"disabled":               {`{"state":"Disabled"}`, map[string]any{"isImmutable": false}},
		"unlocked":               {`{"state":"Unlocked"}`, map[string]any{"isImmutable": true}},
		"by the policy":          {`{"state":"Unlocked","configuration":{"type":"AsPerPolicy"}}`, map[string]any{"isImmutable": true}},
		"for a time": {
			`{"state":"Unlocked","configuration":{"type":"TimeBased","durationInDays":30}}`,
			map[string]any{"isImmutable": true, "expiryTime": "2026-06-01T02:00:00.0000000Z"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := startPlant(t, schedule("UTC", "02:00", daysOf(60)))
			if test.vault != "" {
				p.patch(at(p.vault, scanVersion), `{"properties":{"securitySettings":{"immutabilitySettings":`+test.vault+`}}}`)
			}
			p.to("2026-05-02T03:00:00Z")
			shown := func(version string) any {
				return p.get(at(p.item+"/recoveryPoints", version)).values()[0].at("properties", "recoveryPointProperties", "immutabilityProperties")
			}
			for _, version := range []string{"2026-05-01", newest} {
				if diff := cmp.Diff(any(test.want), shown(version)); diff != "" {
					t.Errorf("%s: %s", version, diff)
				}
			}
			if got := shown("2026-02-01"); got != nil {
				t.Errorf("an older version shows %v", got)
			}
			p.to("2026-06-02T12:00:00Z")
			points := p.get(at(p.item+"/recoveryPoints", newest)).values()
			oldest := points[len(points)-1].at("properties", "recoveryPointProperties", "immutabilityProperties", "isImmutable")
			if want := test.want["isImmutable"] == true && test.want["expiryTime"] == nil; oldest != want {
				t.Errorf("after a month: %v, want %v", oldest, want)
			}
		})
	}
}

// A client of an older version neither sees instant access nor takes it away.
func TestInstantAccess(t *testing.T) {
	plain := schedule("UTC", "02:00", daysOf(30))
	p := startPlant(t, plain)
	with := func(members string) string { return strings.Replace(plain, `"policyType"`, members+`,"policyType"`, 1) }
	shown := func(version string) [2]any {
		got := p.get(at(p.policy, version)).want(http.StatusOK)
		return [2]any{got.at("properties", "instantAccessSnapshotEnabled"), got.at("properties", "instantAccessDurationMinutes")}
	}
	tiers := func(version string) []string {
		var all []string
		values, _ := p.get(at(p.item+"/recoveryPoints", version)).values()[0].at("properties", "recoveryPointTierDetails").([]any)
		for _, value := range values {
			tier, _ := value.(map[string]any)
			kind, _ := tier["type"].(string)
			all = append(all, kind)
		}
		return all
	}
	p.put(at(p.policy, newest), with(`"instantAccessSnapshotEnabled":true,"instantAccessDurationMinutes":90`)).want(http.StatusAccepted)
	if got := shown(newest); got != [2]any{true, 90.0} {
		t.Errorf("got %v", got)
	}
	if got := shown("2026-08-01"); got != [2]any{} {
		t.Errorf("an older version shows %v", got)
	}
	for _, step := range []struct {
		at            string
		newest, older []string
	}{
		{"2026-05-02T03:29:00Z", []string{"IASnapshotRP", "InstantRP", "HardenedRP"}, []string{"InstantRP", "HardenedRP"}},
		{"2026-05-02T03:30:00Z", []string{"InstantRP", "HardenedRP"}, []string{"InstantRP", "HardenedRP"}},
	} {
		p.to(step.at)
		if diff := cmp.Diff([][]string{step.newest, step.older}, [][]string{tiers(newest), tiers(scanVersion)}); diff != "" {
			t.Errorf("%s: %s", step.at, diff)
		}
	}
	p.put(at(p.policy, version), with(`"instantAccessSnapshotEnabled":false`)).want(http.StatusAccepted)
	if got := shown(newest); got != [2]any{true, 90.0} {
		t.Errorf("after a PUT of an older version: %v", got)
	}
	p.put(at(p.policy, newest), with(`"instantAccessSnapshotEnabled":true`)).want(http.StatusAccepted)
	p.to("2026-05-03T06:59:00Z") // nearly five hours
	if got := tiers(newest); got[0] != "IASnapshotRP" {
		t.Errorf("got %v", got)
	}
	p.put(at(p.policy, newest), plain).want(http.StatusAccepted)
	if got := shown(newest); got != [2]any{} {
		t.Errorf("after a PUT without it: %v", got)
	}
	for _, minutes := range []string{"59", "301"} {
		p.put(at(p.policy, newest), with(`"instantAccessSnapshotEnabled":true,"instantAccessDurationMinutes":`+minutes)).
			wantError(http.StatusBadRequest, "BMSUserErrorInvalidPolicyInput", minutes, "60 to 300")
	}
	p.put(at(p.policy, newest), with(`"instantAccessSnapshotEnabled":"yes"`)).wantError(http.StatusBadRequest, "InvalidRequestContent", "true or false")
}

// Microsoft's client, whose API version is 2026-07-01.
func TestMicrosoftClientReadsThreats(t *testing.T) {
	const container, item = "IaasVMContainer;iaasvmcontainerv2;Machines;web", "VM;iaasvmcontainerv2;Machines;web"
	p := startPlant(t, schedule("UTC", "02:00", daysOf(30)), func(c *embedded.Config) {
		c.Threats = []embedded.Threat{{Machine: "web", Title: "Ransomware", Description: "Files are being encrypted."}}
	})
	factory, ctx := p.runSDK(), t.Context()
	poller, err := factory.NewConfigureSourceScanClient().BeginExecute(ctx, "g", "vault", "Azure", container, item,
		backup.ProtectedItemConfigureSourceScanRequest{SourceScanAction: to.Ptr(backup.SourceScanActionEnable)}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := poller.PollUntilDone(ctx, nil); err != nil {
		t.Fatal(err)
	}
	p.patch(at(p.vault, scanVersion), `{"properties":{"securitySettings":{"immutabilitySettings":{"state":"Unlocked","configuration":{"type":"TimeBased","durationInDays":30}}}}}`)
	p.clock.Advance(day)
	read, err := factory.NewProtectedItemsClient().Get(ctx, "vault", "g", "Azure", container, item, nil)
	if err != nil {
		t.Fatal(err)
	}
	vm, ok := read.Properties.(*backup.AzureIaaSComputeVMProtectedItem)
	if !ok || *vm.SourceSideScanInfo.SourceSideScanStatus != backup.SourceSideScanStatusConfigured ||
		*vm.SourceSideScanInfo.SourceSideScanSummary != backup.SourceSideScanSummarySuspicious {
		t.Errorf("got %+v", read.Properties)
	}
	page, err := factory.NewRecoveryPointsClient().NewListPager("vault", "g", "Azure", container, item, nil).NextPage(ctx)
	if err != nil {
		t.Fatal(err)
	}
	point, ok := page.Value[0].Properties.(*backup.IaasVMRecoveryPoint)
	if !ok || *point.ThreatStatus != backup.ThreatStatusUnHealthy || *point.ThreatInfo[0].ThreatSeverity != backup.ThreatSeverityHigh ||
		*point.ThreatInfo[0].ThreatState != backup.ThreatStateActive || *point.ThreatInfo[0].ThreatTitle != "Ransomware" || point.ThreatInfo[0].ThreatEndTime != nil {
		t.Errorf("got %+v", page.Value[0].Properties)
	}
	if kept := point.RecoveryPointProperties.ImmutabilityProperties; !*kept.IsImmutable || !kept.ExpiryTime.Equal(point.RecoveryPointTime.AddDate(0, 0, 30)) {
		t.Errorf("got %+v", kept)
	}
}
