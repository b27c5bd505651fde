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
  std::optional<NodeIndex> master;           // the primary channel's source, when known; never the node itself
  std::vector<NodeIndex> extra_masters;      // further sources of a multi-source replica
  std::optional<NodeIndex> group_primary;    // of a Group Replication secondary, when known
  std::vector<NodeIndex> replicas;           // primary-channel replicas, by key
  std::vector<NodeIndex> group_secondaries;  // those whose group_primary this is, by key
  std::vector<NodeIndex> same_server;        // other names of the same server_uuid
  ClusterIndex cluster = 0;
  unsigned depth = 0;           // hops to the cluster's root; co-masters are 0 and 1
  bool is_co_master = false;    // it and its master replicate from each other
  bool in_cycle = false;        // part of a replication ring of three or more
  bool is_detached = false;     // its master's name carries the "//" of a detached replica
  std::string errant_gtid_set;  // MySQL: own transactions that no source has; "" when none or not known

  [[nodiscard]] const InstanceKey& key() const noexcept { return observation->key; }
  // Null until the instance was measured once.
  [[nodiscard]] const Instance* instance() const noexcept { return observation->instance.get(); }
  // What the node hangs under in its cluster's tree: the group's primary for a group secondary, else the master.
  [[nodiscard]] std::optional<NodeIndex> upstream() const noexcept { return group_primary ? group_primary : master; }
};

// Instances that are connected by upstream edges.
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
  // Of several observations of one key the last counts.
  std::vector<std::shared_ptr<const Observation>> observations;
  // Cluster ids known so far, by instance. Those of vanished instances do no harm.
  std::unordered_map<InstanceKey, ClusterId> cluster_ids;
  // Aliases that users set by hand; they win over every other. By cluster id.
  std::unordered_map<ClusterId, std::string> alias_overrides;
  // Aliases and domains of earlier pictures, by cluster id: for clusters whose masters say none now and whose name no
  // pattern fits, as after a failover.
  std::unordered_map<ClusterId, std::string> aliases;
  std::unordered_map<ClusterId, std::string> domains;
  // Alias for a cluster name by pattern (legacy ClusterNameToAlias); may be empty. Must not throw.
  std::function<std::string(const std::string& cluster_name)> alias_of_name;
  // Makes the id of a cluster seen for the first time. Must return a new text each time; called in the order of cluster
  // names. When empty, the id is the cluster's first name.
  std::function<ClusterId()> new_cluster_id;
};

// Built once, then only read; any number of threads may read it. Building is linear in instances and edges, but for a
// sort by key and for errant transactions, which look at each MySQL replica's ancestors.
//
// Clusters are the connected components of upstream edges. A detached replica, and one whose master is not among the
// observations, is the root of its own. The root is the instance without an upstream; of two co-masters the writable
// one, else the one that more instances descend from, else the one with the smaller key; of a ring the member with the
// smallest key.
//
// An id stays with the component that holds most of the instances that had it, then with the one that holds most of
// those that are reachable (so that it follows the promoted replica, not the dead master), then with the one that holds
// the smallest key. A component that could have several ids takes the one that most of its instances had; the others go
// to the next best component. Every component left gets a new id.
//
// Errant transactions are what a replica has executed, minus everything written under the UUIDs of its ancestors (of
// all channels; group names included), minus what its sources have executed. Under its own UUID everything counts,
// except on a co-master, whose own transactions its master may merely not have seen yet. Not computed when a source is
// unmeasured.
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

  // Masters of a cluster: the root, then its co-master if it has one.
  [[nodiscard]] std::vector<NodeIndex> masters(const Cluster& cluster) const;
  // The master that applications write to: measured, not read-only, a master or co-master. The last check need not be
  // valid. Nothing when every master is read-only or unknown.
  [[nodiscard]] std::optional<NodeIndex> writable_master(const Cluster& cluster) const;
  // What hangs directly under a node, by key: its replicas and the secondaries of its group.
  [[nodiscard]] std::vector<NodeIndex> children(NodeIndex index) const;
  // Everything that hangs under the node, directly or not, without the node itself, nearest first. Co-masters and the
  // members of a ring are descendants of each other.
  [[nodiscard]] std::vector<NodeIndex> descendants(NodeIndex index) const;
  // False for a node and itself.
  [[nodiscard]] bool is_descendant(NodeIndex index, NodeIndex ancestor) const;
  // The server UUIDs of the node's ancestors, the farthest first, then its own and its group's name: the legacy
  // AncestryUUID. Unknown UUIDs are left out.
  [[nodiscard]] std::vector<std::string> ancestry_uuids(NodeIndex index) const;

  // Clusters by what users write, the legacy "cluster hint": exact name, exact alias, then an instance "host[:port]"
  // of it, then the one cluster with instances whose host contains the text (and whose port is the given one, if one is
  // given). Errors: Errc::invalid_argument when there is none, or more than one by the rule that first found any.
  [[nodiscard]] Result<ClusterIndex> find_cluster(const std::string& hint) const;

 private:
  std::vector<Node> nodes_;
  std::vector<Cluster> clusters_;
  std::unordered_map<InstanceKey, NodeIndex> by_key_;
};

}  // namespace topology
