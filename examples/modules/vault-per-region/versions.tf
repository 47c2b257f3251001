terraform {
  required_version = ">= 1.8" # for the provider's functions

  required_providers {
    backup = {
      source = "azurebackup/backup"
    }
  }
}
