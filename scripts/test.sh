#!/usr/bin/env bash
# test.sh [GO TEST ARGUMENTS]: runs every test, or what the arguments say, with a real Terraform or OpenTofu and with
# the race detector. Nothing is skipped for want of a CLI: without one it fails. Without a browser, which it installs
# where it can, the page of `serve` is not tested in one, and it says so.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"

cli=$(./scripts/terraform-cli.sh)
export TF_ACC_TERRAFORM_PATH=$cli
export CHECKPOINT_DISABLE=1
# Most of what runs is short: collecting less often saves a tenth of the time, here, in the CLI and in the provider.
export GOGC=${GOGC:-400}
# A CLI configuration, working folder or arguments of the user's own must not reach the tests.
unset TF_CLI_CONFIG_FILE TF_CLI_ARGS TF_CLI_ARGS_plan TF_CLI_ARGS_apply TF_CLI_ARGS_init TF_DATA_DIR TF_WORKSPACE

version=$("$cli" version)
version=${version%%$'\n'*}
if [[ $version == OpenTofu* ]]; then
  # The test framework's provider address is Terraform's unless it is told OpenTofu's.
  export TF_ACC_PROVIDER_HOST=registry.opentofu.org TF_ACC_PROVIDER_NAMESPACE=hashicorp
fi
echo "Acceptance tests run $version ($cli)."

# The race detector needs cgo, and so a C compiler, everywhere but on macOS.
race=-race
reason=
if [[ ${BACKUP_RACE:-on} == off ]]; then
  # For another run of the same code, which the race detector has just watched.
  export CGO_ENABLED=0
  race=
elif [[ $(go env GOOS) != darwin ]]; then
  cc=$(go env CC)
  if ! type -P -- "${cc%% *}" >/dev/null; then
    reason="there is no C compiler ($cc)"
  elif ! output=$(CGO_ENABLED=1 go build -race runtime/cgo 2>&1); then
    reason="the C compiler ($cc) does not work: $output"
  fi
fi

no_race() {
  cat >&2 <<TEXT

  *****************************************************************************
  *  NO RACE DETECTOR: $reason.
  *  Data races go unnoticed in this run. Install a C compiler, on Debian or
  *  Ubuntu: apt-get install gcc libc6-dev
  *****************************************************************************

TEXT
}

if [[ -z $race ]]; then
  :
elif [[ -z $reason ]]; then
  export CGO_ENABLED=1
else
  no_race
  if [[ ${CI:-} == true ]]; then
    echo "CI does not run without the race detector." >&2
    exit 1
  fi
  export CGO_ENABLED=0
  race=
fi

if [[ $# -eq 0 ]]; then
  set -- ./...
fi

# The page of `serve` is tested in a browser.
without_browser=
for argument in "$@"; do
  case $argument in
    ./... | *internal/... | *internal/server*)
      if ! BACKUP_CHROMIUM=$(./scripts/chromium.sh); then
        without_browser=yes
      fi
      export BACKUP_CHROMIUM
      break
      ;;
  esac
done

no_browser() {
  cat >&2 <<TEXT

  *****************************************************************************
  *  NO BROWSER: see chromium.sh above.
  *  The page of serve is not tested as people see it in this run. Put Chromium
  *  or Chrome on PATH, on Debian: apt-get install chromium
  *****************************************************************************

TEXT
}

if [[ -n $without_browser ]]; then
  no_browser
  if [[ ${CI:-} == true ]]; then
    echo "CI does not run without a browser." >&2
    exit 1
  fi
fi

status=0
# -count=1, because Go cannot see that another Terraform hides behind the same path.
# Acceptance tests wait for processes most of the time, so that more of them than there are cores keep the cores busy.
# -race brings checks of unsafe pointers along, which take a third of the time where SQLite runs and watch only it. The
# translated C of SQLite itself is not watched for races either, which takes half of what is left: it has memory and locks
# of its own. All Go around it is.
flags=(-gcflags=all=-d=checkptr=0 "-gcflags=modernc.org/sqlite/lib=-d=checkptr=0 -race=false")
go test ${race:+"$race" "${flags[@]}"} -count=1 -timeout=30m -parallel=4 "$@" || status=$?
if [[ -n $reason ]]; then
  no_race
fi
if [[ -n $without_browser ]]; then
  no_browser
fi
exit "$status"
