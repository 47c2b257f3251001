#!/usr/bin/env bash
# The azapi provider, through a whole life of a vault with a policy and a protected VM. scripts/interop.sh starts it, and
# says where Terraform or OpenTofu and the folder with the provider are: BACKUP_CLI and BACKUP_AZAPI.
set -euo pipefail
source "$(dirname "$0")/rows.sh"

client="azapi $(sed -n 's/^require .*azapi v//p' tools/azapi/go.mod)"
folder=$(mktemp -d "$BACKUP_FOLDER/azapi.XXXXXX")
cp scripts/interop/azapi/main.tf "$folder"
cat >"$folder/dev.tfrc" <<RC
provider_installation {
  dev_overrides { "azure/azapi" = "$BACKUP_AZAPI" }
  direct {}
}
RC
cd "$folder"
export TF_CLI_CONFIG_FILE=$folder/dev.tfrc CHECKPOINT_DISABLE=1 SSL_CERT_FILE=$BACKUP_CA
export TF_VAR_endpoint=$BACKUP_ENDPOINT TF_VAR_subscription=$BACKUP_SUBSCRIPTION TF_VAR_region=$BACKUP_REGION
export TF_VAR_machine=$BACKUP_MACHINE TF_VAR_client_secret
TF_VAR_client_secret=$(<"$BACKUP_SECRET_FILE")

terraform() {
  local command=$1
  shift
  "$BACKUP_CLI" "$command" -no-color -input=false "$@"
}

row "apply: group, vault, policy, protected VM, list" terraform apply -auto-approve
row "output" expect '["azapi-vault"]' "$BACKUP_CLI" output -json vaults
row "plan: no changes" terraform plan -detailed-exitcode
row "apply: tags" terraform apply -auto-approve -var team=second
row "plan: no changes after it" terraform plan -detailed-exitcode -var team=second
row "destroy" terraform destroy -auto-approve
