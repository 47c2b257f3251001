package embedded_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
)

func TestStorageConfig(t *testing.T) {
	s := start(t, func(c *embedded.Config) { c.OperationTime = time.Minute })
	vault := vaultPath("g", "vault")
	config := vault + "/backupstorageconfig/vaultstorageconfig"
	s.get(config).wantError(http.StatusNotFound, "ResourceNotFound", "vaults/vault")
	s.patch(config, `{"properties":{}}`).wantError(http.StatusNotFound, "ResourceNotFound", "vaults/vault")
	s.put(vault, minimal).want(http.StatusCreated)

	want := map[string]any{
		"id": config, "name": "vaultstorageconfig", "type": "Microsoft.RecoveryServices/vaults/backupstorageconfig",
		"properties": map[string]any{
			"storageType": "GeoRedundant", "storageModelType": "GeoRedundant", "storageTypeState": "Unlocked",
			"crossRegionRestoreFlag": false, "dedupState": "Disabled", "xcoolState": "Disabled",
		},
	}
	if diff := cmp.Diff(want, s.get(config).want(http.StatusOK).body); diff != "" {
		t.Error(diff)
	}
	redundancyIs := func(want, restore string) {
		t.Helper()
		settings := s.get(vault).at("properties", "redundancySettings")
		if diff := cmp.Diff(map[string]any{"standardTierStorageRedundancy": want, "crossRegionRestore": restore}, settings); diff != "" {
			t.Error(diff)
		}
		if got := s.get(config); got.text("properties", "storageType") != want || got.text("properties", "storageModelType") != want ||
			got.at("properties", "crossRegionRestoreFlag") != (restore == "Enabled") {
			t.Errorf("got %s", got.raw)
		}
	}
	// Either name of the redundancy alone, and the other one as it was read.
	if got := s.patch(config, `{"properties":{"storageModelType":"locallyredundant"}}`).want(http.StatusNoContent); got.raw != "" {
		t.Errorf("got %s", got.raw)
	}
	redundancyIs("LocallyRedundant", "Disabled")
	if got := s.get(vault).state(); got != "Succeeded" {
		t.Errorf("the change of a config is not one that is waited for; the vault is %s", got)
	}
	s.patch(config, `{"properties":{"storageType":"GeoRedundant"}}`).want(http.StatusNoContent)
	redundancyIs("GeoRedundant", "Disabled")
	if got := s.put(config, `{"properties":{"storageType":"GeoRedundant","storageModelType":"ZoneRedundant","dedupState":"Disabled"}}`).want(http.StatusOK); got.text("properties", "storageType") != "ZoneRedundant" {
		t.Errorf("got %s", got.raw)
	}
	s.put(config, `{"properties":{"storageType":"GeoRedundant","crossRegionRestoreFlag":true}}`).want(http.StatusOK)
	redundancyIs("GeoRedundant", "Enabled")

	for body, want := range map[string]string{
		`{"properties":{"storageType":"LocallyRedundant","storageModelType":"ZoneRedundant"}}`: "InvalidRestApiParameter",
		`{"properties":{"storageType":"Cheap"}}`:                                               "InvalidRestApiParameter",
		`{"properties":{"crossRegionRestoreFlag":false}}`:                                      "InvalidRestApiParameter", // cannot be switched off
		`{"properties":{"crossRegionRestoreFlag":"yes"}}`:                                      "InvalidRequestContent",
		`{"properties":{"storageType":1}}`:                                                     "InvalidRequestContent",
		`{"properties":[]}`:                                                                    "InvalidRequestContent",
	} {
		s.patch(config, body).wantError(http.StatusBadRequest, want)
	}
	for _, body := range []string{
		`{"properties":{"storageType":"ReadAccessGeoZoneRedundant"}}`, `{"properties":{"dedupState":"Enabled"}}`, `{"properties":{"xcoolState":"Enabled"}}`,
	} {
		s.put(config, body).wantError(http.StatusNotImplemented, "NotModelledByEmbeddedService")
	}
	redundancyIs("GeoRedundant", "Enabled")
}

