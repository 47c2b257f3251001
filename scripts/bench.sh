#!/usr/bin/env bash
# bench.sh [FLAGS]: measures bin/terraform-provider-backup, which `make build` makes, with a real Terraform or
# OpenTofu, and prints tables. Flags: -quick, -sizes 100,1000, -runs 3, -cli PATH, -provider PATH, -latency 80ms with
# -against PATH and -azurerm PATH; -help explains them.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"

if [[ " $* " != *" -cli"* && " $* " != *" --cli"* && " $* " != *" -h"* ]]; then
  cli=$(./scripts/terraform-cli.sh)
  set -- -cli "$cli" "$@"
fi
CGO_ENABLED=0 go run ./tools/bench "$@"
