# An ARM id in any letter case, or backup/contoso-production/nightly: group, vault and name.
terraform import backup_policy_vm.nightly /subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/backup/providers/Microsoft.RecoveryServices/vaults/contoso-production/backupPolicies/nightly
