#!/usr/bin/env bash
# Every relative link in README and docs leads to a file: links.sh SOURCE
set -euo pipefail
source_dir=$1
broken=0
while IFS= read -r page; do
  while IFS= read -r link; do
    target=${link%%#*}
    case $target in '' | http://* | https://*) continue ;; esac
    if [ ! -e "$(dirname "$page")/$target" ]; then
      echo "${page#"$source_dir"/}: $target does not exist"
      broken=1
    fi
  done < <(grep -oE '\]\([^)]+\)' "$page" | sed -E 's/^\]\(//; s/\)$//')
done < <(find "$source_dir/README.md" "$source_dir/CHANGELOG.md" "$source_dir/docs" -name '*.md')
exit "$broken"
