package provider_test

import (
	"net/http"
	"strings"
)

// protecting is a configuration with these resources; settings are those of the embedded service.
func protecting(resources string, settings ...string) string {
	return lifecycleConfig(strings.Join(settings, ", "), resources)
}

// mistaken is a protected VM in a vault of the same configuration, with attributes that hold the mistake.
func mistaken(attributes ...string) mistake {
	return mistake{config: protecting(contoso() + web(attributes...))}
}

// webIn is a protected VM that is to be in the vault contoso, which this configuration does not make.
func webIn(attributes ...string) string {
	return web(append([]string{`vault_id = "` + contosoID + `"`, `backup_policy_id = "` + defaultPolicy + `"`}, attributes...)...)
}

// exists makes the vault contoso.
func exists(c serviceClient) {
	c.do(http.MethodPut, contosoID, `{"location":"chinaeast","sku":{"name":"Standard"},"properties":{}}`)
}

func protectedElsewhere(c serviceClient) {
	exists(c)
	fabrikam := strings.Replace(contosoID, "contoso", "fabrikam", 1)
	c.do(http.MethodPut, fabrikam, `{"location":"chinaeast","sku":{"name":"Standard"},"properties":{}}`)
	c.do(http.MethodPut, strings.Replace(webItem, contosoID, fabrikam, 1), `{"properties":{"protectedItemType":"Microsoft.Compute/virtualMachines","sourceResourceId":"`+
		webID+`","policyId":"`+fabrikam+`/backupPolicies/DefaultPolicy"}}`)
}

// weekOnly is the document of a policy that keeps daily backups for a week.
var weekOnly = strings.Replace(dailyDocument, `"count":30`, `"count":7`, 1)

const eastUSInventory = `virtual_machines = { "` + webID + `" = "eastus" }`

