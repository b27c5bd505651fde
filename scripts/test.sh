# shellcheck shell=bash
# Runs the tests and says which were skipped and why; sourced by ./dev.

# list_skipped OUTPUT LOG: prints "test<tab>reason" for each test that ctest's output shows as skipped; the reason is what
# the test printed after "SKIPPED: ", from ctest's log of its last run.
list_skipped() {
  awk '
    FNR == 1 { ++part }
    part == 1 && /^[0-9]+\/[0-9]+ Test: / { name = $3 }
    part == 1 && /^SKIPPED: / && !(name in reason) { reason[name] = substr($0, 10) }
    part == 2 && match($0, /Test +#[0-9]+: [^ ]+ .*\*\*\*(Skipped|Not Run)/) {
      split(substr($0, RSTART), word, /[ #:]+/)
      print word[3] "\t" (word[3] in reason ? reason[word[3]] : "no reason given")
    }
  ' "$2" "$1"
}

# run_tests [--preset P] [--allow-skip REGEX] [ctest arguments]
# With --allow-skip a skipped test is a failure unless its reason matches.
run_tests() {
  local preset=release allowed='' strict=0 status=0 directory line name reason wrong=0
  while (($# > 0)); do
    case $1 in
      --preset) preset=${2:?--preset wants a name} && shift 2 ;;
      --allow-skip) strict=1 allowed=${2:?--allow-skip wants a regular expression} && shift 2 ;;
      *) break ;;
    esac
  done
  setup
  # The servers arrive while the compiler works.
  fetch_servers "${ALL_SERVERS[@]}" &
  local fetching=$!
  # shellcheck disable=SC2064 # the process of now
  trap "kill $fetching 2>/dev/null || true" EXIT
  (cd "$ROOT" && build "$preset")
  wait "$fetching"
  trap - EXIT
  directory=$(build_directory "$preset")
  local output="$directory/dev-test.log"
  say "testing"
  ctest --test-dir "$directory" --parallel 2 --output-on-failure --no-tests=error "$@" 2>&1 </dev/null |
    tee "$output" || status=$?
  local -a skipped
  mapfile -t skipped < <(list_skipped "$output" "$directory/Testing/Temporary/LastTest.log")
  for line in "${skipped[@]}"; do
    IFS=$'\t' read -r name reason <<<"$line"
    say "skipped: $name: $reason"
    if ((strict)) && [[ ! $reason =~ $allowed ]]; then
      complain "$name must not be skipped here"
      wrong=1
    fi
  done
  if ((${#skipped[@]} > 0)); then
    # Again as the last word, where people look.
    grep -E 'tests passed|^Total Test time' "$output" || true
  fi
  ((wrong == 0)) || return 1
  return "$status"
}
