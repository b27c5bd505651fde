// The reference page of the configuration.
#pragma once

#include <string>

namespace orchestrator {

// docs/reference/configuration.md, made from the table of keys; a test compares the two.
[[nodiscard]] std::string configuration_reference();

}  // namespace orchestrator
