// The server: all parts put together on one event loop.
#pragma once

#include "configuration/loader.hpp"
#include "server/command_line.hpp"

namespace orchestrator {

// Serves until SIGINT or SIGTERM; SIGHUP reads the configuration again. Returns the program's exit status: 0 after a
// signal, 1 when it cannot start; the reason is then on standard error.
[[nodiscard]] int serve(const ServeCommand& command, Configuration configuration, const ConfigurationFiles& files);

}  // namespace orchestrator
