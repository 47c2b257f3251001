# Sourced by the clients that are shell scripts: the rows of the table that scripts/interop.sh prints.

# row OPERATION COMMAND... runs the command and writes how it went, in the columns client, operation, result,
# milliseconds and, of a failure, what the command said. A function that it runs goes on after a command that failed,
# whatever `set -e` says, unless it looks.
row() {
  local operation=$1 started=${EPOCHREALTIME//[.,]/} output result=ok detail= ended
  shift
  if ! output=$("$@" 2>&1); then
    result=FAILED
    detail=$(printf '%s' "${output:-no output}" | tr -s '\t\n ' ' ')
  fi
  ended=${EPOCHREALTIME//[.,]/}
  printf '%s\t%s\t%s\t%s\t%s\n' "$client" "$operation" "$result" $(((ended - started) / 1000)) "$detail"
}

# refused CODE COMMAND... runs a command that the service has to refuse with this code.
refused() {
  local code=$1 said
  shift
  if said=$("$@" 2>&1); then
    echo "it was not refused: $said"
    return 1
  fi
  if [[ $said != *"$code"* ]]; then
    echo "want $code, got: $said"
    return 1
  fi
}

# expect WANTED COMMAND... runs a command whose output has to be the wanted text.
expect() {
  local wanted=$1 got
  shift
  got=$("$@") || return 1
  if [[ $got != "$wanted" ]]; then
    echo "got '$got', want '$wanted'"
    return 1
  fi
}
