package embedded_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
	"github.com/azurebackup/terraform-provider-backup/internal/store"
)

const otherSubscription = "22222222-2222-4222-8222-222222222222"

func twoSubscriptions(c *embedded.Config) {
	c.Subscriptions = []embedded.Subscription{{ID: embedded.DefaultSubscriptionID}, {ID: otherSubscription}}
}

// elsewhere is an id in the other subscription.
func elsewhere(id string) string {
	return strings.Replace(id, embedded.DefaultSubscriptionID, otherSubscription, 1)
}

func inRegion(region string) string { return strings.Replace(minimal, "eastasia", region, 1) }

// protectAs protects a machine under an item that may have another's names.
func (s *service) protectAs(vault, name, source string) *response {
	s.tb.Helper()
	return s.put(itemPath(vault, name), strings.Replace(protectBody(vault, name), machine(name), source, 1))
}

func TestMachinesOfOtherSubscriptions(t *testing.T) {
	s := start(t, twoSubscriptions)
	vault, second := vaultPath("g", "vault"), elsewhere(vaultPath("g", "second"))
	s.put(vault, minimal).want(http.StatusCreated)
	s.put(second, minimal).want(http.StatusCreated)
	web := elsewhere(machine("web"))
	s.protectAs(vault, "web", web).want(http.StatusAccepted)
	if got := s.get(itemPath(vault, "web")); got.text("properties", "sourceResourceId") != web || got.text("properties", "virtualMachineId") != web {
		t.Errorf("got %s", got.raw)
	}
	// The names of the item do not say which machine it is: another one of that name and group is no other item.
	s.protect(second, "web")
	s.protectAs(vault, "web", machine("web")).wantError(http.StatusBadRequest, "BMSUserErrorInvalidConfigureProtectionRequest",
		web, machine("web"), "another vault")
	s.protectAs(second, "web", web).wantError(http.StatusBadRequest, "BMSUserErrorInvalidConfigureProtectionRequest")

	// Also in a subscription that the service does not have.
	unknown := strings.Replace(machine("db"), embedded.DefaultSubscriptionID, "33333333-3333-4333-8333-333333333333", 1)
	s.protectAs(vault, "db", unknown).want(http.StatusAccepted)
	if got := s.get(unknown).want(http.StatusOK); got.text("location") != "eastasia" {
		t.Errorf("got %s", got.raw)
	}
}

func TestProtectedByAnotherVault(t *testing.T) {
	const configure = "BMSUserErrorInvalidConfigureProtectionRequest"
	s := start(t, twoSubscriptions)
	vault, other := vaultPath("g", "vault"), elsewhere(vaultPath("Group", "Other"))
	s.put(vault, minimal).want(http.StatusCreated)
	s.put(other, minimal).want(http.StatusCreated)
	s.protectAs(other, "web", machine("web")).want(http.StatusAccepted)
	refused := func() {
		t.Helper()
		s.protectAs(vault, "web", machine("WEB")).wantError(http.StatusBadRequest, configure, "'"+other+"'")
	}
	refused()
	s.delete(itemPath(other, "web")).want(http.StatusAccepted)
	s.protect(vault, "web")
}

