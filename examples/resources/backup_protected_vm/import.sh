# The ARM id of the item in the vault, in any letter case. A shell takes the semicolons for its own unless they are quoted.
# The ARM id of the VM alone does as well, and so does a link to either in the Azure portal.
terraform import backup_protected_vm.web '/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/backup/providers/Microsoft.RecoveryServices/vaults/contoso-production/backupFabrics/Azure/protectionContainers/iaasvmcontainer;iaasvmcontainerv2;shop;web-1/protectedItems/vm;iaasvmcontainerv2;shop;web-1'
