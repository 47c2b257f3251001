# In a file such as protected_vms.tfquery.hcl, for `terraform query`: the VMs that the vaults of the provider's
# subscription protect.
list "backup_protected_vm" "all" {
  provider = backup
  limit    = 1000
}

# Those of one vault that have one policy, with all their attributes, not only their identities.
list "backup_protected_vm" "nightly" {
  provider         = backup
  include_resource = true

  config {
    vault_id    = "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/backup/providers/Microsoft.RecoveryServices/vaults/contoso-westus"
    policy_name = "nightly"
  }
}
