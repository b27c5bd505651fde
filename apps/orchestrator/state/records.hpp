// What the state remembers.
#pragma once

#include <chrono>
#include <string>

#include "topology/instance_key.hpp"

namespace orchestrator::state {

using topology::InstanceKey;
// Kept to the microsecond.
using Time = std::chrono::time_point<std::chrono::system_clock, std::chrono::microseconds>;

// One known instance. Its master is default-made when it has none.
struct InstanceRecord {
  InstanceKey key;
  std::string cluster_id;
  InstanceKey master_key;
  std::string server_uuid;
  Time last_seen{};
  std::string record;  // all that was measured, as text that only the caller understands

  friend bool operator==(const InstanceRecord&, const InstanceRecord&) = default;
};

// The id stays when the name, that of the master, changes.
struct ClusterRecord {
  std::string id;
  std::string name;
  std::string alias;
  std::string domain;

  friend bool operator==(const ClusterRecord&, const ClusterRecord&) = default;
};

struct HostnameResolve {
  std::string hostname;
  std::string resolved;
  Time resolved_at{};

  friend bool operator==(const HostnameResolve&, const HostnameResolve&) = default;
};

// A pair of the internal key-value map.
struct KeyValue {
  std::string key;
  std::string value;

  friend bool operator==(const KeyValue&, const KeyValue&) = default;
};

}  // namespace orchestrator::state
