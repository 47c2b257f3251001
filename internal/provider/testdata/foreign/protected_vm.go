package main

import (
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// protectedVMSchema is that of azurerm_backup_protected_vm.
func protectedVMSchema() schema.Schema {
	attributes := texts("id", "resource_group_name", "recovery_vault_name", "source_vm_id", "backup_policy_id", "protection_state")
	for _, name := range []string{"include_disk_luns", "exclude_disk_luns"} {
		attributes[name] = schema.SetAttribute{ElementType: types.Int64Type, Optional: true}
	}
	return schema.Schema{Attributes: attributes, Blocks: map[string]schema.Block{"timeouts": timeouts()}}
}
