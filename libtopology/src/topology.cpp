// Building the picture, and the questions it answers.
#include "topology/topology.hpp"

#include <algorithm>
#include <utility>

#include "cluster_identity.hpp"
#include "errant_gtid.hpp"
#include "topology_clusters.hpp"
#include "topology_edges.hpp"

namespace topology {
namespace {

// One observation per key, by key; of several the last.
std::vector<std::shared_ptr<const Observation>> sort_observations(
    const std::vector<std::shared_ptr<const Observation>>& observations) {
  struct Entry {
    std::shared_ptr<const Observation> observation;
    std::size_t place;
  };
  std::vector<Entry> entries;
  entries.reserve(observations.size());
  for (const auto& observation : observations) {
    if (observation != nullptr) {
      entries.push_back({observation, entries.size()});
    }
  }
  std::sort(entries.begin(), entries.end(), [](const Entry& left, const Entry& right) {
    const auto by_key = left.observation->key <=> right.observation->key;
    return by_key == 0 ? left.place > right.place : by_key < 0;
  });
  std::vector<std::shared_ptr<const Observation>> sorted;
  sorted.reserve(entries.size());
  for (auto& entry : entries) {
    if (sorted.empty() || sorted.back()->key != entry.observation->key) {
      sorted.push_back(std::move(entry.observation));
    }
  }
  return sorted;
}

// What a text that is no exact name may mean: part of a host, perhaps with a port.
struct FuzzyName {
  std::string host;
  std::optional<std::uint16_t> port;

  [[nodiscard]] bool matches(const InstanceKey& key) const {
    return key.hostname.find(host) != std::string::npos && (!port || *port == key.port);
  }
};

FuzzyName parse_fuzzy_name(const std::string& text) {
  // Read with two default ports, a key that differs has no port of its own.
  const auto first = parse_instance_key(text, 1);
  const auto second = parse_instance_key(text, 2);
  if (!first || !second) {
    return {text, std::nullopt};
  }
  return {first->hostname, first->port == second->port ? std::optional(first->port) : std::nullopt};
}

}  // namespace

Topology Topology::build(const TopologyInputs& inputs) {
  Topology topology;
  topology.nodes_.reserve(inputs.observations.size());
  topology.by_key_.reserve(inputs.observations.size());
  for (auto& observation : sort_observations(inputs.observations)) {
    topology.by_key_.emplace(observation->key, topology.nodes_.size());
    topology.nodes_.emplace_back().observation = std::move(observation);
  }
  link_nodes(topology.nodes_, topology.by_key_);
  topology.clusters_ = form_clusters(topology.nodes_);
  identify_clusters(topology.clusters_, topology.nodes_, inputs);
  find_errant_gtids(topology.nodes_);
  return topology;
}

std::optional<NodeIndex> Topology::find(const InstanceKey& key) const {
  const auto found = by_key_.find(key);
  return found == by_key_.end() ? std::nullopt : std::optional(found->second);
}

std::vector<NodeIndex> Topology::masters(const Cluster& cluster) const {
  std::vector<NodeIndex> masters{cluster.root};
  const auto& root = nodes_.at(cluster.root);
  if (root.is_co_master && root.master) {
    masters.push_back(*root.master);
  }
  return masters;
}

std::optional<NodeIndex> Topology::writable_master(const Cluster& cluster) const {
  for (const auto index : masters(cluster)) {
    const auto* instance = nodes_[index].instance();
    if (instance != nullptr && !instance->read_only) {
      return index;
    }
  }
  return std::nullopt;
}

std::vector<NodeIndex> Topology::children(NodeIndex index) const {
  return index < nodes_.size() ? children_of(nodes_, index) : std::vector<NodeIndex>();
}

std::vector<NodeIndex> Topology::descendants(NodeIndex index) const {
  std::vector<NodeIndex> found;
  const auto add_children = [&](NodeIndex parent) {
    for (const auto child : children(parent)) {
      if (child != index) {
        found.push_back(child);
      }
    }
  };
  add_children(index);
  for (std::size_t next = 0; next < found.size(); ++next) {
    add_children(found[next]);
  }
  return found;
}

bool Topology::is_descendant(NodeIndex index, NodeIndex ancestor) const {
  if (index == ancestor) {
    return false;
  }
  auto next = node(index).upstream();
  // More steps than members would be a second round in a ring.
  for (auto steps = cluster_of(node(index)).members.size(); next && steps > 0; --steps) {
    if (*next == ancestor) {
      return true;
    }
    next = nodes_[*next].upstream();
  }
  return false;
}

std::vector<std::string> Topology::ancestry_uuids(NodeIndex index) const {
  std::vector<std::string> uuids;
  const auto add = [&uuids](const Node& each) {
    if (each.instance() != nullptr) {
      uuids.push_back(each.instance()->group.name);
      uuids.push_back(each.instance()->server_uuid);
    }
  };
  add(node(index));
  auto next = node(index).upstream();
  for (auto steps = cluster_of(node(index)).members.size(); next && *next != index && steps > 0; --steps) {
    add(nodes_[*next]);
    next = nodes_[*next].upstream();
  }
  std::erase(uuids, "");
  std::reverse(uuids.begin(), uuids.end());
  return uuids;
}

Result<ClusterIndex> Topology::find_cluster(const std::string& hint) const {
  std::vector<ClusterIndex> found;
  const auto collect = [&](auto&& predicate) {
    for (ClusterIndex index = 0; index < clusters_.size(); ++index) {
      if (predicate(clusters_[index])) {
        found.push_back(index);
      }
    }
  };
  if (hint.empty()) {
    return make_error(Errc::invalid_argument, "no cluster, alias or instance given");
  }
  collect([&](const Cluster& cluster) { return cluster.name == hint; });
  if (found.empty()) {
    collect([&](const Cluster& cluster) { return cluster.alias == hint; });
  }
  if (const auto key = parse_instance_key(hint); found.empty() && key) {
    if (const auto index = find(*key)) {
      return nodes_[*index].cluster;
    }
  }
  if (found.empty()) {
    const auto name = parse_fuzzy_name(hint);
    collect([&](const Cluster& cluster) {
      return std::any_of(cluster.members.begin(), cluster.members.end(),
                         [&](NodeIndex member) { return name.matches(nodes_[member].key()); });
    });
  }
  if (found.empty()) {
    return make_error(Errc::invalid_argument, "no cluster is called, or has an instance called, '" + hint + "'");
  }
  if (found.size() > 1) {
    return make_error(Errc::invalid_argument, "'" + hint + "' may mean cluster " + clusters_[found[0]].name + " or " +
                                                  clusters_[found[1]].name);
  }
  return found.front();
}

}  // namespace topology
