package embedded_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What an object shows and clients do not choose, at paths with a slash between the members: what Microsoft's type definitions
// (vault API 2025-08-01, backup API 2025-08-01) have as READ-ONLY, what they describe as the service's to say, and what belongs to
// another address. Clients send it back as they have read it long ago, or make it up.
var shownMembers = map[string]map[string]any{
	"vault": {
		"id": "/x", "name": "other", "type": "Microsoft.X/y", "etag": "old", "systemData": map[string]any{"createdBy": "me"},
		"identity/principalId": "p", "identity/tenantId": "t",
		"properties/provisioningState": "Failed", "properties/backupStorageVersion": "V2", "properties/secureScore": "Maximum",
		"properties/bcdrSecurityLevel": "Excellent", "properties/moveState": "MoveSucceeded",
		"properties/moveDetails":                map[string]any{"operationId": "o", "startTimeUtc": "2026-", "sourceResourceId": "/x"},
		"properties/upgradeDetails":             map[string]any{"operationId": "o", "status": "Upgraded", "startTimeUtc": "2026-"},
		"properties/privateEndpointConnections": []any{map[string]any{"id": "/x", "name": "other"}}, "properties/privateEndpointStateForBackup": "Enabled",
		"properties/privateEndpointStateForSiteRecovery": "Enabled", "properties/securitySettings/multiUserAuthorization": "Enabled",
		"properties/resourceGuardOperationRequests": []any{"/x"},
	},
	"vault config": {
		"id": "/x", "name": "other", "type": "Microsoft.X/y", "eTag": "old", "systemData": map[string]any{"createdBy": "me"},
		"properties/storageType": "LocallyRedundant", "properties/storageModelType": "ZoneRedundant", "properties/storageTypeState": "Locked",
		"properties/isSoftDeleteFeatureStateEditable": true, "properties/resourceGuardOperationRequests": []any{"/x"},
	},
	"storage config": {
		"id": "/x", "name": "other", "type": "Microsoft.X/y", "eTag": "old", "systemData": map[string]any{"createdBy": "me"},
		"properties/storageTypeState": "Locked",
	},
	"policy": {
		"id": "/x", "name": "other", "type": "Microsoft.X/y", "systemData": map[string]any{"createdBy": "me"},
		"properties/protectedItemsCount": 7, "properties/resourceGuardOperationRequests": []any{"/x"},
	},
	"item": {
		"id": "/x", "name": "other", "type": "Microsoft.X/y", "eTag": "old", "systemData": map[string]any{"createdBy": "me"},
		"properties/backupManagementType": "MAB", "properties/workloadType": "SQLDB", "properties/containerName": "other", "properties/friendlyName": "other",
		"properties/virtualMachineId": "/x", "properties/policyName": "other", "properties/policyType": "V9", "properties/protectionStatus": "Unhealthy",
		"properties/healthStatus": "ActionRequired", "properties/lastBackupStatus": "Failed", "properties/lastBackupTime": "2026-",
		"properties/lastRecoveryPoint": "2026-", "properties/protectedItemDataId": "7", "properties/sourceLocation": "westus", "properties/vaultId": "/x",
		"properties/healthDetails":             []any{map[string]any{"code": 7, "title": "other", "recommendations": []any{"other"}}},
		"properties/kpisHealths":               map[string]any{"other": map[string]any{"resourceHealthStatus": "Unhealthy"}},
		"properties/softDeleteRetentionPeriod": 7, "properties/softDeleteRetentionPeriodInDays": 7, "properties/isScheduledForDeferredDelete": true,
		"properties/isDeferredDeleteScheduleUpcoming": true, "properties/deferredDeleteTimeInUTC": "2026-", "properties/deferredDeleteTimeRemaining": "other",
		"properties/isArchiveEnabled": true, "properties/extendedInfo": map[string]any{"recoveryPointCount": 99, "oldestRecoveryPoint": "2026-"},
		"properties/sourceSideScanInfo":             map[string]any{"sourceSideScanStatus": "Unhealthy", "sourceSideScanSummary": "other"},
		"properties/resourceGuardOperationRequests": []any{"/x"}, "properties/protectionState": "IRPending",
	},
	"group": {
		"id": "/x", "name": "other", "type": "Microsoft.X/y", "systemData": map[string]any{"createdBy": "me"}, "properties/provisioningState": "Deleting",
	},
}

func TestWhatIsShownIsNotForClientsToSet(t *testing.T) {
	vault := vaultPath("Group", "Vault")
	for name, path := range map[string]string{
		"vault": vault, "vault config": vault + "/backupconfig/vaultconfig", "storage config": vault + "/backupstorageconfig/vaultstorageconfig",
		"policy": vault + "/backupPolicies/DefaultPolicy", "item": itemPath(vault, "web"), "group": sub + "/resourceGroups/Group",
	} {
		t.Run(name, func(t *testing.T) {
			s := start(t)
			s.put(vault, strings.Replace(minimal, "{", `{"identity":{"type":"SystemAssigned"},`, 1)).want(http.StatusCreated)
			if name == "policy" || name == "item" { // a machine lays out the storage of its vault
				s.protect(vault, "web")
			}
			s.clock.Advance(day)
			before := s.get(path).want(http.StatusOK)
			sent := before.raw
			for member, value := range shownMembers[name] {
				sent = assigned(t, sent, strings.Split(member, "/"), value)
			}
			if got := s.put(path, sent); got.status >= 300 {
				t.Fatalf("got %d: %s", got.status, got.raw)
			}
			after := s.get(path).want(http.StatusOK)
			for _, r := range []*response{before, after} {
				delete(r.body, "etag")
				delete(r.body, "eTag")
			}
			if diff := cmp.Diff(before.body, after.body); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// assigned is a JSON object with a value at a path.
func assigned(tb testing.TB, body string, path []string, value any) string {
	tb.Helper()
	var root map[string]any
	if err := json.Unmarshal([]byte(body), &root); err != nil {
		tb.Fatal(err)
	}
	o := root
	for _, name := range path[:len(path)-1] {
		under, ok := o[name].(map[string]any)
		if !ok {
			under = map[string]any{}
			o[name] = under
		}
		o = under
	}
	o[path[len(path)-1]] = value
	b, err := json.Marshal(root)
	if err != nil {
		tb.Fatal(err)
	}
	return string(b)
}

// A deployment module sends the whole config, with a storage that is neither the vault's nor its to say.
func TestVaultConfigOfADeploymentModule(t *testing.T) {
	s := start(t)
	vault := vaultPath("g", "vault")
	s.put(vault, withProperties(redundancy("ZoneRedundant", "Disabled"))).want(http.StatusCreated)
	before := s.get(vault).raw
	got := s.put(vault+"/backupconfig/vaultconfig", `{"properties":{"enhancedSecurityState":"AlwaysON","resourceGuardOperationRequests":[],`+
		`"softDeleteFeatureState":"AlwaysON","storageModelType":"GeoRedundant","storageType":"GeoRedundant","storageTypeState":"Locked",`+
		`"isSoftDeleteFeatureStateEditable":true}}`).want(http.StatusOK)
	if got.at("properties", "storageType") != nil || got.text("properties", "softDeleteFeatureState") != "AlwaysON" {
		t.Errorf("got %s", got.raw)
	}
	if after := s.get(vault); after.text("properties", "redundancySettings", "standardTierStorageRedundancy") != "ZoneRedundant" {
		t.Errorf("before %s after %s", before, after.raw)
	}
}
