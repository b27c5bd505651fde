// Writes records of the state in their legacy JSON form.
#pragma once

#include <string>
#include <vector>

#include "state/records.hpp"
#include "topology/observation.hpp"

namespace orchestrator::api {

// Lists, in the order given; [] when there are none.
[[nodiscard]] std::string maintenances_json(const std::vector<state::Maintenance>& maintenances,
                                            topology::SystemTime now);
[[nodiscard]] std::string audits_json(const std::vector<state::Audit>& audits);
// null when there are none.
[[nodiscard]] std::string candidates_json(const std::vector<state::Candidate>& candidates);
[[nodiscard]] std::string keys_json(const std::vector<topology::InstanceKey>& keys);

}  // namespace orchestrator::api
