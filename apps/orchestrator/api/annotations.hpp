// What operators have said of instances and clusters: a picture of that part of the state.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "state/records.hpp"
#include "topology/topology.hpp"

namespace orchestrator::api {

// Made anew after each change, then only read. What has expired may still be in it: the lookups below take the time.
struct Annotations {
  std::map<topology::InstanceKey, state::Downtime> downtimes;
  std::map<topology::InstanceKey, state::Candidate> candidates;
  std::map<topology::InstanceKey, state::Maintenance> maintenances;           // active ones
  std::map<topology::InstanceKey, std::map<std::string, std::string>> tags;   // values by name
  std::map<std::string, state::HostnameUnresolve> unresolved_hostnames;       // by host name
  std::map<std::string, std::map<topology::InstanceKey, state::Time>> pools;  // when an instance was registered
  std::unordered_map<topology::ClusterId, std::string> cluster_aliases;       // those that a person gave
};

// Never null.
using AnnotationsPtr = std::shared_ptr<const Annotations>;
[[nodiscard]] AnnotationsPtr no_annotations();

// Null when there is none, or none any more.
[[nodiscard]] const state::Downtime* downtime_of(const Annotations& annotations, const topology::InstanceKey& key,
                                                 topology::SystemTime now);
[[nodiscard]] const state::Maintenance* maintenance_of(const Annotations& annotations, const topology::InstanceKey& key,
                                                       topology::SystemTime now);
// What the instance's own query says (DetectPromotionRuleQuery), since the legacy program registers that at every
// probe; else what was registered and has not expired; else neutral. The instance may be null.
[[nodiscard]] topology::PromotionRule promotion_rule_of(const Annotations& annotations,
                                                        const topology::InstanceKey& key,
                                                        const topology::Instance* instance, topology::SystemTime now);
// "name=value", or "name" alone when there is no value; by name.
[[nodiscard]] std::vector<std::string> displayed_tags(const Annotations& annotations, const topology::InstanceKey& key);

}  // namespace orchestrator::api
