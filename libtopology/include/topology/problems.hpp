// How fresh an observation is, and what is wrong with the instance, in the terms of the legacy interface.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>
#include <vector>

#include "topology/topology.hpp"

namespace topology {

// The settings that decide what is fresh and what is late.
struct ViewPolicy {
  std::chrono::seconds poll_interval{1};                // InstancePollSeconds
  std::chrono::seconds reasonable_lag{10};              // ReasonableReplicationLagSeconds: above it is a problem
  std::chrono::seconds reasonable_maintenance_lag{20};  // ReasonableMaintenanceReplicationLagSeconds
};

// Ages are in whole seconds, rounded down, as in the legacy interface; a check in the future counts as now.
struct Freshness {
  bool last_check_valid = false;
  bool recently_checked = false;                        // within five poll intervals
  bool up_to_date = false;                              // within one
  std::optional<std::chrono::seconds> since_last_seen;  // nothing when never seen

  friend bool operator==(const Freshness&, const Freshness&) = default;
};

[[nodiscard]] Freshness freshness(const CheckStatus& check, SystemTime now, const ViewPolicy& policy) noexcept;

// A channel with a source has threads at all (a running or stopped replica, not a master).
[[nodiscard]] bool has_replication_threads(const Instance& instance) noexcept;
// Has channels with a source, and both threads of each are running.
[[nodiscard]] bool is_replicating(const Instance& instance) noexcept;
// Secondary of a replication group.
[[nodiscard]] bool is_group_secondary(const Instance& instance) noexcept;

enum class Problem {
  last_check_invalid,
  not_recently_checked,
  not_replicating,
  replication_lag,
  errant_gtid,
  group_replication_member_not_online,
};

// The enumerator's name, which is the legacy text.
[[nodiscard]] std::string_view to_string(Problem problem) noexcept;

// At most one of the first four, in that order, then the others. Lag counts against the SQL delay the replica is set
// to.
[[nodiscard]] std::vector<Problem> problems(const Node& node, SystemTime now, const ViewPolicy& policy);

}  // namespace topology
