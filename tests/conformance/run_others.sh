#!/bin/sh
# Runs the scripts of RAFT_CONFORMANCE_DIR, else of the folder given: run_others.sh PROGRAM FOLDER
set -u
folder=${RAFT_CONFORMANCE_DIR:-$2}
if [ ! -d "$folder" ]; then
  echo "skipped: no scripts; set RAFT_CONFORMANCE_DIR to a folder with those of etcd-io/raft (its testdata)"
  exit 77
fi
exec "$1" "$folder"
