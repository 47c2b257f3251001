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

data "backup_regions" "china" {
  cloud = "china"
}

# The regions that can hold zone-redundant vaults.
output "with_zones" {
  value = [for r in data.backup_regions.china.regions : r.display_name if r.zones]
}
