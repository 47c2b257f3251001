package provider_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/azurebackup/terraform-provider-backup/internal/acctest"
	"github.com/azurebackup/terraform-provider-backup/internal/azure/azuretest"
	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

// newCloudWorkspace is a workspace whose provider, the built program, finds every cloud in this one, by a proxy.
func newCloudWorkspace(t *testing.T, a *azureCloud, config string) *acctest.Workspace {
	t.Helper()
	w := newTrustingWorkspace(t, a, config)
	w.Setenv("HTTPS_PROXY", a.Proxy(t))
	w.Setenv("NO_PROXY", "")
	return w
}

// inAzure is a mistake that is made in the public cloud.
func inAzure(config string, intercept azuretest.Intercept) mistake {
	if intercept == nil {
		intercept = func(http.ResponseWriter, *http.Request) bool { return false }
	}
	return mistake{config: requiredProviders("azurebackup/backup") + config, azure: intercept}
}

// inPublic is a mistake in a configuration that is right otherwise.
func inPublic(config string, intercept azuretest.Intercept) mistake {
	return inAzure(azureBlock(catalog.Public)+config, intercept)
}

// oneAzureVault is a vault with further attributes.
func oneAzureVault(region string, attributes ...string) string {
	return fmt.Sprintf("resource \"backup_vault\" \"test\" {\n  name   = \"contoso\"\n  region = %q\n  %s\n}\n", region, strings.Join(attributes, "\n  "))
}

const azureVaultID = "/subscriptions/" + azureAccount + "/resourceGroups/backup/providers/Microsoft.RecoveryServices/vaults/contoso"

// inAzureVault is a resource in a vault that the configuration does not make.
func inAzureVault(kind string, attributes ...string) string {
	return fmt.Sprintf("resource %q \"test\" {\n  vault_id = %q\n  %s\n}\n", kind, azureVaultID, strings.Join(attributes, "\n  "))
}

// without takes a line out of a block.
func without(block, attribute string) string {
	return strings.Replace(block, "\n  "+attribute, "\n  # "+attribute, 1)
}

