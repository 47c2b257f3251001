#!/usr/bin/env bash
# Prints the path of the Chromium or Chrome that the tests of the page use, the first of:
#
#   1. $BACKUP_CHROMIUM (a path, or a name on PATH)
#   2. chromium, chromium-browser or google-chrome on PATH
#   3. Debian's chromium, installed where there is apt-get and the right to use it
#
# Only the path goes to standard output; everything else is on standard error. Without any it fails, and says why.
set -euo pipefail

say() { printf '%s\n' "$*" >&2; }

die() {
  say "chromium.sh: $*"
  exit 1
}

# runs PATH: succeeds when the program starts. A package may be a stub for another kind of package.
runs() { "$1" --version >/dev/null 2>&1; }

if [[ -n ${BACKUP_CHROMIUM:-} ]]; then
  found=$(type -P -- "$BACKUP_CHROMIUM") || die "no such program: $BACKUP_CHROMIUM (from BACKUP_CHROMIUM)"
  runs "$found" || die "$found (from BACKUP_CHROMIUM) does not run: '$found --version' failed"
  printf '%s\n' "$found"
  exit
fi

# find_on_path: prints the first that runs.
find_on_path() {
  local name found
  for name in chromium chromium-browser google-chrome; do
    if found=$(type -P -- "$name") && runs "$found"; then
      printf '%s\n' "$found"
      return
    fi
  done
  return 1
}

find_on_path && exit

type -P apt-get >/dev/null || die "there is no Chromium or Chrome on PATH, and no apt-get to install one with"
as_root=()
if [[ $(id -u) -ne 0 ]]; then
  as_root=(sudo -n)
  "${as_root[@]}" true 2>/dev/null ||
    die "there is no Chromium or Chrome on PATH, and installing one needs root, or sudo without a password"
fi
install() {
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends chromium fonts-dejavu-core >&2
}
say "Installing Chromium for the tests of the page."
if ! install; then
  # The list of packages is missing, as in fresh containers, or old.
  "${as_root[@]}" apt-get update >&2 || die "apt-get update failed; see above"
  install || die "apt-get cannot install chromium; see above"
fi
find_on_path || die "apt-get has installed chromium, and it does not run"
