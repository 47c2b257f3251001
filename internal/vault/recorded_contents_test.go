package vault_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/vault"
)

// The spellings that Azure gives the ids of the recorded documents, which are others than those asked for.
const (
	recordedVault = "/Subscriptions/" + subscription + "/resourceGroups/backup/providers/Microsoft.RecoveryServices/vaults/contoso"
	recordedItem  = recordedVault + "/backupFabrics/Azure/protectionContainers/IaasVMContainer;iaasvmcontainerv2;machines;web/protectedItems/VM;iaasvmcontainerv2;machines;web"
)

// serving is a fake that answers every request whose path ends so with a recorded document.
func serving(t *testing.T, documents map[string]string) (*vault.Client, *fake) {
	t.Helper()
	c, f := newFake(t)
	f.odd = func(w http.ResponseWriter, r *http.Request, _ string) bool {
		for suffix, document := range documents {
			if strings.HasSuffix(r.URL.Path, suffix) {
				_, _ = io.WriteString(w, testdata(t, document))
				return true
			}
		}
		return false
	}
	return c, f
}

func recordedItemID(t *testing.T) vault.ItemID {
	t.Helper()
	id, err := vault.ParseItemID(recordedItem)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// Protected items as Azure describes them: names in its letter case, a time for never, "" and null for none.
func TestRecordedItems(t *testing.T) {
	taken := time.Date(2026, 7, 20, 15, 2, 41, 0, time.UTC)
	base := vault.ProtectedVM{ID: recordedItemID(t), ARMID: recordedItem, SourceVMID: vmID("web").String(), Health: "Passed", RecoveryPoints: new(0)}
	for file, change := range map[string]func(*vault.ProtectedVM){
		"item_pending.json": func(v *vault.ProtectedVM) {
			v.State, v.PolicyID = vault.StateIRPending, recordedVault+"/backupPolicies/DefaultPolicy"
		},
		"item_stopped.json": func(v *vault.ProtectedVM) {
			v.State, v.RecoveryPoints, v.LastBackupStatus, v.LastBackup = vault.StateStopped, new(3), "Completed", taken.Add(123456700)
		},
		"item_soft_deleted.json": func(v *vault.ProtectedVM) {
			v.State, v.RecoveryPoints, v.LastBackupStatus, v.LastBackup = vault.StateStopped, new(3), "Completed", taken
			v.SoftDeleted, v.PurgeAt = true, time.Date(2026, 8, 7, 9, 10, 11, 5e8, time.UTC)
		},
	} {
		want := base
		change(&want)
		c, _ := serving(t, map[string]string{"web": file})
		got, err := c.ProtectedVM(t.Context(), itemID("web"))
		if d := cmp.Diff(want, got); d != "" || err != nil {
			t.Errorf("%s: %s %v", file, d, err)
		}
		if !got.ID.Equal(itemID("web")) {
			t.Errorf("%s: %s is not the item asked for, %s", file, got.ID, itemID("web"))
		}
	}
}

func TestRecordedRecoveryPoints(t *testing.T) {
	c, _ := serving(t, map[string]string{"/recoveryPoints": "recovery_points.json"})
	first := time.Date(2026, 7, 20, 15, 2, 41, 123456700, time.UTC)
	want := []vault.RecoveryPoint{
		{ARMID: recordedItem + "/recoveryPoints/13298234234999", Name: "13298234234999", Time: time.Date(2026, 7, 21, 15, 2, 0, 0, time.UTC), Consistency: "CrashConsistent", Tiers: []string{}},
		{
			ARMID: recordedItem + "/recoveryPoints/13298234234234", Name: "13298234234234", Time: first, Consistency: "CrashConsistent",
			Tiers: []string{"InstantRP", "HardenedRP"}, Expires: first.AddDate(0, 0, 30),
		},
	}
	if d := cmp.Diff(want, points(t, c, vault.Window{})); d != "" {
		t.Error(d)
	}
}

func TestRecordedJobs(t *testing.T) {
	c, _ := serving(t, map[string]string{"/backupJobs": "jobs.json"})
	var got []vault.Job
	for j, err := range c.Jobs(t.Context(), id("contoso"), vault.JobFilter{}) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, j)
	}
	job := func(name, operation, status string, start, end time.Time) vault.Job {
		return vault.Job{
			ARMID: recordedVault + "/backupJobs/" + name, Name: name, Operation: operation, Status: status, VMName: "web",
			Container: "IaasVMContainer;iaasvmcontainerv2;machines;web", Start: start, End: end,
		}
	}
	day := func(hour, minute, second, nano int) time.Time {
		return time.Date(2026, 7, 24, hour, minute, second, nano, time.UTC)
	}
	want := []vault.Job{
		job("c3", "Backup", "InProgress", day(11, 0, 0, 0), time.Time{}),
		job("b2", "Backup", vault.JobFailed, day(10, 0, 0, 0), day(10, 31, 0, 0)),
		job("a1", "ConfigureBackup", vault.JobCompleted, day(9, 10, 11, 123456700), day(9, 10, 23, 543456700)),
	}
	want[0].UserTriggered, want[1].UserTriggered = new(true), new(false) // and of the third it is not told
	want[1].Errors = []vault.JobError{{Code: 400155, Title: "VM agent", Message: "Azure Backup could not reach the agent.", Recommendations: []string{"Look at the agent."}}}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// What a subscription has around its vaults: regions by their display names, further types and fields that are nobody's.
