// Makes a scenario that fails as small as it gets while it fails in the same way.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>

#include "consensus/simulator/simulation.hpp"

namespace consensus::simulator {

// Runs a candidate and says how it failed.
using ScenarioRunner = std::function<std::optional<Failure>(const Scenario&)>;

struct ShrinkOptions {
  std::size_t most_runs = 3000;
};

// Leaves out kinds of faults, then actions and deviations in ever smaller pieces, then members; takes usual sizes where
// they do. `scenario` fails with `failure`. Source of the method: Zeller and Hildebrandt, "Simplifying and isolating
// failure-inducing input" (2002).
[[nodiscard]] Scenario shrink(Scenario scenario, const Failure& failure, const ScenarioRunner& run,
                              ShrinkOptions options = {});

// The same invariant broke; for processes that ended, with the same last words.
[[nodiscard]] bool is_same_failure(const Failure& left, const Failure& right);

}  // namespace consensus::simulator
