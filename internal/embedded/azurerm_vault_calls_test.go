package embedded_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
)

// azurermVaultBody is what azurerm_recovery_services_vault sends: identity and redundancy always.
func azurermVaultBody(sku, properties string) string {
	return fmt.Sprintf(`{"identity":{"type":"None","userAssignedIdentities":null},"location":"westeurope","properties":{
		"monitoringSettings":{"azureMonitorAlertSettings":{"alertsForAllFailoverIssues":"Enabled","alertsForAllJobFailures":"Enabled",
			"alertsForAllReplicationIssues":"Enabled"},
			"classicAlertSettings":{"alertsForCriticalOperations":"Enabled","emailNotificationsForSiteRecovery":"Enabled"}},%s
		"publicNetworkAccess":"Enabled",
		"redundancySettings":{"crossRegionRestore":"Disabled","standardTierStorageRedundancy":"GeoRedundant"}},
		"sku":%s,"tags":{}}`, properties, sku)
}

const (
	azurermStandard  = `{"name":"Standard"}`
	azurermRS0       = `{"name":"RS0","tier":"Standard"}`
	immutabilityBody = `"securitySettings":{"immutabilitySettings":{"state":%q}}`
)

func immutableProperties(state string) string {
	return fmt.Sprintf(`{"properties":{`+immutabilityBody+`}}`, state)
}

// Section 10.1 of the documents: azurerm_recovery_services_vault.
func TestAzurermVaultCalls(t *testing.T) {
	vault := vaultPath("rg", "tf-vault")
	path := vault + azurermVault
	replication := vault + "/replicationVaultSettings/default" + azurermReplication
	there := func(s *service) { s.put(path, azurermVaultBody(azurermStandard, "")).want(http.StatusCreated) }

	ready := says("properties.provisioningState", "Succeeded", "location", "westeurope", "name", "tf-vault")
	created := says("properties.provisioningState", "Provisioning")
	gone := read("exists?", path, http.StatusNotFound, says("error.code", "ResourceNotFound"))
	get := read("read", path, http.StatusOK, ready)
	getReplication := read("read", replication, http.StatusOK, says("name", "default"))
	put := func(body string, status int, checks ...func(*response)) azurermCall {
		return call("put", http.MethodPut, path, body, status, checks...)
	}
	patch := func(body string, status int, checks ...func(*response)) azurermCall {
		return call("patch", http.MethodPatch, path, body, status, checks...)
	}
	user := sub + "/resourceGroups/rg/providers/Microsoft.ManagedIdentity/userAssignedIdentities/one"
	withUser := fmt.Sprintf(`{"identity":{"type":"UserAssigned","userAssignedIdentities":{%q:{}}},"properties":{}}`, user)

	run(t, []azurermSequence{
		{name: "create", count: 5, calls: []azurermCall{
			gone, put(azurermVaultBody(azurermStandard, ""), 201, created), polled(), get, getReplication,
		}},
		{name: "create, polled by its state", count: 5, calls: []azurermCall{
			gone, put(azurermVaultBody(azurermRS0, ""), 201, created), read("state", path, 200, ready), get, getReplication,
		}},
		{name: "create with an identity of the user", count: 7, calls: []azurermCall{
			gone, put(azurermVaultBody(azurermStandard, ""), 201), polled(),
			patch(withUser, 200, says("identity.type", "UserAssigned")), read("state", path, 200, ready), get, getReplication,
		}},
		{name: "create with locked immutability", count: 7, calls: []azurermCall{
			gone, put(azurermVaultBody(azurermStandard, fmt.Sprintf(immutabilityBody+",", "Unlocked")), 201), polled(),
			patch(immutableProperties("Locked"), 200, says("properties.securitySettings.immutabilitySettings.state", "Locked")),
			read("state", path, 200, ready), get, getReplication,
		}},
		{name: "create with classic VMware replication", count: 7, calls: []azurermCall{
			gone, put(azurermVaultBody(azurermStandard, ""), 201), polled(),
			call("put", http.MethodPut, replication, `{"properties":{"vmwareToAzureProviderType":"Vmware"}}`, 200, noOperation),
			read("state", replication, 200), get,
			read("read", replication, 200, says("properties.vmwareToAzureProviderType", "Vmware")),
		}},
		{name: "read", before: there, count: 2, calls: []azurermCall{get, getReplication}},
		{name: "read of one that is gone", count: 1, calls: []azurermCall{gone}},
		{name: "update", before: there, count: 5, calls: []azurermCall{
			get, patch(`{"properties":{},"tags":{"a":"b"}}`, 200, noOperation, says("tags.a", "b")),
			read("state", path, 200, ready), get, getReplication,
		}},
		{name: "update of the redundancy", before: there, count: 5, calls: []azurermCall{
			get, patch(`{"properties":{"redundancySettings":{"crossRegionRestore":"Disabled","standardTierStorageRedundancy":"LocallyRedundant"}}}`, 200),
			read("state", path, 200, ready),
			read("read", path, 200, says("properties.redundancySettings.standardTierStorageRedundancy", "LocallyRedundant")), getReplication,
		}},
		{name: "update of the sku", before: there, count: 7, calls: []azurermCall{
			get, put(azurermVaultBody(azurermRS0, ""), 200, noOperation), read("state", path, 200, ready),
			patch(`{"properties":{}}`, 200), read("state", path, 200, ready), read("read", path, 200, says("sku.name", "RS0")), getReplication,
		}},
		{name: "update of immutability to locked", before: there, count: 7, calls: []azurermCall{
			get, patch(immutableProperties("Unlocked"), 200), read("state", path, 200, ready),
			patch(immutableProperties("Locked"), 200), read("state", path, 200, ready),
			read("read", path, 200, says("properties.securitySettings.immutabilitySettings.state", "Locked")), getReplication,
		}},
		{name: "delete", before: there, count: 2, calls: []azurermCall{
			call("delete", http.MethodDelete, path, "", 202, accepted("")), read("gone?", path, 404),
		}},
		{name: "delete of one that is gone", count: 1, calls: []azurermCall{call("delete", http.MethodDelete, path, "", 204)}},
	})
}

