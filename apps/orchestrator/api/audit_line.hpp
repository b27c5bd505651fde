// Makes the audit line that goes with an operator's change.
#pragma once

#include <string>

#include "api/route_table.hpp"

namespace orchestrator::api {

// The time of the request, as the state keeps it.
[[nodiscard]] state::Time request_time(const Call& call);

// The key may be default-made. The cluster is the one that the instance belongs to now.
[[nodiscard]] state::Command audit_line(const Call& call, const std::string& type, const topology::InstanceKey& key,
                                        const std::string& message);

}  // namespace orchestrator::api
