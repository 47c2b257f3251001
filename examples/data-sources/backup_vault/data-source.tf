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

data "backup_vault" "production" {
  name = backup_vault.production.name
}

output "redundancy" {
  value = data.backup_vault.production.storage_redundancy
}
