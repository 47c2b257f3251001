package provider

import (
	"fmt"
	"regexp"
)

// The ids that messages and the guide for module authors take as examples. They fit together: what spans attributes is
// checked of mocks as well.
const (
	exampleSubscription = "00000000-0000-4000-8000-000000000001"
	exampleGroup        = "/subscriptions/" + exampleSubscription + "/resourceGroups/backup/providers/"
	exampleVaultID      = exampleGroup + "Microsoft.RecoveryServices/vaults/contoso"
)

// mockDefaults are, by what a value should be, the defaults that make it so in a test with mock_provider.
var mockDefaults = map[string]struct{ block, attribute, value string }{
	"backup vault id":  {`mock_resource "backup_vault"`, "id", exampleVaultID},
	"backup policy id": {`mock_resource "backup_policy_vm"`, "id", exampleVaultID + "/backupPolicies/nightly"},
	"protected VM id": {
		`mock_resource "backup_protected_vm"`, "id",
		exampleVaultID + "/backupFabrics/Azure/protectionContainers/iaasvmcontainer;iaasvmcontainerv2;backup;web/protectedItems/vm;iaasvmcontainerv2;backup;web",
	},
	"virtual machine id": {`mock_resource "azurerm_linux_virtual_machine"`, "id", exampleGroup + "Microsoft.Compute/virtualMachines/web"},
	"identity id":        {`mock_resource "azurerm_user_assigned_identity"`, "id", exampleGroup + "Microsoft.ManagedIdentity/userAssignedIdentities/backup"},
	"key id":             {`mock_resource "azurerm_key_vault_key"`, "versionless_id", "https://contoso.vault.azure.net/keys/backup"},
	"subscription id":    {`mock_data "azurerm_client_config"`, "subscription_id", exampleSubscription},
	"region":             {`mock_data "azurerm_resource_group"`, "location", "northeurope"},
}

// madeUp matches what mock_provider makes up for a computed string: Terraform 8 letters and digits, OpenTofu 4 to 16.
var madeUp = regexp.MustCompile(`^[A-Za-z0-9]{4,16}$`)

// mockAdvice is what to write in a test for a value that may be made up; what is what the value should be.
func mockAdvice(what, value string) string {
	m, ok := mockDefaults[what]
	if !ok || !madeUp.MatchString(value) {
		return ""
	}
	return fmt.Sprintf("\n\nIf a test's mock_provider made this value up, write there what it is to be, such as:\n\n  %s {\n    defaults = {\n      %s = %q\n    }\n  }\n\n"+
		"The guide \"Testing modules\" has all of them.", m.block, m.attribute, m.value)
}
