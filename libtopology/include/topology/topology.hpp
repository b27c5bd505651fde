// An immutable picture of all known instances: who replicates from whom, and which clusters that makes.
#pragma once

#include <compare>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "topology/observation.hpp"

namespace topology {

// The stable name of a cluster for its whole life, whatever its master is; opaque text.
using ClusterId = std::string;

using NodeIndex = std::size_t;
using ClusterIndex = std::size_t;

// One instance in the picture. Indexes refer to Topology::nodes() and Topology::clusters().
struct Node {
  std::shared_ptr<const Observation> observation;
  std::optional<NodeIndex> master;       // the primary channel's source, when known
  std::vector<NodeIndex> extra_masters;  // further sources of a multi-source replica
  std::vector<NodeIndex> replicas;       // primary-channel replicas, by key
  std::vector<NodeIndex> same_server;    // other names of the same server_uuid
  ClusterIndex cluster = 0;
  unsigned depth = 0;           // hops to the cluster's root; co-masters are 0 and 1
  bool is_co_master = false;    // it and its master replicate from each other
  bool in_cycle = false;        // part of a replication ring of three or more
  bool is_detached = false;     // its master's name carries the "//" of a detached replica
  std::string errant_gtid_set;  // MySQL: own transactions that the master lacks; "" when none

  [[nodiscard]] const InstanceKey& key() const noexcept { return observation->key; }
  // Null until the instance was measured once.
  [[nodiscard]] const Instance* instance() const noexcept { return observation->instance.get(); }
};

// Instances that are connected by primary channels.
struct Cluster {
  ClusterId id;
  std::string name;   // the legacy cluster name: "host:port" of its root
  std::string alias;  // the alias if it has one, else the name
  std::string domain;
  NodeIndex root = 0;              // the naming master
  std::vector<NodeIndex> members;  // by key
};

// What the picture is made from, beside observations.
struct TopologyInputs {
  std::vector<std::shared_ptr<const Observation>> observations;
  // Cluster ids known so far, by instance. Those of vanished instances do no harm.
  std::unordered_map<InstanceKey, ClusterId> cluster_ids;
  // Aliases and domains remembered for clusters whose master cannot be asked now, by cluster id.
  std::unordered_map<ClusterId, std::string> aliases;
  std::unordered_map<ClusterId, std::string> domains;
  // Alias for a cluster name by pattern (legacy ClusterNameToAlias); may be empty. Must not throw.
  std::function<std::string(const std::string& cluster_name)> alias_of_name;
  // Makes the id of a cluster seen for the first time. Must return a new text each time.
  std::function<ClusterId()> new_cluster_id;
};

// Built once, then only read; any number of threads may read it. Building is linear in instances and edges.
//
// Clusters are the connected components of primary-channel edges. The root is the instance without a master; of two
// co-masters the writable one, else the one that more instances descend from, else the one with the smaller key; of a
// ring the member with the smallest key. An id stays with the component that holds most of the instances that had it;
// a tie goes to the one that holds the smaller key. Every other component gets a new id.
class Topology {
 public:
  Topology() = default;
  [[nodiscard]] static Topology build(const TopologyInputs& inputs);

  [[nodiscard]] std::span<const Node> nodes() const noexcept { return nodes_; }           // by key
  [[nodiscard]] std::span<const Cluster> clusters() const noexcept { return clusters_; }  // by name
  [[nodiscard]] const Node& node(NodeIndex index) const { return nodes_.at(index); }
  [[nodiscard]] const Cluster& cluster(ClusterIndex index) const { return clusters_.at(index); }
  [[nodiscard]] const Cluster& cluster_of(const Node& node) const { return clusters_.at(node.cluster); }
  [[nodiscard]] std::optional<NodeIndex> find(const InstanceKey& key) const;

  // Masters of a cluster: the root, and its co-master if it has one; the root first.
  [[nodiscard]] std::vector<NodeIndex> masters(const Cluster& cluster) const;
  // The master that applications write to: measured, not read-only, a master or co-master. The last check need not be
  // valid. Nothing when every master is read-only or unknown.
  [[nodiscard]] std::optional<NodeIndex> writable_master(const Cluster& cluster) const;
  // Everything that replicates from the node, directly or not, without the node itself, nearest first.
  [[nodiscard]] std::vector<NodeIndex> descendants(NodeIndex index) const;
  [[nodiscard]] bool is_descendant(NodeIndex index, NodeIndex ancestor) const;

  // Clusters by what users write, the legacy "cluster hint": exact name, exact alias, then an instance "host[:port]"
  // of it, then a unique instance whose host contains the text. Errors: Errc::invalid_argument, saying which.
  [[nodiscard]] Result<ClusterIndex> find_cluster(const std::string& hint) const;

 private:
  std::vector<Node> nodes_;
  std::vector<Cluster> clusters_;
  std::unordered_map<InstanceKey, NodeIndex> by_key_;
};

}  // namespace topology
