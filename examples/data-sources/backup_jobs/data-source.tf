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
}

# Every filter is optional; a job has to pass all that are set.
data "backup_jobs" "failed" {
  vault_id   = backup_vault.example.id
  status     = "Failed"
  operation  = "Backup"
  start_time = "2026-01-01T00:00:00Z"

  depends_on = [backup_protected_vm.db]
}

data "backup_jobs" "db" {
  vault_id        = backup_vault.example.id
  protected_vm_id = backup_protected_vm.db.id
}

output "failures" {
  value = [for job in data.backup_jobs.failed.jobs : "${job.vm_name}: ${job.errors[0].message}"]
}

output "operations" {
  value = data.backup_jobs.db.jobs[*].operation
}
