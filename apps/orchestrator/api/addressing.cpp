// Which instance or cluster the variables of a path mean.
#include "api/addressing.hpp"

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace orchestrator::api {
namespace {

using namespace topology;

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (code != std::errc{} || end != text.data() + text.size() || port == 0) {
    return std::nullopt;
  }
  return port;
}

// The one known instance with that port whose host contains the text.
std::optional<InstanceKey> fuzzy(const Topology& topology, const InstanceKey& wanted) {
  std::optional<InstanceKey> found;
  for (const auto& node : topology.nodes()) {
    const auto& key = node.key();
    if (key.port != wanted.port || key.hostname.find(wanted.hostname) == std::string::npos) {
      continue;
    }
    if (found) {
      return std::nullopt;
    }
    found = key;
  }
  return found;
}

Result<ClusterIndex> cluster_by_alias(const Topology& topology, const std::string& alias) {
  const auto clusters = topology.clusters();
  for (ClusterIndex index = 0; index < clusters.size(); ++index) {
    if (clusters[index].alias == alias) {
      return index;
    }
  }
  return make_error(Errc::invalid_argument, "No cluster found for alias " + alias);
}

}  // namespace

Result<InstanceKey> raw_key(const http::PathParameters& parameters) {
  const auto port = parse_port(parameters["port"]);
  if (!port) {
    return make_error(Errc::parse_error, "Invalid port: " + parameters["port"]);
  }
  const auto& host = parameters["host"];
  const bool bare_v6 = host.find(':') != std::string::npos && !host.starts_with('[');
  const auto parsed = parse_instance_key(bare_v6 ? "[" + host + "]" : host, *port);
  if (!parsed || parsed->port != *port) {
    return make_error(Errc::parse_error, "Invalid host: " + host);
  }
  return *parsed;
}

InstanceKey known_key(const InstanceKey& wanted, const Fleet& fleet, const Topology& topology) {
  const auto key = fleet.resolved(wanted);
  if (topology.find(key) || is_ip_address(key.hostname)) {
    return key;
  }
  return fuzzy(topology, key).value_or(key);
}

Result<InstanceKey> instance_key(const http::PathParameters& parameters, const Fleet& fleet, const Topology& topology) {
  const auto raw = raw_key(parameters);
  if (!raw) {
    return raw.error();
  }
  return known_key(*raw, fleet, topology);
}

namespace {

// A hint may name an instance by another name than the fleet does.
Result<ClusterIndex> cluster_of_hint(const std::string& hint, const Fleet& fleet, const Topology& topology) {
  auto found = topology.find_cluster(hint);
  const auto key = parse_instance_key(hint);
  if (!found && key) {
    const auto node = topology.find(fleet.resolved(*key));
    if (node) {
      return topology.node(*node).cluster;
    }
  }
  return found;
}

Result<ClusterIndex> find_cluster(const http::PathParameters& parameters, const Fleet& fleet,
                                  const Topology& topology) {
  for (const auto* name : {"clusterHint", "clusterName"}) {
    if (parameters.has(name)) {
      return cluster_of_hint(parameters[name], fleet, topology);
    }
  }
  if (parameters.has("clusterAlias")) {
    return cluster_by_alias(topology, parameters["clusterAlias"]);
  }
  const auto key = instance_key(parameters, fleet, topology);
  if (!key) {
    return key.error();
  }
  const auto node = topology.find(*key);
  if (!node) {
    return make_error(Errc::invalid_argument, "Cannot read instance: " + key->to_string());
  }
  return topology.node(*node).cluster;
}

}  // namespace

Result<ClusterIndex> cluster_index(const http::PathParameters& parameters, const Fleet& fleet,
                                   const Topology& topology) {
  auto found = find_cluster(parameters, fleet, topology);
  if (!found) {
    // Programs that use the legacy interface look for these words.
    return Error{found.error().code, "Unable to determine cluster name. " + found.error().context};
  }
  return found;
}

}  // namespace orchestrator::api
