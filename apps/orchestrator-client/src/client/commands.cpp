// The table of commands, and how a command becomes a request path.
#include "client/commands.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <vector>

#include "client/instance_argument.hpp"
#include "client/nearest.hpp"
#include "client/pattern.hpp"
#include "client/uri.hpp"

namespace orchestrator::client {
namespace {

constexpr std::string_view general = "General";
constexpr std::string_view discovery = "Discovery";
constexpr std::string_view clusters_section = "Clusters";
constexpr std::string_view instances = "Instances";
constexpr std::string_view key_value = "Key-value stores";
constexpr std::string_view downtime = "Downtime, maintenance, candidates";
constexpr std::string_view tags_section = "Tags and pools";
constexpr std::string_view recovery = "Recovery";
constexpr std::string_view group = "Group of servers";

// clang-format off
constexpr std::array table{
  Command{"help", general, Effect::reads, "", Output::help, "", "Print the options and the commands"},
  Command{"which-api", general, Effect::reads, "", Output::api_url, "", "Which API is used: the one given, or the leader's of several"},
  Command{"api", general, Effect::changes, "{path}", Output::raw_json, "", "Request any path of the API (-P) and print the answer's JSON, errors included"},

  Command{"discover", discovery, Effect::changes, "discover/{instance}", Output::details_key, "", "Look at a server now and keep watching it and its topology"},
  Command{"async-discover", discovery, Effect::changes, "async-discover/{instance}", Output::asked_key, "", "The same without waiting for the result"},
  Command{"forget", discovery, Effect::changes, "forget/{instance}", Output::nothing, "", "Forget a server; it comes back when something that is watched refers to it"},
  Command{"forget-cluster", discovery, Effect::changes, "forget-cluster/{cluster}", Output::nothing, "", "Forget all servers of a cluster"},

  Command{"clusters", clusters_section, Effect::reads, "clusters-info", Output::field_of_each, "ClusterName", "Names of all clusters"},
  Command{"clusters-alias", clusters_section, Effect::reads, "clusters-info", Output::names_and_aliases, "", "Names and aliases of all clusters"},
  Command{"all-clusters-masters", clusters_section, Effect::reads, "masters", Output::keys, "", "The writeable master of each cluster"},
  Command{"topology", clusters_section, Effect::reads, "topology/{cluster}", Output::details_text, "", "A cluster's replication tree"},
  Command{"topology-tabulated", clusters_section, Effect::reads, "topology-tabulated/{cluster}", Output::details_text, "", "The same with columns separated by |"},
  Command{"topology-tags", clusters_section, Effect::reads, "topology-tags/{cluster}", Output::details_text, "", "The tree with the servers' tags"},
  Command{"snapshot-topologies", clusters_section, Effect::changes, "snapshot-topologies", Output::details_line, "", "Keep where every server is now"},
  Command{"which-cluster", clusters_section, Effect::reads, "cluster-info/{cluster}", Output::field, "ClusterName", "Name of the cluster that a server belongs to"},
  Command{"which-cluster-alias", clusters_section, Effect::reads, "cluster-info/{cluster}", Output::field, "ClusterAlias", "Alias of that cluster"},
  Command{"which-cluster-domain", clusters_section, Effect::reads, "cluster-info/{cluster}", Output::field, "ClusterDomain", "Domain of that cluster"},
  Command{"which-cluster-master", clusters_section, Effect::reads, "master/{cluster}", Output::key, "", "The writeable master of that cluster"},
  Command{"which-cluster-instances", clusters_section, Effect::reads, "cluster/{cluster}", Output::keys, "", "All servers of that cluster"},
  Command{"dominant-dc", clusters_section, Effect::reads, "masters", Output::most_frequent_field, "DataCenter", "The data centre where most masters are"},

  Command{"instance", instances, Effect::reads, "instance/{instance}", Output::key, "", "The full name of a server, which says that it is known"},
  Command{"which-instance", instances, Effect::reads, "instance/{instance}", Output::key, "", "The same"},
  Command{"which-master", instances, Effect::reads, "instance/{instance}", Output::master_key, "", "The master of a server"},
  Command{"which-replicas", instances, Effect::reads, "instance-replicas/{instance}", Output::keys, "", "The replicas of a server"},
  Command{"which-broken-replicas", instances, Effect::reads, "instance-replicas/{instance}", Output::keys_broken, "", "Those of them whose replication has failed"},
  Command{"which-gtid-errant", instances, Effect::reads, "instance/{instance}", Output::field, "GtidErrant", "GTIDs that a server has and its master has not"},
  Command{"is-replicating", instances, Effect::reads, "instance/{instance}", Output::key_if_replicating, "", "Whether a server replicates"},
  Command{"is-replication-stopped", instances, Effect::reads, "instance/{instance}", Output::key_if_stopped, "", "Whether a server's replication is stopped"},
  Command{"search", instances, Effect::reads, "search?s={search}", Output::keys, "", "Servers with a text in their name, version, cluster, data centre and the like"},
  Command{"find", instances, Effect::reads, "all-instances", Output::keys_matching, "", "Servers whose host:port matches a regular expression"},
  Command{"bulk-instances", instances, Effect::reads, "bulk-instances", Output::keys, "", "The same, for those who may change something"},
  Command{"all-instances", instances, Effect::reads, "all-instances", Output::keys, "", "All servers"},

  Command{"submit-masters-to-kv-stores", key_value, Effect::changes, "submit-masters-to-kv-stores{/alias}", Output::details_pairs, "", "Write the master of a cluster (-alias), or of all, to the key-value stores"},

  Command{"downtimed", downtime, Effect::reads, "downtimed{/cluster}", Output::keys, "", "Downtimed servers, of a cluster or of all"},
  Command{"which-downtimed-instances", downtime, Effect::reads, "downtimed{/cluster}", Output::keys, "", "The same"},
  Command{"begin-downtime", downtime, Effect::changes, "begin-downtime/{instance}/{owner}/{reason}/{duration}", Output::details_key, "", "Say that a server's failures are expected for a while: nothing is done about them"},
  Command{"end-downtime", downtime, Effect::changes, "end-downtime/{instance}", Output::details_key, "", "End that"},
  Command{"begin-maintenance", downtime, Effect::changes, "begin-maintenance/{instance}/{owner}/{reason}", Output::details_key, "", "Lock a server for maintenance; fails while somebody else has it"},
  Command{"end-maintenance", downtime, Effect::changes, "end-maintenance/{instance}", Output::details_key, "", "End that"},
  Command{"in-maintenance", downtime, Effect::reads, "in-maintenance/{instance}", Output::details_line_if_any, "", "Whether a server is locked for maintenance"},
  Command{"register-candidate", downtime, Effect::changes, "register-candidate/{instance}/{rule}", Output::details_key, "", "Say how much a server is wanted as a master; lasts an hour, unless the configuration says otherwise"},
  Command{"bulk-promotion-rules", downtime, Effect::reads, "bulk-promotion-rules", Output::rules, "", "All that is said so"},
  Command{"register-hostname-unresolve", downtime, Effect::changes, "register-hostname-unresolve/{instance}/{hostname}", Output::details_key, "", "Name a server's host otherwise (-hostname) to its replicas"},
  Command{"deregister-hostname-unresolve", downtime, Effect::changes, "deregister-hostname-unresolve/{instance}", Output::details_key, "", "End that"},

  Command{"tags", tags_section, Effect::reads, "tags/{instance}", Output::texts, "", "Tags of a server, as name=value"},
  Command{"tag-value", tags_section, Effect::reads, "tag-value/{instance}?tag={tag}", Output::text, "", "The value of one"},
  Command{"tagged", tags_section, Effect::reads, "tagged?tag={tag}", Output::keys, "", "Servers with all of these tags"},
  Command{"tag", tags_section, Effect::changes, "tag/{instance}?tag={tag}", Output::details_key, "", "Tag a server"},
  Command{"untag", tags_section, Effect::changes, "untag/{instance}?tag={tag}", Output::details_keys, "", "Take a tag from a server"},
  Command{"untag-all", tags_section, Effect::changes, "untag-all?tag={tag}", Output::details_keys, "", "Take a tag with that value from all servers"},
  Command{"submit-pool-instances", tags_section, Effect::changes, "submit-pool-instances/{pool}?instances={instances}", Output::details_line, "", "Say which servers are in a pool (-i, separated by commas), in place of those that were"},
  Command{"which-heuristic-cluster-pool-instances", tags_section, Effect::reads, "heuristic-cluster-pool-instances/{cluster}{/pool}", Output::details_keys, "", "Replicas of a cluster that answer and are in a pool"},

  Command{"disable-global-recoveries", recovery, Effect::changes, "disable-global-recoveries", Output::details_line, "", "Let nothing be recovered automatically"},
  Command{"enable-global-recoveries", recovery, Effect::changes, "enable-global-recoveries", Output::details_line, "", "End that"},
  Command{"check-global-recoveries", recovery, Effect::reads, "check-global-recoveries", Output::details_line, "", "Whether it is so"},

  Command{"raft-leader", group, Effect::reads, "raft-leader", Output::leader, "", "Address of the group's leader"},
  Command{"raft-leader-hostname", group, Effect::reads, "health", Output::leader_hostname, "", "Host name of the server that is asked, which must lead"},
  Command{"raft-health", group, Effect::reads, "raft-health", Output::text, "", "Whether the server belongs to a group that has a leader"},
  Command{"raft-elect-leader", group, Effect::changes, "raft-yield-hint/{hostname}", Output::details_line, "", "Let the server whose name contains -hostname lead; asks the leader"},
};

constexpr auto unavailable = std::to_array<std::string_view>({
  "access-token", "ack-all-recoveries", "ack-cluster-recoveries", "ack-instance-recoveries", "active-nodes",
  "can-replicate-from", "can-replicate-from-gtid", "change-master-credentials", "cluster-pool-instances",
  "correlate-binlog-pos", "correlate-relaylog-pos", "delay-replication", "detach-replica", "detach-replica-master-host",
  "disable-gtid", "disable-semi-sync-master", "disable-semi-sync-replica", "enable-gtid", "enable-semi-sync-master",
  "enable-semi-sync-replica", "find-binlog-entry", "flush-binary-logs", "force-master-failover", "force-master-takeover",
  "get-candidate-replica", "get-cluster-heuristic-lag", "graceful-master-takeover", "graceful-master-takeover-auto",
  "gtid-errant-inject-empty", "gtid-errant-reset-master", "instance-status", "last-executed-relay-entry",
  "last-pseudo-gtid", "locate-gtid-errant", "make-co-master", "master-pos-wait", "match", "match-replicas", "match-up",
  "match-up-replicas", "move-below", "move-equivalent", "move-gtid", "move-replicas-gtid", "move-up", "move-up-replicas",
  "purge-binary-logs", "reattach-replica", "reattach-replica-master-host", "recover", "recover-lite", "regroup-replicas",
  "regroup-replicas-bls", "regroup-replicas-gtid", "regroup-replicas-pgtid", "relocate", "relocate-below",
  "relocate-replicas", "rematch", "replication-analysis", "repoint", "repoint-replicas", "reset-hostname-resolve-cache",
  "reset-replica", "resolve", "restart-replica", "restart-replica-statements", "set-heuristic-domain-instance",
  "set-read-only", "set-writeable", "skip-query", "start-replica", "stop-replica", "stop-replica-nice", "take-master",
  "take-siblings", "which-cluster-osc-replicas", "which-cluster-osc-running-replicas", "which-cluster-gh-ost-replicas",
  "which-heuristic-domain-instance", "which-lost-in-recovery",
});
// clang-format on

std::string modern_name(std::string_view name) {
  std::string modern(name);
  constexpr std::string_view old_word = "slave";
  if (const auto at = modern.find(old_word); at != std::string::npos) modern.replace(at, old_word.size(), "replica");
  return modern;
}

Result<std::string> instance_segments(const Options& options) {
  if (options.instance.empty()) return Failure{"instance must be provided (-i HOST[:PORT] or ORCHESTRATOR_INSTANCE)"};
  const auto instance = parse_instance(options.instance, options.default_port);
  if (!instance) return instance.error();
  return percent_encode(instance->host) + "/" + std::to_string(instance->port);
}

Result<std::string> path_as_given(const Options& options) {
  std::string_view path = options.path;
  while (path.starts_with('/')) path.remove_prefix(1);
  if (path.empty()) return Failure{"path must be provided (-P PATH)"};
  return percent_encode_target(path);
}

// All instances of -i, separated by commas.
Result<std::string> instance_list(const Options& options) {
  std::string list;
  std::string_view rest = options.instance;
  while (!rest.empty()) {
    const auto end = std::min(rest.find_first_of(", \n"), rest.size());
    const auto one = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (one.empty()) continue;
    const auto instance = parse_instance(one, options.default_port);
    if (!instance) return instance.error();
    list += (list.empty() ? "" : ",") + display_key(instance->host, std::to_string(instance->port));
  }
  if (list.empty()) return Failure{"instances must be provided (-i HOST[:PORT],HOST[:PORT] ...)"};
  return percent_encode(list);
}

// Placeholders that stand for the value of one option.
struct Plain {
  std::string_view placeholder;
  std::string Options::* value;
  std::string_view missing;
};
constexpr std::array plain_placeholders{
    Plain{"{owner}", &Options::owner, "owner must be provided (-o OWNER)"},
    Plain{"{reason}", &Options::reason, "reason must be provided (-r REASON)"},
    Plain{"{duration}", &Options::duration, "duration must be provided (-u DURATION)"},
    Plain{"{rule}", &Options::promotion_rule, "promotion rule must be provided (-R RULE)"},
    Plain{"{tag}", &Options::tag, "tag must be provided (-t TAG)"},
    Plain{"{pool}", &Options::pool, "pool must be provided (-l POOL)"},
    Plain{"{hostname}", &Options::hostname, "hostname must be provided (-H HOST)"},
};

Result<std::string> expand(std::string_view placeholder, const Options& options) {
  for (const Plain& plain : plain_placeholders) {
    if (placeholder != plain.placeholder) continue;
    const std::string& value = options.*plain.value;
    if (value.empty()) return Failure{std::string(plain.missing)};
    return percent_encode(value);
  }
  if (placeholder == "{instances}") return instance_list(options);
  if (placeholder == "{/pool}") return options.pool.empty() ? std::string() : "/" + percent_encode(options.pool);
  if (placeholder == "{/cluster}") {
    const std::string& hint = options.alias.empty() ? options.instance : options.alias;
    return hint.empty() ? std::string() : "/" + percent_encode(hint);
  }
  if (placeholder == "{instance}") return instance_segments(options);
  if (placeholder == "{path}") return path_as_given(options);
  if (placeholder == "{/alias}") return options.alias.empty() ? std::string() : "/" + percent_encode(options.alias);
  if (placeholder == "{cluster}") {
    const std::string& hint = options.alias.empty() ? options.instance : options.alias;
    if (hint.empty()) return Failure{"instance or alias must be provided (-i HOST[:PORT] or -alias ALIAS)"};
    return percent_encode(hint);
  }
  if (placeholder == "{search}") {
    if (search_text(options).empty()) return Failure{"text to search for must be provided (-i TEXT)"};
    return percent_encode(search_text(options));
  }
  throw std::logic_error("no placeholder " + std::string(placeholder));
}

std::optional<Failure> check_pattern(const Options& options) {
  if (search_text(options).empty()) return Failure{"pattern must be provided (-pattern REGEX or -i REGEX)"};
  const auto pattern = Pattern::compile(search_text(options));
  return pattern ? std::optional<Failure>() : pattern.error();
}

}  // namespace

std::span<const Command> commands() {
  return table;
}

std::span<const std::string_view> unavailable_commands() {
  return unavailable;
}

std::string_view search_text(const Options& options) {
  return options.pattern.empty() ? options.instance : options.pattern;
}

Result<Command> find_command(std::string_view name) {
  if (name.empty()) {
    return Failure{"No command given. Use -c <command>; orchestrator-client --help lists the commands"};
  }
  const std::string modern = modern_name(name);
  const auto named = [&](const Command& candidate) { return candidate.name == modern; };
  if (const auto found = std::find_if(table.begin(), table.end(), named); found != table.end()) return *found;
  if (std::find(unavailable.begin(), unavailable.end(), modern) != unavailable.end()) {
    return Failure{"Command '" + std::string(name) + "' is not available in this release"};
  }
  std::vector<std::string_view> names;
  for (const Command& command : table) names.push_back(command.name);
  names.insert(names.end(), unavailable.begin(), unavailable.end());
  const auto suggestion = nearest(modern, names);
  return Failure{"Unknown command '" + std::string(name) + "'." +
                 (suggestion ? " Did you mean '" + *suggestion + "'?" : std::string()) +
                 " orchestrator-client --help lists the commands"};
}

Result<std::string> request_path(const Command& command, const Options& options) {
  if (command.output == Output::keys_matching) {
    if (auto failure = check_pattern(options)) return *std::move(failure);
  }
  std::string path;
  std::string_view rest = command.endpoint;
  while (!rest.empty()) {
    const auto open = std::min(rest.find('{'), rest.size());
    path += rest.substr(0, open);
    rest.remove_prefix(open);
    if (rest.empty()) break;
    const std::string_view placeholder = rest.substr(0, rest.find('}') + 1);
    const auto expanded = expand(placeholder, options);
    if (!expanded) return expanded.error();
    path += *expanded;
    rest.remove_prefix(placeholder.size());
  }
  return path;
}

}  // namespace orchestrator::client