var protectionMistakes = map[string]mistake{
	"The vault of a protected VM is named by its id":              mistaken(`vault_id = "contoso"`),
	"A protected VM is named by its id":                           mistaken(`source_vm_id = "` + strings.Replace(webID, "virtualMachines", "disks", 1) + `"`),
	"The policy of a protected VM is named by its id":             mistaken(`backup_policy_id = "DefaultPolicy"`),
	"A protected VM has a policy":                                 mistaken(`backup_policy_id = null`),
	"A policy is of the same vault, known from the configuration": {config: protecting(webIn(`backup_policy_id = "` + strings.Replace(defaultPolicy, "contoso", "fabrikam", 1) + `"`))},
	"The region of a VM exists":                                   mistaken(`source_vm_region = "China Eats"`),
	"Disks are chosen by numbers from 0 to 63":                    mistaken(`include_disk_luns = [64]`),
	"Disks are included or excluded, not both":                    mistaken(`include_disk_luns = [1]`, `exclude_disk_luns = [2]`),
	"A disk is named by a number":                                 mistaken(`include_disk_luns = [null]`),
	"With the OS disk alone no data disk is chosen":               mistaken(`os_disk_only = true`, `exclude_disk_luns = [2]`),
	"A choice of disks that is ignored in the configuration counts": {
		before: protecting(contoso() + web(`include_disk_luns = [1]`)),
		config: protecting(contoso() + web(`os_disk_only = true`, `lifecycle { ignore_changes = [include_disk_luns] }`)),
	},
	"A protection that is taken up again has a policy that exists": {
		before:  protecting(contoso() + web()),
		prepare: func(c serviceClient) { c.putWeb(`"protectionState":"ProtectionStopped"`); c.delete(defaultPolicy) }, config: protecting(contoso() + web()),
	},
	"The protection state can be asked for":                                          mistaken(`protection_state = "Invalid"`),
	"The deletion policy is one":                                                     mistaken(`deletion_policy = "keep"`),
	"A VM and its vault are in the same region, by the configuration":                {prepare: exists, config: protecting(webIn(`source_vm_region = "eastus"`))},
	"A VM and its vault are in the same region, by the inventory":                    {prepare: exists, config: protecting(webIn(), eastUSInventory)},
	"A VM and its vault are in the same region, unless the vault's is one of choice": {prepare: exists, config: protecting(webIn(`source_vm_region = "eastus"`))},
	"A VM and a vault of the same apply may be in different regions":                 mistaken(`source_vm_region = "eastus"`),
	"A VM and a vault of the same apply are in the same region":                      mistaken(`source_vm_region = "eastus"`),
	"A vault stays immutable while a destroy is to suspend backups": {
		before: protecting(contoso(`immutability = "Unlocked"`) + web(`deletion_policy = "suspend"`)),
		config: protecting(contoso(`immutability = "Disabled"`) + web(`deletion_policy = "suspend"`)),
	},
	"A region that changes is the vault's":      {before: protecting(contoso() + web()), config: protecting(contoso() + web(`source_vm_region = "eastus"`))},
	"The VM exists":                             {config: protecting(contoso()+web(`source_vm_id = "`+machines+`nobody"`), eastUSInventory)},
	"The vault of a protected VM exists":        {config: protecting(webIn())},
	"No other vault protects the VM":            {prepare: protectedElsewhere, config: protecting(webIn())},
	"A VM is protected once in a configuration": {config: protecting(contoso() + web() + strings.Replace(web(), `"web"`, `"again"`, 1))},
	"The vault does not protect the VM already": {prepare: serviceClient.protectWeb, config: protecting(webIn())},
	"The vault protects no other VM of the same name and resource group": {
		prepare: serviceClient.protectWeb,
		config:  protecting(webIn(`source_vm_id = "`+strings.Replace(webID, "000000000001", "000000000002", 1)+`"`), `subscriptions = { "00000000-0000-4000-8000-000000000001" = "one", "00000000-0000-4000-8000-000000000002" = "two" }`),
	},
	"The policy of a protected VM exists":              {prepare: exists, config: protecting(webIn(`backup_policy_id = "` + contosoID + `/backupPolicies/nightly"`))},
	"A stopped protection begins with a policy":        mistaken(`backup_policy_id = null`, `protection_state = "ProtectionStopped"`),
	"Backups are suspended in an immutable vault":      {before: protecting(contoso() + web()), config: protecting(contoso() + web(`protection_state = "BackupsSuspended"`))},
	"A destroy suspends backups in an immutable vault": {prepare: exists, config: protecting(webIn(`deletion_policy = "suspend"`))},
	"Disks are not chosen while the protection is stopped": {
		before: protecting(contoso() + web(`protection_state = "ProtectionStopped"`)),
		config: protecting(contoso() + web(`protection_state = "ProtectionStopped"`, `exclude_disk_luns = [1]`)),
	},
	"A VM does not go back from an enhanced policy to a standard one": {
		before: protecting(contoso() + web(`backup_policy_id = "${backup_vault.test.id}/backupPolicies/EnhancedPolicy"`)), config: protecting(contoso() + web()),
	},
	"A policy in an immutable vault keeps the backups as long as the one before": {
		before:  protecting(contoso(`immutability = "Unlocked"`) + web()),
		prepare: func(c serviceClient) { c.do(http.MethodPut, contosoID+"/backupPolicies/short", weekOnly) },
		config:  protecting(contoso(`immutability = "Unlocked"`) + web(`backup_policy_id = "${backup_vault.test.id}/backupPolicies/short"`)),
	},
	"No other vault protects a VM whose protection is taken up again": {
		before:  protecting(contoso() + web(`protection_state = "ProtectionStopped"`)),
		prepare: protectedElsewhere,
		config:  protecting(contoso() + web()),
	},
	"Backups that are to stay have the deletion policy applied first": {
		before: protecting(contoso() + web()),
		config: protecting(contoso() + web(`deletion_policy = "retain_data"`, `vault_id = "`+strings.Replace(contosoID, "contoso", "fabrikam", 1)+`"`, `backup_policy_id = "`+
			strings.Replace(defaultPolicy, "contoso", "fabrikam", 1)+`"`)),
	},
	"Soft-deleted backups come back": {
		prepare: func(c serviceClient) { c.protectWeb(); c.do(http.MethodDelete, webItem, "") }, config: protecting(webIn()),
	},
	"The first VM locks the redundancy of the vault":          mistaken(),
	"Backups of a protected VM that is destroyed are deleted": {before: protecting(contoso() + web()), config: protecting(contoso() + web()), destroy: true},
	"An immutable vault keeps backups that a destroy would delete": {
		before: protecting(contoso(`immutability = "Unlocked"`) + web()), config: protecting(contoso(`immutability = "Unlocked"`)+web(), `clock_offset = "2d"`), destroy: true,
	},
	"A guard protects backups that are deleted":                  {before: protecting(contoso(guarded) + web()), config: protecting(contoso(guarded) + web()), destroy: true},
	"A guard protects backups that are stopped":                  {before: protecting(contoso(guarded) + web()), config: protecting(contoso(guarded) + web(`protection_state = "ProtectionStopped"`))},
	"The region that the configuration tells is where the VM is": {prepare: exists, config: protecting(webIn(`source_vm_region = "chinaeast"`), eastUSInventory)},
}
