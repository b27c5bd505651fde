// Lookups among what operators have said.
#include "api/annotations.hpp"

namespace orchestrator::api {

using topology::InstanceKey;
using topology::SystemTime;

AnnotationsPtr no_annotations() {
  static const auto none = std::make_shared<const Annotations>();
  return none;
}

const state::Downtime* downtime_of(const Annotations& annotations, const InstanceKey& key, SystemTime now) {
  const auto found = annotations.downtimes.find(key);
  return found != annotations.downtimes.end() && found->second.ends_at > now ? &found->second : nullptr;
}

const state::Maintenance* maintenance_of(const Annotations& annotations, const InstanceKey& key, SystemTime now) {
  const auto found = annotations.maintenances.find(key);
  return found != annotations.maintenances.end() && found->second.expires_at > now ? &found->second : nullptr;
}

topology::PromotionRule promotion_rule_of(const Annotations& annotations, const InstanceKey& key,
                                          const topology::Instance* instance, SystemTime now) {
  if (instance != nullptr && instance->attributes.promotion_rule) {
    return *instance->attributes.promotion_rule;
  }
  const auto found = annotations.candidates.find(key);
  const bool counts = found != annotations.candidates.end() && found->second.expires_at > now;
  return counts ? found->second.rule : topology::PromotionRule::neutral;
}

std::vector<std::string> displayed_tags(const Annotations& annotations, const InstanceKey& key) {
  std::vector<std::string> texts;
  const auto found = annotations.tags.find(key);
  if (found != annotations.tags.end()) {
    for (const auto& [name, value] : found->second) {
      texts.push_back(value.empty() ? name : name + "=" + value);
    }
  }
  return texts;
}

}  // namespace orchestrator::api
