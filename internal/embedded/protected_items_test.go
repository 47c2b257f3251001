package embedded_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
)

const day = 24 * time.Hour

func machine(name string) string {
	return sub + "/resourceGroups/Machines/providers/Microsoft.Compute/virtualMachines/" + name
}

func itemPath(vault, name string) string {
	pair := "iaasvmcontainerv2;Machines;" + name
	return vault + "/backupFabrics/Azure/protectionContainers/IaasVMContainer;" + pair + "/protectedItems/VM;" + pair
}

func protectBody(vault, name string) string {
	return fmt.Sprintf(`{"properties":{"protectedItemType":"Microsoft.Compute/virtualMachines","sourceResourceId":%q,"policyId":%q}}`,
		machine(name), vault+"/backupPolicies/DefaultPolicy")
}

func itemBody(properties string) string {
	return `{"properties":{"protectedItemType":"Microsoft.Compute/virtualMachines",` + properties + `}}`
}

func (s *service) protect(vault, name string) *response {
	s.tb.Helper()
	return s.put(itemPath(vault, name), protectBody(vault, name)).want(http.StatusAccepted)
}

func TestProtectedItem(t *testing.T) {
	s := start(t)
	vault := vaultPath("Group", "Vault")
	s.put(vault, minimal).want(http.StatusCreated)
	path := itemPath(vault, "web")
	s.get(path).wantError(http.StatusNotFound, "ResourceNotFound", "VM;iaasvmcontainerv2;Machines;web")

	put := s.protect(vault, "web")
	if put.raw != "" || !strings.HasPrefix(put.header.Get("Azure-AsyncOperation"), embedded.Endpoint+path+"/operationsStatus/") ||
		!strings.HasPrefix(put.header.Get("Location"), embedded.Endpoint+path+"/operationResults/") {
		t.Errorf("got %s, %v", put.raw, put.header)
	}
	if status := s.get(put.header.Get("Azure-AsyncOperation")).want(http.StatusOK); status.text("status") != "Succeeded" ||
		uuid.Validate(status.text("id")) != nil || status.text("name") != status.text("id") || status.text("endTime") != status.text("startTime") {
		t.Errorf("got %s", status.raw)
	}
	got := s.get(path).want(http.StatusOK)
	if diff := cmp.Diff(got.body, s.get(put.header.Get("Location")).want(http.StatusOK).body); diff != "" {
		t.Error(diff)
	}
	want := map[string]any{
		"protectedItemType": "Microsoft.Compute/virtualMachines", "backupManagementType": "AzureIaasVM", "workloadType": "VM",
		"containerName": "iaasvmcontainerv2;Machines;web", "friendlyName": "web", "sourceResourceId": machine("web"),
		"virtualMachineId": machine("web"), "policyId": vault + "/backupPolicies/DefaultPolicy", "policyName": "DefaultPolicy",
		"policyType": "V1", "protectionState": "IRPending", "protectionStatus": "Healthy", "healthStatus": "Passed",
		"kpisHealths": map[string]any{}, "lastBackupStatus": "", "lastBackupTime": "2001-01-01T00:00:00Z",
		"extendedInfo": map[string]any{"recoveryPointCount": 0.0, "policyInconsistent": false}, "vaultId": embedded.Endpoint + vault,
		"isArchiveEnabled": false, "softDeleteRetentionPeriod": 0.0,
		"protectedItemDataId": got.at("properties", "protectedItemDataId"),
	}
	if diff := cmp.Diff(want, got.at("properties")); diff != "" {
		t.Error(diff)
	}
	if got.text("id") != path || got.text("name") != "VM;iaasvmcontainerv2;Machines;web" || got.text("eTag") == "" ||
		got.text("type") != "Microsoft.RecoveryServices/vaults/backupFabrics/protectionContainers/protectedItems" {
		t.Errorf("got %s", got.raw)
	}
	for _, spelling := range []string{strings.ToUpper(path), strings.ReplaceAll(path, ";", "%3B"), strings.ReplaceAll(path, ";", "%3b")} {
		if same := s.get(spelling).want(http.StatusOK); same.raw != got.raw {
			t.Errorf("%s: %s", spelling, same.raw)
		}
	}

	// An escaped slash in a name does not make an item a vault.
	escaped := vault + strings.ReplaceAll(strings.TrimPrefix(path, vault), "/", "%2F")
	s.get(escaped).wantError(http.StatusNotFound, "ResourceNotFound")
	s.delete(escaped).want(http.StatusNoContent)

	// A client changes the policy of what it has read; what it does not model stays.
	changed := strings.Replace(got.raw, "DefaultPolicy", "enhancedpolicy", 1)
	changed = strings.Replace(changed, `"properties":{`, `"properties":{"extendedProperties":{"diskExclusionProperties":{"diskLunList":[1]}},`, 1)
	s.put(strings.ReplaceAll(path, ";", "%3B"), changed).want(http.StatusAccepted)
	got = s.get(path)
	if got.text("properties", "policyType") != "V2" || got.text("id") != path || got.at("properties", "extendedProperties", "diskExclusionProperties") == nil {
		t.Errorf("got %s", got.raw)
	}
	s.put(path, itemBody(`"protectionState":"ProtectionStopped","sourceResourceId":"`+machine("web")+`"`)).want(http.StatusAccepted)
	if got := s.get(path); got.text("properties", "protectionState") != "ProtectionStopped" || got.text("properties", "policyId") != "" {
		t.Errorf("got %s", got.raw)
	}
	enhanced := strings.Replace(protectBody(vault, "web"), "DefaultPolicy", "EnhancedPolicy", 1)
	s.put(path, enhanced).want(http.StatusAccepted)
	if got := s.get(path); got.text("properties", "protectionState") != "IRPending" || got.text("properties", "policyName") != "EnhancedPolicy" {
		t.Errorf("got %s", got.raw)
	}
}

