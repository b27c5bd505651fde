// Sets the program's log up.
#pragma once

#include "server/command_line.hpp"

namespace orchestrator {

enum class Syslog { off, on };

// Lines go to standard error as "date time level text", through a bounded queue and a thread of its own: a log nobody
// reads loses its oldest lines and never stops the server. With syslog on they go there as well. Call once, before any
// thread is started.
void start_logging(Verbosity verbosity, Syslog syslog);
// Writes what is queued; call at the end.
void finish_logging();

}  // namespace orchestrator
