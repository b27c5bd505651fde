// Decides which observations are worth recording, so that they survive the program.
#pragma once

#include <chrono>
#include <memory>
#include <vector>

#include "topology/observation.hpp"

namespace orchestrator {

// An instance whose record is older than this is recorded again although nothing changed in kind, so that "last seen"
// is never much too old after a restart.
inline constexpr std::chrono::minutes record_lifetime{10};

// What was last recorded of an instance.
struct RecordedObservation {
  std::shared_ptr<const topology::Instance> instance;
  std::vector<topology::ProbeWarning> warnings;
  bool valid = false;
  topology::SystemTime at{};
};

// True when the observation differs in kind from what was recorded: identity, version, role, replication edges, thread
// states, errors, settings, attributes, which parts of the probe failed, reachability. Positions, lag, GTID sets,
// uptime and counters do not count (decision 1). An instance that was never measured is not worth recording. Pure.
[[nodiscard]] bool is_worth_recording(const topology::Observation& now, const RecordedObservation& recorded);

}  // namespace orchestrator
