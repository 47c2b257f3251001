terraform {
  required_providers {
    backup = {
      source = "azurebackup/backup"
    }
  }
}

# The embedded backup service: no cloud, no account. Vaults live in backup-vaults.db, beside the state.
provider "backup" {
  environment = "embedded"
}

resource "backup_vault" "production" {
  name               = "contoso-production"
  region             = "China East"
  storage_redundancy = "GeoRedundant"

  tags = {
    environment = "production"
  }
}

output "vault_id" {
  value = backup_vault.production.id
}

output "region" {
  value = backup_vault.production.region
}

output "storage_redundancy" {
  value = backup_vault.production.storage_redundancy
}

output "state" {
  value = backup_vault.production.state
}
