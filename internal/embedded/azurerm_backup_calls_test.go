package embedded_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
)

// azurermPolicyBody is what azurerm_backup_policy_vm sends: times without a date, an empty consistency and "no tiering".
func azurermPolicyBody(days int) string {
	return fmt.Sprintf(`{"properties":{"backupManagementType":"AzureIaasVM","instantRPDetails":{},"policyType":"V1",
		"retentionPolicy":{"retentionPolicyType":"LongTermRetentionPolicy",
			"dailySchedule":{"retentionDuration":{"count":%d,"durationType":"Days"},"retentionTimes":["23:30:00Z"]}},
		"schedulePolicy":{"schedulePolicyType":"SimpleSchedulePolicy","scheduleRunFrequency":"Daily","scheduleRunTimes":["23:30:00Z"]},
		"snapshotConsistencyType":"","tieringPolicy":{"ArchivedRP":{"duration":0,"durationType":"Invalid","tieringMode":"DoNotTier"}},
		"timeZone":"UTC"}}`, days)
}

// Section 10.2 of the documents: azurerm_backup_policy_vm.
func TestAzurermPolicyCalls(t *testing.T) {
	vault := vaultPath("rg", "tf-vault")
	path := vault + "/backupPolicies/daily" + azurermPolicy
	emptyVault := func(s *service) { s.put(vault, minimal).want(http.StatusCreated) }
	there := func(s *service) { emptyVault(s); s.put(path, azurermPolicyBody(10)).want(200) }
	inUse := func(s *service) {
		there(s)
		s.put(itemPath(vault, "web")+azurermItem, azurermItemBody(vault, "daily", "")).want(202)
	}
	// azurerm parses the time as RFC 3339 and takes the hour and minute.
	whole := func(r *response) {
		r.tb.Helper()
		times, _ := r.at("properties", "schedulePolicy", "scheduleRunTimes").([]any)
		if len(times) != 1 {
			r.tb.Fatalf("got %s", r.raw)
		}
		at, err := time.Parse(time.RFC3339, fmt.Sprint(times[0]))
		if err != nil || at.Format("15:04") != "23:30" {
			r.tb.Errorf("azurerm cannot read %v: %v", times[0], err)
		}
		if r.at("properties", "instantRpRetentionRangeInDays") != 2.0 {
			r.tb.Errorf("azurerm leaves it out and reads the default: %s", r.raw)
		}
	}
	get := read("read", path, 200, whole, says("name", "daily"))
	put := func(days, status int) azurermCall {
		return call("put", http.MethodPut, path, azurermPolicyBody(days), status)
	}
	run(t, []azurermSequence{
		{name: "create", before: emptyVault, count: 4, calls: []azurermCall{read("exists?", path, 404), put(10, 200), get, get}},
		{name: "read", before: there, count: 1, calls: []azurermCall{get}},
		{name: "update", before: there, count: 4, calls: []azurermCall{get, put(20, 200), get, read("read", path, 200, func(r *response) {
			if r.at("properties", "retentionPolicy", "dailySchedule", "retentionDuration", "count") != 20.0 {
				r.tb.Errorf("got %s", r.raw)
			}
		})}},
		{name: "update of one in use", before: inUse, count: 4, calls: []azurermCall{get, put(20, 202), get, get}},
		{name: "delete", before: there, count: 2, calls: []azurermCall{
			call("delete", http.MethodDelete, path, "", 200, noOperation), read("gone?", path, 404),
		}},
		{name: "delete of one that is gone", before: emptyVault, count: 2, calls: []azurermCall{
			call("delete", http.MethodDelete, path, "", 204, noOperation), read("gone?", path, 404),
		}},
	})
}

// azurermItemBody is what azurerm_backup_protected_vm sends.
func azurermItemBody(vault, policy, more string) string {
	return fmt.Sprintf(`{"properties":{"protectedItemType":"Microsoft.Compute/virtualMachines","workloadType":"VM",
		"friendlyName":"web","sourceResourceId":%[1]q,"virtualMachineId":%[1]q,%[3]s"policyId":%[2]q}}`,
		machine("web"), vault+"/backupPolicies/"+policy, more)
}

