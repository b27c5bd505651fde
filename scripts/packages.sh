# shellcheck shell=bash
# Installs the Debian packages that building, testing and linting need; sourced by ./dev.

# Everything that building and running needs.
BUILD_PACKAGES=(
  g++ cmake ninja-build ccache lld
  libboost1.81-dev libboost-json1.81-dev libboost-program-options1.81-dev
  libfmt-dev libmariadb-dev libre2-dev libspdlog-dev libsqlite3-dev libsqlitecpp-dev libssl-dev libzstd-dev zlib1g-dev
  catch2 mariadb-server-core mariadb-client-core dnsmasq-base
  ca-certificates curl jq procps
)
LINT_PACKAGES=(clang-format-19 shellcheck)
CLANG_PACKAGES=(clang-19 libclang-rt-19-dev)
TIDY_PACKAGES=(clang-19 clang-tidy-19)
# What libconsensus is measured against; only ./dev bench installs them.
BENCH_PACKAGES=(golang-go golang-github-hashicorp-raft-dev golang-github-hashicorp-raft-boltdb-dev)

# missing_packages NAME…: those that are not installed, one a line.
missing_packages() {
  local package
  for package in "$@"; do
    [[ $(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null) == installed ]] || printf '%s\n' "$package"
  done
}

# as_root COMMAND…: directly, or by sudo.
as_root() {
  if ((EUID == 0)); then
    "$@"
  else
    sudo "$@"
  fi
}

# show_apt_progress TEXT: reads apt's status lines ("pmstatus:package:percent:text") and prints a line now and then.
show_apt_progress() {
  local kind percent last=-1
  while IFS=: read -r kind _ percent _; do
    percent=${percent%%.*}
    [[ $percent =~ ^[0-9]+$ ]] || continue
    # Downloading and installing both count from 0 to 100.
    case $kind in
      dlstatus) percent=$((percent / 2)) ;;
      pmstatus) percent=$((50 + percent / 2)) ;;
      *) continue ;;
    esac
    if ((percent / 20 > last / 20 || last < 0)); then
      say "$1 ($percent %)"
    fi
    last=$percent
  done
}

# apt_install LOG NAME…: prints apt's status lines; everything else goes to LOG. The status has a descriptor of its own,
# because apt makes it non-blocking, which maintainer scripts that write to the same one do not survive; it is opened
# behind sudo, which closes descriptors.
apt_install() {
  # shellcheck disable=SC2016 # the inner shell expands it
  as_root env DEBIAN_FRONTEND=noninteractive bash -c 'log=$1 && shift && exec apt-get install -y \
    --no-install-recommends -o APT::Status-Fd=3 -o Dpkg::Use-Pty=0 "$@" 3>&1 >>"$log" 2>&1' bash "$@" </dev/null
}

# install_packages NAME…: installs what is missing with one call of apt-get.
install_packages() {
  local -a missing
  local started log="$CACHE_DIR/logs/apt-get.log" status=0
  mapfile -t missing < <(missing_packages "$@")
  ((${#missing[@]} == 0)) && return 0
  if ((EUID != 0)) && ! have sudo; then
    die "missing packages; as root: apt-get install --no-install-recommends ${missing[*]}"
  fi
  started=$(now)
  say "installing ${#missing[@]} packages: ${missing[*]}"
  mkdir -p "$(dirname "$log")"
  # The package lists may be absent (a fresh image) or too old.
  as_root apt-get update >"$log" 2>&1 </dev/null || complain "apt-get update failed, going on with the lists that are there; see $log"
  apt_install "$log" "${missing[@]}" | show_apt_progress "installing ${#missing[@]} packages" || status=$?
  if ((status != 0)); then
    complain "apt-get install failed; the last lines of $log:"
    tail -n 30 "$log" | sed 's/^/    /' >&2
    die "cannot install ${missing[*]}; by hand: apt-get install --no-install-recommends ${missing[*]}"
  fi
  say "installed ${#missing[@]} packages ($(seconds_since "$started"))"
}

# setup [--mysql] [--consul] [--mariadb] [--all]
setup() {
  local -a wanted=()
  while (($# > 0)); do
    case $1 in
      --mysql | --consul | --mariadb) wanted+=("${1#--}") ;;
      --all) wanted=("${ALL_SERVERS[@]}") ;;
      *) usage_error "setup does not know $1" ;;
    esac
    shift
  done
  have apt-get || die "this script installs Debian packages and found no apt-get; see scripts/packages.sh for what is needed"
  install_packages "${BUILD_PACKAGES[@]}"
  fetch_servers "${wanted[@]}"
}
