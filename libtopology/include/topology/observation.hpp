// What is known of an instance now: its last measurement, and how the latest attempts to reach it went.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "topology/instance.hpp"

namespace topology {

using SystemTime = std::chrono::system_clock::time_point;

// An optional part of the probe that failed; its fields keep their defaults, the rest of the measurement stands.
struct ProbeWarning {
  std::string part;     // e.g. "semi-sync status", "replicas from the processlist"
  std::string message;  // cause and, where known, the missing privilege and the GRANT that gives it

  friend bool operator==(const ProbeWarning&, const ProbeWarning&) = default;
};

// How the attempts to probe went. A time of zero means never.
struct CheckStatus {
  SystemTime last_attempted{};  // the latest attempt began
  SystemTime last_checked{};    // the latest attempt ended, well or not
  SystemTime last_seen{};       // the latest attempt that succeeded
  bool last_check_valid = false;
  bool partial_success = false;  // the latest attempt reached the server but did not complete
  std::string error;             // why the latest attempt failed; "" after a success
  std::chrono::nanoseconds latency{0};

  friend bool operator==(const CheckStatus&, const CheckStatus&) = default;
};

// An immutable value. The instance is null until the first success: the server is then known only by name, because
// somebody replicates from it or a user asked for it.
struct Observation {
  InstanceKey key;
  std::shared_ptr<const Instance> instance;
  CheckStatus check;
  std::vector<ProbeWarning> warnings;
};

}  // namespace topology