// A machine whose protection was stopped or suspended in one vault was held by it, although Azure lets another vault have it.
func TestStoppedMachineIsFree(t *testing.T) {
	for _, state := range []string{"ProtectionStopped", "BackupsSuspended"} {
		t.Run(state, func(t *testing.T) {
			const configure = "BMSUserErrorInvalidConfigureProtectionRequest"
			s := start(t)
			vault, other, third := vaultPath("g", "a-first"), vaultPath("g", "b-other"), vaultPath("g", "c-third")
			for _, v := range []string{vault, other, third} {
				s.put(v, withProperties(immutability("Unlocked"))).want(http.StatusCreated)
			}
			put := func(vault, properties string) *response {
				return s.put(itemPath(vault, "web"), itemBody(`"sourceResourceId":"`+machine("web")+`"`+properties))
			}
			stop, policy := `,"protectionState":"`+state+`"`, func(vault string) string { return `,"policyId":"` + vault + `/backupPolicies/DefaultPolicy"` }
			of := func() string {
				t.Helper()
				path := "/subscriptions/" + embedded.DefaultSubscriptionID + "/providers/Microsoft.RecoveryServices/locations/eastasia/backupStatus?api-version=" + version
				return s.do(http.MethodPost, path, `{"resourceType":"VM","resourceId":"`+machine("web")+`"}`).want(http.StatusOK).text("vaultId")
			}
			protectable := func(vault string, want bool) {
				t.Helper()
				if got := strings.Contains(s.get(vault+"/backupProtectableItems").want(http.StatusOK).raw, machine("web")); got != want {
					t.Errorf("protectable in %s: %v", vault, got)
				}
			}
			s.put(machine("web"), `{"location":"eastasia"}`).want(http.StatusCreated)
			s.protect(vault, "web")
			protectable(other, false)
			put(vault, stop).want(http.StatusAccepted)
			protectable(other, true)
			protectable(vault, false)
			if got := of(); got != vault {
				t.Errorf("kept by %s", got)
			}
			s.protect(other, "web")
			if got := of(); got != other {
				t.Errorf("protected by %s", got)
			}
			// Both items are there, and the first is free neither for its own vault nor for a third.
			if first, second := s.get(itemPath(vault, "web")), s.get(itemPath(other, "web")); first.text("properties", "protectionState") != state ||
				second.text("properties", "protectionState") == state {
				t.Errorf("first: %s\nsecond: %s", first.raw, second.raw)
			}
			put(vault, policy(vault)).wantError(http.StatusBadRequest, configure, "already registered", "'"+other+"'")
			s.protectAs(third, "web", machine("web")).wantError(http.StatusBadRequest, configure, "'"+other+"'")
			protectable(third, false)
			// With several stopped items the one that takes backups again is the one that counts.
			put(other, stop).want(http.StatusAccepted)
			s.protect(third, "web")
			put(third, stop).want(http.StatusAccepted)
			put(other, policy(other)).want(http.StatusAccepted)
			if got := of(); got != other {
				t.Errorf("protected by %s", got)
			}
		})
	}
}

func TestRegionOfTheMachine(t *testing.T) {
	const mismatch = "UserErrorVmVaultLocationMismatch"
	s := start(t)
	east, west := vaultPath("g", "east"), vaultPath("g", "west")
	s.put(east, minimal).want(http.StatusCreated)
	s.put(west, inRegion("westeurope")).want(http.StatusCreated)

	// Known from a document.
	s.put(machine("web"), `{"location":"West Europe"}`).want(http.StatusCreated)
	s.protectAs(east, "web", machine("web")).wantError(http.StatusBadRequest, mismatch, "'westeurope'", "'eastasia'", "in a vault in 'westeurope'", machine("web"))
	s.get(itemPath(east, "web")).want(http.StatusNotFound)
	s.protect(west, "web")

	s.protect(east, "unheard-of")
}

// A machine that was made again in another region was refused there until the backups of the first had been purged.
func TestRegionOfAMachine_softDeletedBackupsDoNotHoldIt(t *testing.T) {
	s := start(t)
	east, west := vaultPath("g", "east"), vaultPath("g", "west")
	s.put(east, minimal).want(http.StatusCreated)
	s.put(west, inRegion("westeurope")).want(http.StatusCreated)
	group := "/subscriptions/" + embedded.DefaultSubscriptionID + "/resourceGroups/"
	for _, name := range []string{"web", "db"} {
		s.protect(west, name)
		if got := s.get(machine(name)).want(http.StatusOK); got.text("location") != "westeurope" {
			t.Errorf("got %s", got.raw)
		}
		s.delete(itemPath(west, name)).want(http.StatusAccepted)
		s.get(machine(name)).wantError(http.StatusNotFound, "VirtualMachineNotDescribed")
	}
	if got := s.get(group + "machines/providers/Microsoft.Compute/virtualMachines").want(http.StatusOK); len(got.values()) != 0 {
		t.Errorf("got %s", got.raw)
	}
	s.protect(east, "web")
	if got := s.get(machine("web")).want(http.StatusOK); got.text("location") != "eastasia" {
		t.Errorf("got %s", got.raw)
	}
	// The backups of the first are still there; taking it up again there is what another vault stands in the way of.
	s.protectAs(west, "web", machine("web")).wantError(http.StatusBadRequest, "BMSUserErrorInvalidConfigureProtectionRequest", "soft-deleted")
	// In a deleted vault they hold nobody either.
	s.delete(west).want(http.StatusAccepted)
	s.protect(east, "db")
}

