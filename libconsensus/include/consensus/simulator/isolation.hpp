// Runs a simulation in a process of its own, so that one that dies or never ends is a failure like any other.
#pragma once

#include <chrono>
#include <functional>

#include "consensus/simulator/simulation.hpp"

namespace consensus::simulator {

// Forks; call it from a process with one thread. The failure of a process that ended by itself has the kind "abort" and
// what it printed last as its text, that of one that took longer than the limit (of real time) the kind "hang"; their
// scenarios go up to where they were then.
[[nodiscard]] Report run_isolated(const std::function<Report()>& run,
                                  std::chrono::seconds limit = std::chrono::seconds(60));

}  // namespace consensus::simulator
