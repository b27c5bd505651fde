# shellcheck shell=bash
# Configures and builds; sourced by ./dev.

# build_directory PRESET: where a preset builds.
build_directory() {
  case $1 in
    release) printf '%s/build' "$ROOT" ;;
    *) printf '%s/build-%s' "$ROOT" "$1" ;;
  esac
}

# job_count: processors, or fewer where memory is short; one compiler takes up to 1.5 GB.
job_count() {
  local processors memory
  processors=$(nproc)
  memory=$(awk '$1 == "MemAvailable:" { print int($2 / 1572864) }' /proc/meminfo)
  ((memory < 1)) && memory=1
  printf '%d' $((memory < processors ? memory : processors))
}

# show_ninja_progress LOG: copies ninja's lines to LOG and prints a line now and then.
show_ninja_progress() {
  local line last=0 at
  while IFS= read -r line; do
    printf '%s\n' "$line" >>"$1"
    [[ $line =~ ^@([0-9]+)/([0-9]+)@ ]] || continue
    at=$(now)
    if ((at - last > 5000000 || BASH_REMATCH[1] == BASH_REMATCH[2])); then
      say "building (${BASH_REMATCH[1]}/${BASH_REMATCH[2]})"
      last=$at
    fi
  done
}

# build PRESET [TARGET…]
build() {
  local preset=$1 directory started log
  shift
  directory=$(build_directory "$preset")
  log="$directory/dev-build.log"
  case $preset in tsan | fuzz) install_packages "${CLANG_PACKAGES[@]}" ;; esac
  started=$(now)
  mkdir -p "$directory"
  run_logged "$directory/dev-configure.log" cmake -S "$ROOT" --preset "$preset" ||
    die "the configuration failed; if something is missing: ./dev setup"
  : >"$log"
  if ! NINJA_STATUS='@%f/%t@ ' ninja -C "$directory" -j "$(job_count)" "$@" 2>&1 </dev/null | show_ninja_progress "$log"; then
    complain "the build failed; from $log:"
    grep -A 25 -m 3 -E '^FAILED:|error:|^ninja: error' "$log" | tail -n 60 | sed 's/^/    /' >&2
    exit 1
  fi
  say "built $preset in ${directory#"$ROOT"/} ($(seconds_since "$started"))"
}

build_command() {
  local preset=${1:-release}
  (($# <= 1)) || usage_error "build takes one preset"
  setup
  (cd "$ROOT" && build "$preset")
  say "programs: ${ROOT}/$(basename "$(build_directory "$preset")")/bin"
}

clean() {
  local directory
  for directory in "$ROOT"/build "$ROOT"/build-*; do
    [[ -d $directory ]] || continue
    say "removing ${directory#"$ROOT"/}"
    rm -rf -- "$directory"
  done
  if [[ ${1:-} == --cache ]]; then
    say "removing $CACHE_DIR"
    rm -rf -- "$CACHE_DIR"
  elif (($# > 0)); then
    usage_error "clean does not know $1"
  fi
}

# build_bench_peer: builds the member of hashicorp/raft that consensus_bench compares with; without its packages says why
# it is not there, and the benchmark shows our own figures alone.
build_bench_peer() {
  local program="$ROOT/build/bench/consensus/hashicorp_raft" sources="$ROOT/tests/bench/consensus/peer"
  if ! (install_packages "${BENCH_PACKAGES[@]}"); then
    complain "consensus_bench runs without hashicorp/raft, because its packages cannot be installed: ${BENCH_PACKAGES[*]}"
    return 0
  fi
  # Debian's Go packages are sources below GOPATH, without modules.
  (cd "$sources" && GO111MODULE=off GOPATH=/usr/share/gocode GOFLAGS='' GOCACHE="$CACHE_DIR/go-build" \
    run_logged "$ROOT/build/dev-go-build.log" go build -o "$program" .) ||
    complain "consensus_bench runs without hashicorp/raft, because it does not compile"
}

# bench [NAME [ARGUMENT…]]: builds the benchmark programs, which nothing else needs, then runs them one after the other.
bench() {
  local program name=${1:-}
  local -a programs
  (($# > 0)) && shift
  setup --mysql --consul
  (cd "$ROOT" && build release build.ninja)
  mapfile -t programs < <(ninja -C "$ROOT/build" -t targets all | sed -n 's#^\(bench/[^/:]*\): CXX_EXECUTABLE.*#\1#p' |
    grep -F -- "$name" || true)
  ((${#programs[@]} > 0)) || die "no benchmark${name:+ has a name like $name}"
  (cd "$ROOT" && build release "${programs[@]}")
  for program in "${programs[@]}"; do
    [[ $program == */consensus_bench ]] && build_bench_peer
    say "$program"
    "$ROOT/build/$program" "$@"
  done
}
