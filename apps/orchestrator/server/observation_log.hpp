// Decides what the log says of a probe: changes only, so that a dead server is one line and not one a second.
#pragma once

#include <string>
#include <vector>

#include "topology/observation.hpp"

namespace orchestrator {

struct LogLine {
  enum class Level { info, warning } level = Level::info;
  std::string text;

  friend bool operator==(const LogLine&, const LogLine&) = default;
};

// before is null at the first observation. Pure.
[[nodiscard]] std::vector<LogLine> lines_about(const topology::Observation& now, const topology::Observation* before);

}  // namespace orchestrator
