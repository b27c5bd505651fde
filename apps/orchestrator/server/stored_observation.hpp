// The form in which an observation survives the program: text of which nothing is lost.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "topology/error.hpp"
#include "topology/observation.hpp"

namespace orchestrator {

// What is kept of an observation; how the checks went is not, as they are made anew after a start.
struct StoredObservation {
  std::shared_ptr<const topology::Instance> instance;  // null when it was never measured
  std::vector<topology::ProbeWarning> warnings;
};

// JSON of all measured fields, under names of its own: it is no part of the HTTP interface.
[[nodiscard]] std::string to_stored(const topology::Observation& observation);

// Gives back what was written. A field that an older program did not write has its default, one that it does not know
// is left out. Errors: Errc::parse_error naming the field.
[[nodiscard]] topology::Result<StoredObservation> from_stored(std::string_view text);

}  // namespace orchestrator
