# In a file such as policies.tfquery.hcl, for `terraform query`: the policies of all vaults of the provider's
# subscription.
list "backup_policy_vm" "all" {
  provider = backup
  limit    = 1000

  config {
    name_pattern = "nightly*"
  }
}

# Those of one vault, with all their attributes, not only their identities.
list "backup_policy_vm" "production" {
  provider         = backup
  include_resource = true

  config {
    vault_id = "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/backup/providers/Microsoft.RecoveryServices/vaults/contoso-chinaeast"
  }
}