// An item went from the enhanced policy back to the standard one, which Azure refuses.
func TestProtectedItem_neverFromEnhancedToStandard(t *testing.T) {
	s := start(t)
	vault := vaultPath("g", "vault")
	s.put(vault, minimal).want(http.StatusCreated)
	path := itemPath(vault, "web")
	standard := protectBody(vault, "web")
	refused := func() {
		t.Helper()
		s.put(path, standard).wantError(http.StatusBadRequest, "BMSUserErrorInvalidInput", "'DefaultPolicy' is of the type V1", "cannot go back")
	}
	s.put(path, standard).want(http.StatusAccepted)
	s.put(path, strings.Replace(standard, "DefaultPolicy", "EnhancedPolicy", 1)).want(http.StatusAccepted)
	refused()
	s.put(path, itemBody(`"protectionState":"ProtectionStopped","sourceResourceId":"`+machine("web")+`"`)).want(http.StatusAccepted)
	refused()
	s.delete(path).want(http.StatusAccepted)
	s.put(path, itemBody(`"isRehydrate":true`)).want(http.StatusAccepted)
	refused()
	s.delete(path).want(http.StatusAccepted)
	s.clock.Advance(15 * day)
	s.put(path, standard).want(http.StatusAccepted)
}

func TestRulesOfProtection(t *testing.T) {
	const invalid, configure = "BMSUserErrorInvalidInput", "BMSUserErrorInvalidConfigureProtectionRequest"
	s := start(t)
	vault, other := vaultPath("g", "vault"), vaultPath("g", "other")
	s.put(vault, minimal)
	s.put(other, minimal)
	s.protect(other, "elsewhere")
	s.put(vaultPath("g", "frozen"), withProperties(immutability("Unlocked")))
	policy := `"policyId":"` + vault + `/backupPolicies/DefaultPolicy"`
	source := func(id string) string { return `"sourceResourceId":"` + id + `",` }
	for _, test := range []struct {
		name, path, body string
		status           int
		code             string
		parts            []string
	}{
		{"no vault", itemPath(vaultPath("g", "none"), "web"), protectBody(vault, "web"), 404, "ResourceNotFound", []string{"vaults/none"}},
		{"no type", itemPath(vault, "web"), `{"properties":{}}`, 400, invalid, []string{"protectedItemType"}},
		{"another type", itemPath(vault, "web"), `{"properties":{"protectedItemType":"AzureFileShareProtectedItem"}}`, 501, "NotModelledByEmbeddedService", []string{"AzureFileShare"}},
		{"type that is no text", itemPath(vault, "web"), `{"properties":{"protectedItemType":1}}`, 400, "InvalidRequestContent", nil},
		{"no source", itemPath(vault, "web"), itemBody(policy), 400, configure, []string{"sourceResourceId"}},
		{"source that is no machine", itemPath(vault, "web"), itemBody(source(vault) + policy), 400, configure, []string{"virtual machine"}},
		{"source with a gap", itemPath(vault, "web"), itemBody(source(strings.Replace(machine("web"), "Machines", "", 1)) + policy), 400, configure, nil},
		{"machine of another name", itemPath(vault, "web"), protectBody(vault, "db"), 400, configure, []string{"vm;iaasvmcontainerv2;Machines;db"}},
		{"container of another name", strings.Replace(itemPath(vault, "web"), "IaasVMContainer;", "container;", 1), protectBody(vault, "web"), 400, configure, nil},
		{"no policy", itemPath(vault, "web"), itemBody(`"sourceResourceId":"` + machine("web") + `"`), 400, invalid, []string{"DefaultPolicy"}},
		{"unknown policy", itemPath(vault, "web"), strings.Replace(protectBody(vault, "web"), "DefaultPolicy", "Mine", 1), 400, invalid, []string{"Mine"}},
		{"policy of another vault", itemPath(vault, "web"), protectBody(other, "web"), 400, invalid, nil},
		{"machine of another vault", itemPath(vault, "elsewhere"), protectBody(vault, "elsewhere"), 400, configure, []string{"already registered", "vaults/other"}},
		{"stopping nothing", itemPath(vault, "web"), itemBody(source(machine("web")) + `"protectionState":"ProtectionStopped"`), 400, invalid, []string{"no protection"}},
		{"another state", itemPath(vault, "web"), itemBody(source(machine("web")) + policy + `,"protectionState":"ProtectionError"`), 400, invalid, []string{"ProtectionError"}},
		{"suspending in a vault that is not immutable", itemPath(other, "elsewhere"), itemBody(source(machine("elsewhere")) + `"protectionState":"BackupsSuspended"`), 400, "UserErrorOperationDeniedOnImmutableItem", []string{"Disabled"}},
		{"undeleting nothing", itemPath(vault, "web"), itemBody(`"isRehydrate":true`), 400, "BMSUserErrorInvalidInput", nil},
		{"undeleting what lives", itemPath(other, "elsewhere"), itemBody(`"isRehydrate":true`), 400, "BMSUserErrorInvalidInput", nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			s.put(test.path, test.body).wantError(test.status, test.code, test.parts...)
		})
	}
	s.get(itemPath(vault, "web")).want(http.StatusNotFound)
	if got := s.get(vault).text("properties", "backupStorageVersion"); got != "Unassigned" {
		t.Errorf("refused protection locked the storage: %s", got)
	}
	frozen := vaultPath("g", "frozen")
	s.protect(frozen, "db")
	s.put(itemPath(frozen, "db"), itemBody(source(machine("db"))+`"protectionState":"BackupsSuspended"`)).want(http.StatusAccepted)
	if got := s.get(itemPath(frozen, "db")).text("properties", "protectionState"); got != "BackupsSuspended" {
		t.Errorf("state %s", got)
	}
}

