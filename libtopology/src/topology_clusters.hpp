// Which instances form a cluster, and which of them is its root.
#pragma once

#include <vector>

#include "topology/topology.hpp"

namespace topology {

// Makes the clusters, sorted by name, with name, root and members; sets cluster, depth and in_cycle of every node.
// Precondition: link_nodes() has been called.
[[nodiscard]] std::vector<Cluster> form_clusters(std::vector<Node>& nodes);

}  // namespace topology
