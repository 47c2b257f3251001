# An ARM id in any letter case, a link to the vault in the Azure portal, or backup/contoso-production: group and name.
terraform import backup_vault.production /subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/backup/providers/Microsoft.RecoveryServices/vaults/contoso-production
