package embedded_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
	"github.com/azurebackup/terraform-provider-backup/internal/store"
)

func withProperties(properties string) string {
	return `{"location":"eastasia","sku":{"name":"Standard"},"properties":` + properties + `}`
}

func redundancy(kind, restore string) string {
	return fmt.Sprintf(`{"redundancySettings":{"standardTierStorageRedundancy":%q,"crossRegionRestore":%q}}`, kind, restore)
}

func softDelete(state string) string {
	return fmt.Sprintf(`{"securitySettings":{"softDeleteSettings":{"softDeleteState":%q}}}`, state)
}

func enhancedSecurity(state string) string {
	return fmt.Sprintf(`{"securitySettings":{"softDeleteSettings":{"enhancedSecurityState":%q}}}`, state)
}

func retentionDays(days string) string {
	return `{"securitySettings":{"softDeleteSettings":{"softDeleteRetentionPeriodInDays":` + days + `}}}`
}

func immutability(state string) string {
	return fmt.Sprintf(`{"securitySettings":{"immutabilitySettings":{"state":%q}}}`, state)
}

func TestRulesOfCreation(t *testing.T) {
	const invalid = "InvalidRestApiParameter"
	s := start(t)
	for _, test := range []struct {
		name, vault, body string
		status            int
		code              string
		parts             []string
	}{
		{"one character", "a", minimal, 400, "InvalidResourceName", []string{"2"}},
		{"51 characters", strings.Repeat("a", 51), minimal, 400, "InvalidResourceName", []string{"51"}},
		{"leading digit", "1vault", minimal, 400, "InvalidResourceName", nil},
		{"underscore", "my_vault", minimal, 400, "InvalidResourceName", []string{"_"}},
		{"no location", "vault", `{"sku":{"name":"Standard"}}`, 400, "LocationRequired", nil},
		{"location of another type", "vault", `{"location":7,"sku":{"name":"Standard"}}`, 400, "InvalidRequestContent", nil},
		{"unknown location", "vault", `{"location":"atlantis","sku":{"name":"Standard"}}`, 400, "LocationNotAvailableForResourceType", []string{"'atlantis'", "eastasia"}},
		{"no sku", "vault", `{"location":"eastasia"}`, 400, invalid, []string{"sku parameter is invalid"}},
		{"unknown sku", "vault", `{"location":"eastasia","sku":{"name":"Premium"}}`, 400, invalid, []string{"RS0"}},
		{"unknown redundancy", "vault", withProperties(redundancy("GRS", "Disabled")), 400, invalid, []string{"redundancySettings parameter is invalid. Please provide a valid redundancySettings", "ZoneRedundant"}},
		{"cross-region restore without copies", "vault", withProperties(redundancy("LocallyRedundant", "Enabled")), 400, invalid, []string{"redundancySettings", "GeoRedundant"}},
		{"locked at birth", "vault", withProperties(immutability("Locked")), 400, "UserErrorUnsupportedVaultImmutabilityStateChange", []string{"Unlocked"}},
		{"13 days", "vault", withProperties(`{"securitySettings":{"softDeleteSettings":{"softDeleteRetentionPeriodInDays":13}}}`), 400, invalid, []string{"14 to 180"}},
		{"half a day", "vault", withProperties(`{"securitySettings":{"softDeleteSettings":{"softDeleteRetentionPeriodInDays":14.5}}}`), 400, "InvalidRequestContent", []string{"whole number", "14.5"}},
		{"days in words", "vault", withProperties(`{"securitySettings":{"softDeleteSettings":{"softDeleteRetentionPeriodInDays":"14"}}}`), 400, "InvalidRequestContent", nil},
		{"setting of another type", "vault", withProperties(`{"publicNetworkAccess":true}`), 400, "InvalidRequestContent", []string{"publicNetworkAccess"}},
		{"section of another type", "vault", withProperties(`{"securitySettings":"none"}`), 400, "InvalidRequestContent", []string{"'properties.securitySettings' must be an object"}},
		{"properties of another type", "vault", withProperties(`[]`), 400, "InvalidRequestContent", nil},
		{"tag that is not text", "vault", `{"location":"eastasia","sku":{"name":"Standard"},"tags":{"a":1}}`, 400, "InvalidRequestContent", []string{"'tags.a' must be a string"}},
		{"illegal tag", "vault", `{"location":"eastasia","sku":{"name":"Standard"},"tags":{"a?":"1"}}`, 400, "InvalidTags", []string{"a?"}},
		{"unknown identity", "vault", `{"location":"eastasia","sku":{"name":"Standard"},"identity":{"type":"Mine"}}`, 400, invalid, []string{"identity"}},
		{"user identity without users", "vault", `{"location":"eastasia","sku":{"name":"Standard"},"identity":{"type":"UserAssigned"}}`, 400, invalid, []string{"needs the ids of user-assigned identities"}},
		{"empty body", "vault", ``, 400, "InvalidRequestContent", []string{"empty"}},
		{"not JSON", "vault", `{"location":`, 400, "InvalidRequestContent", nil},
		{"not an object", "vault", `[1]`, 400, "InvalidRequestContent", nil},
		{"null", "vault", `null`, 400, "InvalidRequestContent", nil},
		{"two objects", "vault", minimal + minimal, 400, "InvalidRequestContent", []string{"after"}},
		{"too large", "vault", withProperties(`{"x":"` + strings.Repeat("x", 4<<20) + `"}`), 413, "RequestEntityTooLarge", nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			s.put(vaultPath("g", test.vault), test.body).wantError(test.status, test.code, test.parts...)
			s.get(vaultPath("g", test.vault)).want(http.StatusNotFound)
		})
	}
	for _, name := range []string{"ab", strings.Repeat("a", 50), "a-", "Vault-9"} {
		s.put(vaultPath("g", name), minimal).want(http.StatusCreated)
	}
	s.put(vaultPath("g", "geo"), withProperties(redundancy("georedundant", "enabled"))).want(http.StatusCreated)
}

