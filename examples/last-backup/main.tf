# A last backup of a VM before its protection goes, and everything that was backed up stays. Needs Terraform 1.16.
terraform {
  required_version = ">= 1.16"

  required_providers {
    backup = {
      source = "azurebackup/backup"
    }
  }
}

provider "backup" {
  environment = "embedded"
}

variable "decommissioned" {
  description = "Whether the VM is not to be backed up any more."
  type        = bool
  default     = false
}

resource "backup_vault" "example" {
  name   = "contoso-last-backup"
  region = "China East"
}

resource "backup_policy_vm" "nightly" {
  name     = "nightly"
  vault_id = backup_vault.example.id

  backup = {
    frequency = "Daily"
    time      = "23:00"
  }

  retention_daily = {
    count = 30
  }
}

# What is to be taken away is counted down, not deleted from the configuration: with the block its triggers would go, too.
resource "backup_protected_vm" "db" {
  count = var.decommissioned ? 0 : 1

  vault_id         = backup_vault.example.id
  backup_policy_id = backup_policy_vm.nightly.id
  source_vm_id     = "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/machines/providers/Microsoft.Compute/virtualMachines/db"
  source_vm_region = "China East"
  deletion_policy  = "retain_data"

  lifecycle {
    action_trigger {
      events  = [before_destroy]
      actions = [action.backup_now.last]
      # Without a backup, the protection stays.
      on_failure = halt
    }
  }
}

action "backup_now" "last" {
  config {
    # The resource whose trigger it is. Its address in place of this ends in "Action configuration must be known to plan a
    # destroy action".
    protected_vm_id = caller.id
    retain_days     = 365
  }
}