func TestInventory(t *testing.T) {
	const configure = "BMSUserErrorInvalidConfigureProtectionRequest"
	s := start(t, func(c *embedded.Config) {
		c.VirtualMachines = map[string]string{machine("here"): "East Asia", strings.ToUpper(machine("there")): "westeurope"}
	})
	vault := vaultPath("g", "vault")
	s.put(vault, minimal).want(http.StatusCreated)
	s.protect(vault, "here")
	s.protectAs(vault, "there", machine("there")).wantError(http.StatusBadRequest, "UserErrorVmVaultLocationMismatch", "westeurope")
	s.protectAs(vault, "web", machine("web")).wantError(http.StatusBadRequest, configure, machine("web"), "does not exist")
	s.put(machine("web"), `{"location":"eastasia"}`).want(http.StatusCreated)
	s.protect(vault, "web")

	// Once it is deleted its backups can still be stopped, and not be taken up again.
	s.delete(machine("web")).want(http.StatusOK)
	s.put(itemPath(vault, "web"), itemBody(`"sourceResourceId":"`+machine("web")+`","protectionState":"ProtectionStopped"`)).want(http.StatusAccepted)
	s.protectAs(vault, "web", machine("web")).wantError(http.StatusBadRequest, configure, "does not exist")
}

func TestDisks(t *testing.T) {
	const invalid, content = "BMSUserErrorInvalidInput", "InvalidRequestContent"
	s := start(t)
	vault := vaultPath("g", "vault")
	s.put(vault, minimal).want(http.StatusCreated)
	path := itemPath(vault, "web")
	enhanced := strings.Replace(protectBody(vault, "web"), "DefaultPolicy", "EnhancedPolicy", 1)
	with := func(extended string) string {
		return strings.Replace(enhanced, `"policyId"`, `"extendedProperties":`+extended+`,"policyId"`, 1)
	}
	disks := func() any { return s.get(path).at("properties", "extendedProperties", "diskExclusionProperties") }
	for _, test := range []struct {
		extended, code string
		parts          []string
	}{
		{`[]`, content, nil},
		{`{"diskExclusionProperties":[]}`, content, nil},
		{`{"diskExclusionProperties":{}}`, content, []string{"diskLunList"}},
		{`{"diskExclusionProperties":{"diskLunList":"1"}}`, content, []string{"diskLunList"}},
		{`{"diskExclusionProperties":{"diskLunList":["1"]}}`, content, []string{"diskLunList[0]' must be a whole number"}},
		{`{"diskExclusionProperties":{"diskLunList":[1],"isInclusionList":"yes"}}`, content, []string{"isInclusionList"}},
		{`{"diskExclusionProperties":{"diskLunList":[64]}}`, invalid, []string{"0 to 63", "64"}},
		{`{"diskExclusionProperties":{"diskLunList":[-1]}}`, invalid, []string{"-1"}},
		{`{"diskExclusionProperties":{"diskLunList":[1.5]}}`, content, []string{"1.5"}},
		{`{"diskExclusionProperties":{"diskLunList":[3,3]}}`, invalid, []string{"3 twice"}},
		{`{"diskExclusionProperties":{"diskLunList":[]}}`, invalid, []string{"empty"}},
	} {
		s.put(path, with(test.extended)).wantError(http.StatusBadRequest, test.code, test.parts...)
	}
	s.get(path).want(http.StatusNotFound)

	excluded := map[string]any{"diskLunList": []any{0.0, 63.0}, "isInclusionList": false}
	s.put(path, with(`{"diskExclusionProperties":{"diskLunList":[0,63],"isInclusionList":false},"linuxVmApplicationName":"x"}`)).want(http.StatusAccepted)
	if diff := cmp.Diff(excluded, disks()); diff != "" {
		t.Error(diff)
	}
	// A request that says nothing of disks leaves them; Azure's clients send the properties without them to reset.
	s.put(path, enhanced).want(http.StatusAccepted)
	s.put(path, itemBody(`"sourceResourceId":"`+machine("web")+`","protectionState":"ProtectionStopped"`)).want(http.StatusAccepted)
	s.put(path, enhanced).want(http.StatusAccepted)
	if diff := cmp.Diff(excluded, disks()); diff != "" {
		t.Error(diff)
	}
	none := map[string]any{"diskLunList": []any{}, "isInclusionList": true}
	s.put(path, with(`{"diskExclusionProperties":{"diskLunList":[],"isInclusionList":true}}`)).want(http.StatusAccepted)
	if diff := cmp.Diff(none, disks()); diff != "" || s.get(path).at("properties", "extendedProperties", "linuxVmApplicationName") != nil {
		t.Error(diff)
	}
	for _, reset := range []string{`{}`, `null`, `{"diskExclusionProperties":null}`} {
		s.put(path, with(`{"diskExclusionProperties":{"diskLunList":[1]}}`)).want(http.StatusAccepted)
		s.put(path, with(reset)).want(http.StatusAccepted)
		if disks() != nil {
			t.Errorf("%s leaves %v", reset, disks())
		}
	}
}

