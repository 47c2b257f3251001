# What the module plans; nothing is made.
provider "backup" {
  environment = "embedded"

  embedded = {
    database = "tests-plan.db"
  }
}

variables {
  name_prefix = "contoso"

  vms = {
    web = {
      id     = "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/machines/providers/Microsoft.Compute/virtualMachines/web"
      region = "China East"
    }
    db = {
      id     = "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/machines/providers/Microsoft.Compute/virtualMachines/db"
      region = "chinaeast"
    }
    app = {
      id     = "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/machines/providers/Microsoft.Compute/virtualMachines/app"
      region = "CHINA  east"
    }
    etl = {
      id     = "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/machines/providers/Microsoft.Compute/virtualMachines/etl"
      region = "China North"
    }
  }
}

run "one_vault_for_each_region" {
  command = plan

  assert {
    condition     = output.vms_by_region == tomap({ chinaeast = tolist(["app", "db", "web"]), chinanorth = tolist(["etl"]) })
    error_message = "The VMs are not put together by region."
  }

  assert {
    condition     = { for key, vault in backup_vault.this : key => vault.name } == { chinaeast = "contoso-chinaeast", chinanorth = "contoso-chinanorth" }
    error_message = "The vaults are not one for each region, named after it."
  }

  assert {
    condition     = toset(keys(backup_policy_vm.this)) == toset(["chinaeast", "chinanorth"])
    error_message = "There is not one policy in each vault."
  }

  assert {
    condition     = backup_policy_vm.this["chinaeast"].retention_daily.count == 30 && backup_policy_vm.this["chinaeast"].retention_monthly.count == 12
    error_message = "The defaults of the policy are not what the README says."
  }
}

run "settings_reach_every_vault" {
  command = plan

  variables {
    storage_redundancy  = "LocallyRedundant"
    resource_group_name = "vaults"
    tags                = { owner = "platform" }
    policy              = { name = "nightly", time = "02:30", timezone = "Asia/Shanghai", daily = 14, weekly = 0, monthly = 0 }
  }

  assert {
    condition = alltrue([for vault in backup_vault.this : vault.storage_redundancy == "LocallyRedundant" &&
    vault.resource_group_name == "vaults" && vault.tags["owner"] == "platform"])
    error_message = "A setting does not reach a vault."
  }

  assert {
    condition = alltrue([for policy in backup_policy_vm.this : policy.name == "nightly" && policy.backup.time == "02:30" &&
    policy.retention_daily.count == 14 && policy.retention_weekly == null && policy.retention_monthly == null])
    error_message = "A setting does not reach a policy."
  }
}

run "no_vms_need_no_vault" {
  command = plan

  variables {
    vms = {}
  }

  assert {
    condition     = length(backup_vault.this) == 0 && length(backup_protected_vm.this) == 0
    error_message = "Something is made for no VM."
  }
}

run "one_vm_under_two_keys" {
  command = plan

  variables {
    vms = {
      a = {
        id     = "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/machines/providers/Microsoft.Compute/virtualMachines/db"
        region = "China East"
      }
      b = {
        id     = "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/Machines/providers/Microsoft.Compute/virtualMachines/DB"
        region = "China East"
      }
    }
  }

  expect_failures = [var.vms]
}

run "a_long_prefix" {
  command = plan

  variables {
    name_prefix = "a-prefix-of-more-than-30-characters"
  }

  expect_failures = [var.name_prefix]
}

run "a_prefix_that_starts_no_vault_name" {
  command = plan

  variables {
    name_prefix = "1-contoso"
  }

  expect_failures = [var.name_prefix]
}