// TestRulesOfChange brings a vault into a first state and tries a second one, by PATCH and by PUT.
func TestRulesOfChange(t *testing.T) {
	const invalid = "InvalidRestApiParameter"
	crossSubscription := func(state string) string {
		return fmt.Sprintf(`{"restoreSettings":{"crossSubscriptionRestoreSettings":{"crossSubscriptionRestoreState":%q}}}`, state)
	}
	for _, test := range []struct {
		name        string
		first, then string
		code        string // "" when allowed
	}{
		{"redundancy while unlocked", redundancy("GeoRedundant", "Disabled"), redundancy("ZoneRedundant", "Disabled"), ""},
		{"cross-region restore on", `{}`, redundancy("GeoRedundant", "Enabled"), ""},
		{"cross-region restore off", redundancy("GeoRedundant", "Enabled"), redundancy("GeoRedundant", "Disabled"), invalid},
		{"redundancy with cross-region restore", redundancy("GeoRedundant", "Enabled"), `{"redundancySettings":{"standardTierStorageRedundancy":"LocallyRedundant"}}`, invalid},
		{"soft delete off", softDelete("Enabled"), softDelete("Disabled"), ""},
		{"soft delete from always on", softDelete("AlwaysON"), softDelete("Enabled"), invalid},
		{"soft delete stays always on", softDelete("AlwaysON"), softDelete("alwayson"), ""},
		{"immutability on", `{}`, immutability("Unlocked"), ""},
		{"immutability off", immutability("Unlocked"), immutability("Disabled"), ""},
		{"immutability straight to locked", immutability("Disabled"), immutability("Locked"), "UserErrorUnsupportedVaultImmutabilityStateChange"},
		{"immutability locked", immutability("Unlocked"), immutability("Locked"), ""},
		{"restore for ever disabled", crossSubscription("PermanentlyDisabled"), crossSubscription("Enabled"), invalid},
		{"restore off", crossSubscription("Enabled"), crossSubscription("Disabled"), ""},
		{"restore off for ever", crossSubscription("Disabled"), crossSubscription("PermanentlyDisabled"), ""},
		{"restore of another state", `{}`, crossSubscription("Sometimes"), invalid},
		{"enhanced security off", enhancedSecurity("Enabled"), enhancedSecurity("Disabled"), ""},
		{"enhanced security from always on", enhancedSecurity("AlwaysOn"), enhancedSecurity("Disabled"), invalid},
		{"enhanced security of another state", `{}`, enhancedSecurity("Invalid"), invalid},
		{"soft delete of another state", `{}`, softDelete("Invalid"), invalid},
		{"181 days", `{}`, retentionDays("181"), invalid},
		{"180 days", `{}`, retentionDays("180"), ""},
		{"fewer days while always on", softDelete("AlwaysON"), retentionDays("14"), ""},
		{"immutability from unlocked at birth", immutability("Unlocked"), immutability("Unlocked"), ""},
		{"immutability of another state", `{}`, immutability("Open"), invalid},
		{"public network access off", `{}`, `{"publicNetworkAccess":"disabled"}`, ""},
		{"public network access of another state", `{}`, `{"publicNetworkAccess":"SecuredByPerimeter"}`, invalid},
		{"an alert off", `{}`, `{"monitoringSettings":{"azureMonitorAlertSettings":{"alertsForAllFailoverIssues":"Disabled","alertsForAllJobFailures":"Enabled",
			"alertsForAllReplicationIssues":"Enabled"},"classicAlertSettings":{"alertsForCriticalOperations":"Enabled","emailNotificationsForSiteRecovery":"Enabled"}}}`, ""},
		{"an alert of another state", `{}`, `{"monitoringSettings":{"classicAlertSettings":{"alertsForCriticalOperations":"On"}}}`, invalid},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := start(t, chosenSoftDelete)
			path := vaultPath("g", "vault")
			s.put(path, withProperties(test.first)).want(http.StatusCreated)
			for _, try := range []func() *response{
				func() *response { return s.patch(path, `{"properties":`+test.then+`}`) },
				func() *response { return s.put(path, withProperties(test.then)) },
			} {
				if before := s.get(path).raw; test.code != "" {
					try().wantError(http.StatusBadRequest, test.code)
					if after := s.get(path).raw; after != before {
						t.Errorf("a refused change left a trace:\n%s\n%s", before, after)
					}
				} else {
					try().want(http.StatusOK)
				}
			}
		})
	}
}

