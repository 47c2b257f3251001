# What the module makes, in an embedded service of the test's own; it is destroyed at the end.
provider "backup" {
  environment = "embedded"

  embedded = {
    database = "tests-apply.db"

    virtual_machines = {
      "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/machines/providers/Microsoft.Compute/virtualMachines/web" = "chinaeast"
      "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/machines/providers/Microsoft.Compute/virtualMachines/etl" = "chinanorth"
    }
  }
}

variables {
  vms = {
    web = {
      id     = "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/machines/providers/Microsoft.Compute/virtualMachines/web"
      region = "China East"
    }
  }
}

run "the_first_region" {
  assert {
    condition     = backup_vault.this["chinaeast"].state == "Active" && length(backup_vault.this) == 1
    error_message = "The vault is not Active."
  }

  assert {
    condition     = startswith(output.protected_vm_ids["web"], output.vault_ids["chinaeast"])
    error_message = "The VM is not in the vault of its region."
  }
}

run "another_region" {
  variables {
    vms = {
      web = {
        id     = "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/machines/providers/Microsoft.Compute/virtualMachines/web"
        region = "China East"
      }
      etl = {
        id     = "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/machines/providers/Microsoft.Compute/virtualMachines/etl"
        region = "China North"
      }
    }
  }

  assert {
    condition     = keys(output.vault_ids) == ["chinaeast", "chinanorth"] && startswith(output.protected_vm_ids["web"], output.vault_ids["chinaeast"])
    error_message = "A VM in another region moves the one there was."
  }

  assert {
    condition = alltrue([for key, vm in backup_protected_vm.this : startswith(vm.backup_policy_id, vm.vault_id) &&
    startswith(lower(vm.id), lower(vm.vault_id))])
    error_message = "A VM has a policy of another vault."
  }

  assert {
    condition     = startswith(output.protected_vm_ids["etl"], output.vault_ids["chinanorth"])
    error_message = "The second VM is not in the vault of its region."
  }
}

run "the_second_region_leaves" {
  assert {
    condition     = keys(backup_vault.this) == ["chinaeast"]
    error_message = "The vault of a region without VMs stays."
  }
}