// Section 10.3 of the documents: azurerm_backup_protected_vm.
func TestAzurermProtectedVMCalls(t *testing.T) {
	vault := vaultPath("rg", "tf-vault")
	path := itemPath(vault, "web") + azurermItem
	vaultRead := read("vault", vault+azurermVault, 200, says("properties.securitySettings.immutabilitySettings.state", "Unlocked"))
	emptyVault := func(s *service) { s.put(vault, minimal).want(http.StatusCreated) }
	immutableVault := func(s *service) { emptyVault(s); s.patch(vault, immutableProperties("Unlocked")).want(200) }
	there := func(s *service) { emptyVault(s); s.put(path, azurermItemBody(vault, "DefaultPolicy", "")).want(202) }
	softDeleted := func(s *service) { there(s); s.delete(path).want(202) }

	put := func(body string) azurermCall { return call("put", http.MethodPut, path, body, 202, accepted("60")) }
	protect := put(azurermItemBody(vault, "DefaultPolicy", ""))
	excluding := put(azurermItemBody(vault, "DefaultPolicy", `"extendedProperties":{"diskExclusionProperties":{"diskLunList":[1],"isInclusionList":false}},`))
	stop := put(itemBody(fmt.Sprintf(`"sourceResourceId":%q,"protectionState":"ProtectionStopped"`, machine("web"))))
	suspend := put(itemBody(fmt.Sprintf(`"sourceResourceId":%q,"protectionState":"BackupsSuspended"`, machine("web"))))
	rehydrate := put(itemBody(fmt.Sprintf(`"sourceResourceId":%q,"isRehydrate":true`, machine("web"))))
	is := func(state string) azurermCall {
		return read("read", path, 200, says("properties.protectionState", state, "properties.sourceResourceId", machine("web"),
			"properties.protectedItemType", "Microsoft.Compute/virtualMachines"))
	}
	none := read("exists?", path, 404)
	deleted := read("exists?", path, 200, func(r *response) {
		if r.at("properties", "isScheduledForDeferredDelete") != true {
			r.tb.Errorf("azurerm would take it for one that lives: %s", r.raw)
		}
	})
	run(t, []azurermSequence{
		{name: "create", before: emptyVault, count: 4, calls: []azurermCall{none, protect, polled(), is("IRPending")}},
		{name: "create with disks left out", before: emptyVault, count: 4, calls: []azurermCall{none, excluding, polled(), is("IRPending")}},
		{name: "create of one that is soft-deleted", before: softDeleted, count: 6, calls: []azurermCall{
			deleted, rehydrate, polled(), protect, polled(), is("IRPending"),
		}},
		{name: "create as stopped", before: emptyVault, count: 6, calls: []azurermCall{none, protect, polled(), stop, polled(), is("ProtectionStopped")}},
		{name: "create as suspended", before: immutableVault, count: 7, calls: []azurermCall{
			none, protect, polled(), vaultRead, suspend, polled(), is("BackupsSuspended"),
		}},
		{name: "read", before: there, count: 1, calls: []azurermCall{is("IRPending")}},
		{name: "delete", before: there, count: 2, calls: []azurermCall{call("delete", http.MethodDelete, path, "", 202, accepted("60")), polled()}},
		{name: "delete of one that is gone", before: emptyVault, count: 1, calls: []azurermCall{call("delete", http.MethodDelete, path, "", 204, noOperation)}},
		{name: "delete that stops and retains", before: there, count: 3, calls: []azurermCall{is("IRPending"), stop, polled()}},
		{name: "delete that suspends and retains", before: func(s *service) { there(s); s.patch(vault, immutableProperties("Unlocked")).want(200) }, count: 3, calls: []azurermCall{
			is("IRPending"), suspend, polled(),
		}},
	}, func(c *embedded.Config) { c.RetryAfter = time.Minute })
}

// The update sends back what it has read, with the policy changed.
func TestAzurermProtectedVMUpdate(t *testing.T) {
	s := start(t)
	vault := vaultPath("rg", "tf-vault")
	path := itemPath(vault, "web") + azurermItem
	s.put(vault, minimal).want(http.StatusCreated)
	s.put(path, azurermItemBody(vault, "DefaultPolicy", "")).want(202)

	model := s.get(path).want(200)
	changed := strings.Replace(model.raw, "/backupPolicies/DefaultPolicy", "/backupPolicies/EnhancedPolicy", 1)
	put := s.put(path, changed).want(202)
	s.get(put.header.Get("Azure-AsyncOperation")).want(200)
	says("properties.policyName", "EnhancedPolicy", "properties.policyType", "V2")(s.get(path).want(200))

	// protection_state = "ProtectionStopped" in a configuration that had none.
	model = s.get(path).want(200)
	put = s.put(path, strings.Replace(model.raw, `"protectionState":"IRPending"`, `"protectionState":"ProtectionStopped"`, 1)).want(202)
	s.get(put.header.Get("Azure-AsyncOperation")).want(200)
	says("properties.protectionState", "ProtectionStopped")(s.get(path).want(200))
}

// Section 10.3, where backups take their time: autorest polls a body that has a status, and then reads no more.
func TestAzurermProtectedVMCallsThatTakeTime(t *testing.T) {
	vault := vaultPath("rg", "tf-vault")
	path := itemPath(vault, "web") + azurermItem
	goesOn := read("poll", theOperation, 200, says("status", "InProgress"))
	there := func(s *service) {
		s.put(vault, minimal).want(http.StatusCreated)
		s.put(path, azurermItemBody(vault, "DefaultPolicy", "")).want(202)
		s.clock.Advance(time.Minute)
	}
	run(t, []azurermSequence{
		{name: "create", before: func(s *service) { s.put(vault, minimal).want(http.StatusCreated) }, count: 5, calls: []azurermCall{
			call("put", http.MethodPut, path, azurermItemBody(vault, "DefaultPolicy", ""), 202), goesOn, goesOn, polled(), read("read", path, 200),
		}},
		{name: "delete", before: there, count: 5, calls: []azurermCall{
			call("delete", http.MethodDelete, path, "", 202), goesOn, goesOn, polled(),
			read("list", path, 200, func(r *response) {
				if r.at("properties", "isScheduledForDeferredDelete") != true {
					r.tb.Errorf("got %s", r.raw)
				}
			}),
		}},
	}, func(c *embedded.Config) { c.OperationTime = 25 * time.Second })
}
