// The tables of the state and how the file gets from one version of the schema to the next.
#pragma once

#include <string>
#include <vector>

#include "state/table.hpp"

namespace orchestrator::state {

// Raised by one whenever a table, a column or a step is added; a released version never changes.
inline constexpr int schema_version = 1;

struct Schema {
  Table<InstanceRecord> instances;
  Table<ClusterRecord> clusters;
  Table<HostnameResolve> hostname_resolves;
  Table<KeyValue> key_values;
};
[[nodiscard]] const Schema& schema();

// The statements that bring a file from version - 1 to version, from 1 to schema_version.
[[nodiscard]] std::vector<std::string> migration_steps(int version);

}  // namespace orchestrator::state