// The same where operations take their time and the service says when to ask again.
func TestAzurermVaultCallsThatTakeTime(t *testing.T) {
	vault := vaultPath("rg", "tf-vault")
	path := vault + azurermVault
	there := func(s *service) {
		s.put(path, azurermVaultBody(azurermStandard, "")).want(http.StatusCreated)
		s.clock.Advance(time.Minute)
	}
	goesOn := read("poll", theOperation, 200, says("status", "InProgress"), func(r *response) {
		if r.header.Get("Retry-After") != "10" {
			r.tb.Errorf("got %v", r.header)
		}
	})
	slow := func(c *embedded.Config) {
		c.ProvisioningTime, c.OperationTime, c.RetryAfter = 25*time.Second, 25*time.Second, 10*time.Second
	}
	run(t, []azurermSequence{
		{name: "create", count: 5, calls: []azurermCall{
			call("put", http.MethodPut, path, azurermVaultBody(azurermStandard, ""), 201), goesOn, goesOn, polled(),
			read("read", path, 200, says("properties.provisioningState", "Succeeded")),
		}},
		{name: "create, polled by its state", count: 4, calls: []azurermCall{
			call("put", http.MethodPut, path, azurermVaultBody(azurermStandard, ""), 201),
			read("state", path, 200, says("properties.provisioningState", "Provisioning")),
			read("state", path, 200, says("properties.provisioningState", "Provisioning")),
			read("state", path, 200, says("properties.provisioningState", "Succeeded")),
		}},
		{name: "update", before: there, count: 5, calls: []azurermCall{
			call("patch", http.MethodPatch, path, `{"properties":{},"tags":{"a":"b"}}`, 202, accepted("10")), goesOn, goesOn, polled(),
			read("read", path, 200, says("tags.a", "b")),
		}},
		{name: "delete", before: there, count: 4, calls: []azurermCall{
			call("delete", http.MethodDelete, path, "", 202, accepted("10")), read("gone?", path, 200), read("gone?", path, 200), read("gone?", path, 404),
		}},
	}, slow)
}

// purge_protected_items_from_vault_on_destroy: what is in the vault goes first, item by item.
func TestAzurermPurge(t *testing.T) {
	vault := vaultPath("rg", "tf-vault")
	item := itemPath(vault, "web") + azurermItem
	protecting := func(settings string) func(*service) {
		return func(s *service) {
			s.put(vault+azurermVault, azurermVaultBody(azurermStandard, settings)).want(http.StatusCreated)
			s.protect(vault, "web")
		}
	}
	purge := []azurermCall{
		read("list", vault+"/backupProtectedItems"+azurermItem, 200, func(r *response) {
			if names := r.names(); len(names) != 1 {
				r.tb.Errorf("got %v", names)
			}
		}),
		call("delete", http.MethodDelete, item, "", 202, accepted("")), polled(),
		call("delete", http.MethodDelete, vault+azurermVault, "", 202), read("gone?", vault+azurermVault, 404),
	}
	again := []azurermCall{
		read("existing?", vault+azurermVault, 404), call("put", http.MethodPut, vault+azurermVault, azurermVaultBody(azurermStandard, ""), 201), polled(),
	}
	run(t, []azurermSequence{{
		name: "delete with purge, without soft delete", count: 5, calls: purge,
		before: protecting(`"securitySettings":{"softDeleteSettings":{"softDeleteState":"Disabled"}},`),
	}}, chosenSoftDelete)
	// The create was refused for as long as the deleted vault was kept.
	run(t, []azurermSequence{{name: "delete with purge, and create again", count: 8, before: protecting(""), calls: append(slices.Clip(purge), again...)}})
}

