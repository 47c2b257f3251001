# A vault with a policy and a protected VM, by azapi. scripts/interop/azapi.sh applies it.
terraform {
  required_providers {
    azapi = { source = "azure/azapi" }
  }
}

variable "endpoint" { type = string }
variable "subscription" { type = string }
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

provider "azapi" {
  endpoint = [{
    resource_manager_endpoint       = var.endpoint
    active_directory_authority_host = var.endpoint
    resource_manager_audience       = var.endpoint
  }]
  subscription_id = var.subscription
  tenant_id       = "adfs" # and Microsoft is not asked about the login endpoint
  client_id       = "interop-azapi"
  client_secret   = var.client_secret
  use_cli         = false
}

resource "azapi_resource" "group" {
  type     = "Microsoft.Resources/resourceGroups@2021-04-01"
  name     = "interop-azapi"
  location = var.region
}

resource "azapi_resource" "vault" {
  # An API version that deletes a vault in which soft-deleted items are left. azapi 1.15 is older, and has no schema of it.
  type                      = "Microsoft.RecoveryServices/vaults@2025-08-01"
  schema_validation_enabled = false

  parent_id = azapi_resource.group.id
  name      = "azapi-vault"
  location  = var.region
  tags      = { team = var.team }
  body = {
    sku = { name = "Standard" }
    properties = {
      publicNetworkAccess = "Enabled"
    }
  }
}

resource "azapi_resource" "policy" {
  type      = "Microsoft.RecoveryServices/vaults/backupPolicies@2024-04-01"
  parent_id = azapi_resource.vault.id
  name      = "azapi-daily"
  body = {
    properties = {
      backupManagementType = "AzureIaasVM"
      timeZone             = "UTC"
      schedulePolicy = {
        schedulePolicyType   = "SimpleSchedulePolicy"
        scheduleRunFrequency = "Daily"
        scheduleRunTimes     = ["2026-01-01T22:30:00Z"]
      }
      retentionPolicy = {
        retentionPolicyType = "LongTermRetentionPolicy"
        dailySchedule = {
          retentionTimes    = ["2026-01-01T22:30:00Z"]
          retentionDuration = { count = 14, durationType = "Days" }
        }
      }
    }
  }
}

locals {
  pair = "iaasvmcontainerv2;${split("/", var.machine)[4]};${basename(var.machine)}"
}

resource "azapi_resource" "protected" {
  type      = "Microsoft.RecoveryServices/vaults/backupFabrics/protectionContainers/protectedItems@2024-04-01"
  parent_id = "${azapi_resource.vault.id}/backupFabrics/Azure/protectionContainers/iaasvmcontainer;${local.pair}"
  name      = "vm;${local.pair}"
  body = {
    properties = {
      protectedItemType = "Microsoft.Compute/virtualMachines"
      sourceResourceId  = var.machine
      policyId          = azapi_resource.policy.id
    }
  }
}

data "azapi_resource_list" "vaults" {
  type                   = "Microsoft.RecoveryServices/vaults@2024-04-01"
  parent_id              = azapi_resource.group.id
  response_export_values = ["value"]
  depends_on             = [azapi_resource.vault]
}

output "vaults" {
  value = jsondecode(data.azapi_resource_list.vaults.output).value[*].name
}
