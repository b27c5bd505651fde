// Picks the masters that are published.
#include "server/published_masters.hpp"

namespace orchestrator {

std::vector<PublishedMaster> masters_to_publish(const topology::Topology& topology,
                                                std::optional<topology::ClusterIndex> only) {
  std::vector<PublishedMaster> masters;
  for (topology::ClusterIndex index = 0; index < topology.clusters().size(); ++index) {
    if (only && *only != index) {
      continue;
    }
    const auto& cluster = topology.cluster(index);
    const auto master = topology.writable_master(cluster);
    if (master && topology.node(*master).observation->check.last_check_valid) {
      masters.push_back({cluster.alias, topology.node(*master).key()});
    }
  }
  return masters;
}

}  // namespace orchestrator
