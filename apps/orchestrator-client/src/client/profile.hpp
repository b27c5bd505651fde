// The client's settings file, /etc/profile.d/orchestrator-client.sh, read without running a shell.
#pragma once

#include <string_view>

#include "client/options.hpp"

namespace orchestrator::client {

struct Profile {
  Variables variables;
  Variables not_taken;  // assignments that need a shell to be understood: name to where they are
};

// Takes `NAME=value` and `export NAME=value` lines (single, double or no quotes, several on a line, comments) whose
// name begins with ORCHESTRATOR_. Everything else in the file is passed over. A value with `$` or a backquote outside
// single quotes is not taken; the caller warns about it.
Profile parse_profile(std::string_view text);

}  // namespace orchestrator::client
