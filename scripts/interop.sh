#!/usr/bin/env bash
# Builds the binary, starts `serve` with TLS and a secret, drives it with other people's clients and prints what each of
# them got: client, operation, result, milliseconds. Fails when a row did, and when a client did not run that it was not
# told to leave out.
#
#   BACKUP_INTEROP_SKIP="az js"   leave clients out; they are curl, go, js, azapi, az and azurerm
#   BACKUP_INTEROP_AZ=/path/to/az use this az CLI; default: the one that is installed, or Debian's package, which is
#                                 installed when that is possible (as root, with apt-get)
#   AZURERM=/path/to/terraform-provider-azurerm
#                                 run azurerm, too, which takes half an hour to build, so that it is not built here;
#                                 AZURERM_VERSION=5.2.0 says which one it is, when the binary does not
set -euo pipefail
cd "$(dirname "$0")/.."

skip=" ${BACKUP_INTEROP_SKIP:-} "
for one in $skip; do
  case $one in
  curl | go | js | azapi | az | azurerm) ;;
  *)
    echo "BACKUP_INTEROP_SKIP: there is no client '$one'; there are curl, go, js, azapi, az and azurerm" >&2
    exit 2
    ;;
  esac
done

# Progress goes to the user, wherever a client's own errors go.
exec 3>&2
say() { echo "$*" >&3; }

folder=$(mktemp -d)
served=
finish() {
  if [[ -n $served ]]; then
    kill "$served" 2>/dev/null || true
    wait "$served" 2>/dev/null || true
  fi
  rm -rf "$folder"
}
trap finish EXIT

export BACKUP_FOLDER=$folder BACKUP_REGION=westeurope
export BACKUP_SUBSCRIPTION=00000000-0000-4000-8000-000000000001 BACKUP_TENANT=00000000-0000-4000-8000-0000000000ff
export BACKUP_CA=$folder/tls/ca.pem BACKUP_SECRET_FILE=$folder/secret
machines=/subscriptions/$BACKUP_SUBSCRIPTION/resourceGroups/machines/providers/Microsoft.Compute/virtualMachines

rows=$folder/rows
: >"$rows"

# serve_it builds and starts the server, and waits until it is ready.
serve_it() {
  say "Building and starting serve…"
  CGO_ENABLED=0 go build -trimpath -o "$folder/terraform-provider-backup" .
  (umask 077 && head -c 32 /dev/urandom | base64 | tr -d '/+=\n' >"$BACKUP_SECRET_FILE")
  # Looked into before the server may have made it.
  : >"$folder/serve.out"
  # Operations that take a moment, so that clients have something to wait for.
  "$folder/terraform-provider-backup" serve --database "$folder/backup-vaults.db" --listen 127.0.0.1:0 \
    --tls-self-signed "$folder/tls" --token-file "$BACKUP_SECRET_FILE" \
    --provisioning-time 1s --operation-time 500ms --backup-time 1s --retry-after 1s \
    --virtual-machine "$machines/go=$BACKUP_REGION" --virtual-machine "$machines/js=$BACKUP_REGION" \
    --virtual-machine "$machines/azapi=$BACKUP_REGION" --virtual-machine "$machines/az=$BACKUP_REGION" \
    --virtual-machine "$machines/azurerm=$BACKUP_REGION" >"$folder/serve.out" 2>"$folder/serve.log" &
  served=$!
  for _ in $(seq 100); do
    BACKUP_ENDPOINT=$(sed -n 's/^The embedded backup service listens at //p' "$folder/serve.out")
    if [[ -n $BACKUP_ENDPOINT ]] && curl --silent --fail --output /dev/null --cacert "$BACKUP_CA" "$BACKUP_ENDPOINT/readyz"; then
      export BACKUP_ENDPOINT
      return
    fi
    kill -0 "$served" 2>/dev/null || break
    sleep 0.1
  done
  echo "serve did not start:" >&2
  cat "$folder/serve.out" "$folder/serve.log" >&2
  exit 1
}

