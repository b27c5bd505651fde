// The changes of the state: every change is one of these, applied in order.
#pragma once

#include <variant>

#include "state/records.hpp"

namespace orchestrator::state {

// Commands are plain values and hold all that their effect depends on, times included, so that applying the same
// commands in the same order gives the same state on every node. Applying one twice in a row is applying it once.
// "Record" puts a row in or replaces it; forgetting what is not known changes nothing.

// A cluster that loses its last instance by this is forgotten too.
struct RecordInstance {
  InstanceRecord instance;
};
struct ForgetInstance {
  InstanceKey key;
};
struct RecordCluster {
  ClusterRecord cluster;
};
// The cluster with all its instances.
struct ForgetCluster {
  std::string id;
};
struct RecordHostnameResolve {
  HostnameResolve resolve;
};
struct ForgetHostnameResolve {
  std::string hostname;
};
// Those resolved before the time.
struct ForgetHostnameResolvesBefore {
  Time time{};
};
struct PutKeyValue {
  KeyValue pair;
};
struct DeleteKeyValue {
  std::string key;
};

using Command = std::variant<RecordInstance, ForgetInstance, RecordCluster, ForgetCluster, RecordHostnameResolve,
                             ForgetHostnameResolve, ForgetHostnameResolvesBefore, PutKeyValue, DeleteKeyValue>;

}  // namespace orchestrator::state
