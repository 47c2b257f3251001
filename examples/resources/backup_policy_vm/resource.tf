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

# Every night, kept for a month; the Sunday backups for a quarter, the last of the month for a year.
resource "backup_policy_vm" "nightly" {
  name     = "nightly"
  vault_id = backup_vault.production.id
  timezone = "Asia/Shanghai" # or "China Standard Time"

  backup = {
    frequency = "Daily"
    time      = "23:00"
  }

  retention_daily = {
    count = 30
  }
  retention_weekly = {
    count    = 13
    weekdays = ["Sunday"]
  }
  retention_monthly = {
    count             = 12
    include_last_days = true
  }
}

# Twice a week: what is kept by the month or the year is chosen by week then.
resource "backup_policy_vm" "weekly" {
  name     = "weekly"
  vault_id = backup_vault.production.id

  backup = {
    frequency = "Weekly"
    time      = "04:30"
    weekdays  = ["Wednesday", "Saturday"]
  }

  retention_weekly = {
    count    = 26
    weekdays = ["Wednesday", "Saturday"]
  }
  retention_yearly = {
    count    = 7
    months   = ["January"]
    weeks    = ["First"]
    weekdays = ["Saturday"]
  }
}

# An enhanced policy backs up several times a day, here at 08:00, 12:00, 16:00 and 20:00, and old backups move to the
# archive tier.
resource "backup_policy_vm" "hourly" {
  name        = "hourly"
  vault_id    = backup_vault.production.id
  policy_type = "V2"

  backup = {
    frequency     = "Hourly"
    time          = "08:00"
    hour_interval = 4
    hour_duration = 12
  }

  instant_restore_retention_days = 7
  instant_restore_resource_group = {
    prefix = "snapshots-"
  }

  retention_daily = {
    count = 14
  }
  retention_monthly = {
    count = 36
    days  = [1, 15]
  }

  tiering_policy = {
    archived_restore_point = {
      mode          = "TierAfter"
      duration      = 6
      duration_type = "Months"
    }
  }
}