// azurerm 4 keeps soft delete in the vault's backup config, which it reads after every create and update, and writes unless it
// is AlwaysON.
func TestAzurerm4VaultConfigCalls(t *testing.T) {
	vault := vaultPath("rg", "tf-vault")
	config := vault + "/backupconfig/vaultconfig?api-version=2024-10-01"
	disabled := says("properties.softDeleteFeatureState", "Disabled")
	put := call("put", http.MethodPut, vault+"?api-version=2024-04-01", azurermVaultBody(azurermStandard, ""), 201)
	const off = `{"properties":{"enhancedSecurityState":"Enabled","softDeleteFeatureState":"Disabled"}}`
	run(t, []azurermSequence{
		{name: "create", count: 3, calls: []azurermCall{put, polled(), read("config", config, 200, says("properties.softDeleteFeatureState", "AlwaysON"))}},
		{name: "create with soft_delete_enabled = false, of versions that do not look before", count: 3, calls: []azurermCall{
			put, polled(), call("patch", http.MethodPatch, config, off, 400, says("error.code", "BMSUserErrorSoftDeleteUseVaultApi")),
		}},
	})
	run(t, []azurermSequence{{
		name: "create with soft_delete_enabled = false", count: 7,
		calls: []azurermCall{
			put, polled(),
			read("config", config, 200, says("properties.softDeleteFeatureState", "Enabled")),
			call("patch", http.MethodPatch, config, off, 200, noOperation, disabled),
			read("changed?", config, 200, disabled), read("changed?", config, 200, disabled), read("changed?", config, 200, disabled),
		},
	}}, chosenSoftDelete)
}

// Section 10.4: azurerm_resource_group, and what it looks for before it deletes one.
func TestAzurermResourceGroupCalls(t *testing.T) {
	group := sub + "/resourceGroups/rg"
	path := group + azurermGroup
	resources := group + "/resources" + azurermGroup + "&$expand=" + url.QueryEscape("provisioningState") + "&$top=10"
	get := read("read", path, 200, says("properties.provisioningState", "Succeeded", "name", "rg"))
	put := call("put", http.MethodPut, path, `{"location":"westeurope","tags":{}}`, 201)
	there := func(s *service) { s.put(path, `{"location":"westeurope","tags":{}}`).want(http.StatusCreated) }
	empty := read("empty?", resources, 200, func(r *response) {
		if values, ok := r.at("value").([]any); !ok || len(values) != 0 {
			r.tb.Errorf("got %s", r.raw)
		}
	})
	run(t, []azurermSequence{
		{name: "create", count: 6, calls: []azurermCall{
			read("exists?", path, 404, says("error.code", "ResourceGroupNotFound")), put, get, get, get, get,
		}},
		{name: "read", before: there, count: 1, calls: []azurermCall{get}},
		{name: "update", before: there, count: 1, calls: []azurermCall{call("put", http.MethodPut, path, `{"location":"westeurope","tags":{"a":"b"}}`, 200)}},
		{name: "delete", before: there, count: 3, calls: []azurermCall{
			empty, call("delete", http.MethodDelete, path, "", 202, func(r *response) {
				if r.header.Get("Location") == "" {
					r.tb.Errorf("got %v", r.header)
				}
			}), read("gone?", path, 404),
		}},
		{name: "delete while a vault is in it", count: 5, before: func(s *service) {
			there(s)
			s.put(vaultPath("rg", "tf-vault")+azurermVault, azurermVaultBody(azurermStandard, "")).want(http.StatusCreated)
		}, calls: []azurermCall{
			read("empty?", resources, 200, func(r *response) {
				if one := r.values(); len(one) != 1 || one[0].text("id") != vaultPath("rg", "tf-vault") || one[0].text("provisioningState") != "Succeeded" {
					r.tb.Errorf("got %s", r.raw)
				}
			}),
			call("delete", http.MethodDelete, vaultPath("rg", "tf-vault")+azurermVault, "", 202),
			empty, call("delete", http.MethodDelete, path, "", 202), read("gone?", path, 404),
		}},
	})
}

