#!/usr/bin/env bash
# Builds the provider, applies examples/quickstart in demo/ and shows the vault. Can be run again and again: main.tf
# and dev.tfrc are written anew, the state and the vaults' database stay.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
demo=$root/demo

if [[ -t 1 && -z ${NO_COLOR:-} ]]; then
  bold=$'\e[1m' plain=$'\e[0m'
  color=
else
  bold='' plain=''
  color=-no-color
fi

step() { printf '\n%s==> %s%s\n' "$bold" "$*" "$plain"; }

# Terraform warns at each command that a provider under development is in use. That is the point here, so this one
# warning is left out, with its frame; everything else passes through as it comes.
without_override_warning() {
  awk '
    function text(line) {
      gsub(/\033\[[0-9;]*m/, "", line)
      sub(/^(│|╷|╵) ?/, "", line)
      return line
    }
    function flush_held() {
      if (held != "") printf "%s", held
      held = ""
    }
    {
      line = text($0)
      if (skipping) {
        # The warning ends with the word "releases." and, in colour, with its frame.
        if ($0 ~ /╵/) { skipping = 0 }
        else if (line ~ /releases\.$/) { skipping = 0; after = 1 }
        next
      }
      if (after) {
        after = 0
        if ($0 ~ /╵/ || line == "") next
      }
      if (line ~ /^Warning: Provider development overrides are in effect/) {
        held = ""
        skipping = 1
        next
      }
      flush_held()
      if (line == "" ) { held = $0 "\n"; next }
      print
      fflush()
    }
    END { flush_held() }
  '
}

# A variable of the user's own must not change what the demo shows.
unset TF_CLI_CONFIG_FILE TF_CLI_ARGS TF_CLI_ARGS_plan TF_CLI_ARGS_apply TF_CLI_ARGS_output TF_DATA_DIR \
  TF_WORKSPACE TF_LOG BACKUP_ENVIRONMENT BACKUP_DATABASE BACKUP_ENDPOINT ARM_SUBSCRIPTION_ID
export CHECKPOINT_DISABLE=1 TF_IN_AUTOMATION=1 TF_INPUT=0

step "Building the provider"
make --no-print-directory -C "$root" build

cli=$("$root/scripts/terraform-cli.sh")
version=$("$cli" version)
step "Using ${version%%$'\n'*} ($cli)"

mkdir -p "$demo"
cp "$root/examples/quickstart/main.tf" "$demo/main.tf"
# Both addresses, because Terraform and OpenTofu complete "azurebackup/backup" differently, and a state that one of
# them wrote names the other's.
cat >"$demo/dev.tfrc" <<TEXT
provider_installation {
  dev_overrides {
    "registry.terraform.io/azurebackup/backup" = "$root/bin"
    "registry.opentofu.org/azurebackup/backup" = "$root/bin"
  }
  direct {}
}
TEXT
export TF_CLI_CONFIG_FILE=$demo/dev.tfrc
cd "$demo"
name=${cli##*/}

step "$name apply (examples/quickstart, in demo/)"
"$cli" apply -auto-approve ${color:+"$color"} 2>&1 | without_override_warning

step "The vault"
"$cli" output ${color:+"$color"}
state=$("$cli" output -raw state)
if [[ $state != Active ]]; then
  echo "The vault should be Active; it is $state." >&2
  exit 1
fi

step "$name plan, once more"
status=0
"$cli" plan -detailed-exitcode ${color:+"$color"} 2>&1 | without_override_warning || status=${PIPESTATUS[0]}
if [[ $status -ne 0 ]]; then
  echo "The second plan should be empty; exit code $status." >&2
  exit 1
fi

case $cli in
  "$root"/*) go_on=../${cli#"$root"/} ;;
  *) go_on=$name ;;
esac
step "Go on from here"
cat <<TEXT
  cd demo
  export TF_CLI_CONFIG_FILE=\$PWD/dev.tfrc    # the provider just built, without init
  \$EDITOR main.tf
  $go_on plan
  $go_on apply
  $go_on destroy

The vaults live in demo/backup-vaults.db, beside Terraform's state. Delete the folder to start afresh.
Terraform will warn that a development override is in effect: that is bin/terraform-provider-backup.
TEXT
