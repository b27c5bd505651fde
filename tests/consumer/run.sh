#!/usr/bin/env bash
# Builds and runs a small project that uses the libraries: run.sh PROJECT find_package|add_subdirectory SOURCE BUILD CXX SANITIZE
set -euo pipefail
project=$1 way=$2 source_dir=$3 build_dir=$4 compiler=$5 sanitize=$6
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
arguments=(-G Ninja -S "$source_dir/tests/consumer/$project" -B "$work/build" -DCMAKE_CXX_COMPILER="$compiler")
if [ -n "$sanitize" ]; then
  arguments+=(-DCMAKE_CXX_FLAGS="-fsanitize=$sanitize" -DORCHESTRATOR_SANITIZE="$sanitize")
fi
case $way in
  find_package)
    cmake --install "$build_dir" --prefix "$work/prefix" >"$work/install.log" || { cat "$work/install.log"; exit 1; }
    arguments+=(-DCMAKE_PREFIX_PATH="$work/prefix")
    ;;
  add_subdirectory)
    arguments+=(-DORCHESTRATOR_SOURCE="$source_dir")
    ;;
  *)
    echo "unknown way $way" >&2
    exit 1
    ;;
esac
cmake "${arguments[@]}"
cmake --build "$work/build" --target consumer
"$work/build/consumer"
