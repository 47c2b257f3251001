package vault_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
	"github.com/azurebackup/terraform-provider-backup/internal/vault"
)

// embeddedVault is a vault of the embedded service.
func embeddedVault(t *testing.T, configure func(*embedded.Config)) (*vault.Client, *recorder) {
	t.Helper()
	c, r := newClient(t, configure)
	create(t, c, "contoso")
	r.take()
	return c, r
}

// protection is what protects the VM web.
func protection() vault.Protection {
	return vault.Protection{SourceVMID: vmID("web").String(), PolicyID: policyID("DefaultPolicy").String()}
}

// protect protects the VM web.
func protect(t *testing.T, c *vault.Client) vault.ProtectedVM {
	t.Helper()
	v, err := c.Protect(t.Context(), itemID("web"), protection(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestLifeOfAProtectedVM(t *testing.T) {
	c, _ := embeddedVault(t, nil)
	v := protect(t, c)
	want := vault.ProtectedVM{
		ID: v.ID, ARMID: v.ARMID, SourceVMID: vmID("web").String(), PolicyID: policyID("DefaultPolicy").String(), State: vault.StateIRPending, Health: "Passed", RecoveryPoints: new(0),
	}
	if diff := cmp.Diff(want, v); diff != "" || !v.ID.Equal(itemID("web")) || v.VMName() != "web" {
		t.Error(v.ID, diff)
	}
	read := func() vault.ProtectedVM {
		t.Helper()
		v, err := c.ProtectedVM(t.Context(), itemID("WEB"))
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	change := protection()
	change.PolicyID, change.Disks = policyID("EnhancedPolicy").String(), &vault.Disks{LUNs: []int{0, 3}}
	if v, err := c.Protect(t.Context(), itemID("web"), change, nil); err != nil || !strings.EqualFold(v.PolicyID, change.PolicyID) {
		t.Error(v, err)
	}
	if diff := cmp.Diff(change.Disks, read().Disks); diff != "" {
		t.Error(diff)
	}
	change.Disks = &vault.Disks{Include: true} // the OS disk alone
	if v, err := c.Protect(t.Context(), itemID("web"), change, nil); err != nil || cmp.Diff(change.Disks, v.Disks, cmpopts.EquateEmpty()) != "" {
		t.Error(v.Disks, err)
	}
	change.Disks = nil
	if v, err := c.Protect(t.Context(), itemID("web"), change, nil); err != nil || v.Disks != nil {
		t.Errorf("the disks are not reset: %v %v", v.Disks, err)
	}
	if v, err := c.StopProtection(t.Context(), itemID("web"), vault.StateStopped, nil); err != nil || v.State != vault.StateStopped || !v.Stopped() {
		t.Error(v, err)
	}
	if v, err := c.Protect(t.Context(), itemID("web"), change, nil); err != nil || v.Stopped() {
		t.Errorf("resumed: %v %v", v, err)
	}
	if err := c.Unprotect(t.Context(), itemID("web"), nil); err != nil {
		t.Fatal(err)
	}
	if v := read(); !v.SoftDeleted || v.PurgeAt.Before(time.Now().AddDate(0, 0, 13)) || v.PurgeAt.After(time.Now().AddDate(0, 0, 15)) {
		t.Errorf("soft-deleted: %v until %v", v.SoftDeleted, v.PurgeAt)
	}
	// Undeleted, but not protected: the value is there all the same, so that no backups are lost sight of.
	if v, err := c.Protect(t.Context(), itemID("web"), protection(), nil); err == nil || v.ARMID == "" || v.SoftDeleted || !v.Stopped() {
		t.Errorf("undeleted for a policy that is refused: %v %v", v, err)
	}
	if err := c.Unprotect(t.Context(), itemID("web"), nil); err != nil {
		t.Fatal(err)
	}
	if v, err := c.Protect(t.Context(), itemID("web"), change, nil); err != nil || v.SoftDeleted || v.Stopped() {
		t.Errorf("undeleted: %v %v", v, err)
	}
	if err := c.Unprotect(t.Context(), itemID("nobody"), nil); err != nil {
		t.Errorf("what does not exist: %v", err)
	}
	if _, err := c.StopProtection(t.Context(), itemID("nobody"), vault.StateStopped, nil); !arm.IsNotFound(err) {
		t.Error(err)
	}
}

func TestTheFirstVMLocksTheRedundancyThatIsRead(t *testing.T) {
	c, _ := newClient(t, nil)
	for _, name := range names(7) {
		create(t, c, name)
	}
	for _, name := range names(7) { // a list serves the last of them
		if _, err := c.Get(t.Context(), id(name)); err != nil {
			t.Fatal(err)
		}
	}
	item := vault.NewItemID(id("contoso-006"), vmID("web"))
	p := vault.Protection{SourceVMID: vmID("web").String(), PolicyID: vault.NewPolicyID(id("contoso-006"), "DefaultPolicy").String()}
	if _, err := c.Protect(t.Context(), item, p, nil); err != nil {
		t.Fatal(err)
	}
	if v, err := c.Get(t.Context(), id("contoso-006")); err != nil || !v.RedundancyLocked {
		t.Errorf("%v %v", v.RedundancyLocked, err)
	}
}

const itemDocument = `"properties":{"protectedItemType":"Microsoft.Compute/virtualMachines","protectionState":"Protected",` +
	`"lastBackupTime":"2001-01-01T00:00:00Z","extendedInfo":{"recoveryPointCount":2}`

// holdItem puts an item into a fake, with further properties.
func (f *fake) holdItem(vm, properties string) {
	f.put(itemID(vm).String(), `{"id":"`+itemID(vm).String()+`",`+itemDocument+`,"sourceResourceId":"`+vmID(vm).String()+`"`+properties+`}}`)
}

func TestProtectedVMIsRead(t *testing.T) {
	c, f := newFake(t)
	f.holdItem("web", `,"policyId":"`+policyID("p").String()+`","healthStatus":"ActionRequired","lastBackupStatus":"Completed","lastBackupTime":"2026-11-25T02:03:04.5678901Z",`+
		`"extendedProperties":{"diskExclusionProperties":{"diskLunList":[3,1],"isInclusionList":true}}`)
	v, err := c.ProtectedVM(t.Context(), itemID("web"))
	if err != nil {
		t.Fatal(err)
	}
	want := vault.ProtectedVM{
		ID: itemID("web"), ARMID: itemID("web").String(), SourceVMID: vmID("web").String(), PolicyID: policyID("p").String(), State: "Protected",
		Health: "ActionRequired", LastBackupStatus: "Completed", LastBackup: time.Date(2026, 11, 25, 2, 3, 4, 567890100, time.UTC), RecoveryPoints: new(2),
		Disks: &vault.Disks{LUNs: []int{1, 3}, Include: true},
	}
	if diff := cmp.Diff(want, v); diff != "" {
		t.Error(diff)
	}
	f.holdItem("all", `,"extendedProperties":{"diskExclusionProperties":{"diskLunList":[],"isInclusionList":false}}`)
	if v, err := c.ProtectedVM(t.Context(), itemID("all")); err != nil || v.Disks != nil {
		t.Errorf("excluding none is no restriction: %v %v", v.Disks, err)
	}
	c = f.connect(t)
	f.holdItem("bare", `,"policyId":null,"extendedInfo":null,"extendedProperties":{"diskExclusionProperties":null},"deferredDeleteTimeInUTC":null`)
	if v, err := c.ProtectedVM(t.Context(), itemID("bare")); err != nil || v.Disks != nil || !v.LastBackup.IsZero() || v.SoftDeleted || !v.PurgeAt.IsZero() || v.PolicyID != "" {
		t.Error(v, err)
	}
}

// Of a VM that is gone the service may only keep the older of its two properties for the id.
func TestProtectedVMIsRead_byItsOtherID(t *testing.T) {
	c, f := newFake(t)
	for text, want := range map[string]string{
		`"sourceResourceId":null,"virtualMachineId":"` + vmID("web").String() + `"`: vmID("web").String(), `"friendlyName":"web"`: "",
	} {
		f.put(itemID("web").String(), `{"id":"`+itemID("web").String()+`",`+itemDocument+","+text+`}}`)
		if v, err := c.ProtectedVM(t.Context(), itemID("web")); err != nil || v.SourceVMID != want {
			t.Errorf("%s: %q %v", text, v.SourceVMID, err)
		}
	}
}

func TestCallsOfAProtection(t *testing.T) {
	c, f := newFake(t)
	item := "VM;iaasvmcontainerv2;Machines;web"
	f.later(operation{method: http.MethodPut, polls: []string{running, succeeded}})
	var statuses []string
	v, err := c.Protect(t.Context(), itemID("web"), protection(), func(s string) { statuses = append(statuses, s) })
	if err != nil || v.SourceVMID != vmID("web").String() || len(statuses) != 2 {
		t.Error(v, err, statuses)
	}
	expectBody(t, f, map[string]any{
		"protectedItemType": "Microsoft.Compute/virtualMachines", "sourceResourceId": vmID("web").String(), "policyId": policyID("DefaultPolicy").String(),
	})
	expectCalls(t, f, "GET "+item, "PUT "+item, "GET 1", "GET 1", "GET "+item)

	f.odd = nil
	f.holdItem("web", `,"extendedProperties":{"diskExclusionProperties":{"diskLunList":[1],"isInclusionList":false}}`)
	c = f.connect(t)
	if _, err := c.Protect(t.Context(), itemID("web"), protection(), nil); err != nil {
		t.Error(err)
	}
	if sent, ok := f.written(t)["extendedProperties"].(map[string]any); !ok || len(sent) != 0 {
		t.Errorf("the disks are reset by extendedProperties without disks, not by %v", sent)
	}
	expectCalls(t, f, "GET "+item, "PUT "+item)

	if _, err := c.StopProtection(t.Context(), itemID("web"), vault.StateStopped, nil); err != nil {
		t.Error(err)
	}
	expectBody(t, f, map[string]any{
		"protectedItemType": "Microsoft.Compute/virtualMachines", "sourceResourceId": vmID("web").String(), "protectionState": "ProtectionStopped",
	})
	expectCalls(t, f, "GET "+item, "GET contoso", "PUT "+item) // the vault tells whether a guard protects it

	f.later(operation{method: http.MethodDelete, polls: []string{running, succeeded}})
	if err := c.Unprotect(t.Context(), itemID("web"), nil); err != nil {
		t.Error(err)
	}
	expectCalls(t, f, "GET contoso", "DELETE "+item, "GET 1", "GET 1")
	f.odd = nil
	if err := c.Unprotect(t.Context(), itemID("web"), nil); err != nil { // 204: there is none
		t.Error(err)
	}
	expectCalls(t, f, "GET contoso", "DELETE "+item)
}

func expectBody(t *testing.T, f *fake, want map[string]any) {
	t.Helper()
	if diff := cmp.Diff(want, f.written(t)); diff != "" {
		t.Error(diff)
	}
}

func TestSoftDeletedVMIsUndeletedFirst(t *testing.T) {
	c, f := newFake(t)
	item := "VM;iaasvmcontainerv2;Machines;web"
	f.holdItem("web", `,"isScheduledForDeferredDelete":true,"deferredDeleteTimeInUTC":"2026-11-20T10:00:00Z","softDeleteRetentionPeriodInDays":14`)
	if v, err := c.ProtectedVM(t.Context(), itemID("web")); err != nil || !v.SoftDeleted || !v.PurgeAt.Equal(time.Date(2026, 12, 4, 10, 0, 0, 0, time.UTC)) {
		t.Error(v, err)
	}
	f.take()
	if _, err := c.Protect(t.Context(), itemID("web"), protection(), nil); err != nil {
		t.Fatal(err)
	}
	if first, ok := decoded(t, f.bodies[0])["properties"].(map[string]any); !ok || first["isRehydrate"] != true || first["policyId"] != nil {
		t.Errorf("the first write is no undelete: %v", first)
	}
	if second := f.written(t); second["isRehydrate"] != nil || second["policyId"] == nil {
		t.Errorf("the second is no protection: %v", second)
	}
	expectCalls(t, f, "GET "+item, "PUT "+item, "PUT "+item)
}

func TestProtectWaitsForAnotherOperation(t *testing.T) {
	for _, code := range []string{"BMSUserErrorObjectLocked", "BMSUserErrorConflictingProtectionOperation"} {
		c, f := newFake(t)
		refusals := 3
		f.odd = func(w http.ResponseWriter, r *http.Request, _ string) bool {
			if r.Method == http.MethodGet || refusals == 0 {
				return false
			}
			refusals--
			refuse(w, http.StatusConflict, code, "Another operation is in progress.")
			return true
		}
		if v, err := c.Protect(t.Context(), itemID("web"), protection(), nil); err != nil || v.ARMID == "" {
			t.Error(v, err)
		}
		if got := counts(f.take())["PUT VM;iaasvmcontainerv2;Machines;web"]; got != 4 {
			t.Errorf("%d writes", got)
		}
		refusals = 2
		if err := c.Unprotect(t.Context(), itemID("web"), nil); err != nil || refusals != 0 {
			t.Error(err)
		}
		refusals = 1 << 30
		ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
		v, err := c.Protect(ctx, itemID("web"), protection(), nil)
		cancel()
		var timeout *arm.TimeoutError
		if !errors.As(err, &timeout) || !strings.Contains(timeout.LastWord, code) || !strings.Contains(timeout.LastWord, "Another operation") || v.ARMID != "" {
			t.Errorf("%v, %T %v", v, err, err)
		}
	}
}

// Another conflict is the service's answer.
func TestProtectDoesNotWaitForWhatDoesNotPass(t *testing.T) {
	c, f := newFake(t)
	f.odd = func(w http.ResponseWriter, r *http.Request, _ string) bool {
		if r.Method == http.MethodGet {
			return false
		}
		refuse(w, http.StatusBadRequest, "BMSUserErrorInvalidConfigureProtectionRequest", "No such VM.")
		return true
	}
	if _, err := c.Protect(t.Context(), itemID("web"), protection(), nil); !arm.HasCode(err, "BMSUserErrorInvalidConfigureProtectionRequest") {
		t.Error(err)
	}
	if got := f.take(); len(got) != 2 {
		t.Error(got)
	}
}

func TestWhatWasAcceptedIsNamedWhenTheWaitFails(t *testing.T) {
	item := "VM;iaasvmcontainerv2;Machines;web"
	for name, polls := range map[string][]string{"failed": {running, failed}, "timeout": {running}, "gone": {succeeded}} {
		t.Run(name, func(t *testing.T) {
			c, f := newFake(t)
			f.later(operation{method: http.MethodPut, polls: polls, without: true})
			enough := time.Minute
			if name == "timeout" {
				enough = time.Second
			}
			ctx, cancel := context.WithTimeout(t.Context(), enough)
			defer cancel()
			v, err := c.Protect(ctx, itemID("web"), protection(), nil)
			if v.ARMID != itemID("web").String() || v.SourceVMID == "" {
				t.Errorf("%v", v)
			}
			var timeout *arm.TimeoutError
			switch {
			case name == "failed" && (!arm.HasCode(err, "UserErrorBroken") || !strings.Contains(err.Error(), "It broke.")):
				t.Errorf("%T %v", err, err)
			case name == "timeout" && (!errors.As(err, &timeout) || timeout.LastWord != "InProgress"):
				t.Errorf("%T %v", err, err)
			case name == "gone" && !arm.IsNotFound(err): // 404 after it was accepted
				t.Errorf("%T %v", err, err)
			}
			if got := f.take(); got[0] != "GET "+item || got[1] != "PUT "+item {
				t.Error(got)
			}
		})
	}
}

func TestManyItemsAreServedByOneList(t *testing.T) {
	c, f := newFake(t)
	all := names(40)
	for _, name := range all {
		f.holdItem(name, "")
	}
	read := func(c *vault.Client, all []string) {
		t.Helper()
		var readers sync.WaitGroup
		for _, name := range all {
			readers.Go(func() {
				if v, err := c.ProtectedVM(t.Context(), itemID(name)); err != nil || v.VMName() != name {
					t.Errorf("%s: %v %v", name, v, err)
				}
			})
		}
		readers.Wait()
	}
	read(c, all)
	if got := counts(f.take()); len(got) != 3 || got["GET backupProtectedItems"] != 1 {
		t.Error(got)
	}
	// A write of an item, or of a policy's protections, is seen; what the list lacks is read alone.
	f.holdItem("late", "")
	read(c, []string{"late"})
	expectCalls(t, f, "GET VM;iaasvmcontainerv2;Machines;late")
	if _, err := c.StopProtection(t.Context(), itemID(all[7]), vault.StateStopped, nil); err != nil {
		t.Fatal(err)
	}
	if v, err := c.ProtectedVM(t.Context(), itemID(all[7])); err != nil || !v.Stopped() {
		t.Error(v, err)
	}
}

func TestItemsAreReadAgainAfterWhatMayChangeThem(t *testing.T) {
	c, f := newFake(t)
	all := names(4)
	f.put(policyID("p").String(), `{"id":"`+policyID("p").String()+`","properties":{"backupManagementType":"AzureIaasVM","schedulePolicy":{}}}`)
	f.putJob("j", "Backup", "Completed", at(1, 10), "")
	for name, change := range map[string]func() error{
		"backup":          func() error { _, err := c.WaitJob(t.Context(), id("contoso"), "j", nil); return err },
		"policy":          func() error { _, err := c.UpdatePolicy(t.Context(), policyID("p"), daily, nil); return err },
		"vault's removal": func() error { return c.Delete(t.Context(), id("contoso"), nil) },
	} {
		for _, vm := range all {
			f.holdItem(vm, "")
		}
		for _, vm := range all {
			if _, err := c.ProtectedVM(t.Context(), itemID(vm)); err != nil {
				t.Fatal(err)
			}
		}
		if err := change(); err != nil {
			t.Fatal(err)
		}
		f.holdItem(all[3], `,"extendedInfo":{"recoveryPointCount":77}`)
		if v, err := c.ProtectedVM(t.Context(), itemID(all[3])); err != nil || v.RecoveryPoints == nil || *v.RecoveryPoints != 77 {
			t.Errorf("after %s: %d recovery points, %v", name, v.RecoveryPoints, err)
		}
	}
}
