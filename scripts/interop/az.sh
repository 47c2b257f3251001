#!/usr/bin/env bash
# The az CLI, from signing in to deleting what it made. scripts/interop.sh starts it, and says with what in BACKUP_AZ.
set -euo pipefail
source "$(dirname "$0")/rows.sh"

# Nothing of the user's own CLI is read or written.
export AZURE_CONFIG_DIR=$BACKUP_FOLDER/az AZURE_CORE_COLLECT_TELEMETRY=no AZURE_CORE_ONLY_SHOW_ERRORS=yes AZURE_CORE_NO_COLOR=yes
export REQUESTS_CA_BUNDLE=$BACKUP_CA

read -ra command <<<"$BACKUP_AZ"
az() { "${command[@]}" "$@"; }
# tsv QUERY COMMAND... prints what a query finds in the answer.
tsv() { local query=$1; shift; az "$@" --query "$query" --output tsv; }

client="az $(tsv '"azure-cli"' version)"
group=(--resource-group interop-az)
in_vault=("${group[@]}" --vault-name az-vault)
machine=${BACKUP_MACHINE##*/}
item=("${in_vault[@]}" --container-name "$machine" --item-name "$machine" --backup-management-type AzureIaasVM)

# With /adfs at its end the CLI does not ask Microsoft whether the login endpoint can be trusted.
row "cloud register" az cloud register --name embedded-backup --endpoint-resource-manager "$BACKUP_ENDPOINT" \
  --endpoint-management "$BACKUP_ENDPOINT" --endpoint-active-directory "$BACKUP_ENDPOINT/adfs" \
  --endpoint-active-directory-resource-id "$BACKUP_ENDPOINT"
row "cloud set" az cloud set --name embedded-backup
row "login --service-principal" expect "$BACKUP_SUBSCRIPTION" \
  tsv '[0].id' login --service-principal --username interop-az --password "@$BACKUP_SECRET_FILE" --tenant "$BACKUP_TENANT"
row "account list-locations" expect "$BACKUP_REGION" tsv "[?name=='$BACKUP_REGION'].name" account list-locations
row "group create" expect Succeeded tsv properties.provisioningState group create --name interop-az --location "$BACKUP_REGION"
row "vm show" expect "$BACKUP_MACHINE" tsv id vm show --ids "$BACKUP_MACHINE"

row "backup vault create" expect Succeeded \
  tsv properties.provisioningState backup vault create "${group[@]}" --name az-vault --location "$BACKUP_REGION"
row "backup vault show" expect "$BACKUP_REGION" tsv location backup vault show "${group[@]}" --name az-vault
row "backup vault list" expect az-vault tsv '[].name' backup vault list "${group[@]}"
row "resource list" expect az-vault tsv '[].name' resource list "${group[@]}" --resource-type Microsoft.RecoveryServices/vaults
row "backup vault backup-properties show" expect Unlocked \
  tsv '[0].properties.storageTypeState' backup vault backup-properties show "${group[@]}" --name az-vault
row "backup vault backup-properties set (redundancy)" \
  az backup vault backup-properties set "${group[@]}" --name az-vault --backup-storage-redundancy LocallyRedundant
row "backup vault backup-properties show (redundancy)" expect LocallyRedundant \
  tsv '[0].properties.storageType' backup vault backup-properties show "${group[@]}" --name az-vault
row "backup vault backup-properties set (soft delete), refused with BMSUserErrorSoftDeleteUseVaultApi" refused BMSUserErrorSoftDeleteUseVaultApi \
  az backup vault backup-properties set "${group[@]}" --name az-vault --soft-delete-feature-state Disable
row "backup vault encryption show" expect MicrosoftManaged \
  tsv properties.encryptionAtRestType backup vault encryption show "${group[@]}" --name az-vault

row "backup policy list" expect DefaultPolicy tsv "[?name=='DefaultPolicy'].name" backup policy list "${in_vault[@]}" --workload-type VM
row "backup policy show" expect AzureIaasVM tsv properties.backupManagementType backup policy show "${in_vault[@]}" --name DefaultPolicy
row "backup policy get-default-for-vm" az backup policy get-default-for-vm "${in_vault[@]}" --output json
az backup policy get-default-for-vm "${in_vault[@]}" --output json >"$BACKUP_FOLDER/az.policy.json" 2>/dev/null || true
row "backup policy create" expect az-daily \
  tsv name backup policy create "${in_vault[@]}" --name az-daily --backup-management-type AzureIaasVM --policy "@$BACKUP_FOLDER/az.policy.json"

row "backup protection check-vm (before)" expect '' tsv @ backup protection check-vm --vm-id "$BACKUP_MACHINE"
row "backup protection enable-for-vm" expect Completed \
  tsv properties.status backup protection enable-for-vm "${in_vault[@]}" --vm "$BACKUP_MACHINE" --policy-name az-daily
row "backup protection check-vm (after)" az backup protection check-vm --vm-id "$BACKUP_MACHINE"
row "backup container list" expect "$machine" \
  tsv '[].properties.friendlyName' backup container list "${in_vault[@]}" --backup-management-type AzureIaasVM
row "backup item list" expect "$machine" tsv '[].properties.friendlyName' backup item list "${in_vault[@]}"
row "backup item show" expect az-daily tsv properties.policyName backup item show "${in_vault[@]}" --container-name "$machine" \
  --name "$machine" --backup-management-type AzureIaasVM --workload-type VM
row "backup item set-policy" expect Completed tsv properties.status backup item set-policy "${in_vault[@]}" \
  --container-name "$machine" --name "$machine" --backup-management-type AzureIaasVM --policy-name EnhancedPolicy
row "backup protection backup-now" expect Backup \
  tsv properties.operation backup protection backup-now "${item[@]}" --retain-until "$(date -d '+20 days' +%d-%m-%Y)"
row "backup job list" expect Backup \
  tsv "[?properties.operation=='Backup'].properties.operation" backup job list "${in_vault[@]}"
job=$(tsv "[?properties.operation=='Backup'].name" backup job list "${in_vault[@]}" 2>/dev/null || true)
row "backup job wait" expect Completed tsv properties.status backup job wait "${in_vault[@]}" --name "$job"
row "backup job show" expect "$machine" tsv properties.entityFriendlyName backup job show "${in_vault[@]}" --name "$job"
row "backup recoverypoint list" expect 1 tsv 'length(@)' backup recoverypoint list "${item[@]}"
point=$(tsv '[0].name' backup recoverypoint list "${item[@]}" 2>/dev/null || true)
row "backup recoverypoint show" expect "$point" tsv name backup recoverypoint show "${item[@]}" --name "$point"
row "backup protection disable" expect Completed tsv properties.status backup protection disable "${item[@]}" --yes
row "backup protection resume" expect Completed tsv properties.status backup protection resume "${item[@]}" --policy-name EnhancedPolicy
row "backup protection disable --delete-backup-data" expect Completed \
  tsv properties.status backup protection disable "${item[@]}" --delete-backup-data true --yes
row "backup item list (soft-deleted)" expect true tsv '[].properties.isScheduledForDeferredDelete' backup item list "${in_vault[@]}"
row "backup policy delete" az backup policy delete "${in_vault[@]}" --name az-daily
# This version of the CLI deletes no vault in which soft-deleted items are left, and a newer API version does.
row "backup vault delete, refused with ServiceResourceNotEmptyWithBackendMessage" refused ServiceResourceNotEmptyWithBackendMessage \
  az backup vault delete "${group[@]}" --name az-vault --yes
row "rest --method delete (API version 2025-08-01)" az rest --method delete \
  --uri "/subscriptions/$BACKUP_SUBSCRIPTION/resourceGroups/interop-az/providers/Microsoft.RecoveryServices/vaults/az-vault?api-version=2025-08-01"
row "backup vault list (none)" expect 0 tsv 'length(@)' backup vault list "${group[@]}"
row "group delete" az group delete --name interop-az --yes
row "group exists" expect false az group exists --name interop-az
