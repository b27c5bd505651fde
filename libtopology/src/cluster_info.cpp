// Summing up of a cluster.
#include "topology/cluster_info.hpp"

#include <algorithm>

namespace topology {

ClusterInfo cluster_info(const Topology& topology, const Cluster& cluster) {
  return {.id = cluster.id,
          .name = cluster.name,
          .alias = cluster.alias,
          .domain = cluster.domain,
          .count_instances = cluster.members.size(),
          .heuristic_lag = heuristic_lag(topology, cluster)};
}

std::chrono::seconds heuristic_lag(const Topology& topology, const Cluster& cluster) {
  std::chrono::seconds largest{0};
  for (const auto member : cluster.members) {
    const auto* instance = topology.node(member).instance();
    if (instance != nullptr && instance->is_replica() && instance->lag) {
      largest = std::max(largest, *instance->lag);
    }
  }
  return largest;
}

}  // namespace topology
