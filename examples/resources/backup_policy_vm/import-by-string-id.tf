import {
  to = backup_policy_vm.nightly
  id = "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/backup/providers/Microsoft.RecoveryServices/vaults/contoso-production/backupPolicies/nightly"
}
