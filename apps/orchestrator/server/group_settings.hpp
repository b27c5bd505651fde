// Conversion of the configuration's Raft settings.
#pragma once

#include <string>

#include "api/objects.hpp"
#include "configuration/configuration.hpp"
#include "group/group.hpp"

namespace orchestrator {

// All but the name; a node without RaftEnabled is a group of its own.
[[nodiscard]] group::GroupOptions group_options(const Configuration& configuration);

// HTTPAdvertise, else http or https, the host of RaftAdvertise (of this machine without RaftEnabled) and the port.
[[nodiscard]] std::string own_uri(const Configuration& configuration, const std::string& hostname, std::uint16_t port);

// The group in the words of the legacy interface.
[[nodiscard]] api::GroupStatus to_api(const group::GroupStatus& status, const Configuration& configuration,
                                      std::string leader_uri);

}  // namespace orchestrator
