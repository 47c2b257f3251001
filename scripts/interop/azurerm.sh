#!/usr/bin/env bash
# The azurerm provider, through a whole life of a vault with a policy and a protected VM. scripts/interop.sh starts it, and
# says where Terraform or OpenTofu and the provider's binary are: BACKUP_CLI and AZURERM.
set -euo pipefail
source "$(dirname "$0")/rows.sh"

folder=$(mktemp -d "$BACKUP_FOLDER/azurerm.XXXXXX")
mkdir "$folder/provider"
ln -s "$(realpath "$AZURERM")" "$folder/provider/terraform-provider-azurerm"
cp scripts/interop/azurerm/main.tf "$folder"
cat >"$folder/dev.tfrc" <<RC
provider_installation {
  dev_overrides { "hashicorp/azurerm" = "$folder/provider" }
  direct {}
}
RC
cd "$folder"
export TF_CLI_CONFIG_FILE=$folder/dev.tfrc CHECKPOINT_DISABLE=1 SSL_CERT_FILE=$BACKUP_CA
export TF_VAR_metadata_host=${BACKUP_ENDPOINT#https://} TF_VAR_subscription=$BACKUP_SUBSCRIPTION TF_VAR_tenant=$BACKUP_TENANT
export TF_VAR_region=$BACKUP_REGION TF_VAR_machine=$BACKUP_MACHINE TF_VAR_client_secret
TF_VAR_client_secret=$(<"$BACKUP_SECRET_FILE")

# A binary that somebody built says no version of its own; its changelog is not here.
version=${AZURERM_VERSION:-$(go version -m "$(realpath "$AZURERM")" 2>/dev/null | awk '$1 == "mod" && $3 ~ /^v[0-9]/ { print substr($3, 2) }')}

terraform() {
  local command=$1
  shift
  "$BACKUP_CLI" "$command" -no-color -input=false "$@"
}

# waits LINE prints for how many milliseconds nothing was asked of the service for a second or more, from that line of its log on.
waits() {
  tail -n "+$1" "$BACKUP_FOLDER/serve.log" | sed -n 's/^time=[^T]*T\([0-9:.]*\)Z.*/\1/p' | awk -F: '
    { now = ($1 * 60 + $2) * 60 + $3; if (NR > 1 && now - before >= 1) sum += now - before; before = now }
    END { printf "%d", sum * 1000 }'
}

# working_row is row without the time in which azurerm waits: 10 seconds before it looks again at a resource group, for example,
# whatever the service says.
working_row() {
  local line told
  line=$(wc -l <"$BACKUP_FOLDER/serve.log")
  told=$(row "$@")
  awk -F '\t' -v OFS='\t' -v waited="$(waits "$((line + 1))")" '{ $4 -= waited; if ($4 < 0) $4 = 0; print }' <<<"$told"
}

client="azurerm${version:+ $version}"
working_row "apply: group, vault, policy, protected VM" terraform apply -auto-approve
working_row "plan: no changes" terraform plan -detailed-exitcode
vault=/subscriptions/$BACKUP_SUBSCRIPTION/resourceGroups/interop-azurerm/providers/Microsoft.RecoveryServices/vaults/azurerm-vault
forget_and_import() {
  "$BACKUP_CLI" state rm azurerm_recovery_services_vault.interop || return 1
  terraform import azurerm_recovery_services_vault.interop "$vault"
}
working_row "import of the vault" forget_and_import
working_row "plan: no changes after it" terraform plan -detailed-exitcode
working_row "apply: tags" terraform apply -auto-approve -var team=second
working_row "plan: no changes after it" terraform plan -detailed-exitcode -var team=second
working_row "destroy" terraform destroy -auto-approve
