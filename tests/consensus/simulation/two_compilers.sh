#!/usr/bin/env bash
# Compiles the whole library and the simulators with a second compiler and compares the hashes of 200 runs of cores and
# 24 of whole nodes:
#   two_compilers.sh RAFT-SIMULATE COMPILER
set -euo pipefail

program=$1
compiler=$2
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)
library="$root/libconsensus"
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT

boost=${BOOST_ROOT:-/usr}
flags=(-std=c++20 -O1 -DBOOST_ASIO_NO_DEPRECATED -DBOOST_ASIO_SEPARATE_COMPILATION -DBOOST_BEAST_SEPARATE_COMPILATION
  "-I$library/include" "-I$library/src" "-I$boost/include")
mapfile -t sources < <(find "$library/src" -name '*.cpp' | sort)
sources+=("$root"/cmake/boost_compiled/*.cpp "$root/tests/consensus/simulation/raft_simulate.cpp"
  "$root/tests/consensus/simulation/whole_nodes.cpp")
number=0
# shellcheck disable=SC2016 # the inner shell expands it
for source in "${sources[@]}"; do
  number=$((number + 1))
  printf '%s\0%s\0' "$source" "$directory/$number.o"
done | xargs -0 -n 2 -P "$(nproc)" bash -c '"${@:1:$#-2}" -c "${@: -2:1}" -o "${@: -1}"' _ "$compiler" "${flags[@]}"
"$compiler" "$directory"/*.o -lboost_program_options -lboost_json -lssl -lcrypto -lsqlite3 -lzstd -pthread \
  -o "$directory/raft-simulate"

# The hashes of runs with these arguments must be the same.
compare() {
  "$program" --hashes "$@" >"$directory/first"
  "$directory/raft-simulate" --hashes "$@" >"$directory/second"
  cmp "$directory/first" "$directory/second"
  runs=$((runs + $(wc -l <"$directory/first")))
}

runs=0
compare --profile swarm --seeds 100
compare --profile chaos --seeds 100
for profile in network storage membership chaos; do
  compare --whole-nodes --profile "$profile" --seeds 6
done
printf '%s runs have the same hashes with both compilers\n' "$runs"
