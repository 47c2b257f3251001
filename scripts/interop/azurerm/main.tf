# A vault with a policy and a protected VM, by azurerm. scripts/interop/azurerm.sh applies it.
terraform {
  required_providers {
    azurerm = { source = "hashicorp/azurerm" }
  }
}

variable "metadata_host" { type = string }
variable "subscription" { type = string }
variable "tenant" { type = string }
variable "region" { type = string }
variable "machine" { type = string }

variable "client_secret" {
  type      = string
  sensitive = true
}

variable "team" {
  type    = string
  default = "first"
}

provider "azurerm" {
  features {}
  metadata_host                   = var.metadata_host
  resource_provider_registrations = "none"
  subscription_id                 = var.subscription
  tenant_id                       = var.tenant
  client_id                       = "00000000-0000-4000-8000-00000000000c"
  client_secret                   = var.client_secret
}

resource "azurerm_resource_group" "interop" {
  name     = "interop-azurerm"
  location = var.region
}

resource "azurerm_recovery_services_vault" "interop" {
  name                = "azurerm-vault"
  location            = azurerm_resource_group.interop.location
  resource_group_name = azurerm_resource_group.interop.name
  sku                 = "Standard"
  tags                = { team = var.team }
}

resource "azurerm_backup_policy_vm" "interop" {
  name                = "azurerm-daily"
  resource_group_name = azurerm_resource_group.interop.name
  recovery_vault_name = azurerm_recovery_services_vault.interop.name

  backup {
    frequency = "Daily"
    time      = "23:00"
  }
  retention_daily {
    count = 14
  }
}

resource "azurerm_backup_protected_vm" "interop" {
  resource_group_name = azurerm_resource_group.interop.name
  recovery_vault_name = azurerm_recovery_services_vault.interop.name
  source_vm_id        = var.machine
  backup_policy_id    = azurerm_backup_policy_vm.interop.id
}
