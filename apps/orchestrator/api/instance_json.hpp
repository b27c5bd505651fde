// Writes the domain's instances in their legacy JSON form.
#pragma once

#include <string>
#include <vector>

#include "api/annotations.hpp"
#include "api/instance_document.hpp"
#include "topology/observation.hpp"
#include "topology/problems.hpp"
#include "topology/topology.hpp"

namespace orchestrator::api {

// What the form depends on beside the picture.
struct InstanceView {
  topology::SystemTime now{};
  topology::ViewPolicy policy{};
  AnnotationsPtr annotations = no_annotations();
};

// What is measured and how the checks went. Of several replication channels the legacy keys show the primary one, and
// ReplicationChannels all; what follows from the place in a topology (cluster, depth, problems …) stays at its default.
[[nodiscard]] InstanceDocument to_document(const topology::Observation& observation, const InstanceView& view);
// The complete form.
[[nodiscard]] InstanceDocument to_document(const topology::Topology& topology, topology::NodeIndex index,
                                           const InstanceView& view);

[[nodiscard]] std::string observation_json(const topology::Observation& observation, const InstanceView& view);
[[nodiscard]] std::string instance_json(const topology::Topology& topology, topology::NodeIndex index,
                                        const InstanceView& view);
// A list, in the order given.
[[nodiscard]] std::string instances_json(const topology::Topology& topology,
                                         const std::vector<topology::NodeIndex>& indexes, const InstanceView& view);

}  // namespace orchestrator::api