# client NAME COMMAND... runs a client, whose rows are its output.
client() {
  local name=$1
  shift
  if [[ $skip == *" $name "* ]]; then
    printf '%s\t-\tskipped\t-\tby BACKUP_INTEROP_SKIP\n' "$name" >>"$rows"
    return
  fi
  say "Running $name…"
  BACKUP_MACHINE=$machines/$name "$@" >>"$rows" 2>"$folder/$name.err" ||
    printf '%s\tthe client itself\tFAILED\t-\tit ended with %s: %s\n' "$name" "$?" "$(tail -n 5 "$folder/$name.err" | tr -s '\t\n ' ' ')" >>"$rows"
}

not_run() { printf '%s\t-\tNOT RUN\t-\t%s\n' "$1" "$2"; }

# Built before, when go may have to trust others than the server's authority.
run_go() {
  SSL_CERT_FILE=$BACKUP_CA BACKUP_SECRET=$(<"$BACKUP_SECRET_FILE") "$folder/interop"
}

run_js() {
  local node
  if ! command -v npm >/dev/null; then
    not_run js "npm is not installed (Debian: apt-get install nodejs npm)"
    return
  fi
  node=$(node --version)
  if ((10#$(sed 's/^v\([0-9]*\).*/\1/' <<<"$node") < 20)); then
    not_run js "node is $node, and Microsoft's clients need 20 or later"
    return
  fi
  if ! npm --prefix scripts/interop/javascript ci --no-audit --no-fund >"$folder/npm.out" 2>&1; then
    not_run js "npm ci failed: $(tail -n 5 "$folder/npm.out" | tr -s '\t\n ' ' ')"
    return
  fi
  NODE_EXTRA_CA_CERTS=$BACKUP_CA BACKUP_SECRET=$(<"$BACKUP_SECRET_FILE") node scripts/interop/javascript/interop.mjs
}

# run_azapi builds the provider once, into .tools/.
run_azapi() {
  local version cli tools
  version=$(sed -n 's/^require .*azapi v//p' tools/azapi/go.mod)
  tools=$PWD/.tools/azapi_$version
  if ! cli=$(./scripts/terraform-cli.sh 2>"$folder/azapi.out"); then
    not_run azapi "there is no Terraform or OpenTofu: $(tail -n 3 "$folder/azapi.out" | tr -s '\t\n ' ' ')"
    return
  fi
  if [[ ! -x $tools/terraform-provider-azapi ]]; then
    say "Building azapi $version into .tools/, which happens once and takes some minutes…"
    mkdir -p "$tools"
    if ! (cd tools/azapi && GOWORK=off GOFLAGS='' CGO_ENABLED=0 go build -mod=readonly -trimpath -ldflags '-s -w' \
      -o "$tools/building.$$" github.com/Azure/terraform-provider-azapi) >"$folder/azapi.out" 2>&1; then
      rm -f "$tools/building.$$"
      not_run azapi "it could not be built: $(tail -n 3 "$folder/azapi.out" | tr -s '\t\n ' ' ')"
      return
    fi
    mv -f "$tools/building.$$" "$tools/terraform-provider-azapi"
  fi
  BACKUP_CLI=$cli BACKUP_AZAPI=$tools scripts/interop/azapi.sh
}

# find_az sets BACKUP_AZ to what the az CLI is started with.
find_az() {
  BACKUP_AZ=${BACKUP_INTEROP_AZ:-}
  if [[ -n $BACKUP_AZ ]]; then
    return
  fi
  if [[ -z $(debian_az) ]] && ! command -v az >/dev/null && command -v apt-get >/dev/null && [[ $(id -u) == 0 ]]; then
    say "Installing azure-cli…"
    { apt-get update && apt-get install --yes --no-install-recommends azure-cli; } >"$folder/apt.out" 2>&1 || return 0
  fi
  BACKUP_AZ=$(debian_az)
  if [[ -z $BACKUP_AZ ]]; then
    BACKUP_AZ=$(command -v az || true)
  fi
}

# debian_az prints how Debian's own package is started, nothing when it is not there.
debian_az() {
  if dpkg-query --show --showformat '${Version}' azure-cli 2>/dev/null | grep -q . && /usr/bin/python3 -c 'import azure.cli' 2>/dev/null; then
    echo "/usr/bin/python3 $PWD/scripts/interop/az.py"
  fi
}

run_az() {
  find_az
  if [[ -z $BACKUP_AZ ]]; then
    not_run az "there is no az CLI, and none could be installed$([[ -s $folder/apt.out ]] && echo ": $(tail -n 3 "$folder/apt.out" | tr -s '\t\n ' ' ')")"
    return
  fi
  BACKUP_AZ=$BACKUP_AZ scripts/interop/az.sh
}

# run_azurerm runs a binary that is there; without one azurerm is left out, and no failure.
run_azurerm() {
  local cli
  if [[ -z ${AZURERM:-} ]]; then
    printf 'azurerm\t-\tskipped\t-\tAZURERM names no binary of it\n'
    return
  fi
  if [[ ! -x $AZURERM ]]; then
    not_run azurerm "AZURERM names $AZURERM, which is no program"
    return
  fi
  if ! cli=$(./scripts/terraform-cli.sh 2>"$folder/azurerm.out"); then
    not_run azurerm "there is no Terraform or OpenTofu: $(tail -n 3 "$folder/azurerm.out" | tr -s '\t\n ' ' ')"
    return
  fi
  BACKUP_CLI=$cli AZURERM=$AZURERM scripts/interop/azurerm.sh
}

serve_it
client curl scripts/interop/curl.sh
if [[ $skip != *" go "* ]]; then
  go build -o "$folder/interop" ./tools/interop
fi
client go run_go
client js run_js
client azapi run_azapi
client az run_az
client azurerm run_azurerm

kill "$served"
wait "$served" || printf 'serve\tstop\tFAILED\t-\tit ended with %s\n' "$?" >>"$rows"
served=
# What the service could not answer is its fault, whoever asked. 501 is its word for what it does not model.
if grep -E ' status=(500|502|503|504|507) ' "$folder/serve.log" >"$folder/broken"; then
  printf 'serve\tno failures of its own\tFAILED\t-\t%s\n' "$(head -n 3 "$folder/broken" | tr -s '\t\n ' ' ')" >>"$rows"
fi

awk -F '\t' '
  BEGIN { head[1] = "client"; head[2] = "operation"; head[3] = "result"; head[4] = "ms" }
  { for (i = 1; i <= 4; i++) { cell[NR, i] = $i; if (length($i) > width[i]) width[i] = length($i) } }
  END {
    for (i = 1; i <= 4; i++) if (length(head[i]) > width[i]) width[i] = length(head[i])
    printf "%-*s | %-*s | %-*s | %*s\n", width[1], head[1], width[2], head[2], width[3], head[3], width[4], head[4]
    for (r = 1; r <= NR; r++)
      printf "%-*s | %-*s | %-*s | %*s\n", width[1], cell[r, 1], width[2], cell[r, 2], width[3], cell[r, 3], width[4], cell[r, 4]
  }' "$rows"

bad=$(awk -F '\t' '$3 != "ok" && $3 != "skipped"' "$rows")
awk -F '\t' '$3 == "ok" { ok++ } $3 == "skipped" { skipped++ } END { printf "\n%d rows ok, %d not", ok, NR - ok - skipped; if (skipped) printf ", %d clients skipped", skipped; print "" }' "$rows"
if [[ -n $bad ]]; then
  printf '\nWhat went wrong:\n'
  awk -F '\t' '{ printf "  %s: %s: %s\n", $1, $2, $5 }' <<<"$bad"
  exit 1
fi
