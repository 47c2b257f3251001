terraform {
  required_providers {
    backup = {
      source = "azurebackup/backup"
    }
  }
}

locals {
  id = "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/backup/providers/Microsoft.RecoveryServices/vaults/contoso"
}

# "backup"
output "resource_group" {
  value = provider::backup::parse_vault_id(local.id).resource_group_name
}
