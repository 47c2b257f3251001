terraform {
  required_providers {
    backup = {
      source = "azurebackup/backup"
    }
  }
}

provider "backup" {
  environment = "embedded"
}

resource "backup_vault" "production" {
  name   = "contoso-production"
  region = "China East"
}

# Every vault has DefaultPolicy and EnhancedPolicy from birth.
data "backup_policy_vm" "default" {
  name     = "DefaultPolicy"
  vault_id = backup_vault.production.id
}

output "policy_id" {
  value = data.backup_policy_vm.default.id
}

# "Daily"
output "frequency" {
  value = data.backup_policy_vm.default.backup.frequency
}
