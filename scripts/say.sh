# shellcheck shell=bash
# Progress lines, timing, and what is shown when a step fails; sourced by ./dev.

# say TEXT: one progress line.
say() { printf '==> %s\n' "$*"; }

# complain TEXT: one line about something that is wrong.
complain() { printf '%s: %s\n' "${PROGRAM:-dev}" "$*" >&2; }

# die TEXT: says what is wrong, then ends.
die() {
  complain "$@"
  exit 1
}

# seconds_since START_MICROSECONDS: time passed, with one decimal.
seconds_since() {
  local tenths=$(((${EPOCHREALTIME/[.,]/} - $1) / 100000))
  printf '%d.%d s' $((tenths / 10)) $((tenths % 10))
}

# now: microseconds since the epoch.
now() { printf '%s' "${EPOCHREALTIME/[.,]/}"; }

# run_logged LOG COMMAND…: runs a command with its output in LOG; on failure shows the end of the log.
run_logged() {
  local log=$1 status=0
  shift
  mkdir -p "$(dirname "$log")"
  "$@" >"$log" 2>&1 </dev/null || status=$?
  if ((status != 0)); then
    complain "failed (status $status): $1; the last lines of $log:"
    tail -n 30 "$log" | sed 's/^/    /' >&2
  fi
  return "$status"
}

# have COMMAND: whether a command can be run.
have() { command -v "$1" >/dev/null 2>&1; }
