// One command of every kind, and random ones.
#pragma once

#include <random>
#include <vector>

#include "state/command.hpp"
#include "state/layout.hpp"

namespace orchestrator::state {

// In the order of the variant.
[[nodiscard]] const std::vector<const LayoutText*>& command_layouts();

// Every member is set to something else than a new command has.
[[nodiscard]] std::vector<Command> one_of_each_command();

// Of any kind, with texts and numbers of all sorts that a command may have.
[[nodiscard]] Command random_command(std::mt19937_64& random);

}  // namespace orchestrator::state