func TestLockedImmutabilityIsFinal(t *testing.T) {
	s := start(t)
	path := vaultPath("g", "vault")
	s.put(path, withProperties(immutability("Unlocked"))).want(http.StatusCreated)
	s.patch(path, `{"properties":`+immutability("Locked")+`}`).want(http.StatusOK)
	for _, state := range []string{"Unlocked", "Disabled"} {
		s.patch(path, `{"properties":`+immutability(state)+`}`).wantError(http.StatusBadRequest, "UserErrorUnsupportedVaultImmutabilityStateChange", "Locked")
	}
}

func TestRedundancyIsLockedByTheFirstItem(t *testing.T) {
	s := start(t)
	path := vaultPath("g", "vault")
	s.put(path, withProperties(redundancy("LocallyRedundant", "Disabled"))).want(http.StatusCreated)
	s.patch(path, `{"properties":`+redundancy("GeoRedundant", "Disabled")+`}`).want(http.StatusOK)
	s.protect(path, "web")
	if got := s.get(path).text("properties", "backupStorageVersion"); got != "V2" {
		t.Errorf("version %s", got)
	}
	other := redundancy("LocallyRedundant", "Disabled")
	s.patch(path, `{"properties":`+other+`}`).wantError(http.StatusBadRequest, "StorageModelModifyError", "locked")
	s.put(path, withProperties(other)).wantError(http.StatusBadRequest, "StorageModelModifyError", "locked")
	s.patch(path, `{"properties":`+redundancy("GeoRedundant", "Disabled")+`}`).want(http.StatusOK)
	if got := s.patch(path, `{"tags":{"a":"b"}}`).want(http.StatusOK).text("properties", "backupStorageVersion"); got != "V2" {
		t.Errorf("version is now %s", got)
	}
}

