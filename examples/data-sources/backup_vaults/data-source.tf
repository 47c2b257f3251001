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
  for_each = {
    chinaeast  = "China East"
    chinanorth = "China North"
  }

  name   = "contoso-${each.key}"
  region = each.value
  tags   = { environment = "production" }
}

# Every filter is optional; a vault has to pass all that are set.
data "backup_vaults" "production" {
  region       = "China East"
  name_pattern = "contoso-*"
  state        = "Active"
  tags         = { environment = "production" }

  depends_on = [backup_vault.production]
}

output "ids" {
  value = data.backup_vaults.production.vaults[*].id
}
