// Decides which masters are told to the key-value stores.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "topology/topology.hpp"

namespace orchestrator {

struct PublishedMaster {
  std::string alias;
  topology::InstanceKey key;

  friend bool operator==(const PublishedMaster&, const PublishedMaster&) = default;
};

// The writable master of each cluster, or of the one given, in the order of cluster names. A master whose latest check
// failed is left out: what a store says of its cluster stays as it is until a live master is known. Pure.
[[nodiscard]] std::vector<PublishedMaster> masters_to_publish(const topology::Topology& topology,
                                                              std::optional<topology::ClusterIndex> only = {});

}  // namespace orchestrator
