package embedded_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	backup "github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/recoveryservices/armrecoveryservicesbackup/v5"

	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
)

// guardPath is a guard of another subscription, which the service does not have.
const guardPath = "/subscriptions/00000000-0000-4000-8000-0000000000aa/resourceGroups/security/providers/Microsoft.DataProtection/resourceGuards/guard"

func mapped(guard string) string {
	return fmt.Sprintf(`{"properties":{"resourceGuardResourceId":%q}}`, guard)
}

// asks is a body that names operation requests of the guard.
func asks(properties, request string) string {
	list := fmt.Sprintf(`"resourceGuardOperationRequests":[%q]`, guardPath+"/"+request+"/default")
	return strings.Replace(properties, `"properties":{`, `"properties":{`+list+",", 1)
}

func unlocks(request, item string) string {
	if item != "" {
		item = fmt.Sprintf(`,"resourceToBeDeleted":%q`, item)
	}
	return fmt.Sprintf(`{"resourceGuardOperationRequests":[%q]%s}`, strings.ToUpper(guardPath)+"/"+request+"/default", item)
}

func TestResourceGuards(t *testing.T) {
	s := start(t)
	vault := vaultPath("g", "vault")
	guards := vault + "/backupResourceGuardProxies"
	s.get(guards).wantError(http.StatusNotFound, "ResourceNotFound", "vaults/vault")
	s.put(vault, minimal).want(http.StatusCreated)
	if got := s.get(guards).want(http.StatusOK); !strings.Contains(got.raw, `"value":[]`) {
		t.Errorf("got %s", got.raw)
	}
	s.get(guards+"/VaultProxy").wantError(http.StatusNotFound, "ResourceNotFound", "VaultProxy")
	s.delete(guards + "/VaultProxy").want(http.StatusNoContent)
	s.put(guards+"/VaultProxy", `{}`).wantError(http.StatusBadRequest, "InvalidRestApiParameter", "resourceGuardResourceId")
	s.put(guards+"/VaultProxy", mapped(vault)).wantError(http.StatusBadRequest, "InvalidRestApiParameter", "resourceGuards")

	put := s.put(guards+"/VaultProxy", mapped(guardPath)).want(http.StatusOK)
	// As recorded: the id of the guard has its group in small letters.
	if got := put.text("properties", "resourceGuardResourceId"); got != strings.Replace(guardPath, "resourceGroups", "resourcegroups", 1) {
		t.Errorf("the guard is %s", got)
	}
	if details, _ := put.at("properties", "resourceGuardOperationDetails").([]any); len(details) != 14 {
		t.Errorf("%d operations are guarded", len(details))
	}
	for _, apiVersion := range []string{"2023-04-01", "2025-08-01", "2026-07-01"} {
		if got := s.get(vault+"?api-version="+apiVersion).text("properties", "securitySettings", "multiUserAuthorization"); got != "Enabled" {
			t.Errorf("with %s multi-user authorization is %s", apiVersion, got)
		}
	}
	if got := s.get(vault); got.at("resourceGuard") != nil {
		t.Error("the vault shows its mapping")
	}
	// What others write of the vault leaves the mapping.
	s.put(vault, minimal).want(http.StatusOK)
	if got := s.get(guards).values(); len(got) != 1 || got[0].text("name") != "VaultProxy" {
		t.Fatalf("the mappings are %v", got)
	}

	s.delete(guards+"/VaultProxy").wantError(http.StatusForbidden, "LinkedAuthorizationFailed", "backupResourceGuardProxies/delete", "deleteResourceGuardProxyRequests/default")
	s.put(guards+"/VaultProxy", mapped(strings.Replace(guardPath, "resourceGuards/guard", "resourceGuards/mine", 1))).wantError(http.StatusForbidden, "LinkedAuthorizationFailed")
	unlock := guards + "/VaultProxy/unlockDelete"
	s.do(http.MethodPost, unlock, unlocks("deleteProtectedItemRequests", "")).wantError(http.StatusBadRequest, "InvalidRestApiParameter")
	if got := s.do(http.MethodPost, unlock, unlocks("deleteResourceGuardProxyRequests", "")).want(http.StatusOK).text("unlockDeleteExpiryTime"); got != "2026-05-01T12:30:00.0000000Z" {
		t.Errorf("unlocked until %s", got)
	}
	s.clock.Advance(30 * time.Minute)
	s.delete(guards+"/VaultProxy").wantError(http.StatusForbidden, "LinkedAuthorizationFailed")
	s.do(http.MethodPost, unlock, unlocks("deleteResourceGuardProxyRequests", "")).want(http.StatusOK)
	s.clock.Advance(29 * time.Minute)
	if got := s.delete(guards + "/VaultProxy").want(http.StatusOK); got.raw != "{}\n" {
		t.Errorf("got %q", got.raw)
	}
	if got := s.get(vault).text("properties", "securitySettings", "multiUserAuthorization"); got != "Disabled" {
		t.Errorf("multi-user authorization is %s", got)
	}
}

