#!/usr/bin/env bash
# install.sh BINARY VERSION: puts the provider where `terraform init` and `tofu init` look before any registry.
set -euo pipefail

binary=$1
version=$2
platform=$(go env GOOS)_$(go env GOARCH)
# Terraform reads the same tree from another place on Windows.
if [[ $(go env GOOS) == windows ]]; then
  plugins=${APPDATA:?}/terraform.d/plugins
else
  plugins=$HOME/.terraform.d/plugins
fi

for host in registry.terraform.io registry.opentofu.org; do
  folder=$plugins/$host/azurebackup/backup/$version/$platform
  mkdir -p "$folder"
  # A new file, because a running provider keeps the old one open.
  rm -f "$folder"/terraform-provider-backup_v*
  cp "$binary" "$folder/terraform-provider-backup_v$version$(go env GOEXE)"
  echo "Installed $folder"
done

cat <<TEXT

Use it with
  terraform {
    required_providers {
      backup = { source = "azurebackup/backup", version = "$version" }
    }
  }
A folder that was initialised with an earlier build of $version refuses this one, because the checksum differs:
delete its .terraform.lock.hcl and run init again.
TEXT
