# shellcheck shell=bash
# Fetches real servers and plugins that the tests want and that are not installed (MySQL, Consul, other series of MariaDB)
# from Debian's suites into the user's cache, as an ordinary user and without installing anything; sourced by ./dev.
#
# The mirror, its options and its keyring are those of the machine's own apt sources.

ALL_SERVERS=(consul mysql mariadb)
CACHE_DIR="${XDG_CACHE_HOME:-$HOME/.cache}/orchestrator"

# print_deb822_source FILE CODENAME: prints "URI<tab>OPTIONS" of the first stanza that offers CODENAME's main component.
print_deb822_source() {
  awk -v codename="$2" '
    function flush() {
      if (types ~ /(^| )deb( |$)/ && (" " suites " ") ~ (" " codename " ") && (" " components " ") ~ / main / &&
          enabled !~ /^no/ && !done) {
        split(uris, uri, " ")
        options = ""
        if (signed_by ~ /^\//) options = options " signed-by=" signed_by
        if (trusted ~ /^yes/) options = options " trusted=yes"
        print uri[1] "\t" substr(options, 2)
        done = 1
      }
      types = suites = components = uris = signed_by = trusted = enabled = ""
    }
    /^#/ { next }
    /^[ \t]*$/ { flush(); next }
    {
      if (match($0, /^[A-Za-z-]+:/)) { field = tolower(substr($0, 1, RLENGTH - 1)); value = substr($0, RLENGTH + 1) }
      else value = $0
      gsub(/[ \t]+/, " ", value); sub(/^ /, "", value); sub(/ $/, "", value)
      if (field == "types") types = types " " value
      else if (field == "suites") suites = suites " " value
      else if (field == "components") components = components " " value
      else if (field == "uris") uris = uris (uris == "" ? "" : " ") value
      else if (field == "signed-by") signed_by = signed_by value
      else if (field == "trusted") trusted = value
      else if (field == "enabled") enabled = value
    }
    END { flush() }' "$1"
}

# print_one_line_source FILE CODENAME: the same for the one-line format.
print_one_line_source() {
  awk -v codename="$2" '
    $1 == "deb" {
      line = $0; options = ""
      sub(/#.*/, "", line)
      if (match(line, /\[[^]]*\]/)) {
        options = substr(line, RSTART + 1, RLENGTH - 2)
        line = substr(line, 1, RSTART - 1) substr(line, RSTART + RLENGTH)
        gsub(/arch=[^ ]*/, "", options); gsub(/^ +| +$/, "", options)
      }
      count = split(line, word, " ")
      if (word[3] != codename) next
      for (i = 4; i <= count; i++) if (word[i] == "main") { print word[2] "\t" options; exit }
    }' "$1"
}

# find_mirror: prints "URI<tab>OPTIONS" of the archive this machine installs Debian from.
find_mirror() {
  local codename file found
  # shellcheck source=/dev/null
  codename=$(. /etc/os-release && printf '%s' "${VERSION_CODENAME:-}")
  for file in /etc/apt/sources.list.d/*.sources; do
    [[ -r $file ]] || continue
    found=$(print_deb822_source "$file" "$codename")
    [[ -n $found ]] && printf '%s\n' "$found" && return 0
  done
  for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
    [[ -r $file ]] || continue
    found=$(print_one_line_source "$file" "$codename")
    [[ -n $found ]] && printf '%s\n' "$found" && return 0
  done
  return 1
}

# prepare_suite SUITE: makes a private apt for one suite; its configuration is $CACHE_DIR/apt/SUITE/apt.conf.
prepare_suite() {
  local suite=$1 dir="$CACHE_DIR/apt/$1" mirror uri options
  mirror=$(find_mirror) || { complain "no Debian archive in this machine's apt sources"; return 1; }
  uri=${mirror%%$'\t'*}
  options=${mirror#*$'\t'}
  # A mirror may be a snapshot, whose lists are signed and past their date; nothing of this is installed.
  mkdir -p "$dir"/{state/lists/partial,cache/archives/partial,preferences.d,sources.d,packages}
  : >"$dir/status"
  printf 'deb %s%s %s main\n' "${options:+[$options] }" "$uri" "$suite" >"$dir/sources.list"
  cat >"$dir/apt.conf" <<CONF
Dir::State "$dir/state";
Dir::State::status "$dir/status";
Dir::Cache "$dir/cache";
Dir::Etc::sourcelist "$dir/sources.list";
Dir::Etc::sourceparts "$dir/sources.d";
Dir::Etc::preferences "$dir/no-preferences";
Dir::Etc::preferencesparts "$dir/preferences.d";
APT::Sandbox::User "$(id -un)";
APT::Update::Post-Invoke "";
APT::Update::Post-Invoke-Success "";
APT::Get::List-Cleanup "true";
Acquire::Check-Valid-Until "false";
Acquire::Languages "none";
Acquire::Retries "3";
CONF
  # Hooks of the machine's own configuration (appstream, command-not-found) have no business here.
  printf '#clear APT::Update::Post-Invoke;\n#clear APT::Update::Post-Invoke-Success;\n' >>"$dir/apt.conf"
}

# list_with_dependencies PACKAGE…: the packages and all they depend on, one a line.
list_with_dependencies() {
  apt-cache depends --recurse --no-recommends --no-suggests --no-conflicts --no-breaks --no-replaces --no-enhances \
    "$@" | grep -E '^[a-z0-9][a-z0-9.+-]*$' | sort -u
}

# download_and_unpack SUITE CONTENTS DESTINATION PACKAGE…: fills DESTINATION with the packages, and with all that they
# depend on when CONTENTS is complete rather than alone; or fails with a sentence about why.
download_and_unpack() {
  local suite=$1 contents=$2 destination=$3 dir="$CACHE_DIR/apt/$1" package
  shift 3
  apt-get -qq update || { complain "suite $suite: its package lists could not be fetched"; return 1; }
  for package in "$@"; do
    apt-cache show --no-all-versions "$package" 2>/dev/null | grep '^Filename:' >/dev/null ||
      { complain "suite $suite offers no package $package"; return 1; }
  done
  local -a packages=("$@")
  if [[ $contents == complete ]]; then
    mapfile -t packages < <(list_with_dependencies "$@")
  fi
  rm -rf "$dir/packages" "$destination.new"
  mkdir -p "$dir/packages" "$destination.new"
  (cd "$dir/packages" && apt-get -qq download "${packages[@]}") || { complain "suite $suite: download failed"; return 1; }
  for package in "$dir"/packages/*.deb; do
    dpkg -x "$package" "$destination.new" || { complain "cannot unpack $(basename "$package")"; return 1; }
  done
  rm -rf "$dir/packages" "$destination"
  mv "$destination.new" "$destination"
}

# fetch_server NAME OPTION SUITE CONTENTS FILE PACKAGE…: puts a server into the cache once; FILE is there then. A suite
# that does not offer it is no failure: it is said, and the tests that need it are skipped. OPTION is setup's.
fetch_server() {
  local name=$1 option=$2 suite=$3 contents=$4 file=$5 destination="$CACHE_DIR/servers/$1" started
  shift 5
  if [[ -e $destination/$file ]]; then
    say "$name is there: $destination"
    return 0
  fi
  started=$(now)
  say "fetching $name from Debian's $suite suite into $destination (nothing is installed)"
  mkdir -p "$CACHE_DIR/servers" "$CACHE_DIR/logs"
  # Servers of one suite share its private apt.
  if prepare_suite "$suite" && (
    exec 9>"$CACHE_DIR/apt/$suite/lock"
    flock 9
    [[ -e $destination/$file ]] && exit 0
    export APT_CONFIG="$CACHE_DIR/apt/$suite/apt.conf"
    run_logged "$CACHE_DIR/logs/fetch-$name.log" download_and_unpack "$suite" "$contents" "$destination" "$@"
  ); then
    say "fetched $name ($(seconds_since "$started"))"
  else
    say "$name is not available here; the tests that need it will be skipped; try again: ./dev setup --$option"
  fi
}

fetch_mysql() { fetch_server mysql mysql sid complete usr/sbin/mysqld mysql-server-core mysql-client-core; }
fetch_consul() { fetch_server consul consul bullseye alone usr/bin/consul consul; }

# What the installed MariaDB does not bring: its authentication plugins, and the series of the releases before and after.
# They bring their own libraries and run through their own dynamic loader.
fetch_mariadb_versions() {
  local codename
  # shellcheck source=/dev/null
  codename=$(. /etc/os-release && printf '%s' "${VERSION_CODENAME:-}")
  fetch_server mariadb-plugins mariadb "$codename" alone usr/lib/mysql/plugin/auth_ed25519.so mariadb-server
  fetch_server mariadb-10.5 mariadb bullseye complete usr/sbin/mariadbd mariadb-server-core-10.5
  fetch_server mariadb-11.8 mariadb trixie complete usr/sbin/mariadbd mariadb-server-core
}

# fetch_servers [mysql|consul|mariadb]…
fetch_servers() {
  local which
  for which in "$@"; do
    case $which in
      mysql) fetch_mysql ;;
      consul) fetch_consul ;;
      mariadb) fetch_mariadb_versions ;;
    esac
  done
}