func TestZonesOfTheRegion(t *testing.T) {
	s := start(t, func(c *embedded.Config) {
		c.Regions = append(catalog.Regions(), catalog.Region{Name: "newland", DisplayName: "New Land"})
	})
	region := ""
	for _, r := range catalog.Regions() {
		if !r.Zones {
			region = r.Name
		}
	}
	zones := redundancy("ZoneRedundant", "Disabled")
	in := func(region, properties string) string {
		return strings.Replace(withProperties(properties), "eastasia", region, 1)
	}
	s.put(vaultPath("g", "va"), in(region, zones)).wantError(http.StatusBadRequest, "InvalidRestApiParameter", "redundancySettings", region, "no availability zones")
	s.put(vaultPath("g", "va"), in(region, `{}`)).want(http.StatusCreated)
	s.patch(vaultPath("g", "va"), `{"properties":`+zones+`}`).wantError(http.StatusBadRequest, "InvalidRestApiParameter", "zones")
	s.put(vaultPath("g", "vb"), in("eastasia", zones)).want(http.StatusCreated)
	s.put(vaultPath("g", "vc"), in("newland", zones)).want(http.StatusCreated) // nobody knows
	announced := start(t, func(c *embedded.Config) { c.Regions = catalog.RegionsAnd(nil) })
	announced.put(vaultPath("g", "vc"), in("saudiarabiaeast", zones)).want(http.StatusCreated)

	// A vault that has them already can be changed otherwise.
	zoned := &service{tb: t, transport: embedded.NewTransport(embedded.New(embedded.Config{
		Store: s.store, Now: s.clock.Now, Regions: []catalog.Region{{Name: region, Zones: true}},
	}))}
	zoned.put(vaultPath("g", "vd"), in(region, zones)).want(http.StatusCreated)
	s.patch(vaultPath("g", "vd"), `{"tags":{"a":"b"}}`).want(http.StatusOK)
}

func TestSKUChangesWithPUTAlone(t *testing.T) {
	s := start(t)
	path := vaultPath("g", "vault")
	s.put(path, strings.Replace(minimal, `"Standard"`, `"RS0","tier":"Standard"`, 1)).want(http.StatusCreated)
	s.patch(path, `{"sku":{"name":"Standard"}}`).wantError(http.StatusBadRequest, "InvalidRestApiParameter", "sku", "RS0", "PUT")
	s.patch(path, `{"sku":{"name":"RS0","tier":"Premium"}}`).wantError(http.StatusBadRequest, "InvalidRestApiParameter", "sku")
	for _, same := range []string{`{"name":"rs0"}`, `null`, `{}`} {
		if got := s.patch(path, `{"sku":`+same+`}`).want(http.StatusOK); got.text("sku", "name") != "RS0" || got.text("sku", "tier") != "Standard" {
			t.Errorf("%s made it %s", same, got.raw)
		}
	}
	if got := s.put(path, minimal).want(http.StatusOK); got.text("sku", "name") != "Standard" || got.at("sku", "tier") != nil {
		t.Errorf("got %s", got.raw)
	}
}

// Others saw Azure refuse all but AlwaysON since 2026, with two codes; which API version has which is our reading.
func TestSoftDeleteIsForced(t *testing.T) {
	const newer, older = "BMSUserErrorSoftDeleteStateNotSetToAlwaysON", "BMSUserErrorDisablingSoftDeleteStateNotAllowed"
	both := func(state, enhanced string) string {
		return fmt.Sprintf(`{"securitySettings":{"softDeleteSettings":{"softDeleteState":%q,"enhancedSecurityState":%q}}}`, state, enhanced)
	}
	refused := []string{
		softDelete("Disabled"), softDelete("Enabled"), enhancedSecurity("Disabled"), enhancedSecurity("Enabled"),
		both("Disabled", "Disabled"), both("Enabled", "Enabled"), both("AlwaysON", "Enabled"), both("enabled", "AlwaysON"),
	}
	taken := []string{`{}`, `{"securitySettings":null}`, softDelete("AlwaysON"), softDelete("alwayson"), enhancedSecurity("AlwaysON"), both("AlwaysON", "AlwaysON")}
	for v, code := range map[string]string{
		"2023-04-01": older, "2024-04-01": older, "2024-09-30-preview": newer, "2025-08-01": newer, "2026-07-01": newer,
	} {
		t.Run(v, func(t *testing.T) {
			s := start(t)
			at := func(name string) string { return vaultPath("g", name) + "?api-version=" + v }
			settings := func(name string) any {
				return s.get(at(name)).want(http.StatusOK).at("properties", "securitySettings", "softDeleteSettings")
			}
			is := func(name string, days float64) {
				t.Helper()
				want := map[string]any{"softDeleteState": "AlwaysON", "enhancedSecurityState": "AlwaysON", "softDeleteRetentionPeriodInDays": days}
				if diff := cmp.Diff(want, settings(name)); diff != "" {
					t.Error(diff)
				}
			}
			for i, properties := range taken {
				name := fmt.Sprintf("taken-%d", i)
				s.put(at(name), withProperties(properties)).want(http.StatusCreated)
				is(name, 14)
				s.patch(at(name), `{"properties":`+properties+`}`).want(http.StatusOK)
				is(name, 14)
			}
			for _, properties := range refused {
				s.put(at("new"), withProperties(properties)).wantError(http.StatusBadRequest, code, "AlwaysON")
				s.get(at("new")).want(http.StatusNotFound)
				s.patch(at("taken-0"), `{"properties":`+properties+`}`).wantError(http.StatusBadRequest, code)
				s.put(at("taken-0"), withProperties(properties)).wantError(http.StatusBadRequest, code)
			}
			s.patch(at("taken-0"), `{"properties":`+softDelete("Invalid")+`}`).wantError(http.StatusBadRequest, "InvalidRestApiParameter")
			s.patch(at("taken-0"), `{"properties":`+retentionDays("13")+`}`).wantError(http.StatusBadRequest, "InvalidRestApiParameter")
			is("taken-0", 14)
			s.patch(at("taken-0"), `{"properties":{"securitySettings":{"softDeleteSettings":{
				"softDeleteState":"AlwaysON","enhancedSecurityState":"AlwaysON","softDeleteRetentionPeriodInDays":180}}}}`).want(http.StatusOK)
			is("taken-0", 180)
		})
	}
}

