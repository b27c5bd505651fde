# shellcheck shell=bash
# Shows the program at work on real servers: discovers a sandbox from one seed, publishes its master; sourced by ./dev.

DEMO_ALIAS=demo
DEMO_PREFIX=mysql/master
demo_json=''       # what the sandbox printed
demo_directory=''  # inside the sandbox's, so that it goes with it
demo_programs=''   # the directory of the programs
demo_server=''
demo_sandbox=''

# Ends everything the demo started; also on Ctrl-C. The sandbox removes its servers when its standard input ends.
remove_demo() {
  local status=$? process
  trap '' INT TERM HUP
  trap - EXIT
  set +e
  for process in $demo_server $demo_sandbox; do kill -TERM "$process" 2>/dev/null; done
  for process in $demo_server $demo_sandbox; do wait "$process" 2>/dev/null; done
  exit "$status"
}

demo_failed() {
  complain "$1"
  if [[ -s $demo_directory/orchestrator.log ]]; then
    complain "the last lines of the server's log:"
    tail -n 20 "$demo_directory/orchestrator.log" | sed 's/^/    /' >&2
  fi
  exit 1
}

# wait_for SECONDS COMMAND…: tries until the command succeeds.
wait_for() {
  local end=$(($(now) + $1 * 1000000))
  shift
  until "$@"; do
    (($(now) < end)) || return 1
    sleep 0.05
  done
}

# free_port FIRST: the first port from there on that nothing listens on.
free_port() {
  local port
  for ((port = $1; port < $1 + 100; ++port)); do
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { printf '%d' "$port"; return 0; }
  done
  return 1
}

# sandbox_says FILTER: a value from what the sandbox printed.
sandbox_says() { jq -r "$1" <<<"$demo_json"; }

start_demo_sandbox() {
  local started
  started=$(now)
  say "starting the sandbox: $*"
  # When this script dies in whatever way, the sandbox's standard input ends and it removes itself.
  coproc SANDBOX { exec "$demo_programs/orchestrator-sandbox" --json "$@"; }
  demo_sandbox=$SANDBOX_PID
  IFS= read -r demo_json <&"${SANDBOX[0]:-}" || die "the sandbox did not start"
  demo_directory=$(sandbox_says .directory)/demo
  mkdir "$demo_directory"
  say "$(sandbox_says '"\(.servers | length) \(.flavour) \(.version) servers" + (if .consul then ", Consul at http://\(.consul)" else "" end)') ($(seconds_since "$started"))"
}

# The passwords go from file to file.
write_demo_configuration() {
  jq --arg listen "127.0.0.1:$1" --arg file "$demo_directory/orchestrator.sqlite3" --arg prefix "$DEMO_PREFIX" \
    --arg alias "$DEMO_ALIAS" '{
      ListenAddress: $listen,
      MySQLTopologyUser: .accounts.topology.name,
      MySQLTopologyPassword: .accounts.topology.password,
      BackendDB: "sqlite",
      SQLite3DataFile: $file,
      InstancePollSeconds: 1,
      DiscoverByShowSlaveHosts: true,
      HostnameResolveMethod: "none",
      MySQLHostnameResolveMethod: "none",
      ClusterNameToAlias: {".*": $alias},
      KVClusterMasterPrefix: $prefix,
      ConsulAddress: (.consul // ""),
      ConsulKVStoreProvider: "consul-txn"
    }' <<<"$demo_json" >"$demo_directory/orchestrator.conf.json"
}

start_demo_server() {
  local started port
  started=$(now)
  port=$(free_port 3000) || die "no free port from 3000 to 3099"
  write_demo_configuration "$port"
  export ORCHESTRATOR_API="http://127.0.0.1:$port/api"
  setpriv --pdeathsig TERM "$demo_programs/orchestrator" -config "$demo_directory/orchestrator.conf.json" http \
    >"$demo_directory/orchestrator.log" 2>&1 </dev/null &
  demo_server=$!
  server_answers() {
    kill -0 "$demo_server" 2>/dev/null || demo_failed "the server ended"
    curl -fs -o /dev/null --max-time 2 "$ORCHESTRATOR_API/lb-check"
  }
  wait_for 10 server_answers || demo_failed "the server does not answer at $ORCHESTRATOR_API/lb-check"
  say "the server is at http://127.0.0.1:$port ($(seconds_since "$started"))"
}

client() { "$demo_programs/orchestrator-client" "$@"; }

