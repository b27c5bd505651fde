#!/bin/sh
# Every script of a folder must be found to differ: all_must_fail.sh PROGRAM FOLDER
set -u
files=$(find "$2" -name '*.txt' | wc -l)
failed=$("$1" "$2" | tee /dev/stderr | grep -c '^fail ')
echo "$failed of $files wrong scripts were found wrong"
[ "$files" -gt 0 ] && [ "$failed" -eq "$files" ]
