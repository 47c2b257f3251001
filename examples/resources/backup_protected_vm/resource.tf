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
  machines = "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/shop/providers/Microsoft.Compute/virtualMachines"
}

resource "backup_vault" "production" {
  name   = "contoso-production"
  region = "China East"
}

resource "backup_policy_vm" "nightly" {
  name     = "nightly"
  vault_id = backup_vault.production.id
  timezone = "Asia/Shanghai"

  backup = {
    frequency = "Daily"
    time      = "23:00"
  }

  retention_daily = {
    count = 30
  }
}

# A VM in another region than the vault is an error while planning.
resource "backup_protected_vm" "web" {
  vault_id         = backup_vault.production.id
  source_vm_id     = "${local.machines}/web-1"
  source_vm_region = "China East"
  backup_policy_id = backup_policy_vm.nightly.id
}

# Without the disks that hold only caches. deletion_policy says what becomes of the backups when this is destroyed.
resource "backup_protected_vm" "database" {
  vault_id          = backup_vault.production.id
  source_vm_id      = "${local.machines}/database-1"
  backup_policy_id  = backup_policy_vm.nightly.id
  exclude_disk_luns = [2, 3]
  deletion_policy   = "delete" # or retain_data, or suspend in an immutable vault
}

# Only the OS disk: the data disks can be made again.
resource "backup_protected_vm" "build" {
  vault_id         = backup_vault.production.id
  source_vm_id     = "${local.machines}/build-1"
  backup_policy_id = backup_policy_vm.nightly.id
  os_disk_only     = true
}

# Every vault has the policies DefaultPolicy and EnhancedPolicy. The VM may be in another subscription.
resource "backup_protected_vm" "retired" {
  vault_id         = backup_vault.production.id
  source_vm_id     = "/subscriptions/00000000-0000-4000-8000-000000000002/resourceGroups/old/providers/Microsoft.Compute/virtualMachines/retired"
  backup_policy_id = "${backup_vault.production.id}/backupPolicies/DefaultPolicy"
  protection_state = "ProtectionStopped" # no more backups; those there are stay
}
