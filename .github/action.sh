#!/usr/bin/env bash
# The steps of action.yml: `action.sh install`, then `action.sh run`. What they are told comes as variables.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
bin=${RUNNER_TEMP:?}/doorward/bin

# Installs the release that has the version of this action, unless another one is asked for.
install() {
  local version=$DOORWARD_ACTION_VERSION
  if [ -z "$version" ]; then
    version=$(sed -n 's/^  "version": "\([^"]*\)",$/\1/p' "$here/../deno.json")
  fi
  sh "$here/install.sh" --version "$version" --dir "$bin"
}

# Runs the command behind a proxy of its own, and ends with its exit code.
run() {
  local program=${DOORWARD_ACTION_PROGRAM:-$bin/doorward}
  local folder
  folder=$(mktemp -d "$RUNNER_TEMP/doorward-run.XXXXXX")
  local audit=$folder/audit.jsonl
  : >"$audit"
  printf '%s\n' "$DOORWARD_ACTION_COMMAND" >"$folder/command.sh"

  local options=(-c "network.audit_file=$audit") host
  for host in $DOORWARD_ACTION_ALLOW; do options+=("--allow=$host"); done
  for host in $DOORWARD_ACTION_DENY; do options+=("--deny=$host"); done
  if [ -n "$DOORWARD_ACTION_MODE" ]; then options+=("--mode=$DOORWARD_ACTION_MODE"); fi
  if [ -n "$DOORWARD_ACTION_CONFIG" ]; then
    options+=("--config=$DOORWARD_ACTION_CONFIG")
  else
    # Nobody sits at a runner.
    options+=(-c network.ask=false)
  fi
  if [ -n "${GITHUB_JOB:-}" ]; then options+=("--label=$GITHUB_JOB"); fi
  local summary=$DOORWARD_ACTION_SUMMARY
  # They are the action's, and not the command's.
  unset "${!DOORWARD_ACTION_@}"

  local code=0
  "$program" run "${options[@]}" -- \
    bash --noprofile --norc -eo pipefail "$folder/command.sh" || code=$?

  echo "audit-file=$audit" >>"$GITHUB_OUTPUT"
  if [ "$summary" = true ]; then
    summarize "$program" "$audit" >>"$GITHUB_STEP_SUMMARY" ||
      echo "::warning title=Doorward::The summary of the audit file could not be written"
  fi
  exit "$code"
}

# Sums an audit file up, with the parts that were put aside, the oldest first.
summarize() {
  local program=$1 audit=$2 files=() part
  for part in "$audit".{9..1} "$audit"; do
    if [ -e "$part" ]; then files+=("$part"); fi
  done
  "$program" audit summary "${files[@]}" --format markdown
}

# A star in a host pattern is no pattern of file names.
set -f
case ${1:-} in
  install) install ;;
  run) run ;;
  *)
    echo "action.sh install|run" >&2
    exit 2
    ;;
esac