func TestStorageConfigIsLockedByTheFirstMachine(t *testing.T) {
	s := start(t)
	vault := vaultPath("g", "vault")
	config := vault + "/backupstorageconfig/vaultstorageconfig"
	s.put(vault, minimal).want(http.StatusCreated)
	s.protect(vault, "web")
	if got := s.get(config); got.text("properties", "storageTypeState") != "Locked" {
		t.Errorf("got %s", got.raw)
	}
	s.patch(config, `{"properties":{"storageModelType":"LocallyRedundant"}}`).wantError(http.StatusBadRequest, "StorageModelModifyError", "locked")
	s.put(config, `{"properties":{"storageModelType":"LocallyRedundant"}}`).wantError(http.StatusBadRequest, "StorageModelModifyError", "locked")
	s.put(config, `{"properties":{"storageModelType":"GeoRedundant"}}`).want(http.StatusOK)
}

// Once the vault itself has said what the redundancy is, its older address does not change it any more.
func TestStorageConfigAfterTheVaultsOwn(t *testing.T) {
	for name, choose := range map[string]func(*service, string){
		"put":   func(s *service, vault string) { s.put(vault, withProperties(redundancy("GeoRedundant", "Disabled"))) },
		"patch": func(s *service, vault string) { s.patch(vault, withProperties(redundancy("GeoRedundant", "Disabled"))) },
	} {
		t.Run(name, func(t *testing.T) {
			s := start(t)
			vault := vaultPath("g", "vault")
			config := vault + "/backupstorageconfig/vaultstorageconfig"
			s.put(vault, minimal).want(http.StatusCreated)
			// A member of that name is not for clients to set.
			s.patch(vault, `{"redundancyChosen":true}`).want(http.StatusOK)
			s.patch(config, `{"properties":{"storageModelType":"ZoneRedundant"}}`).want(http.StatusNoContent)
			choose(s, vault)
			s.patch(vault, `{"tags":{"a":"b"}}`).want(http.StatusOK)
			s.patch(config, `{"properties":{"storageModelType":"ZoneRedundant"}}`).
				wantError(http.StatusBadRequest, "BMSUserErrorRedundancySettingsUseVaultApi", "properties.redundancySettings")
			if got := s.get(config).want(http.StatusOK); got.text("properties", "storageType") != "GeoRedundant" {
				t.Errorf("got %s", got.raw)
			}
			if got := s.get(vault); got.at("redundancyChosen") != nil {
				t.Errorf("the vault shows what is not part of it: %s", got.raw)
			}
			s.patch(vault, withProperties(redundancy("ZoneRedundant", "Disabled"))).want(http.StatusOK)
		})
	}
}

func TestVaultConfig(t *testing.T) {
	s := start(t, chosenSoftDelete)
	vault := vaultPath("g", "vault")
	config := vault + "/backupconfig/vaultconfig"
	s.get(config).wantError(http.StatusNotFound, "ResourceNotFound", "vaults/vault")
	s.put(vault, minimal).want(http.StatusCreated)
	fresh := map[string]any{
		"id": config, "name": "vaultconfig", "type": "Microsoft.RecoveryServices/vaults/backupconfig",
		"properties": map[string]any{
			"softDeleteFeatureState": "Enabled", "softDeleteRetentionPeriodInDays": 14.0, "enhancedSecurityState": "Enabled",
			"isSoftDeleteFeatureStateEditable": true,
		},
	}
	read := s.get(config).want(http.StatusOK)
	if diff := cmp.Diff(fresh, read.body); diff != "" {
		t.Error(diff)
	}
	if got := s.put(config, read.raw).want(http.StatusOK); got.raw != read.raw {
		t.Errorf("what was read and sent back is now %s", got.raw)
	}
	got := s.patch(config, `{"properties":{"enhancedSecurityState":"Enabled","softDeleteFeatureState":"disabled"}}`).want(http.StatusOK)
	if got.text("properties", "softDeleteFeatureState") != "Disabled" || got.text("properties", "enhancedSecurityState") != "Enabled" {
		t.Errorf("got %s", got.raw)
	}
	if got := s.get(vault); got.text("properties", "securitySettings", "softDeleteSettings", "softDeleteState") != "Disabled" {
		t.Errorf("got %s", got.raw)
	}
	s.put(config, `{"properties":{"softDeleteFeatureState":"Enabled","softDeleteRetentionPeriodInDays":30}}`).want(http.StatusOK)
	if got := s.get(vault); got.at("properties", "securitySettings", "softDeleteSettings", "softDeleteRetentionPeriodInDays") != 30.0 {
		t.Errorf("got %s", got.raw)
	}

	for body, want := range map[string]string{
		`{"properties":{"softDeleteFeatureState":"Invalid"}}`:           "InvalidRestApiParameter",
		`{"properties":{"softDeleteRetentionPeriodInDays":3}}`:          "InvalidRestApiParameter",
		`{"properties":{"enhancedSecurityState":true}}`:                 "InvalidRequestContent",
		`{"properties":{"softDeleteRetentionPeriodInDays":"fourteen"}}`: "InvalidRequestContent",
	} {
		s.patch(config, body).wantError(http.StatusBadRequest, want)
	}

	s.patch(config, `{"properties":{"softDeleteFeatureState":"AlwaysON"}}`).want(http.StatusOK)
	s.patch(config, `{"properties":{"softDeleteFeatureState":"Enabled"}}`).wantError(http.StatusBadRequest, "BMSUserErrorSoftDeleteStateAlwaysOn", "softDeleteFeatureState")
	s.patch(config, `{"properties":{"softDeleteFeatureState":"alwayson"}}`).want(http.StatusOK)
	if got := s.get(config); got.at("properties", "isSoftDeleteFeatureStateEditable") != false {
		t.Errorf("got %s", got.raw)
	}
}

