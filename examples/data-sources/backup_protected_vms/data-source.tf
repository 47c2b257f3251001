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
  name   = "contoso-production"
  region = "China East"
}

resource "backup_protected_vm" "web" {
  count = 2

  vault_id         = backup_vault.production.id
  source_vm_id     = "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/shop/providers/Microsoft.Compute/virtualMachines/web-${count.index + 1}"
  backup_policy_id = "${backup_vault.production.id}/backupPolicies/DefaultPolicy"
}

# The VMs of one vault; without vault_id, those of every vault of the subscription.
data "backup_protected_vms" "production" {
  vault_id             = backup_vault.production.id
  include_soft_deleted = true

  depends_on = [backup_protected_vm.web]
}

output "health" {
  value = { for vm in data.backup_protected_vms.production.protected_vms : basename(vm.source_vm_id) => vm.health }
}

output "next_backups" {
  value = data.backup_protected_vms.production.protected_vms[*].next_scheduled_backup
}
