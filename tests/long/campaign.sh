#!/usr/bin/env bash
# Simulates many seeds of one profile:
#   campaign.sh RAFT-SIMULATE PROFILE
set -euo pipefail

program=$1
profile=$2
first=${LONG_FIRST_SEED:-100000}
seeds=${LONG_SEEDS:-20000}
output=$(mktemp)
trap 'rm -f "$output"' EXIT

status=0
"$program" --quiet --profile "$profile" --seed "$first" --seeds "$seeds" | tee "$output" || status=$?
printf 'ran profile %s: seeds %s..%s: %s\n' "$profile" "$first" "$((first + seeds - 1))" "$(tail -n 1 "$output")"
exit "$status"
