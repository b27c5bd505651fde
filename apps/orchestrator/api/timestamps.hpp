// Times as the legacy interface writes them.
#pragma once

#include <string>

#include "topology/observation.hpp"

namespace orchestrator::api {

// "2026-11-24 05:35:00" in UTC; "" for the zero time, which means never.
[[nodiscard]] std::string timestamp(topology::SystemTime time);
// "2026-11-24T05:35:00.123456789Z", Go's time.Time; "0001-01-01T00:00:00Z" for the zero time.
[[nodiscard]] std::string rfc3339(topology::SystemTime time);

}  // namespace orchestrator::api