// offering answers what the cloud offers.
func offering(registration string, regions ...string) azuretest.Intercept {
	return func(w http.ResponseWriter, r *http.Request) bool {
		if !strings.HasSuffix(r.URL.Path, "/providers/Microsoft.RecoveryServices") {
			return false
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = fmt.Fprintf(w, `{"registrationState":%q,"resourceTypes":[{"resourceType":"vaults","locations":["%s"]}]}`, registration, strings.Join(regions, `","`))
		return true
	}
}

// upTo refuses every API version for vaults that is newer than one.
func upTo(newest string) azuretest.Intercept {
	return func(w http.ResponseWriter, r *http.Request) bool {
		version := r.URL.Query().Get("api-version")
		if !strings.Contains(strings.ToLower(r.URL.Path), "recoveryservices/vaults") || version <= newest {
			return false
		}
		return azureRefusal(w, http.StatusBadRequest, "NoRegisteredProviderFound", "No registered resource provider found for location 'chinaeast2' and API version '"+
			version+"' for type 'vaults'. The supported api-versions are '2016-06-01, "+newest+"'. The supported locations are 'chinaeast2'.")
	}
}

var azureMistakes = map[string]mistake{
	"A setting that came with a newer API version is one that the cloud has": inPublic(oneAzureVault("eastus", `cost_granularity_level = "ProtectedItemLevel"`), upTo("2025-02-01")),
	"A region is of the cloud":                                                                inPublic(oneAzureVault("China East"), nil),
	"A region is offered to the subscription":                                                 inPublic(oneAzureVault("eastus"), offering("Registered", "West Europe", "West US")),
	"A region is one that this version of the provider knows":                                 inPublic(oneAzureVault("eastus9"), offering("Registered", "East US", "East US 9")),
	"A region that this version of the provider does not know is offered to the subscription": inPublic(oneAzureVault("eastus9"), offering("Registered", "East US")),
	"The resource provider is registered":                                                     inPublic(oneAzureVault("eastus"), offering("NotRegistered", "East US")),
	"The resource group exists, before the apply":                                             inPublic(oneAzureVault("eastus", `resource_group_name = "missing"`), nil),
	"The resource group exists":                                                               inPublic(oneAzureVault("eastus", `resource_group_name = "missing"`), nil),
	"Soft delete is AlwaysOn in Azure, before the apply":                                      inPublic(oneAzureVault("eastus", `soft_delete = { state = "Disabled" }`), nil),
	"Soft delete is AlwaysOn in Azure":                                                        inPublic(oneAzureVault("eastus", `soft_delete = { state = "Disabled" }`), nil),
	"A subscription is named":                                                                 inAzure(without(azureBlock(catalog.Public), "subscription_id")+oneAzureVault("eastus"), nil),
	"The sign-in works":                                                                       inPublic(oneAzureVault("eastus"), signInFails),
	"The endpoint is reached by https":                                                        inAzure(azureBlock(catalog.Public, `endpoint = "http://management.azure.com"`)+oneAzureVault("eastus"), nil),
	"The metadata host is a host name":                                                        inAzure(azureBlock(catalog.Public, `metadata_host = "https://management.stratus.example"`)+oneAzureVault("eastus"), nil),
	"The metadata host says which cloud it is of":                                             inAzure(azureBlock(catalog.Public, `metadata_host = "management.stratus.example"`)+oneAzureVault("eastus"), noMetadata),
	"The region of a VM can be read":                                                          inPublic(without(azureStack("eastus"), "source_vm_region"), vmsForbidden),
	"The cloud knows of instant access":                                                       inPublic(inAzureVault("backup_policy_vm", `name = "nightly"`, daily, thirtyDays, `instant_access_snapshot_enabled = true`), lagging),
	"The cloud knows of scans of VMs": inPublic(inAzureVault("backup_protected_vm", `backup_policy_id = "`+azureVaultID+`/backupPolicies/DefaultPolicy"`, `source_vm_region = "eastus"`,
		`source_vm_id = "/subscriptions/`+azureAccount+`/resourceGroups/backup/providers/Microsoft.Compute/virtualMachines/vm1"`, `source_scan_enabled = true`), lagging),
	"The cloud knows which recovery points are clean": inPublic("data \"backup_recovery_points\" \"test\" {\n  clean_only = true\n  "+strings.Replace(ofVM00, contosoID, azureVaultID, 1)+"\n}\n", lagging),
}

// lagging is a cloud whose API for what is in vaults is of 2025.
func lagging(w http.ResponseWriter, r *http.Request) bool {
	version := r.URL.Query().Get("api-version")
	return strings.Contains(r.URL.Path, "/vaults/") && version >= "2026" && azureRefusal(w, http.StatusBadRequest, "NoRegisteredProviderFound",
		"No registered resource provider found for location 'eastus' and API version '"+version+"' for type 'vaults'. The supported api-versions are '2025-02-01, 2025-08-01'.")
}

func signInFails(w http.ResponseWriter, r *http.Request) bool {
	if !strings.HasSuffix(r.URL.Path, "/oauth2/v2.0/token") {
		return false
	}
	azuretest.SignInError(w, http.StatusUnauthorized, "invalid_client", "AADSTS7000215: Invalid client secret provided.")
	return true
}

func noMetadata(w http.ResponseWriter, r *http.Request) bool {
	if r.URL.Path != "/metadata/endpoints" {
		return false
	}
	w.WriteHeader(http.StatusNotFound)
	return true
}

func vmsForbidden(w http.ResponseWriter, r *http.Request) bool {
	return strings.Contains(r.URL.Path, "/Microsoft.Compute/virtualMachines") && r.Method == http.MethodGet &&
		azureRefusal(w, http.StatusForbidden, "AuthorizationFailed", "The client 'c' does not have authorization to perform action 'Microsoft.Compute/virtualMachines/read'.")
}
