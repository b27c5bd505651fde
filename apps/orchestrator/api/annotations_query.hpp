// Reads the annotations from the state.
#pragma once

#include "api/annotations.hpp"
#include "state/state.hpp"

namespace orchestrator::api {

// Blocks as queries of the state do. Errors: those of the state.
[[nodiscard]] state::Result<Annotations> read_annotations(state::State& state);

}  // namespace orchestrator::api