func TestItemShowsItsBackups(t *testing.T) {
	s := start(t)
	vault := vaultPath("g", "vault")
	s.put(vault, minimal).want(http.StatusCreated)
	path := itemPath(vault, "web")
	s.protect(vault, "web")
	// At 15:00 for the first time.
	s.clock.Advance(3*time.Hour - time.Second)
	if got := s.get(path); got.text("properties", "protectionState") != "IRPending" || got.text("properties", "lastBackupStatus") != "" {
		t.Errorf("got %s", got.raw)
	}
	s.clock.Advance(time.Second + 40*day)
	got := s.get(path)
	for name, want := range map[string]any{
		"protectionState": "Protected", "lastBackupStatus": "Completed", "lastBackupTime": "2026-06-10T15:00:00.0000000Z",
		"lastRecoveryPoint": "2026-06-10T15:00:00.0000000Z",
	} {
		if got.at("properties", name) != want {
			t.Errorf("%s is %v", name, got.at("properties", name))
		}
	}
	const oldest = "2026-05-12T15:00:00.0000000Z"
	want := map[string]any{
		"recoveryPointCount": 30.0, "policyInconsistent": false, "oldestRecoveryPoint": oldest, "oldestRecoveryPointInVault": oldest,
	}
	if diff := cmp.Diff(want, got.at("properties", "extendedInfo")); diff != "" {
		t.Error(diff)
	}
	if got.at("history") != nil || got.at("properties", "history") != nil {
		t.Errorf("got %s", got.raw)
	}
	// What is shown is not taken back: neither the state nor what is hidden can be sent.
	forged := strings.Replace(got.raw, `"properties":{`, `"history":{"periods":[]},"properties":{"lastRecoveryPoint":"2030-01-01T00:00:00Z",`, 1)
	s.put(path, forged).want(http.StatusAccepted)
	if same := s.get(path); same.at("properties", "extendedInfo", "recoveryPointCount") != 30.0 || same.text("properties", "lastRecoveryPoint") != "2026-06-10T15:00:00.0000000Z" {
		t.Errorf("got %s", same.raw)
	}
	// Ones that are stopped keep what they have.
	s.delete(path).want(http.StatusAccepted)
	s.clock.Advance(10 * day)
	if deleted := s.get(path); deleted.at("properties", "extendedInfo", "recoveryPointCount") != 30.0 || deleted.text("properties", "protectionState") != "ProtectionStopped" ||
		deleted.text("properties", "policyName") != "" || deleted.at("properties", "policyType") != nil {
		t.Errorf("got %s", deleted.raw)
	}
}

// A backup on demand is a first one as well.
func TestBackupOnDemandProtects(t *testing.T) {
	s := start(t, func(c *embedded.Config) { c.BackupTime = time.Hour })
	vault := vaultPath("g", "vault")
	s.put(vault, minimal).want(http.StatusCreated)
	s.protect(vault, "web")
	state := func() string { return s.get(itemPath(vault, "web")).text("properties", "protectionState") }
	s.do(http.MethodPost, itemPath(vault, "web")+"/backup", `{"properties":{"objectType":"IaasVMBackupRequest"}}`).want(http.StatusAccepted)
	if got := state(); got != "IRPending" {
		t.Errorf("while it is taken: %s", got)
	}
	s.clock.Advance(time.Hour)
	if got := state(); got != "Protected" {
		t.Errorf("after it: %s", got)
	}
}