func TestItemsAreDeletedSoftly(t *testing.T) {
	s := start(t)
	vault := vaultPath("g", "vault")
	s.put(vault, withProperties(retentionDays("20")))
	path := itemPath(vault, "web")
	s.delete(path).want(http.StatusNoContent)
	s.protect(vault, "web")
	s.clock.Advance(time.Hour)

	deleted := s.delete(path).want(http.StatusAccepted)
	if !strings.HasPrefix(deleted.header.Get("Azure-AsyncOperation"), embedded.Endpoint+vault+"/backupOperations/") ||
		!strings.HasPrefix(deleted.header.Get("Location"), embedded.Endpoint+vault+"/backupOperationResults/") {
		t.Errorf("headers %v", deleted.header)
	}
	if got := s.get(deleted.header.Get("Azure-AsyncOperation")).want(http.StatusOK).text("status"); got != "Succeeded" {
		t.Errorf("status %s", got)
	}
	s.get(deleted.header.Get("Location")).want(http.StatusNoContent)
	if again := s.delete(path).want(http.StatusAccepted); again.header.Get("Location") != deleted.header.Get("Location") {
		t.Error("a second DELETE is another operation")
	}
	// The days it is kept are those of its deletion.
	s.patch(vault, `{"properties":`+retentionDays("14")+`}`).want(http.StatusOK)
	s.clock.Advance(time.Minute)
	got := s.get(path).want(http.StatusOK)
	for name, want := range map[string]any{
		"isScheduledForDeferredDelete": true, "deferredDeleteTimeInUTC": "2026-05-01T13:00:00.0000000Z",
		"deferredDeleteTimeRemaining": "19.23:59:00", "isDeferredDeleteScheduleUpcoming": nil,
		"softDeleteRetentionPeriodInDays": 20.0, "protectionState": "ProtectionStopped", "policyId": "",
	} {
		if got.at("properties", name) != want {
			t.Errorf("%s is %v", name, got.at("properties", name))
		}
	}
	s.put(path, protectBody(vault, "web")).wantError(http.StatusBadRequest, "BMSUserErrorInvalidConfigureProtectionRequest", "Undelete")

	s.put(path, itemBody(`"isRehydrate":true`)).want(http.StatusAccepted)
	got = s.get(path).want(http.StatusOK)
	if got.at("properties", "isScheduledForDeferredDelete") != nil || got.text("properties", "protectionState") != "ProtectionStopped" ||
		got.at("properties", "deferredDeleteTimeInUTC") != nil || got.at("properties", "softDeleteRetentionPeriodInDays") != nil {
		t.Errorf("got %s", got.raw)
	}
	s.protect(vault, "web")

	s.delete(path).want(http.StatusAccepted)
	s.clock.Advance(14*day - time.Second)
	if got := s.get(path).want(http.StatusOK); got.at("properties", "isDeferredDeleteScheduleUpcoming") != true {
		t.Errorf("got %s", got.raw)
	}
	s.clock.Advance(time.Second)
	s.get(path).want(http.StatusNotFound)
	s.delete(path).want(http.StatusNoContent)
}