// guardedWrites are writes that a guard protects, each of a vault with a machine, and how it asks.
func guardedWrites(vault string) map[string]struct{ method, path, body, request string } {
	const shorter = `{"properties":{"backupManagementType":"AzureIaasVM","schedulePolicy":{"schedulePolicyType":"SimpleSchedulePolicy","scheduleRunFrequency":"Daily",` +
		`"scheduleRunTimes":["2026-05-01T20:00:00Z"]},"retentionPolicy":{"retentionPolicyType":"LongTermRetentionPolicy","dailySchedule":{` +
		`"retentionTimes":["2026-05-01T20:00:00Z"],"retentionDuration":{"count":7,"durationType":"Days"}}},"timeZone":"UTC"}}`
	const soft = `{"properties":{"securitySettings":{"softDeleteSettings":{"softDeleteState":"Disabled","enhancedSecurityState":"Disabled"}}}}`
	stop := itemBody(`"protectionState":"ProtectionStopped","sourceResourceId":"` + machine("web") + `"`)
	return map[string]struct{ method, path, body, request string }{
		"soft delete":                  {http.MethodPatch, vault, soft, "disableSoftDeleteRequests"},
		"soft delete in the config":    {http.MethodPut, vault + "/backupconfig/vaultconfig", `{"properties":{"softDeleteFeatureState":"Disabled"}}`, "disableSoftDeleteRequests"},
		"immutability":                 {http.MethodPatch, vault, `{"properties":{"securitySettings":{"immutabilitySettings":{"state":"Disabled"}}}}`, "reduceImmutabilityStateRequests"},
		"a key":                        {http.MethodPatch, vault, `{"identity":{"type":"SystemAssigned"},"properties":{"encryption":{"keyVaultProperties":{"keyUri":"https://v.vault.azure.net/keys/k"},"kekIdentity":{"useSystemAssignedIdentity":true}}}}`, "modifyEncryptionSettings"},
		"the retention of a policy":    {http.MethodPut, vault + "/backupPolicies/kept", shorter, "updateProtectionPolicyRequests"},
		"a policy that keeps less":     {http.MethodPut, itemPath(vault, "web"), strings.Replace(protectBody(vault, "web"), "DefaultPolicy", "short", 1), "updateProtectedItemRequests"},
		"backups that are stopped":     {http.MethodPut, itemPath(vault, "web"), stop, "stopProtectionWithRetainDataRequests"},
		"the same in another spelling": {http.MethodPut, itemPath(vault, "web"), strings.Replace(stop, "ProtectionStopped", "protectionstopped", 1), "stopProtectionWithRetainDataRequests"},
	}
}

