terraform {
  required_providers {
    backup = {
      source = "azurebackup/backup"
    }
  }
}

# After the first apply, `terraform apply -var clock_offset=40d` looks forty days ahead: the embedded service has then
# taken the backups that the policy asks for, and removed those that have expired.
variable "clock_offset" {
  type    = string
  default = "0s"
}

provider "backup" {
  environment = "embedded"

  embedded = {
    clock_offset = var.clock_offset
  }
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

  # From now on, each recovery point tells whether it is clean.
  source_scan_enabled = true
}

data "backup_recovery_points" "db" {
  protected_vm_id = backup_protected_vm.db.id
  start_time      = "2026-01-01T00:00:00Z"
}

# Only those in which a scan has found no threat.
data "backup_recovery_points" "clean" {
  protected_vm_id = backup_protected_vm.db.id
  clean_only      = true
}

output "newest_clean" {
  value = try(data.backup_recovery_points.clean.recovery_points[0].id, "none")
}

output "count" {
  value = length(data.backup_recovery_points.db.recovery_points)
}

output "newest" {
  value = try(data.backup_recovery_points.db.recovery_points[0].time, "none yet")
}
