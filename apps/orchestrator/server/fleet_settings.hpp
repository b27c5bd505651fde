// Turns the configuration into what discovery and the probe take.
#pragma once

#include <memory>

#include "configuration/configuration.hpp"
#include "topology/discovery.hpp"

namespace orchestrator {

[[nodiscard]] topology::DiscoveryPolicy discovery_policy(const Configuration& configuration);

[[nodiscard]] std::shared_ptr<const topology::mysql::ProbeSettings> probe_settings(const Configuration& configuration);

}  // namespace orchestrator
