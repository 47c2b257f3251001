import {
  to = backup_policy_vm.nightly
  identity = {
    subscription_id     = "00000000-0000-4000-8000-000000000001"
    resource_group_name = "backup"
    vault_name          = "contoso-production"
    name                = "nightly"
  }
}
