#!/usr/bin/env bash
# What azurerm and the libraries that sign in ask of a cloud, request by request, and the answers that they have to get.
# scripts/interop.sh starts it.
set -euo pipefail
source "$(dirname "$0")/rows.sh"

client="curl $(curl --version | sed -n '1s/^curl \([0-9.]*\).*/\1/p')"
folder=$(mktemp -d "$BACKUP_FOLDER/curl.XXXXXX")
subscription=$BACKUP_ENDPOINT/subscriptions/$BACKUP_SUBSCRIPTION
group=$subscription/resourceGroups/interop-curl
vault=$group/providers/Microsoft.RecoveryServices/vaults/curl-vault

# answer STATUS TEXT CURL-ARGUMENTS... sends a request, whose answer has to have the status, and the text in its body.
answer() {
  local wanted=$1 text=$2 status body
  shift 2
  status=$(curl --silent --show-error --cacert "$BACKUP_CA" --header "@$folder/headers" \
    --dump-header "$folder/answer.headers" --output "$folder/answer" --write-out '%{http_code}' "$@") || return 1
  body=$(<"$folder/answer")
  if [[ $status != "$wanted" || $body != *"$text"* ]]; then
    echo "status $status, want $wanted and '$text': $body"
    return 1
  fi
}

# header NAME prints a header of the last answer.
header() { sed -n "s/^$1: \(.*\)\r$/\1/Ip" "$folder/answer.headers"; }

json() { echo "Content-Type: application/json"; }

sign_in() {
  answer 200 access_token --data-urlencode grant_type=client_credentials --data-urlencode client_id=interop-curl \
    --data-urlencode "client_secret@$BACKUP_SECRET_FILE" --data-urlencode "scope=$BACKUP_ENDPOINT/.default" \
    "$BACKUP_ENDPOINT/$BACKUP_TENANT/oauth2/v2.0/token" || return 1
  # Not on the command line, where every process sees it.
  sed -n 's/.*"access_token":"\([^"]*\)".*/Authorization: Bearer \1/p' "$folder/answer" >"$folder/headers"
  test -s "$folder/headers"
}

poll() {
  local url
  url=$(header azure-asyncoperation)
  for _ in $(seq 50); do
    answer 200 '"status"' "$url" || return 1
    grep -q '"InProgress"' "$folder/answer" || break
    sleep 0.2
  done
  answer 200 '"Succeeded"' "$url"
}

create_vault() {
  answer 201 '"provisioningState":"Provisioning"' --request PUT --header "$(json)" --data @- "$vault?api-version=2025-08-01" <<JSON || return 1
{"identity":{"type":"None","userAssignedIdentities":null},"location":"$BACKUP_REGION","sku":{"name":"Standard"},
 "properties":{"publicNetworkAccess":"Enabled","redundancySettings":{"crossRegionRestore":"Disabled","standardTierStorageRedundancy":"GeoRedundant"}}}
JSON
  poll
}

create_policy() {
  answer 200 'T23:30:00' --request PUT --header "$(json)" --data @- "$vault/backupPolicies/daily?api-version=2024-10-01" <<'JSON'
{"properties":{"backupManagementType":"AzureIaasVM","instantRPDetails":{},"policyType":"V1","timeZone":"UTC","snapshotConsistencyType":"",
 "tieringPolicy":{"ArchivedRP":{"tieringMode":"DoNotTier","durationType":"Invalid","duration":0}},
 "schedulePolicy":{"schedulePolicyType":"SimpleSchedulePolicy","scheduleRunFrequency":"Daily","scheduleRunTimes":["23:30:00Z"]},
 "retentionPolicy":{"retentionPolicyType":"LongTermRetentionPolicy","dailySchedule":{"retentionTimes":["23:30:00Z"],"retentionDuration":{"count":10,"durationType":"Days"}}}}}
JSON
}

delete_vault() {
  answer 202 '' --request DELETE "$vault?api-version=2025-08-01" || return 1
  for _ in $(seq 50); do
    answer 404 ResourceNotFound "$vault?api-version=2025-08-01" >"$folder/why" && return
    sleep 0.2
  done
  cat "$folder/why"
  return 1
}

: >"$folder/headers"
row "GET /metadata/endpoints" answer 200 '"identityProvider":"AAD"' "$BACKUP_ENDPOINT/metadata/endpoints?api-version=2022-09-01"
row "GET openid-configuration" answer 200 '"token_endpoint"' "$BACKUP_ENDPOINT/$BACKUP_TENANT/v2.0/.well-known/openid-configuration"
row "GET /subscriptions without a token" answer 401 '"AuthenticationFailed"' "$BACKUP_ENDPOINT/subscriptions?api-version=2022-12-01"
row "POST oauth2/v2.0/token" sign_in
row "GET /subscriptions" answer 200 "$BACKUP_SUBSCRIPTION" "$BACKUP_ENDPOINT/subscriptions?api-version=2022-12-01"
row "GET /tenants" answer 200 "$BACKUP_TENANT" "$BACKUP_ENDPOINT/tenants?api-version=2022-12-01"
row "GET locations" answer 200 "\"$BACKUP_REGION\"" "$subscription/locations?api-version=2022-12-01"
row "GET providers" answer 200 '"Microsoft.Compute"' "$subscription/providers?api-version=2022-09-01"
row "POST providers/register" answer 200 '"Registered"' --request POST --data '' "$subscription/providers/Microsoft.Network/register?api-version=2022-09-01"
row "GET resource group that is not there" answer 404 ResourceGroupNotFound "$group?api-version=2023-07-01"
row "PUT resource group" answer 201 '"Succeeded"' --request PUT --header "$(json)" --data "{\"location\":\"$BACKUP_REGION\"}" "$group?api-version=2023-07-01"
row "GET vault that is not there" answer 404 ResourceNotFound "$vault?api-version=2025-08-01"
row "PUT vault, and poll" create_vault
row "GET vault" answer 200 '"provisioningState":"Succeeded"' "$vault?api-version=2025-08-01"
row "GET replicationVaultSettings/default" answer 200 '"default"' "$vault/replicationVaultSettings/default?api-version=2024-04-01"
row "GET backupconfig/vaultconfig" answer 200 '"softDeleteFeatureState":"AlwaysON"' "$vault/backupconfig/vaultconfig?api-version=2024-10-01"
row "PUT backup policy with short times" create_policy
row "GET backup policy" answer 200 '"daily"' "$vault/backupPolicies/daily?api-version=2024-10-01"
row "DELETE backup policy" answer 200 '' --request DELETE "$vault/backupPolicies/daily?api-version=2024-10-01"
row "GET what is not modelled" answer 501 NotModelledByEmbeddedService "$vault/backupEngines?api-version=2025-02-01"
row "DELETE vault, and GET until 404" delete_vault
row "GET resources of the group" answer 200 '"value":[]' --globoff "$group/resources?api-version=2023-07-01&\$expand=provisioningState&\$top=10"
row "DELETE resource group" answer 202 '' --request DELETE "$group?api-version=2023-07-01"