discover_demo() {
  local seed count started
  started=$(now)
  seed=$(sandbox_says .seed)
  count=$(sandbox_says '.servers | length')
  say "discovering from one seed: orchestrator-client -c discover -i $seed"
  client -c discover -i "$seed" || demo_failed "discover failed"
  knows_all() { [[ $(client -c all-instances 2>/dev/null | grep -c .) == "$count" ]]; }
  wait_for 30 knows_all ||
    demo_failed "not all $count servers were found, but: $(client -c all-instances 2>&1 | tr '\n' ' ')"
  tree_is_whole() { [[ $(client -c topology -alias "$DEMO_ALIAS" 2>/dev/null | grep -c .) == "$count" ]]; }
  wait_for 10 tree_is_whole || demo_failed "the tree does not show all $count servers: $(client -c topology -i "$seed" 2>&1)"
  say "found $count servers ($(seconds_since "$started")); orchestrator-client -c topology -alias $DEMO_ALIAS"
  client -c topology -alias "$DEMO_ALIAS"
}

publish_demo() {
  local consul published wanted
  consul=$(sandbox_says '.consul // empty')
  say "publishing the master: orchestrator-client -c submit-masters-to-kv-stores -alias $DEMO_ALIAS"
  client -c submit-masters-to-kv-stores -alias "$DEMO_ALIAS" || demo_failed "submit-masters-to-kv-stores failed"
  [[ -n $consul ]] || return 0
  say "what Consul holds now: curl http://$consul/v1/kv/$DEMO_PREFIX/?recurse"
  curl -fs --max-time 5 "http://$consul/v1/kv/$DEMO_PREFIX/?recurse" | jq -r '.[] | "\(.Key) = \(.Value // "" | @base64d)"' ||
    demo_failed "nothing is in Consul"
  wanted=$(sandbox_says '.servers[0] | "\(.host):\(.port)"')
  published=$(curl -fs --max-time 5 "http://$consul/v1/kv/$DEMO_PREFIX/$DEMO_ALIAS?raw" || true)
  [[ $published == "$wanted" ]] || demo_failed "Consul says the master is '$published', but it is $wanted"
}

suggest_next() {
  local master_host master_port directory
  directory=$(sandbox_says .directory)
  master_host=$(sandbox_says '.servers[0].host')
  master_port=$(sandbox_says '.servers[0].port')
  cat <<TEXT

Try next, in another terminal:
  export ORCHESTRATOR_API=$ORCHESTRATOR_API
  cd $ROOT
  build/bin/orchestrator-client -c topology-tabulated -alias $DEMO_ALIAS
  build/bin/orchestrator-client -c which-replicas -i $master_host:$master_port
  build/bin/orchestrator-client -c clusters-alias
  curl -s $ORCHESTRATOR_API/masters | jq .
  mariadb --defaults-extra-file=$directory/root.cnf -h $master_host -P $master_port
Configuration: $demo_directory/orchestrator.conf.json
Log:           $demo_directory/orchestrator.log
TEXT
}

# demo [--exit] [--mysql] [--servers N] [--no-consul] [--programs DIRECTORY]
demo() {
  local ends=0 mysql=0 consul=1 servers=4 started
  while (($# > 0)); do
    case $1 in
      --servers | --programs) (($# > 1)) || usage_error "$1 wants a value" ;;&
      --exit) ends=1 ;;
      --mysql) mysql=1 ;;
      --servers) servers=$2 && shift ;;
      --no-consul) consul=0 ;;
      --programs) demo_programs=$2 && shift ;;
      *) usage_error "demo does not know $1" ;;
    esac
    shift
  done
  [[ $servers =~ ^[1-9][0-9]*$ ]] || usage_error "--servers wants a number"
  local -a wanted=() options=(--servers "$servers")
  if ((mysql)); then wanted+=(--mysql) options+=(--mysql); fi
  if ((consul)); then wanted+=(--consul); fi
  if [[ -z $demo_programs ]]; then
    setup "${wanted[@]}"
    (cd "$ROOT" && build release orchestrator orchestrator-client orchestrator-sandbox)
    demo_programs=$ROOT/build/bin
  fi
  if ((consul)); then
    if [[ -x $CACHE_DIR/servers/consul/usr/bin/consul ]] || have consul; then
      options+=(--consul)
    else
      say "going on without Consul"
    fi
  fi
  started=$(now)
  trap remove_demo EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  start_demo_sandbox "${options[@]}"
  start_demo_server
  discover_demo
  say "from nothing to the tree: $(seconds_since "$started")"
  publish_demo
  if ((ends)); then
    say "the demo did all it should ($(seconds_since "$started"))"
    return 0
  fi
  suggest_next
  say "everything runs until Ctrl-C, which removes it"
  wait "$demo_server" || true
  demo_failed "the server ended"
}

# servers [options of orchestrator-sandbox]: a sandbox by itself.
servers() {
  local option
  local -a wanted=()
  for option in "$@"; do
    case $option in --mysql | --consul | --mariadb) wanted+=("$option") ;; esac
  done
  setup "${wanted[@]}"
  (cd "$ROOT" && build release orchestrator-sandbox)
  exec "$ROOT/build/bin/orchestrator-sandbox" "$@"
}
