#!/usr/bin/env bash
# Runs the acceptance tests with Terraform and with OpenTofu. OpenTofu is built if it is not there; Terraform cannot be, so
# without it that half is left out, and said to be.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"

BACKUP_CLI=$(./scripts/terraform-cli.sh opentofu) ./scripts/test.sh ./internal/provider
if type -P terraform >/dev/null; then
  BACKUP_CLI=terraform ./scripts/test.sh ./internal/provider
else
  echo "Terraform is not on PATH: the acceptance tests ran with OpenTofu only." >&2
fi
