#!/usr/bin/env bash
# Runs a command of publisher for a step of action.yml: run.sh REPORT COMMAND [WORD]…
# Annotations on standard output, the report in every other format under $WORK/reports/REPORT.*, the page for people in
# the job's summary. Exits as the command does.
set -euo pipefail
report=$1 command=$2
shift 2

written=(--format github)
for format in text json sarif junit; do
  written+=(--report "$format=$WORK/reports/$report.$format")
done
[ "$command" != audit ] || written+=(--report "html=$WORK/reports/$report.html")
[ -z "${GITHUB_STEP_SUMMARY:-}" ] || written+=(--report "markdown=$GITHUB_STEP_SUMMARY")

code=0
PYTHONUTF8=1 "$PUBLISHER" "$command" "${written[@]}" "$@" || code=$?
echo "$code" >"$WORK/codes/$report"

# The same for whoever reads the log. What a source says may look like a command to the runner: between these two lines
# it obeys none.
if [ -s "$WORK/reports/$report.text" ]; then
  resume=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
  echo "::stop-commands::$resume"
  cat "$WORK/reports/$report.text"
  echo "::$resume::"
fi
exit "$code"
