// Durations as operators write them, "90s", "10m", "2h", "3d", "1w"; and as Go programs print them.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "topology/error.hpp"

namespace orchestrator::api {

// At most a hundred years, so that it can be added to any time of today. Errors: Errc::parse_error, in the legacy
// words.
[[nodiscard]] topology::Result<std::chrono::seconds> parse_simple_duration(std::string_view text);

// "1.234567ms", "2.5s", "850ns"; below a minute only.
[[nodiscard]] std::string go_duration(std::chrono::nanoseconds duration);

}  // namespace orchestrator::api
