output "vault_ids" {
  description = "The ARM id of the vault of each region."
  value       = { for region, vault in backup_vault.this : region => vault.id }
}

output "policy_ids" {
  description = "The ARM id of the policy in the vault of each region."
  value       = { for region, policy in backup_policy_vm.this : region => policy.id }
}

output "protected_vm_ids" {
  description = "The ARM id of each VM in its vault, by the key of the VM."
  value       = { for key, vm in backup_protected_vm.this : key => vm.id }
}

output "vms_by_region" {
  description = "The keys of the VMs in each region."
  value       = local.regions
}
