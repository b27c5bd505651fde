// Between the domain's instances and their legacy JSON form.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "api/instance_document.hpp"
#include "topology/error.hpp"
#include "topology/observation.hpp"
#include "topology/problems.hpp"
#include "topology/topology.hpp"

namespace orchestrator::api {

// What the form depends on beside the picture.
struct InstanceView {
  topology::SystemTime now{};
  topology::ViewPolicy policy{};
};

// What is measured and how the checks went. Of several replication channels the legacy keys show the primary one, and
// ReplicationChannels all; what follows from the place in a topology (cluster, depth, problems …) stays at its default.
[[nodiscard]] InstanceDocument to_document(const topology::Observation& observation, const InstanceView& view);
// The complete form. Downtime, pools and unresolved names do not exist yet and have their defaults.
[[nodiscard]] InstanceDocument to_document(const topology::Topology& topology, topology::NodeIndex index,
                                           const InstanceView& view);

[[nodiscard]] std::string observation_json(const topology::Observation& observation, const InstanceView& view);
[[nodiscard]] std::string instance_json(const topology::Topology& topology, topology::NodeIndex index,
                                        const InstanceView& view);
// A list, in the order given.
[[nodiscard]] std::string instances_json(const topology::Topology& topology,
                                         const std::vector<topology::NodeIndex>& indexes, const InstanceView& view);

// An observation as far as the form carries it: what an instance's semi-sync wait point, report host and warnings were
// is lost. Encoding it again gives the same text, when the view is the same.
struct DecodedInstance {
  topology::Observation observation;
  std::string cluster_name;
  std::string cluster_alias;        // also in the instance's attributes, where it counts on a master
  topology::SystemTime taken_at{};  // when the text was written, to the second; zero when it does not tell
};

// The policy must be the one of the writer for check ages to come out the same; else they are only plausible.
// Errors: Errc::parse_error naming the key.
[[nodiscard]] topology::Result<DecodedInstance> decode_instance(std::string_view json,
                                                                const topology::ViewPolicy& policy);
// The same for a list, as /api/all-instances of any compatible server answers it.
[[nodiscard]] topology::Result<std::vector<DecodedInstance>> decode_instances(std::string_view json,
                                                                              const topology::ViewPolicy& policy);

}  // namespace orchestrator::api
