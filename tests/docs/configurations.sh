#!/usr/bin/env bash
# Every JSON block in README and docs is a configuration that the server takes: configurations.sh SOURCE PROGRAMS
set -euo pipefail
source_dir=$1 programs=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
count=0
while IFS= read -r page; do
  rm -f "$work"/block-*
  awk -v directory="$work" '
    /^ *```json$/ { ++number; inside = 1; next }
    /^ *```$/ { inside = 0 }
    inside { print > (directory "/block-" number) }
  ' "$page"
  for block in "$work"/block-*; do
    [ -e "$block" ] || continue
    count=$((count + 1))
    if ! ORCHESTRATOR_PASSWORD=x "$programs/orchestrator" -config "$block" check-config >"$work/answer" 2>&1; then
      echo "${page#"$source_dir"/}:"
      cat "$block" "$work/answer"
      exit 1
    fi
  done
done < <(find "$source_dir/README.md" "$source_dir/docs" -name '*.md')
echo "$count configurations are good"
[ "$count" -gt 0 ]
