# shellcheck shell=bash
# Checks format and style; sourced by ./dev.

# list_sources REGEX: the project's own files whose names match, one a line.
list_sources() {
  (cd "$ROOT" && find . -name .git -prune -o -name 'build*' -type d -prune -o -type f -print | sed 's|^\./||' | grep -E "$1" | sort)
}

lint_format() {
  local -a sources
  mapfile -t sources < <(list_sources '\.(cpp|hpp)$')
  say "format of ${#sources[@]} files (clang-format-19)"
  (cd "$ROOT" && clang-format-19 --dry-run --Werror "${sources[@]}") ||
    { complain "to correct the format: clang-format-19 -i FILE"; return 1; }
}

lint_rules() {
  say "house rules (coroutines, length, names, sleeps)"
  perl "$ROOT/tests/lint/house_rules.pl" --self-test "$ROOT/tests/lint/samples" &&
    perl "$ROOT/tests/lint/house_rules.pl" "$ROOT"
}

lint_shell() {
  if ! have shellcheck; then
    say "shellcheck is not there; the shell scripts are not checked (apt-get install shellcheck)"
    return 0
  fi
  local -a scripts
  mapfile -t scripts < <(cd "$ROOT" && { list_sources '\.sh$'; printf '%s\n' dev .ci/run; })
  say "shell scripts (shellcheck)"
  # Each part is read by itself: what another part uses or calls looks unused.
  (cd "$ROOT" && shellcheck --external-sources --exclude=SC2034,SC2317 "${scripts[@]}")
}

lint_tidy() {
  local -a sources
  install_packages "${TIDY_PACKAGES[@]}"
  (cd "$ROOT" && run_logged "$ROOT/build-tidy/dev-configure.log" cmake --preset dev -B build-tidy -DCMAKE_CXX_COMPILER=clang++-19)
  mapfile -t sources < <(list_sources '\.cpp$')
  say "clang-tidy-19 on ${#sources[@]} files; this takes minutes"
  (cd "$ROOT" && printf '%s\0' "${sources[@]}" | xargs -0 -n 1 -P "$(job_count)" clang-tidy-19 -p build-tidy --quiet)
}

# lint [--tidy]
lint() {
  local tidy=0 failed=0 started
  case ${1:-} in
    '') ;;
    --tidy) tidy=1 ;;
    *) usage_error "lint does not know $1" ;;
  esac
  started=$(now)
  install_packages "${LINT_PACKAGES[@]}"
  lint_format || failed=1
  lint_rules || failed=1
  lint_shell || failed=1
  if ((tidy)); then lint_tidy || failed=1; fi
  ((failed == 0)) || die "lint failed"
  say "lint passed ($(seconds_since "$started"))"
}