func TestRecordedSurroundings(t *testing.T) {
	c, _ := serving(t, map[string]string{
		"/providers/Microsoft.RecoveryServices": "provider.json", "/subscriptions": "subscriptions.json", "/locations/eastasia/deletedVaults": "deleted_vaults.json",
	})
	offer, err := c.Offer(t.Context(), subscription)
	wantOffer := vault.Offer{
		Regions: map[string]string{"westeurope": "West Europe", "eastasia": "East Asia", "chinaeast2": "China East 2"}, Registration: "Registered",
	}
	if d := cmp.Diff(wantOffer, offer); d != "" || err != nil || !offer.Registered() {
		t.Error(d, err)
	}
	subscriptions, _, err := c.Subscriptions(t.Context())
	want := []vault.Subscription{{ID: "00000000-0000-4000-8000-000000000002", DisplayName: "Archive", State: "Warned"}, {ID: subscription, DisplayName: "Production", State: "Enabled"}}
	if d := cmp.Diff(want, subscriptions); d != "" || err != nil {
		t.Error(d, err)
	}
	purge := time.Date(2025, 11, 7, 10, 5, 2, 765432100, time.UTC)
	// The other two regions are not there for deleted vaults.
	kept, err := c.FindDeleted(t.Context(), subscription, "fabrikam", purge.Add(-time.Second))
	wantKept := []vault.DeletedVault{{
		ARMID:   "/subscriptions/" + subscription + "/providers/Microsoft.RecoveryServices/locations/eastasia/deletedVaults/backup_0b0f3c1e-7a51-4c3a-8f6e-0d1f2a3b4c5d",
		VaultID: strings.Replace(recordedVault, "contoso", "Fabrikam", 1), Region: "eastasia",
		DeletedAt: time.Date(2025, 10, 24, 10, 5, 2, 765432100, time.UTC), PurgeAt: purge,
	}}
	if d := cmp.Diff(wantKept, kept); d != "" || !arm.IsNotFound(err) || !strings.Contains(text(err), "2 of 3 regions") {
		t.Error(d, err)
	}
	if kept, _ := c.FindDeleted(t.Context(), subscription, "fabrikam", purge); len(kept) != 0 {
		t.Errorf("purged, and still kept: %v", kept)
	}
}