// Where soft delete is forced, its older address shows it and changes nothing of it, with whatever API version.
func TestVaultConfigWhereSoftDeleteIsForced(t *testing.T) {
	s := start(t)
	vault := vaultPath("g", "vault")
	s.put(vault, minimal).want(http.StatusCreated)
	for _, v := range []string{"2023-02-01", "2024-10-01", "2026-07-01"} {
		config := vault + "/backupconfig/vaultconfig?api-version=" + v
		read := s.get(config).want(http.StatusOK)
		want := map[string]any{
			"softDeleteFeatureState": "AlwaysON", "softDeleteRetentionPeriodInDays": 14.0, "enhancedSecurityState": "AlwaysON",
			"isSoftDeleteFeatureStateEditable": false,
		}
		if diff := cmp.Diff(want, read.at("properties")); diff != "" {
			t.Error(diff)
		}
		s.put(config, read.raw).want(http.StatusOK)
		s.patch(config, `{"properties":{"softDeleteFeatureState":"alwayson","softDeleteRetentionPeriodInDays":0}}`).want(http.StatusOK)
		for _, change := range []string{
			`"softDeleteFeatureState":"Disabled"`, `"softDeleteFeatureState":"Enabled"`, `"enhancedSecurityState":"Disabled"`, `"softDeleteRetentionPeriodInDays":30`,
		} {
			s.patch(config, `{"properties":{`+change+`}}`).wantError(http.StatusBadRequest, "BMSUserErrorSoftDeleteUseVaultApi", "Vault API")
			s.put(config, `{"properties":{`+change+`}}`).wantError(http.StatusBadRequest, "BMSUserErrorSoftDeleteUseVaultApi")
		}
		if after := s.get(config).raw; after != read.raw {
			t.Errorf("refused changes left a trace: %s", after)
		}
	}
}

