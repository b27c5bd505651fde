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
  Command{"all-instances", instances, Effect::reads, "all-instances", Output::keys, "", "All servers"},

  Command{"submit-masters-to-kv-stores", key_value, Effect::changes, "submit-masters-to-kv-stores{/alias}", Output::details_pairs, "", "Write the master of a cluster (-alias), or of all, to the key-value stores"},
};

constexpr auto unavailable = std::to_array<std::string_view>({
  "access-token", "ack-all-recoveries", "ack-cluster-recoveries", "ack-instance-recoveries", "active-nodes", "begin-downtime",
  "begin-maintenance", "bulk-instances", "bulk-promotion-rules", "can-replicate-from", "can-replicate-from-gtid",
  "change-master-credentials", "check-global-recoveries", "cluster-pool-instances", "correlate-binlog-pos",
  "correlate-relaylog-pos", "delay-replication", "deregister-hostname-unresolve", "detach-replica",
  "detach-replica-master-host", "disable-global-recoveries", "disable-gtid", "disable-semi-sync-master",
  "disable-semi-sync-replica", "downtimed", "enable-global-recoveries", "enable-gtid", "enable-semi-sync-master",
  "enable-semi-sync-replica", "end-downtime", "end-maintenance", "find-binlog-entry", "flush-binary-logs",
  "force-master-failover", "force-master-takeover", "get-candidate-replica", "get-cluster-heuristic-lag",
  "graceful-master-takeover", "graceful-master-takeover-auto", "gtid-errant-inject-empty", "gtid-errant-reset-master",
  "in-maintenance", "instance-status", "last-executed-relay-entry", "last-pseudo-gtid", "locate-gtid-errant",
  "make-co-master", "master-pos-wait", "match", "match-replicas", "match-up", "match-up-replicas", "move-below",
  "move-equivalent", "move-gtid", "move-replicas-gtid", "move-up", "move-up-replicas", "purge-binary-logs",
  "raft-elect-leader", "raft-health", "raft-leader", "raft-leader-hostname", "reattach-replica",
  "reattach-replica-master-host", "recover", "recover-lite", "register-candidate", "register-hostname-unresolve",
  "regroup-replicas", "regroup-replicas-bls", "regroup-replicas-gtid", "regroup-replicas-pgtid", "relocate", "relocate-below", "relocate-replicas", "rematch",
  "replication-analysis", "repoint", "repoint-replicas", "reset-hostname-resolve-cache", "reset-replica", "resolve",
  "restart-replica", "restart-replica-statements", "set-heuristic-domain-instance", "set-read-only", "set-writeable",
  "skip-query", "snapshot-topologies", "start-replica", "stop-replica", "stop-replica-nice", "submit-pool-instances", "tag",
  "tag-value", "tagged", "tags", "take-master", "take-siblings", "topology-tags", "untag", "untag-all",
  "which-cluster-osc-replicas", "which-cluster-osc-running-replicas", "which-cluster-gh-ost-replicas",
  "which-downtimed-instances", "which-heuristic-cluster-pool-instances", "which-heuristic-domain-instance",
  "which-lost-in-recovery",
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

Result<std::string> expand(std::string_view placeholder, const Options& options) {
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
