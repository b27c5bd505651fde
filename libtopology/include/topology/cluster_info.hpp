// The summary of a cluster that the legacy interface calls ClusterInfo.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include "topology/topology.hpp"

namespace topology {

struct ClusterInfo {
  ClusterId id;
  std::string name;
  std::string alias;
  std::string domain;
  std::size_t count_instances = 0;
  std::chrono::seconds heuristic_lag{0};
  // Follow from the recovery filters of the configuration, which the picture does not know; the caller sets them.
  bool has_automated_master_recovery = false;
  bool has_automated_intermediate_master_recovery = false;
};

[[nodiscard]] ClusterInfo cluster_info(const Topology& topology, const Cluster& cluster);

// The largest known lag of the cluster's replicas; zero when none is known.
[[nodiscard]] std::chrono::seconds heuristic_lag(const Topology& topology, const Cluster& cluster);

}  // namespace topology
