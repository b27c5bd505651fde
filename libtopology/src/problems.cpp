// The legacy predicates, on one observation and one clock reading.
#include "topology/problems.hpp"

#include <algorithm>

namespace topology {
namespace {

using std::chrono::seconds;

// Whole seconds; nothing for the time that stands for never.
std::optional<seconds> age(SystemTime time, SystemTime now) noexcept {
  if (time == SystemTime{}) {
    return std::nullopt;
  }
  return std::max(std::chrono::floor<seconds>(now - time), seconds(0));
}

bool has_source(const ReplicationChannel& channel) noexcept {
  return channel.source.is_valid() || channel.source.is_detached();
}

bool lags(const Instance& instance, const ViewPolicy& policy) noexcept {
  const auto* channel = instance.primary_channel();
  const auto delay = channel == nullptr ? seconds(0) : channel->sql_delay;
  return instance.lag && std::chrono::abs(*instance.lag - delay) > policy.reasonable_lag;
}

std::optional<Problem> health_problem(const Node& node, const Freshness& fresh, const ViewPolicy& policy) noexcept {
  if (!fresh.last_check_valid) {
    return Problem::last_check_invalid;
  }
  if (!fresh.recently_checked) {
    return Problem::not_recently_checked;
  }
  const auto* instance = node.instance();
  if (instance == nullptr) {
    return std::nullopt;
  }
  if (has_replication_threads(*instance) && !is_replicating(*instance)) {
    return Problem::not_replicating;
  }
  return lags(*instance, policy) ? std::optional(Problem::replication_lag) : std::nullopt;
}

}  // namespace

Freshness freshness(const CheckStatus& check, SystemTime now, const ViewPolicy& policy) noexcept {
  const auto since_checked = age(check.last_checked, now);
  return {.last_check_valid = check.last_check_valid,
          .recently_checked = since_checked && *since_checked <= 5 * policy.poll_interval,
          .up_to_date = since_checked && *since_checked <= policy.poll_interval,
          .since_last_seen = age(check.last_seen, now)};
}

bool has_replication_threads(const Instance& instance) noexcept {
  return std::any_of(instance.channels.begin(), instance.channels.end(), [](const ReplicationChannel& channel) {
    return has_source(channel) && channel.io_thread != ThreadState::none && channel.sql_thread != ThreadState::none;
  });
}

bool is_replicating(const Instance& instance) noexcept {
  return instance.is_replica() &&
         std::all_of(instance.channels.begin(), instance.channels.end(), [](const ReplicationChannel& channel) {
           return !has_source(channel) || channel.is_replicating();
         });
}

bool is_group_secondary(const Instance& instance) noexcept {
  return !instance.group.name.empty() && instance.group.member_role == "SECONDARY";
}

std::string_view to_string(Problem problem) noexcept {
  switch (problem) {
    case Problem::last_check_invalid:
      return "last_check_invalid";
    case Problem::not_recently_checked:
      return "not_recently_checked";
    case Problem::not_replicating:
      return "not_replicating";
    case Problem::replication_lag:
      return "replication_lag";
    case Problem::errant_gtid:
      return "errant_gtid";
    case Problem::group_replication_member_not_online:
      return "group_replication_member_not_online";
  }
  return "";
}

std::vector<Problem> problems(const Node& node, SystemTime now, const ViewPolicy& policy) {
  std::vector<Problem> found;
  if (const auto problem = health_problem(node, freshness(node.observation->check, now, policy), policy)) {
    found.push_back(*problem);
  }
  if (!node.errant_gtid_set.empty()) {
    found.push_back(Problem::errant_gtid);
  }
  const auto* instance = node.instance();
  if (instance != nullptr && !instance->group.name.empty() && instance->group.member_state != "ONLINE") {
    found.push_back(Problem::group_replication_member_not_online);
  }
  return found;
}

}  // namespace topology
