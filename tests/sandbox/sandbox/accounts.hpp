// The accounts that every sandboxed server has.
#pragma once

#include <string>

#include "sandbox/programs.hpp"
#include "sandbox/sql.hpp"

namespace sandbox {

// All privileges, from anywhere.
[[nodiscard]] Account root_account();
// What the orchestrator connects as: only the privileges that probing needs.
[[nodiscard]] Account topology_account();
// What replicas connect to their master as.
[[nodiscard]] Account replication_account();
// An application: reads and writes the schema `app`, and does not write through read_only.
[[nodiscard]] Account application_account();

// The statements that make them all, one a line; run once, without a binary log, when a data directory is made.
[[nodiscard]] std::string account_statements(Flavour flavour);

}  // namespace sandbox
