// Facts that follow from one measurement alone.
#include "topology/instance.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace topology {
namespace {

constexpr std::array promotion_rule_names{
    std::pair{PromotionRule::must, std::string_view("must")},
    std::pair{PromotionRule::prefer, std::string_view("prefer")},
    std::pair{PromotionRule::neutral, std::string_view("neutral")},
    std::pair{PromotionRule::prefer_not, std::string_view("prefer_not")},
    std::pair{PromotionRule::must_not, std::string_view("must_not")},
};

// A channel whose source was never set (or was reset to "_") places the instance nowhere.
bool has_source(const ReplicationChannel& channel) noexcept {
  return channel.source.is_valid() || channel.source.is_detached();
}

}  // namespace

std::string_view to_string(PromotionRule rule) noexcept {
  for (const auto& [value, name] : promotion_rule_names) {
    if (value == rule) {
      return name;
    }
  }
  return "";
}

std::optional<PromotionRule> parse_promotion_rule(std::string_view text) noexcept {
  for (const auto& [value, name] : promotion_rule_names) {
    if (name == text) {
      return value;
    }
  }
  return std::nullopt;
}

const ReplicationChannel* Instance::primary_channel() const noexcept {
  const ReplicationChannel* first = nullptr;
  for (const auto& channel : channels) {
    if (!has_source(channel)) {
      continue;
    }
    if (channel.name.empty()) {
      return &channel;
    }
    if (first == nullptr) {
      first = &channel;
    }
  }
  return first;
}

InstanceKey Instance::master_key() const {
  const auto* channel = primary_channel();
  return channel == nullptr ? InstanceKey{} : channel->source;
}

}  // namespace topology