func TestItemsOfAVaultWithoutSoftDelete(t *testing.T) {
	s := start(t, chosenSoftDelete, func(c *embedded.Config) { c.OperationTime, c.RetryAfter = time.Minute, time.Second })
	vault := vaultPath("g", "vault")
	s.put(vault, withProperties(softDelete("Disabled")))
	path := itemPath(vault, "web")
	put := s.protect(vault, "web")
	if put.header.Get("Retry-After") != "1" {
		t.Errorf("headers %v", put.header)
	}
	if got := s.get(put.header.Get("Azure-AsyncOperation")).text("status"); got != "InProgress" {
		t.Errorf("status %s", got)
	}
	s.get(put.header.Get("Location")).want(http.StatusAccepted)
	s.put(path, protectBody(vault, "web")).wantError(http.StatusConflict, "BMSUserErrorObjectLocked", "create")
	s.delete(path).wantError(http.StatusConflict, "BMSUserErrorObjectLocked")
	s.clock.Advance(time.Minute)
	s.get(put.header.Get("Location")).want(http.StatusOK)

	deleted := s.delete(path).want(http.StatusAccepted)
	s.get(path).want(http.StatusOK)
	s.delete(vault).wantError(http.StatusBadRequest, "BMSUserErrorVaultDeletionNotAllowed", "web")
	s.get(deleted.header.Get("Location")).want(http.StatusAccepted)
	if got := s.get(deleted.header.Get("Azure-AsyncOperation")).text("status"); got != "InProgress" {
		t.Errorf("status %s", got)
	}
	s.clock.Advance(time.Minute)
	s.get(path).want(http.StatusNotFound)
	s.get(deleted.header.Get("Location")).want(http.StatusNoContent)
	s.get(put.header.Get("Location")).want(http.StatusNoContent)
	s.get(strings.Replace(deleted.header.Get("Location"), "/vault/", "/other/", 1)).wantError(http.StatusNotFound, "ResourceNotFound")
	s.delete(vault).want(http.StatusAccepted)
	s.put(path, protectBody(vault, "web")).wantError(http.StatusConflict, "RSVaultUpdateErrorConflictingOperationInProgress", "Deleting")
}