// Section 11 of the documents, as far as it is not in the sequences: what azurerm's clients are particular about.
func TestAzurermMustHaves(t *testing.T) {
	s := start(t)
	vault := vaultPath("rg", "tf-vault")
	put := s.put(vault+azurermVault, azurermVaultBody(azurermStandard, "")).want(201)
	t.Run("names and segments in any letter case", func(t *testing.T) {
		for _, spelling := range []string{strings.ToLower(vault), strings.Replace(vault, "/resourceGroups/", "/resourcegroups/", 1), strings.Replace(vault, "/subscriptions/", "/Subscriptions/", 1)} {
			s.get(spelling + azurermVault).want(200)
		}
	})
	t.Run("any API version", func(t *testing.T) {
		for _, version := range []string{"2016-06-01", "2022-10-01", "2026-05-01", "2022-09-01-preview"} {
			s.get(vault + "?api-version=" + version).want(200)
		}
		s.do(http.MethodGet, vault+"?x=y", "").wantError(400, "MissingApiVersionParameter")
	})
	t.Run("the polling URL with more appended", func(t *testing.T) {
		s.get(put.header.Get("Azure-AsyncOperation") + "&t=1&c=2&s=" + strings.Repeat("x", 4000)).want(200)
	})
	t.Run("semicolons escaped and not", func(t *testing.T) {
		s.protect(vault, "web")
		item := itemPath(vault, "web")
		s.get(item + azurermItem).want(200)
		s.get(strings.ReplaceAll(item, ";", "%3B") + azurermItem).want(200)
	})
	t.Run("DefaultPolicy and EnhancedPolicy are there", func(t *testing.T) {
		s.get(vault + "/backupPolicies/DefaultPolicy" + azurermPolicy).want(200)
		s.get(vault + "/backupPolicies/EnhancedPolicy" + azurermPolicy).want(200)
	})
	t.Run("the status of DELETE by version", func(t *testing.T) {
		for version, status := range map[string]int{"2023-04-01": 200, "2024-04-01": 200, "2025-02-01": 202, "2025-08-01": 202} {
			s.put(vaultPath("rg", "short-lived")+azurermVault, azurermVaultBody(azurermStandard, "")).want(201)
			s.delete(vaultPath("rg", "short-lived") + "?api-version=" + version).want(status)
		}
	})
	// Every answer of this file with a body has been checked to be application/json: HashiCorp's poller takes no other.
}

// Section 8 of the documents, and the start of the provider with resource_provider_registrations set.
func TestAzurermSurroundingCalls(t *testing.T) {
	group := sub + "/resourcegroups/rg" + azurermGroup
	run(t, []azurermSequence{
		{name: "start", count: 6, calls: []azurermCall{
			read("subs", "/subscriptions"+azurermSub, 200, func(r *response) {
				one := r.values()[0]
				if one.text("subscriptionId") != embedded.DefaultSubscriptionID || one.text("state") != "Enabled" || one.text("tenantId") == "" {
					r.tb.Errorf("got %s", r.raw)
				}
			}),
			read("sub", sub+azurermSub, 200, says("subscriptionId", embedded.DefaultSubscriptionID)),
			read("regions", sub+"/locations"+azurermSub, 200),
			read("namespaces", sub+"/providers"+azurermProviders, 200, func(r *response) {
				for _, provider := range r.values() {
					if provider.text("registrationState") != "Registered" {
						r.tb.Errorf("azurerm would register %v", provider.body)
					}
				}
			}),
			call("register", http.MethodPost, sub+"/providers/Microsoft.Compute/register"+azurermProviders, "", 200, says("registrationState", "Registered")),
			read("registered?", sub+"/providers/Microsoft.Compute"+azurermProviders, 200, says("registrationState", "Registered")),
		}},
		{name: "resource groups", count: 7, calls: []azurermCall{
			call("exists?", http.MethodHead, group, "", 404), call("put", http.MethodPut, group, `{"location":"westeurope"}`, 201),
			call("put", http.MethodPut, group, `{"location":"westeurope"}`, 200), call("patch", http.MethodPatch, group, `{"tags":{"a":"b"}}`, 200),
			call("exists?", http.MethodHead, group, "", 204), call("delete", http.MethodDelete, group, "", 202),
			read("poll", theLocation, 200),
		}},
	})
}
