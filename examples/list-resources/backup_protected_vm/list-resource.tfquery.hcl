# In a file such as protected_vms.tfquery.hcl, for `terraform query`: the VMs with a policy of this name, whichever vault
# of the provider's subscription protects them.
list "backup_protected_vm" "nightly" {
  provider = backup
  limit    = 1000

  config {
    policy_name = "nightly"
  }
}

# Those of one vault, with all their attributes, not only their identities.
list "backup_protected_vm" "regional" {
  provider         = backup
  include_resource = true

  config {
    vault_id = "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/backup/providers/Microsoft.RecoveryServices/vaults/contoso-chinanorth"
  }
}
