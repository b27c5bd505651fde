#!/usr/bin/env bash
# Shows again what the long runs did: each kept output's lines that begin with "ran ", and the sum of the simulations:
#   report.sh FOLDER
set -euo pipefail
shopt -s nullglob

outputs=("$1"/*)
if ((${#outputs[@]} == 0)); then
  printf 'nothing has run\n' >&2
  exit 1
fi
awk '
  FNR == 1 { names[++count] = FILENAME; sub(/.*\//, "", names[count]) }
  /^ran / { said[names[count]] = 1; print }
  /^ran profile / {
    for (i = 2; i <= NF; ++i) {
      if ($i ~ /^runs,/) runs += $(i - 1)
      if ($i == "steps") steps += $(i - 1)
    }
  }
  END {
    for (i = 1; i <= count; ++i) if (!(names[i] in said)) print "did not end: " names[i]
    printf "all profiles: %d seeds, %d steps of cores\n", runs, steps
  }
' "${outputs[@]}"
