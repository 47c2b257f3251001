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

# Everything but the name and the region has a default.
resource "backup_vault" "production" {
  name   = "contoso-production"
  region = "China East"
}

# VMs in several regions need a vault in each.
resource "backup_vault" "regional" {
  for_each = {
    chinaeast2  = "China East 2"
    chinanorth3 = "China North 3"
  }

  name                = "contoso-${each.key}"
  region              = each.value
  resource_group_name = "backup-${each.key}"
  storage_redundancy  = "LocallyRedundant"

  tags = {
    environment = "production"
    owner       = "platform"
  }

  timeouts = {
    create = "20m"
  }
}

# Cross-region restore needs geo-redundant storage, and cannot be switched off again.
resource "backup_vault" "everywhere" {
  name                         = "contoso-everywhere"
  region                       = "eastus"
  storage_redundancy           = "GeoRedundant"
  cross_region_restore_enabled = true
}
