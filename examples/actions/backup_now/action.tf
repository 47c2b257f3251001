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

resource "backup_vault" "example" {
  name   = "contoso-production"
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

resource "backup_protected_vm" "db" {
  vault_id         = backup_vault.example.id
  backup_policy_id = backup_policy_vm.nightly.id
  source_vm_id     = "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/machines/providers/Microsoft.Compute/virtualMachines/db"
  source_vm_region = "China East"

  # A first backup at once, instead of the night to come.
  lifecycle {
    action_trigger {
      events  = [after_create]
      actions = [action.backup_now.db]
    }
  }
}

# Also by hand, such as before an upgrade: terraform apply -invoke=action.backup_now.db
action "backup_now" "db" {
  config {
    protected_vm_id = backup_protected_vm.db.id
    retain_days     = 90
  }
}