func TestEncryptionConfig(t *testing.T) {
	s := start(t)
	config := func(vault string) *response {
		return s.get(vault + "/backupEncryptionConfigs/backupResourceEncryptionConfig?api-version=2022-09-01-preview")
	}
	config(vaultPath("g", "none")).wantError(http.StatusNotFound, "ResourceNotFound")
	for name, test := range map[string]struct {
		body string
		want map[string]any
	}{
		"platform-key": {minimal, map[string]any{
			"encryptionAtRestType": "MicrosoftManaged", "infrastructureEncryptionState": "Disabled", "lastUpdateStatus": "NotEnabled",
		}},
		"system": {encrypted(withSystem, encryption(keyURL, systemKEK)), map[string]any{
			"encryptionAtRestType": "CustomerManaged", "infrastructureEncryptionState": "Disabled", "lastUpdateStatus": "Succeeded",
			"keyUri": keyURL, "useSystemAssignedIdentity": true,
		}},
		"user": {encrypted(withUser, encryption(keyURL, userKEK)), map[string]any{
			"encryptionAtRestType": "CustomerManaged", "infrastructureEncryptionState": "Disabled", "lastUpdateStatus": "Succeeded",
			"keyUri": keyURL, "useSystemAssignedIdentity": false, "userAssignedIdentity": keyReader,
		}},
	} {
		vault := vaultPath("g", "vault-"+name)
		s.put(vault, test.body).want(http.StatusCreated)
		got := config(vault).want(http.StatusOK)
		if diff := cmp.Diff(test.want, got.at("properties")); diff != "" || got.text("name") != "backupResourceEncryptionConfig" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// The key can be set and rotated through the config, which names no identity, but not taken away.
func TestKeyIsSetThroughTheEncryptionConfig(t *testing.T) {
	const rotated = keyURL + "-2"
	for _, test := range []struct {
		name, vault, sent string
		want              string // the key afterwards; "" for none
		refusal           string
	}{
		{"set", encrypted(withSystem, `{}`), `"encryptionAtRestType":"customermanaged","keyUri":"` + keyURL + `"`, keyURL, ""},
		{"rotated, read by the system's identity", encrypted(withSystem, encryption(keyURL, systemKEK)), `"keyUri":"` + rotated + `"`, rotated, ""},
		{"rotated, read by a user's identity", encrypted(withUser, encryption(keyURL, userKEK)), `"keyUri":"` + rotated + `"`, rotated, ""},
		{"repeated", encrypted(withSystem, encryption(keyURL, systemKEK)), `"encryptionAtRestType":"CustomerManaged","keyUri":"` + keyURL + `","infrastructureEncryptionState":"Disabled"`, keyURL, ""},
		{"nothing", encrypted(withSystem, encryption(keyURL, systemKEK)), ``, keyURL, ""},
		{"Microsoft's key repeated", minimal, `"encryptionAtRestType":"MicrosoftManaged","infrastructureEncryptionState":"Invalid"`, "", ""},
		{"without an identity", minimal, `"encryptionAtRestType":"CustomerManaged","keyUri":"` + keyURL + `"`, "", "does not have the identity"},
		{"taken away", encrypted(withUser, encryption(keyURL, userKEK)), `"encryptionAtRestType":"MicrosoftManaged"`, keyURL, "cannot be removed"},
		{"no key", encrypted(withSystem, `{}`), `"keyUri":"https://example.com/keys/k"`, "", "is not the URL of a Key Vault key"},
		{"infrastructure encryption later", encrypted(withSystem, encryption(keyURL, systemKEK)), `"infrastructureEncryptionState":"Enabled"`, keyURL, "cannot be changed"},
		{"another owner", encrypted(withSystem, `{}`), `"encryptionAtRestType":"Nobody","keyUri":"` + keyURL + `"`, "", "must be one of MicrosoftManaged, CustomerManaged"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := start(t)
			vault := vaultPath("g", "vault")
			s.put(vault, test.vault).want(http.StatusCreated)
			put := s.put(vault+"/backupEncryptionConfigs/backupResourceEncryptionConfig", `{"properties":{`+test.sent+`}}`)
			if test.refusal == "" {
				put.want(http.StatusOK)
			} else {
				put.wantError(http.StatusBadRequest, "InvalidRestApiParameter", test.refusal)
			}
			got, _ := s.get(vault).at("properties", "encryption", "keyVaultProperties", "keyUri").(string)
			if got != test.want {
				t.Errorf("the key is %q", got)
			}
		})
	}
}

// Of a vault whose creator sent no alerts the service says nothing; a part of them is completed.
func TestMonitoringSettings(t *testing.T) {
	s := start(t)
	vault := vaultPath("g", "vault")
	s.put(vault, minimal).want(http.StatusCreated)
	if got := s.get(vault); got.at("properties", "monitoringSettings") != nil {
		t.Errorf("a fresh vault has %v", got.at("properties", "monitoringSettings"))
	}
	s.patch(vault, `{"properties":{"monitoringSettings":{"classicAlertSettings":{"alertsForCriticalOperations":"disabled"}}}}`).want(http.StatusOK)
	want := map[string]any{
		"azureMonitorAlertSettings": map[string]any{
			"alertsForAllJobFailures": "Enabled", "alertsForAllReplicationIssues": "Enabled", "alertsForAllFailoverIssues": "Enabled",
		},
		"classicAlertSettings": map[string]any{"alertsForCriticalOperations": "Disabled", "emailNotificationsForSiteRecovery": "Enabled"},
	}
	if diff := cmp.Diff(want, s.get(vault).at("properties", "monitoringSettings")); diff != "" {
		t.Error(diff)
	}
	s.put(vault, minimal).want(http.StatusOK)
	if diff := cmp.Diff(want, s.get(vault).at("properties", "monitoringSettings")); diff != "" {
		t.Error(diff)
	}
}

// Templates that worked with 2024-01-01 were refused with 2024-02-01, until they had all five.
func TestPartOfTheMonitoringSettings(t *testing.T) {
	const (
		whole = `{"azureMonitorAlertSettings":{"alertsForAllJobFailures":"Enabled","alertsForAllReplicationIssues":"Disabled","alertsForAllFailoverIssues":"Disabled"},` +
			`"classicAlertSettings":{"alertsForCriticalOperations":"Disabled","emailNotificationsForSiteRecovery":"Disabled"}}`
		part  = `{"azureMonitorAlertSettings":{"alertsForAllJobFailures":"Enabled"},"classicAlertSettings":{"alertsForCriticalOperations":"Disabled"}}`
		older = "?api-version=2024-01-01"
		first = "?api-version=2024-02-01"
	)
	alerts := func(settings string) string { return withProperties(`{"monitoringSettings":` + settings + `}`) }
	for name, test := range map[string]struct {
		version, settings string
		status            int
	}{
		"part-older":     {older, part, http.StatusCreated},
		"part-first":     {first, part, http.StatusBadRequest},
		"part-of-one":    {first, `{"classicAlertSettings":{"alertsForCriticalOperations":"Enabled"}}`, http.StatusBadRequest},
		"whole":          {first, whole, http.StatusCreated},
		"nothing-chosen": {first, `{}`, http.StatusCreated},
		"null":           {first, `null`, http.StatusCreated},
	} {
		t.Run(name, func(t *testing.T) {
			s := start(t)
			vault := vaultPath("g", name)
			made := s.put(vault+test.version, alerts(test.settings))
			if made.status != test.status {
				t.Fatalf("got %d: %s", made.status, made.raw)
			}
			if test.status == http.StatusBadRequest {
				made.wantError(http.StatusBadRequest, "InvalidRestApiParameter", "monitoringSettings", "emailNotificationsForSiteRecovery")
				s.put(vault+first, minimal).want(http.StatusCreated)
			}
			// The same holds for a vault that is there already, and not for PATCH.
			if got := s.put(vault+test.version, alerts(test.settings)).status; (got == http.StatusBadRequest) != (test.status == http.StatusBadRequest) {
				t.Errorf("a PUT over it: %d", got)
			}
			s.patch(vault+first, `{"properties":{"monitoringSettings":`+part+`}}`).want(http.StatusOK)
		})
	}
}

// Clients send 0 days of retention where they have chosen none: at birth they are the service's, and later as they were.
func TestNoDaysOfSoftDelete(t *testing.T) {
	s := start(t, chosenSoftDelete)
	vault := vaultPath("g", "vault")
	days := func(state, n string) string {
		return withProperties(`{"securitySettings":{"softDeleteSettings":{"softDeleteState":"` + state + `","softDeleteRetentionPeriodInDays":` + n + `}}}`)
	}
	is := func(state string, want float64) {
		t.Helper()
		soft := s.get(vault).at("properties", "securitySettings", "softDeleteSettings")
		if diff := cmp.Diff(map[string]any{"softDeleteState": state, "softDeleteRetentionPeriodInDays": want, "enhancedSecurityState": "Enabled"}, soft); diff != "" {
			t.Error(diff)
		}
	}
	s.put(vault, days("Disabled", "0")).want(http.StatusCreated)
	is("Disabled", 14)
	s.patch(vault, days("Enabled", "30")).want(http.StatusOK)
	s.patch(vault, days("Disabled", "0")).want(http.StatusOK)
	is("Disabled", 30)
	s.put(vault+"/backupconfig/vaultconfig", `{"properties":{"softDeleteFeatureState":"Enabled","softDeleteRetentionPeriodInDays":0}}`).want(http.StatusOK)
	is("Enabled", 30)
	s.patch(vault, days("Enabled", "1")).want(http.StatusBadRequest)
}
