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

locals {
  vms = {
    web = { region = "China East", size = "Standard_D2s_v5" }
    db  = { region = "chinaeast", size = "Standard_E4s_v5" }
    etl = { region = "China North", size = "Standard_D2s_v5" }
  }
}

# A vault protects only VMs of its own region: one vault for each region that VMs are in.
resource "backup_vault" "example" {
  for_each = provider::backup::vaults_by_region(local.vms)

  name   = "contoso-${each.key}"
  region = each.key
  tags   = { vms = join(" ", each.value) }
}

# "db web"
output "vms_in_china_east" {
  value = join(" ", provider::backup::vaults_by_region(local.vms)["chinaeast"])
}
