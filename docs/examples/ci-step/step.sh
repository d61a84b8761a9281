#!/bin/sh
# step.sh COMMAND…: runs a step of a job behind Doorward, and adds to the job's page what it reached.
here=$(dirname "$0")
doorward run --config "$here/doorward.toml" --label "${GITHUB_JOB:-step}" -- "$@"
code=$?
doorward audit summary "$here/audit.jsonl" --format markdown >>"${GITHUB_STEP_SUMMARY:-summary.md}"
exit $code
