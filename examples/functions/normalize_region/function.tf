terraform {
  required_providers {
    backup = {
      source = "azurebackup/backup"
    }
  }
}

# "chinaeast"
output "region" {
  value = provider::backup::normalize_region("China East")
}
