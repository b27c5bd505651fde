// The part of raft-simulate that runs whole nodes.
#pragma once

#include "arguments.hpp"

namespace simulation {

// The exit code: 0, 1 when a seed failed, 2 for arguments that cannot be.
[[nodiscard]] int run_whole_nodes(const Arguments& arguments);

}  // namespace simulation