// Until the operation of a soft deletion has ended, the item is not soft-deleted.
func TestSoftDeletionTakesTime(t *testing.T) {
	s := start(t)
	vault := vaultPath("g", "vault")
	s.put(vault, minimal)
	s.protect(vault, "web")
	slow := &service{tb: t, store: s.store, clock: s.clock, transport: embedded.NewTransport(embedded.New(embedded.Config{
		Store: s.store, Now: s.clock.Now, OperationTime: time.Minute,
	}))}
	slow.delete(itemPath(vault, "web")).want(http.StatusAccepted)
	if got := s.get(itemPath(vault, "web")); got.at("properties", "isScheduledForDeferredDelete") != nil || got.at("properties", "deferredDeleteTimeInUTC") != nil {
		t.Errorf("got %s", got.raw)
	}
	s.delete(vault).want(http.StatusBadRequest)
	s.put(itemPath(vault, "web"), itemBody(`"isRehydrate":true`)).wantError(http.StatusConflict, "BMSUserErrorObjectLocked")
	s.clock.Advance(time.Minute)
	if got := s.get(itemPath(vault, "web")); got.text("properties", "deferredDeleteTimeInUTC") != "2026-05-01T12:01:00.0000000Z" {
		t.Errorf("got %s", got.raw)
	}
}

