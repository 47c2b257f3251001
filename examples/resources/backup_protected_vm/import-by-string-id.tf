import {
  to = backup_protected_vm.web
  id = "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/backup/providers/Microsoft.RecoveryServices/vaults/contoso-production/backupFabrics/Azure/protectionContainers/iaasvmcontainer;iaasvmcontainerv2;shop;web-1/protectedItems/vm;iaasvmcontainerv2;shop;web-1"
}
