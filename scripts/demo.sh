# shellcheck shell=bash
# Shows the program at work on real servers: discovers a sandbox from one seed, publishes its master; sourced by ./dev.

DEMO_ALIAS=demo
DEMO_PREFIX=mysql/master
demo_json=''       # what the sandbox printed
demo_directory=''  # inside the sandbox's, so that it goes with it
demo_programs=''   # the directory of the programs
demo_servers=()    # the processes of the servers, one for each node
demo_ports=()      # where they serve HTTP
demo_raft_ports=() # where they serve each other; none of a server by itself
demo_sandbox=''

# Ends everything the demo started; also on Ctrl-C. The sandbox removes its servers when its standard input ends.
remove_demo() {
  local status=$? process
  trap '' INT TERM HUP
  trap - EXIT
  set +e
  for process in "${demo_servers[@]}" $demo_sandbox; do kill -TERM "$process" 2>/dev/null; done
  for process in "${demo_servers[@]}" $demo_sandbox; do wait "$process" 2>/dev/null; done
  exit "$status"
}

demo_failed() {
  complain "$1"
  local log
  for log in "$demo_directory"/*/orchestrator.log; do
    [[ -s $log ]] || continue
    complain "the last lines of $log:"
    tail -n 20 "$log" | sed 's/^/    /' >&2
  done
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

# node_directory NUMBER: where a node has everything of its own.
node_directory() { printf '%s/node%d' "$demo_directory" "$1"; }

# write_demo_configuration NUMBER: of one node. The passwords go from file to file.
write_demo_configuration() {
  local directory nodes
  directory=$(node_directory "$1")
  nodes=$(printf '127.0.0.1:%d\n' "${demo_raft_ports[@]}")
  jq --arg listen "127.0.0.1:${demo_ports[$1]}" --arg directory "$directory" --arg prefix "$DEMO_PREFIX" \
    --arg alias "$DEMO_ALIAS" --arg node "node$1" --arg raft "127.0.0.1:${demo_raft_ports[$1]:-0}" \
    --arg nodes "$nodes" --argjson is_group "$((${#demo_raft_ports[@]} > 0))" '{
      ListenAddress: $listen,
      MySQLTopologyUser: .accounts.topology.name,
      MySQLTopologyPassword: .accounts.topology.password,
      BackendDB: "sqlite",
      SQLite3DataFile: "\($directory)/orchestrator.sqlite3",
      InstancePollSeconds: 1,
      DiscoverByShowSlaveHosts: true,
      HostnameResolveMethod: "none",
      MySQLHostnameResolveMethod: "none",
      ClusterNameToAlias: {".*": $alias},
      KVClusterMasterPrefix: $prefix,
      ConsulAddress: (.consul // ""),
      ConsulKVStoreProvider: "consul-txn"
    } + if $is_group == 0 then {} else {
      RaftEnabled: true,
      RaftNodeId: $node,
      RaftDataDir: "\($directory)/raft",
      RaftBind: $raft,
      RaftNodes: ($nodes | split("\n")),
      HTTPAdvertise: "http://\($listen)"
    } end' <<<"$demo_json" >"$directory/orchestrator.conf.json"
}

# start_node NUMBER: comes back when it serves HTTP.
start_node() {
  local number=$1 directory
  directory=$(node_directory "$number")
  mkdir -p "$directory"
  write_demo_configuration "$number"
  setpriv --pdeathsig TERM "$demo_programs/orchestrator" -config "$directory/orchestrator.conf.json" http \
    >>"$directory/orchestrator.log" 2>&1 </dev/null &
  demo_servers[number]=$!
  server_answers() {
    kill -0 "${demo_servers[$number]}" 2>/dev/null || demo_failed "a server ended"
    curl -fs -o /dev/null --max-time 2 "http://127.0.0.1:${demo_ports[$number]}/api/lb-check"
  }
  wait_for 10 server_answers || demo_failed "no answer at http://127.0.0.1:${demo_ports[$number]}/api/lb-check"
}

# start_demo_servers NODES: one server by itself, or a group of several.
start_demo_servers() {
  local started number port=3000 raft_port=10008 api=''
  started=$(now)
  for ((number = 0; number < $1; ++number)); do
    port=$(free_port "$port") || die "no free port"
    demo_ports+=("$port")
    api+="${api:+ }http://127.0.0.1:$port/api"
    ((++port))
    (($1 > 1)) || continue
    raft_port=$(free_port "$raft_port") || die "no free port"
    demo_raft_ports+=("$raft_port")
    ((++raft_port))
  done
  export ORCHESTRATOR_API=$api
  for ((number = 0; number < $1; ++number)); do start_node "$number"; done
  wait_for 10 has_leader || demo_failed "no server leads"
  if (($1 > 1)); then
    wait_for 10 group_is_whole || demo_failed "the nodes did not become one group"
    say "$1 servers are one group, led by $(client -c raft-leader) ($(seconds_since "$started"))"
  else
    say "the server is at http://127.0.0.1:${demo_ports[0]} ($(seconds_since "$started"))"
  fi
}

# leader_number: of the node that leads; fails when none does.
leader_number() {
  local number
  for number in "${!demo_ports[@]}"; do
    if curl -fs -o /dev/null --max-time 1 "http://127.0.0.1:${demo_ports[$number]}/api/leader-check" 2>/dev/null; then
      printf '%d' "$number"
      return 0
    fi
  done
  return 1
}
has_leader() { leader_number >/dev/null; }

# Every node is up and hears of all others.
group_is_whole() {
  local number
  number=$(leader_number) || return 1
  [[ $(curl -fs --max-time 2 "http://127.0.0.1:${demo_ports[$number]}/api/health" |
    jq '.Details.RaftHealthyMembers | length') == "${#demo_ports[@]}" ]]
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

# Kills the leader, then takes its data away: both times it comes back by itself.
survive_demo() {
  local number other count started
  count=$(sandbox_says '.servers | length')
  number=$(leader_number) || demo_failed "no server leads"
  say "killing the leader: kill -9 ${demo_servers[$number]} (node$number)"
  started=$(now)
  kill -KILL "${demo_servers[$number]}"
  wait "${demo_servers[$number]}" 2>/dev/null || true
  wait_for 10 has_leader || demo_failed "nobody took over"
  other=$(leader_number)
  say "node$other leads ($(seconds_since "$started")); orchestrator-client -c topology -alias $DEMO_ALIAS"
  client -c topology -alias "$DEMO_ALIAS"
  started=$(now)
  start_node "$number"
  wait_for 10 group_is_whole || demo_failed "node$number did not come back"
  say "node$number is back ($(seconds_since "$started"))"
  kill -KILL "${demo_servers[$number]}"
  wait "${demo_servers[$number]}" 2>/dev/null || true
  rm -rf "$(node_directory "$number")"
  started=$(now)
  start_node "$number"
  wait_for 10 group_is_whole || demo_failed "node$number did not come back without its data"
  say "node$number lost its disk and is back, provisioned by the others ($(seconds_since "$started"))"
  knows_all() { [[ $(client -c all-instances 2>/dev/null | grep -c .) == "$count" ]]; }
  wait_for 10 knows_all || demo_failed "not all $count servers are known any more"
}

suggest_next() {
  local master_host master_port directory
  directory=$(sandbox_says .directory)
  master_host=$(sandbox_says '.servers[0].host')
  master_port=$(sandbox_says '.servers[0].port')
  cat <<TEXT

Try next, in another terminal:
  export ORCHESTRATOR_API="$ORCHESTRATOR_API"
  cd $ROOT
  build/bin/orchestrator-client -c topology-tabulated -alias $DEMO_ALIAS
  build/bin/orchestrator-client -c which-replicas -i $master_host:$master_port
  build/bin/orchestrator-client -c clusters-alias
  curl -s http://127.0.0.1:${demo_ports[0]}/api/masters | jq .
  mariadb --defaults-extra-file=$directory/root.cnf -h $master_host -P $master_port
Configuration: $demo_directory/node0/orchestrator.conf.json
Log:           $demo_directory/node0/orchestrator.log
TEXT
}

# demo [--exit] [--raft N] [--mysql] [--servers N] [--no-consul] [--programs DIRECTORY]
demo() {
  local ends=0 mysql=0 consul=1 servers=4 nodes=1 started
  while (($# > 0)); do
    case $1 in
      --servers | --programs | --raft) (($# > 1)) || usage_error "$1 wants a value" ;;&
      --exit) ends=1 ;;
      --mysql) mysql=1 ;;
      --servers) servers=$2 && shift ;;
      --raft) nodes=$2 && shift ;;
      --no-consul) consul=0 ;;
      --programs) demo_programs=$2 && shift ;;
      *) usage_error "demo does not know $1" ;;
    esac
    shift
  done
  [[ $servers =~ ^[1-9][0-9]*$ ]] || usage_error "--servers wants a number"
  [[ $nodes =~ ^[1-9]$ ]] || usage_error "--raft wants a number from 1 to 9"
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
  start_demo_servers "$nodes"
  discover_demo
  say "from nothing to the tree: $(seconds_since "$started")"
  publish_demo
  if ((nodes > 2)); then survive_demo; fi
  if ((ends)); then
    say "the demo did all it should ($(seconds_since "$started"))"
    return 0
  fi
  suggest_next
  say "everything runs until Ctrl-C, which removes it"
  wait -n "${demo_servers[@]}" || true
  demo_failed "a server ended"
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