// A vault from before keeps what it has, and can become AlwaysON, and nothing else.
func TestSoftDeleteIsForced_vaultsFromBefore(t *testing.T) {
	s := start(t, chosenSoftDelete)
	path := vaultPath("g", "vault")
	s.put(path, withProperties(softDelete("Disabled"))).want(http.StatusCreated)
	s.transport = embedded.NewTransport(embedded.New(embedded.Config{Store: s.store, Now: s.clock.Now}))
	s.patch(path, `{"tags":{"a":"b"}}`).want(http.StatusOK)
	s.put(path, withProperties(softDelete("Disabled"))).want(http.StatusOK)
	s.patch(path, `{"properties":`+softDelete("Enabled")+`}`).wantError(http.StatusBadRequest, "BMSUserErrorSoftDeleteStateNotSetToAlwaysON")
	s.patch(path, `{"properties":`+softDelete("AlwaysON")+`}`).want(http.StatusOK)
	s.patch(path, `{"properties":`+softDelete("Disabled")+`}`).wantError(http.StatusBadRequest, "BMSUserErrorSoftDeleteStateNotSetToAlwaysON")
}

func TestVaultWithItemsCannotBeDeleted(t *testing.T) {
	s := start(t)
	path := vaultPath("g", "vault")
	s.put(path, minimal)
	s.seed(protectedItem(path, "vm;iaasvmcontainerv2;rg;web"))
	for v, code := range map[string]string{
		"2023-04-01": "ServiceResourceNotEmptyWithContainerDetails", "2024-09-29": "ServiceResourceNotEmptyWithContainerDetails",
		"2024-09-30-preview": "BMSUserErrorVaultDeletionNotAllowed", version: "BMSUserErrorVaultDeletionNotAllowed",
	} {
		s.delete(path+"?api-version="+v).wantError(http.StatusBadRequest, code, "1 protected item:", "rg;web")
	}
	s.wantGroupStays("g", "1 protected item", "rg;web")
	s.get(path).want(http.StatusOK)
	for i := range 11 {
		s.protect(path, fmt.Sprintf("vm-%02d", i))
	}
	refused := s.delete(path)
	refused.wantError(http.StatusBadRequest, "BMSUserErrorVaultDeletionNotAllowed", "12 protected items", "vm-09, and 2 more.")
	if strings.Contains(refused.raw, "vm-10") {
		t.Errorf("names more than ten: %s", refused.raw)
	}
}

