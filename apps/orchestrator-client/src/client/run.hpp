// Carries out one command.
#pragma once

#include <string>

#include "client/failure.hpp"
#include "client/options.hpp"

namespace orchestrator::client {

// Returns what goes to standard output. Blocks for options.timeout at most; nothing is sent when an option is missing
// or malformed. Failures name the endpoint without its password.
Result<std::string> run(const Options& options);

}  // namespace orchestrator::client
