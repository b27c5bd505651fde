#!/usr/bin/env bash
# Runs a test with real processes with many seeds and more rounds of each case; ends with the first that fails:
#   nemesis.sh PROGRAM
set -euo pipefail

program=$1
seeds=${LONG_NEMESIS_SEEDS:-3}
export NEMESIS_ROUNDS=${NEMESIS_ROUNDS:-20}
output=$(mktemp)
trap 'rm -f "$output"' EXIT

for ((seed = 1; seed <= seeds; seed++)); do
  status=0
  # A program that cannot run here says so and ends with 77.
  NEMESIS_SEED=$((1000 + seed)) "$program" | tee -a "$output" || status=$?
  ((status == 0)) || exit "$status"
done
awk -v name="$(basename "$program")" -v seeds="$seeds" '
  /^seed [0-9]+: [0-9]+ operations in [0-9]+ rounds/ { operations += $3; rounds += $6; ++cases }
  END { printf "ran %s: seeds 1001..%d: %d cases, %d rounds, %d operations checked\n", name, 1000 + seeds, cases, rounds, operations }
' "$output"