// wantGroupStays deletes a group: the request is accepted, and its operation fails with what a vault says of its own deletion.
func (s *service) wantGroupStays(group string, parts ...string) {
	s.tb.Helper()
	accepted := s.delete(sub + "/resourceGroups/" + group).want(http.StatusAccepted)
	if got := accepted.header.Get("Retry-After"); got != "" {
		s.tb.Errorf("Retry-After %s", got)
	}
	failed := s.get(accepted.header.Get("Location"))
	failed.wantError(http.StatusConflict, "ResourceGroupDeletionBlocked", parts...)
	if !strings.Contains(failed.raw, `"details":[{"code":"BMSUserErrorVaultDeletionNotAllowed"`) {
		s.tb.Errorf("got %s", failed.raw)
	}
	s.get(sub + "/resourceGroups/" + group).want(http.StatusOK)
}

func protectedItem(vault, name string) *store.Document {
	return &store.Document{
		ID:   vault + "/backupFabrics/Azure/protectionContainers/iaasvmcontainer;x/protectedItems/" + name,
		Type: catalog.VaultType + "/backupFabrics/protectionContainers/protectedItems", Subscription: embedded.DefaultSubscriptionID,
		ResourceGroup: "g", Parent: vault, Name: name, Body: []byte(`{}`),
	}
}

func TestPlaceOfAVault(t *testing.T) {
	s := start(t)
	path := vaultPath("First", "vault")
	s.put(path, minimal).want(http.StatusCreated)
	elsewhere := strings.Replace(minimal, "eastasia", "West Europe", 1)
	s.put(path, elsewhere).wantError(http.StatusConflict, "InvalidResourceLocation",
		"The resource 'vault' already exists in location 'eastasia' in resource group 'First'.", "location 'West Europe'")
	s.patch(path, `{"location":"westeurope"}`).wantError(http.StatusConflict, "InvalidResourceLocation")
	s.patch(path, `{"location":"EAST ASIA"}`).want(http.StatusOK)
	s.put(path, `{"sku":{"name":"Standard"}}`).wantError(http.StatusBadRequest, "LocationRequired")
	s.put(vaultPath("Second", "VAULT"), elsewhere).wantError(http.StatusConflict, "Conflict", "'VAULT'", "'First'", "'eastasia'")
	s.patch(vaultPath("Second", "vault"), `{}`).wantError(http.StatusNotFound, "ResourceNotFound")
}

func TestSubscriptionsDoNotShareNames(t *testing.T) {
	const other = "11111111-1111-4111-8111-111111111111"
	s := start(t, func(c *embedded.Config) {
		c.Subscriptions = []embedded.Subscription{{ID: embedded.DefaultSubscriptionID}, {ID: other}}
	})
	s.put(vaultPath("g", "vault"), minimal).want(http.StatusCreated)
	s.put(strings.Replace(vaultPath("g", "vault"), embedded.DefaultSubscriptionID, other, 1), minimal).want(http.StatusCreated)
}

func TestIdentity(t *testing.T) {
	s := start(t)
	path := vaultPath("g", "vault")
	const user = "/subscriptions/x/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/u"
	body := func(kind string) string {
		return `{"location":"eastasia","sku":{"name":"Standard"},"identity":{"type":"` + kind + `","userAssignedIdentities":{"` + user + `":{}}}}`
	}
	got := s.put(path, body("SystemAssigned,UserAssigned")).want(http.StatusCreated)
	if got.text("identity", "type") != "SystemAssigned, UserAssigned" || got.text("identity", "principalId") == "" ||
		got.text("identity", "tenantId") == "" || got.text("identity", "userAssignedIdentities", user, "clientId") == "" {
		t.Errorf("got %s", got.raw)
	}
	again := s.patch(path, `{"identity":`+strings.Split(strings.TrimSuffix(body("UserAssigned, SystemAssigned"), "}"), `"identity":`)[1]+`}`).want(http.StatusOK)
	for _, at := range [][]string{{"principalId"}, {"tenantId"}, {"userAssignedIdentities", user, "clientId"}, {"userAssignedIdentities", user, "principalId"}} {
		before, after := got.text(append([]string{"identity"}, at...)...), again.text(append([]string{"identity"}, at...)...)
		if before == "" || before != after {
			t.Errorf("%v was %q and is %q", at, before, after)
		}
	}
	got = s.patch(path, `{"identity":{"type":"None","userAssignedIdentities":null}}`).want(http.StatusOK)
	if got.text("identity", "type") != "None" || got.at("identity", "principalId") != nil {
		t.Errorf("got %s", got.raw)
	}
}
