#!/usr/bin/env bash
# Runs a command and keeps a copy of what it prints, for the report:
#   keep_output.sh FILE COMMAND…
set -euo pipefail

file=$1
shift
mkdir -p "$(dirname "$file")"
"$@" 2>&1 | tee "$file"
