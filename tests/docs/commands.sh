#!/usr/bin/env bash
# The client commands of the tutorial work against a running demo, as its reader would type them: commands.sh SOURCE PROGRAMS
set -euo pipefail
source_dir=$1 programs=$2
work=$(mktemp -d)
demo=''
finish() {
  [ -z "$demo" ] || kill -TERM "$demo" 2>/dev/null || true
  [ -z "$demo" ] || wait "$demo" 2>/dev/null || true
  rm -rf "$work"
}
trap finish EXIT

bash "$source_dir/dev" demo --programs "$programs" >"$work/demo.log" 2>&1 &
demo=$!
for _ in $(seq 600); do
  grep -q 'everything runs until Ctrl-C' "$work/demo.log" && break
  kill -0 "$demo" 2>/dev/null || { cat "$work/demo.log"; exit 1; }
  sleep 0.1
done
api=$(sed -n 's/^ *export ORCHESTRATOR_API=//p' "$work/demo.log" | tr -d '"')
[ -n "$api" ] || { cat "$work/demo.log"; exit 1; }
export ORCHESTRATOR_API=$api

count=0
while IFS= read -r line; do
  command=${line/build\/bin\//$programs/}
  echo "+ $line"
  eval "$command" >"$work/answer" 2>&1 || { cat "$work/answer"; exit 1; }
  [ -s "$work/answer" ] || { echo "no answer"; exit 1; }
  count=$((count + 1))
done < <(grep -h '^build/bin/orchestrator-client' "$source_dir/docs/tutorial/first-topology.md")
echo "$count commands work"
[ "$count" -gt 5 ]