func TestItemOperationsHaveJobs(t *testing.T) {
	s := start(t, func(c *embedded.Config) { c.OperationTime = time.Minute })
	vault := vaultPath("g", "vault")
	s.put(vault, minimal).want(http.StatusCreated)
	s.clock.Advance(time.Minute)
	path, source := itemPath(vault, "web"), `"sourceResourceId":"`+machine("web")+`",`
	for _, step := range []struct {
		operation string
		do        func() *response
	}{
		{"ConfigureBackup", func() *response { return s.protect(vault, "web") }},
		{"ConfigureBackup", func() *response {
			return s.put(path, strings.Replace(protectBody(vault, "web"), "Default", "Enhanced", 1))
		}},
		{"DisableBackup", func() *response { return s.put(path, itemBody(source+`"protectionState":"ProtectionStopped"`)) }},
		{"DeleteBackupData", func() *response { return s.delete(path) }},
		{"Undelete", func() *response { return s.put(path, itemBody(`"isRehydrate":true`)) }},
	} {
		poll := step.do().want(http.StatusAccepted).header.Get("Azure-AsyncOperation")
		if got := s.get(poll); got.text("status") != "InProgress" || got.at("properties") != nil {
			t.Errorf("%s: %s", step.operation, got.raw)
		}
		s.clock.Advance(time.Minute)
		got := s.get(poll)
		if got.text("status") != "Succeeded" || got.text("properties", "objectType") != "OperationStatusJobExtendedInfo" {
			t.Errorf("%s: %s", step.operation, got.raw)
		}
		job := s.get(vault + "/backupJobs/" + got.text("properties", "jobId")).want(http.StatusOK)
		if job.text("properties", "operation") != step.operation || job.text("properties", "status") != "Completed" {
			t.Errorf("%s: %s", step.operation, job.raw)
		}
	}
	if got := len(s.get(vault + "/backupJobs").values()); got != 5 {
		t.Errorf("%d jobs", got)
	}
}

// A vault protects a thousand machines. Those are put into the store: a thousand requests say no more.
func TestVaultIsFull(t *testing.T) {
	s := start(t)
	vault := vaultPath("g", "vault")
	s.put(vault, minimal).want(http.StatusCreated)
	err := s.store.Update(t.Context(), s.clock.Now(), func(tx *store.Tx) error {
		for i := range 999 {
			d := protectedItem(vault, fmt.Sprintf("VM;iaasvmcontainerv2;other;vm-%d", i))
			d.Parent = vault
			if err := tx.PutDocument(d); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	s.protect(vault, "last")
	s.protectAs(vault, "late", machine("late")).wantError(http.StatusBadRequest, "UserErrorProtectionQuotaExceeded", "1000", "eastasia")
	s.protect(vault, "last")
	s.delete(itemPath(vault, "last")).want(http.StatusAccepted)
	s.protect(vault, "late")
}

// What an earlier version protected under a name that no machine can have is stopped and deleted as any other.
func TestItemsOfOddNamesThatAreThereStayManageable(t *testing.T) {
	s := start(t)
	vault := vaultPath("g", "vault")
	s.put(vault, minimal).want(http.StatusCreated)
	odd := "my vm"
	body := itemBody(`"sourceResourceId":"` + machine(odd) + `","policyId":"` + vault + `/backupPolicies/DefaultPolicy"`)
	path := strings.ReplaceAll(itemPath(vault, odd), " ", "%20")
	s.put(path, body).wantError(http.StatusBadRequest, "BMSUserErrorInvalidConfigureProtectionRequest", "sourceResourceId", `" " at position 3`)
	s.seed(&store.Document{
		ID: itemPath(vault, odd), Type: "Microsoft.RecoveryServices/vaults/backupFabrics/protectionContainers/protectedItems",
		Subscription: embedded.DefaultSubscriptionID, ResourceGroup: "g", Parent: vault, Name: "VM;iaasvmcontainerv2;Machines;" + odd, Body: []byte(body),
	})
	s.put(path, body).want(http.StatusAccepted)
	s.put(path, strings.Replace(body, `"policyId"`, `"protectionState":"ProtectionStopped","policyId"`, 1)).want(http.StatusAccepted)
	s.delete(path).want(http.StatusAccepted)
}
