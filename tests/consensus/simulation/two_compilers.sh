#!/usr/bin/env bash
# Compiles the core and the simulator with a second compiler and compares the hashes of 200 runs:
#   two_compilers.sh RAFT-SIMULATE COMPILER
set -euo pipefail

program=$1
compiler=$2
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)
library="$root/libconsensus"
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT

boost=${BOOST_ROOT:-/usr}
sources=("$library"/src/*.cpp "$library"/src/core/*.cpp "$library"/src/simulator/*.cpp
  "$root/tests/consensus/simulation/raft_simulate.cpp")
number=0
for source in "${sources[@]}"; do
  number=$((number + 1))
  "$compiler" -std=c++20 -O1 -I"$library/include" -I"$library/src" -I"$boost/include" -c "$source" \
    -o "$directory/$number.o"
done
"$compiler" "$directory"/*.o -lboost_program_options -o "$directory/raft-simulate"

for profile in swarm chaos; do
  for simulate in "$program" "$directory/raft-simulate"; do
    "$simulate" --hashes --profile "$profile" --seeds 100 >"$directory/$(basename "$(dirname "$simulate")").$profile"
  done
done
hashes=("$directory"/*.swarm "$directory"/*.chaos)
if ((${#hashes[@]} != 4)); then
  printf 'the hashes of two programs were expected, not %s\n' "${hashes[*]}" >&2
  exit 1
fi
cmp "${hashes[0]}" "${hashes[1]}"
cmp "${hashes[2]}" "${hashes[3]}"
printf 'ran %s runs, which have the same hashes with both compilers\n' "$(cat "${hashes[0]}" "${hashes[2]}" | wc -l)"
