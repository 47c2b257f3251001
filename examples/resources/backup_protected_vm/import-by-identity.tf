import {
  to = backup_protected_vm.web
  identity = {
    vault_id     = "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/backup/providers/Microsoft.RecoveryServices/vaults/contoso-production"
    source_vm_id = "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/shop/providers/Microsoft.Compute/virtualMachines/web-1"
  }
}