// startGuarded is a service with a vault that has a guard, two policies and a machine.
func startGuarded(t *testing.T, exclusions string, configure ...func(*embedded.Config)) (*service, string) {
	t.Helper()
	s := start(t, append(configure, chosenSoftDelete, func(c *embedded.Config) {
		c.Subscriptions = []embedded.Subscription{{ID: embedded.DefaultSubscriptionID}, {ID: strings.Split(guardPath, "/")[2]}}
	})...)
	vault := vaultPath("g", "vault")
	s.put(vault, strings.Replace(minimal, `"properties":{}`, `"properties":{"securitySettings":{"immutabilitySettings":{"state":"Disabled"}}}`, 1)).want(http.StatusCreated)
	writes := guardedWrites(vault)
	s.put(vault+"/backupPolicies/short", writes["the retention of a policy"].body).want(http.StatusOK)
	s.put(vault+"/backupPolicies/kept", strings.Replace(writes["the retention of a policy"].body, `"count":7`, `"count":30`, 1)).want(http.StatusOK)
	s.protect(vault, "web")
	if exclusions != "" {
		s.put(guardPath, `{"location":"eastasia","properties":{"vaultCriticalOperationExclusionList":[`+exclusions+`]}}`).want(http.StatusOK)
	}
	s.put(vault+"/backupResourceGuardProxies/VaultProxy", mapped(guardPath)).want(http.StatusOK)
	s.clock.Advance(time.Hour)
	return s, vault
}

func TestGuardProtectsCriticalOperations(t *testing.T) {
	for name := range guardedWrites("") {
		t.Run(name, func(t *testing.T) {
			s, vault := startGuarded(t, "")
			write := guardedWrites(vault)[name]
			if name == "immutability" {
				s.patch(vault, strings.Replace(write.body, "Disabled", "Unlocked", 1)).want(http.StatusOK)
			}
			s.do(write.method, write.path, write.body).wantError(http.StatusForbidden, "LinkedAuthorizationFailed", write.request)
			s.do(write.method, write.path, asks(write.body, "deleteProtectedItemRequests")).wantError(http.StatusForbidden, "LinkedAuthorizationFailed", write.request)
			if got := s.do(write.method, write.path, asks(write.body, write.request)); got.status >= 300 {
				t.Errorf("got %d: %s", got.status, got.raw)
			}
		})
	}
}

func TestGuardLeavesOutWhatItsOwnerSays(t *testing.T) {
	const stop = `"Microsoft.RecoveryServices/vaults/backupFabrics/protectionContainers/protectedItems/write#stopProtectionWithRetainData"`
	s, vault := startGuarded(t, stop+`,"Microsoft.RecoveryServices/vaults/backupconfig/write"`)
	writes := guardedWrites(vault)
	stopped := writes["backups that are stopped"]
	s.do(stopped.method, stopped.path, stopped.body).want(http.StatusAccepted)
	soft := writes["soft delete"] // which no guard can leave out
	s.do(soft.method, soft.path, soft.body).wantError(http.StatusForbidden, "LinkedAuthorizationFailed")
	if got, _ := s.get(guardPath).at("properties", "resourceGuardOperations").([]any); len(got) != 13 {
		t.Errorf("the guard lists %d operations", len(got))
	}
	s.get(guardPath + "/disableSoftDeleteRequests/default").want(http.StatusOK)
}

func TestGuardLetsEverythingElsePass(t *testing.T) {
	s, vault := startGuarded(t, "")
	s.patch(vault, `{"tags":{"a":"b"},"properties":{"securitySettings":{"softDeleteSettings":{"softDeleteRetentionPeriodInDays":20}}}}`).want(http.StatusOK)
	s.put(vault+"/backupPolicies/kept", strings.Replace(guardedWrites(vault)["the retention of a policy"].body, `"count":7`, `"count":60`, 1)).want(http.StatusOK)
	s.put(itemPath(vault, "web"), strings.Replace(protectBody(vault, "web"), "DefaultPolicy", "kept", 1)).want(http.StatusAccepted)
	s.put(itemPath(vault, "db"), strings.Replace(protectBody(vault, "db"), "DefaultPolicy", "short", 1)).want(http.StatusAccepted)
}

