#!/usr/bin/env bash
# Prints the path of the Terraform or OpenTofu binary that the tests and the demo use, the first of:
#
#   1. $BACKUP_CLI, or $TF_ACC_TERRAFORM_PATH (a path, or a name on PATH)
#   2. terraform on PATH
#   3. tofu on PATH
#   4. OpenTofu, built from its Go module into .tools/ the first time (some minutes), taken from there afterwards
#
# With the argument "opentofu" it is OpenTofu in any case: 3 or 4.
#
# Only the path goes to standard output; everything else is on standard error.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

say() { printf '%s\n' "$*" >&2; }

die() {
  say "terraform-cli.sh: $*"
  exit 1
}

# runs PATH: succeeds when the binary starts. A version manager's shim without a version does not.
runs() { CHECKPOINT_DISABLE=1 "$1" version >/dev/null 2>&1; }

# find_on_path NAME: prints an absolute path, because the callers change directory.
find_on_path() {
  local found
  found=$(type -P -- "$1") || return 1
  case $found in
    /* | ?:*) ;;
    *) found=$PWD/$found ;;
  esac
  printf '%s\n' "$found"
}

names=(terraform tofu)
wanted=${BACKUP_CLI:-${TF_ACC_TERRAFORM_PATH:-}}
if [[ ${1:-} == opentofu ]]; then
  names=(tofu)
  wanted=
fi
if [[ -n $wanted ]]; then
  cli=$(find_on_path "$wanted") || die "no such program: $wanted (from BACKUP_CLI or TF_ACC_TERRAFORM_PATH)"
  runs "$cli" || die "$cli does not run: '$cli version' failed"
  printf '%s\n' "$cli"
  exit
fi

for name in "${names[@]}"; do
  if cli=$(find_on_path "$name"); then
    if runs "$cli"; then
      printf '%s\n' "$cli"
      exit
    fi
    say "Passing over $cli: '$name version' failed."
  fi
done

module=$root/tools/opentofu
version=$(awk '$2 == "github.com/opentofu/opentofu" { print $3; exit }' "$module/go.mod")
[[ -n $version ]] || die "no OpenTofu version in tools/opentofu/go.mod"
cli=$root/.tools/opentofu_${version#v}/tofu$(go env GOEXE)

if ! [[ -x $cli ]] || ! runs "$cli"; then
  say "No ${names[*]} on PATH: building OpenTofu $version from its Go module into .tools/."
  say "This happens once. It downloads about 260 MB of modules and takes some minutes (4 on two cores) ..."
  started=$SECONDS
  mkdir -p "${cli%/*}"
  # Without the last flag it calls itself a development version.
  (cd "$module" && GOWORK=off GOFLAGS='' CGO_ENABLED=0 go build -mod=readonly -trimpath \
    -ldflags '-s -w -X github.com/opentofu/opentofu/version.dev=no' \
    -o "$cli.$$" github.com/opentofu/opentofu/cmd/tofu >&2) || {
    rm -f "$cli.$$"
    die "OpenTofu could not be built (see above). Install Terraform or OpenTofu, or set BACKUP_CLI to one."
  }
  # A rename, so that a build at the same time or an interrupt never leaves half a binary.
  mv -f "$cli.$$" "$cli"
  runs "$cli" || die "the OpenTofu that was built does not run: $cli"
  say "Built OpenTofu ${version#v} in $((SECONDS - started)) s: .tools/opentofu_${version#v}/${cli##*/}"
fi
printf '%s\n' "$cli"
