locals {
  # The regions, and the keys of the VMs in each.
  regions = provider::backup::vaults_by_region(var.vms)
}

resource "backup_vault" "this" {
  for_each = local.regions

  name                = "${var.name_prefix}-${each.key}"
  region              = each.key
  resource_group_name = var.resource_group_name
  storage_redundancy  = var.storage_redundancy
  soft_delete         = var.soft_delete
  tags                = var.tags
}

resource "backup_policy_vm" "this" {
  for_each = local.regions

  name     = var.policy.name
  vault_id = backup_vault.this[each.key].id
  timezone = var.policy.timezone

  backup = {
    frequency = "Daily"
    time      = var.policy.time
  }

  retention_daily = {
    count = var.policy.daily
  }

  retention_weekly = var.policy.weekly == 0 ? null : {
    count    = var.policy.weekly
    weekdays = [var.policy.weekday]
  }

  retention_monthly = var.policy.monthly == 0 ? null : {
    count    = var.policy.monthly
    weekdays = [var.policy.weekday]
    weeks    = ["First"]
  }
}

resource "backup_protected_vm" "this" {
  for_each = var.vms

  vault_id         = backup_vault.this[provider::backup::normalize_region(each.value.region)].id
  backup_policy_id = backup_policy_vm.this[provider::backup::normalize_region(each.value.region)].id
  source_vm_id     = each.value.id
  source_vm_region = each.value.region
}
