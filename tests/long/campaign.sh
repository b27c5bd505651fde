#!/usr/bin/env bash
# Simulates many seeds of one profile, of cores or of whole nodes:
#   campaign.sh RAFT-SIMULATE PROFILE [--whole-nodes]
set -euo pipefail

program=$1
profile=$2
first=${LONG_FIRST_SEED:-100000}
seeds=${LONG_SEEDS:-20000}
what=profile
if (($# > 2)); then
  seeds=${LONG_NODE_SEEDS:-2000}
  what='whole nodes, profile'
fi
output=$(mktemp)
trap 'rm -f "$output"' EXIT

status=0
"$program" "${@:3}" --quiet --profile "$profile" --seed "$first" --seeds "$seeds" | tee "$output" || status=$?
printf 'ran %s %s: seeds %s..%s: %s\n' "$what" "$profile" "$first" "$((first + seeds - 1))" "$(tail -n 1 "$output")"
exit "$status"
