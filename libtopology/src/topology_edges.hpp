// Who replicates from whom: fills in the edges of the picture's nodes.
#pragma once

#include <unordered_map>
#include <vector>

#include "topology/topology.hpp"

namespace topology {

using NodeByKey = std::unordered_map<InstanceKey, NodeIndex>;

// Sets master, extra_masters, group_primary, replicas, group_secondaries, same_server, is_detached and is_co_master.
// Precondition: nodes are sorted by key and have nothing but their observations.
void link_nodes(std::vector<Node>& nodes, const NodeByKey& by_key);

// What hangs directly under a node, by key.
[[nodiscard]] std::vector<NodeIndex> children_of(const std::vector<Node>& nodes, NodeIndex index);

}  // namespace topology