// Operations of items and policies, as they run and as they end.
func TestRecordedOperations(t *testing.T) {
	run, done := testdata(t, "item_operation_running.json"), testdata(t, "item_operation_succeeded.json")
	broken, canceled := testdata(t, "item_operation_failed.json"), testdata(t, "item_operation_canceled.json")
	for name, test := range map[string]struct {
		polls []string
		want  string // of the error
	}{
		"succeeded": {polls: []string{run, run, done}},
		"failed":    {[]string{run, broken}, `BMSUserErrorInvalidConfigureProtectionRequest: Virtual machine is already registered\registering with another recovery services vault.`},
		"canceled":  {[]string{run, canceled}, "the operation ended in the state Canceled, for which the service gave no reason"},
	} {
		t.Run(name, func(t *testing.T) {
			c, f := newFake(t)
			f.later(operation{method: http.MethodPut, polls: test.polls})
			item, err := c.Protect(t.Context(), itemID("web"), protection(), nil)
			if text(err) != test.want || item.ARMID == "" {
				t.Errorf("an item: %v, %+v", err, item)
			}
			f.later(operation{method: http.MethodPut, polls: test.polls})
			policy, err := c.CreatePolicy(t.Context(), policyID("daily"), daily)
			if text(err) != test.want || policy.ARMID == "" {
				t.Errorf("a policy: %v, %+v", err, policy)
			}
			f.later(operation{method: http.MethodPost, polls: test.polls})
			job, err := c.BackupNow(t.Context(), itemID("web"), time.Time{})
			if name == "succeeded" && (job != "a1" || err != nil) || name == "failed" && text(err) != test.want || name != "succeeded" && err == nil {
				t.Errorf("a backup: job %q, %v", job, err)
			}
		})
	}
	c, f := newFake(t)
	f.put(id("contoso").String(), testdata(t, "fresh_vault.json"))
	f.later(operation{method: http.MethodDelete, polls: []string{run, testdata(t, "vault_operation_succeeded.json")}})
	if err := c.Delete(t.Context(), id("contoso"), nil); err != nil {
		t.Error(err)
	}
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// Writes of an item hold what was asked for and nothing of what is there: the service keeps the rest.
func TestItemWritesHoldOnlyWhatIsAsked(t *testing.T) {
	const vm = "/subscriptions/" + subscription + "/resourceGroups/Machines/providers/Microsoft.Compute/virtualMachines/web"
	kind := map[string]any{"protectedItemType": "Microsoft.Compute/virtualMachines", "sourceResourceId": vm}
	with := func(more map[string]any) map[string]any {
		for name, value := range kind {
			more[name] = value
		}
		return more
	}
	c, f := newFake(t)
	f.put(recordedItem, testdata(t, "item_pending.json"))
	f.put(itemID("web").String(), testdata(t, "item_pending.json"))
	if _, err := c.Protect(t.Context(), itemID("web"), vault.Protection{SourceVMID: vm, PolicyID: policyID("other").String()}, nil); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(with(map[string]any{"policyId": policyID("other").String()}), f.written(t)); d != "" {
		t.Errorf("another policy: %s", d)
	}
	f.put(itemID("web").String(), testdata(t, "item_pending.json"))
	if _, err := c.StopProtection(t.Context(), itemID("web"), vault.StateStopped, nil); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(with(map[string]any{"protectionState": "ProtectionStopped"}), f.written(t)); d != "" {
		t.Errorf("a stop: %s", d)
	}
}

// A change of a vault is a PATCH of what changes and nothing else.
func TestVaultPatchHoldsOnlyWhatChanges(t *testing.T) {
	c, f := newFake(t)
	f.put(id("contoso").String(), testdata(t, "fresh_vault.json"))
	var sent string
	f.odd = func(w http.ResponseWriter, r *http.Request, body string) bool {
		if r.Method != http.MethodPatch {
			return false
		}
		sent = body
		_, _ = io.WriteString(w, strings.Replace(testdata(t, "fresh_vault.json"), `"GeoRedundant"`, `"LocallyRedundant"`, 1))
		return true
	}
	v, err := c.Get(t.Context(), id("contoso"))
	if err != nil {
		t.Fatal(err)
	}
	wanted := v.Settings
	wanted.Redundancy = new(catalog.LocallyRedundant)
	if _, err := c.Apply(t.Context(), v, wanted, nil); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{"properties": map[string]any{"redundancySettings": map[string]any{
		"standardTierStorageRedundancy": "LocallyRedundant", "crossRegionRestore": "Disabled", // the two go together
	}}}
	if d := cmp.Diff(want, decoded(t, sent)); d != "" {
		t.Error(d)
	}
}

// A policy that is read and written back unchanged is the same document but for the dates of its times, which mean nothing,
// and what is the service's alone.
func TestRecordedPolicyIsWrittenBack(t *testing.T) {
	c, f := newFake(t)
	document := testdata(t, "default_policy.json")
	f.put(policyID("DefaultPolicy").String(), document)
	p, err := c.Policy(t.Context(), policyID("DefaultPolicy"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.UpdatePolicy(t.Context(), policyID("DefaultPolicy"), p.Settings, nil); err != nil {
		t.Fatal(err)
	}
	today := c.Now().UTC().Format(time.DateOnly)
	want, _ := decoded(t, strings.ReplaceAll(document, "2026-07-24", today))["properties"].(map[string]any)
	for _, name := range []string{"instantRPDetails", "protectedItemsCount"} {
		delete(want, name)
	}
	want["tieringPolicy"] = map[string]any{"ArchivedRP": map[string]any{"tieringMode": "DoNotTier", "duration": 0.0, "durationType": "Invalid"}}
	if d := cmp.Diff(want, f.written(t)); d != "" {
		t.Error(d)
	}
}
