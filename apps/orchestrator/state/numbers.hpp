// The names of the numbers that the state keeps for itself.
#pragma once

#include <string>

namespace orchestrator::state::numbers {

inline const std::string version = "version";                          // of the group
inline const std::string recoveries_disabled = "recoveries_disabled";  // 1 when they are
inline std::string latest_id(const std::string& table) {
  return "latest_id." + table;
}

}  // namespace orchestrator::state::numbers