// The deletion of an item in an immutable vault was refused at once. Azure accepts it, and the operation fails.
func TestImmutableItemsStay(t *testing.T) {
	const code = "UserErrorDeleteBackupItemOnImmutableItem"
	s := start(t, func(c *embedded.Config) { c.OperationTime = time.Minute })
	vault := vaultPath("g", "vault")
	s.put(vault, withProperties(immutability("Unlocked")))
	s.protect(vault, "web")
	s.clock.Advance(3 * day)
	path := itemPath(vault, "web")
	fails := func(state string) {
		t.Helper()
		before := s.get(path).want(http.StatusOK)
		accepted := s.delete(path).want(http.StatusAccepted)
		status, result := accepted.header.Get("Azure-AsyncOperation"), accepted.header.Get("Location")
		if got := s.get(status).want(http.StatusOK); got.text("status") != "InProgress" || got.at("error") != nil {
			t.Errorf("under way: %s", got.raw)
		}
		// Asked again while it runs, it is the same one.
		if again := s.delete(path).want(http.StatusAccepted); again.header.Get("Azure-AsyncOperation") != status {
			t.Errorf("got %v", again.header)
		}
		s.clock.Advance(time.Minute)
		ended := s.get(status).want(http.StatusOK)
		if ended.text("status") != "Failed" || ended.text("error", "code") != code || !strings.Contains(ended.text("error", "message"), state) {
			t.Errorf("ended: %s", ended.raw)
		}
		s.get(result).wantError(http.StatusConflict, code)
		if job := s.get(vault + "/backupJobs/" + ended.text("properties", "jobId")).want(http.StatusOK); job.text("properties", "status") != "Failed" ||
			job.text("properties", "operation") != "DeleteBackupData" {
			t.Errorf("its job: %s", job.raw)
		}
		if after := s.get(path).want(http.StatusOK); !cmp.Equal(before.at("properties"), after.at("properties")) {
			t.Errorf("the item has changed: %s", cmp.Diff(before.at("properties"), after.at("properties")))
		}
		// It is not taken for one that goes on.
		if again := s.delete(path).want(http.StatusAccepted); again.header.Get("Azure-AsyncOperation") == status {
			t.Error("a failed deletion is not tried again")
		}
		s.clock.Advance(time.Minute)
	}
	becomes := func(state string) {
		t.Helper()
		s.patch(vault, `{"properties":`+immutability(state)+`}`).want(http.StatusAccepted)
		s.clock.Advance(time.Minute)
	}
	fails("Unlocked")
	becomes("Disabled")
	s.delete(path).want(http.StatusAccepted)
	s.clock.Advance(time.Minute)
	s.put(path, itemBody(`"isRehydrate":true`)).want(http.StatusAccepted)
	s.clock.Advance(time.Minute)
	becomes("Unlocked")
	becomes("Locked")
	fails("Locked")
	// An item without recovery points goes, by our reading.
	s.protect(vault, "db")
	s.clock.Advance(time.Minute)
	s.delete(itemPath(vault, "db")).want(http.StatusAccepted)
	s.clock.Advance(time.Minute)
	if got := s.get(itemPath(vault, "db")); got.at("properties", "isScheduledForDeferredDelete") != true {
		t.Errorf("got %s", got.raw)
	}
}

// A machine in an immutable vault was given a policy that keeps its backups for less time.
func TestImmutableItems_retentionIsNotReduced(t *testing.T) {
	s := start(t)
	vault := vaultPath("g", "vault")
	s.put(vault, withProperties(immutability("Unlocked")))
	for name, days := range map[string]int{"short": 29, "long": 31} {
		s.put(policyPath(vault, name), schedule("UTC", "23:00", daysOf(days))).want(http.StatusOK)
	}
	path := itemPath(vault, "web")
	with := func(policy string) string {
		return strings.Replace(protectBody(vault, "web"), "DefaultPolicy", policy, 1)
	}
	refused := func() {
		t.Helper()
		s.put(path, with("short")).wantError(http.StatusBadRequest, "UserErrorOperationDeniedOnImmutableItem", "'short'", "31 days to 29 days", "Unlocked")
	}
	s.protect(vault, "web")
	s.put(path, with("long")).want(http.StatusAccepted)
	refused()
	s.put(path, itemBody(`"protectionState":"ProtectionStopped","sourceResourceId":"`+machine("web")+`"`)).want(http.StatusAccepted)
	refused()
	s.put(path, with("long")).want(http.StatusAccepted)
	s.patch(vault, `{"properties":`+immutability("Disabled")+`}`).want(http.StatusOK)
	s.put(path, with("short")).want(http.StatusAccepted)
}