func TestGuardedBackupsAreUnlockedBeforeTheyAreDeleted(t *testing.T) {
	s, vault := startGuarded(t, "")
	item, unlock := itemPath(vault, "web"), vault+"/backupResourceGuardProxies/VaultProxy/unlockDelete"
	s.delete(item).wantError(http.StatusForbidden, "LinkedAuthorizationFailed", "deleteProtectedItemRequests")
	s.do(http.MethodPost, unlock, unlocks("deleteProtectedItemRequests", itemPath(vault, "other"))).want(http.StatusOK)
	s.delete(item).wantError(http.StatusForbidden, "LinkedAuthorizationFailed")
	s.do(http.MethodPost, unlock, unlocks("deleteProtectedItemRequests", strings.ToUpper(item))).want(http.StatusOK)
	s.delete(item).want(http.StatusAccepted)
}

func TestFaultRuleTakesAccessToAGuard(t *testing.T) {
	faults := embedded.NewFaults(embedded.FaultRule{
		Kind: embedded.KindGuardedOperation, Path: "resourceGuards/guard/deleteProtectedItemRequests", Status: 403, Code: "LinkedAuthorizationFailed", Times: embedded.Always,
	})
	s, vault := startGuarded(t, "", withFaults(faults))
	unlock := vault + "/backupResourceGuardProxies/VaultProxy/unlockDelete"
	s.do(http.MethodPost, unlock, unlocks("deleteProtectedItemRequests", itemPath(vault, "web"))).
		wantError(http.StatusForbidden, "LinkedAuthorizationFailed", "linked scope", "deleteProtectedItemRequests/default")
	s.do(http.MethodPost, unlock, unlocks("deleteResourceGuardProxyRequests", "")).want(http.StatusOK)
}

func TestMicrosoftClientMapsAGuard(t *testing.T) {
	s := start(t)
	s.put(vaultPath("group", "vault"), minimal).want(http.StatusCreated)
	s.put(itemPath(vaultPath("group", "vault"), "web"), protectBody(vaultPath("group", "vault"), "web")).want(http.StatusAccepted)
	ctx, proxies := t.Context(), s.runSDK().NewResourceGuardProxyClient()
	put, err := proxies.Put(ctx, "vault", "group", "VaultProxy", backup.ResourceGuardProxyBaseResource{
		Properties: &backup.ResourceGuardProxyBase{ResourceGuardResourceID: to.Ptr(guardPath)},
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	requests := map[string]*string{}
	for _, detail := range put.Properties.ResourceGuardOperationDetails {
		requests[*detail.VaultCriticalOperation] = detail.DefaultResourceRequest
	}
	pager, mappings := s.runSDK().NewResourceGuardProxiesClient().NewGetPager("vault", "group", nil), 0
	for pager.More() {
		page, err := pager.NextPage(ctx)
		if err != nil {
			t.Fatal(err)
		}
		mappings += len(page.Value)
	}
	if mappings != 1 {
		t.Errorf("%d mappings are listed", mappings)
	}
	const rsc = "Microsoft.RecoveryServices/vaults"
	item := vaultPath("group", "vault") + "/backupFabrics/Azure/protectionContainers/" + sdkContainer + "/protectedItems/" + sdkItem
	unlocked, err := proxies.UnlockDelete(ctx, "vault", "group", "VaultProxy", backup.UnlockDeleteRequest{
		ResourceGuardOperationRequests: []*string{requests[rsc+"/backupFabrics/protectionContainers/protectedItems/delete"]}, ResourceToBeDeleted: to.Ptr(item),
	}, nil)
	if err != nil || *unlocked.UnlockDeleteExpiryTime == "" {
		t.Fatalf("got %v, %v", unlocked, err)
	}
	if _, err := s.runSDK().NewProtectedItemsClient().Delete(ctx, "vault", "group", "Azure", sdkContainer, sdkItem, nil); err != nil {
		t.Error(err)
	}
	if _, err := proxies.UnlockDelete(ctx, "vault", "group", "VaultProxy", backup.UnlockDeleteRequest{
		ResourceGuardOperationRequests: []*string{requests[rsc+"/backupResourceGuardProxies/delete"]},
	}, nil); err != nil {
		t.Error(err)
	}
	if _, err := proxies.Delete(ctx, "vault", "group", "VaultProxy", nil); err != nil {
		t.Error(err)
	}
	if _, err := proxies.Get(ctx, "vault", "group", "VaultProxy", nil); err == nil {
		t.Error("the mapping is still there")
	}
}