func TestItemList(t *testing.T) {
	s := start(t, pagesOf(2))
	vault := vaultPath("g", "vault")
	list := vault + "/backupProtectedItems"
	s.get(list).wantError(http.StatusNotFound, "ResourceNotFound")
	s.put(vault, minimal)
	if got := s.get(list).want(http.StatusOK); got.raw != `{"value":[]}`+"\n" {
		t.Errorf("got %q", got.raw)
	}
	s.put(vaultPath("g", "vault2"), minimal)
	s.protect(vaultPath("g", "vault2"), "other")
	for _, name := range []string{"echo", "Alpha", "delta", "bravo", "charlie"} {
		s.protect(vault, name)
	}
	s.put(itemPath(vault, "delta"), strings.Replace(protectBody(vault, "delta"), "DefaultPolicy", "EnhancedPolicy", 1)).want(http.StatusAccepted)
	s.delete(itemPath(vault, "bravo")).want(http.StatusAccepted)
	filtered := func(filter string) string {
		return list + "?api-version=" + version + "&$filter=" + strings.ReplaceAll(filter, " ", "%20")
	}
	for _, test := range []struct {
		path  string
		want  string
		pages int
	}{
		{list, "Alpha bravo charlie delta echo", 3},
		{filtered("backupManagementType eq 'AzureIaasVM'"), "Alpha bravo charlie delta echo", 3},
		{filtered("BACKUPMANAGEMENTTYPE eq 'azureiaasvm' and itemType eq 'VM'"), "Alpha bravo charlie delta echo", 3},
		{filtered("backupManagementType eq 'AzureWorkload'"), "", 1},
		{filtered("policyName eq 'DefaultPolicy' and backupManagementType eq 'AzureIaasVM'"), "Alpha charlie echo", 2},
		{filtered("friendlyName eq 'ECHO'"), "echo", 1},
		{filtered("containerName eq 'iaasvmcontainerv2;machines;delta'"), "delta", 1},
		{filtered("containerName eq 'iaasvmcontainerv2%3Bmachines%3Bdelta'"), "delta", 1},
		{filtered("friendlyName eq 'o''hara'"), "", 1},
	} {
		names, pages := s.follow(test.path)
		for i, name := range names {
			names[i] = name[strings.LastIndexByte(name, ';')+1:]
		}
		if got := strings.Join(names, " "); got != test.want || pages != test.pages {
			t.Errorf("%s: %q in %d pages, want %q in %d", test.path, got, pages, test.want, test.pages)
		}
	}
	for _, item := range s.get(list).values() {
		if item.at("properties", "isScheduledForDeferredDelete") == true != strings.HasSuffix(item.text("name"), "bravo") {
			t.Errorf("%s: %v", item.text("name"), item.at("properties"))
		}
	}
	for filter, code := range map[string]string{
		"policyName": "BMSUserErrorInvalidInput", "policyName eq x": "BMSUserErrorInvalidInput", "policyName eq 'x' or itemType eq 'VM'": "BMSUserErrorInvalidInput",
		"policyName eq 'x' and": "BMSUserErrorInvalidInput", "policyName eq 'x' and ": "BMSUserErrorInvalidInput",
		"backupSetName eq 'x'": "NotModelledByEmbeddedService",
	} {
		if got := s.get(filtered(filter)); got.text("error", "code") != code {
			t.Errorf("%s: %s", filter, got.raw)
		}
	}

	counts := map[string]any{}
	for _, u := range s.get(vault + "/usages").values() {
		counts[u.text("name", "value")] = u.at("currentValue")
	}
	if counts["ProtectedItemCount"] != 4.0 || counts["IaaSVMProtectedItemCount"] != 4.0 {
		t.Errorf("usages %v", counts)
	}
}

func TestReplicationSettings(t *testing.T) {
	s := start(t)
	path := vaultPath("g", "vault") + "/replicationVaultSettings/default?api-version=2024-04-01"
	s.get(path).wantError(http.StatusNotFound, "ResourceNotFound")
	s.put(vaultPath("g", "vault"), minimal)
	got := s.get(path).want(http.StatusOK)
	want := map[string]any{
		"id": vaultPath("g", "vault") + "/replicationVaultSettings/default", "name": "default", "location": "eastasia",
		"type":       "Microsoft.RecoveryServices/vaults/replicationVaultSettings",
		"properties": map[string]any{"migrationSolutionId": "", "vmwareToAzureProviderType": ""},
	}
	if diff := cmp.Diff(want, got.body); diff != "" {
		t.Error(diff)
	}
}
