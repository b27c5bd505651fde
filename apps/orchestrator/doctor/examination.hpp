// Looks for what keeps a node from doing its work, before it does or while it runs.
#pragma once

#include <chrono>
#include <string>

#include "configuration/configuration.hpp"
#include "doctor/finding.hpp"

namespace orchestrator::doctor {

// Blocks, for some seconds if peers do not answer. Changes nothing but for a file that it makes and removes in each
// folder to see whether it can. The version is that of this program.
[[nodiscard]] Findings examine(const Configuration& configuration, const std::string& version);

// Its parts.
void examine_disks(const Configuration& configuration, Findings& findings);
void examine_certificates(const Configuration& configuration, std::chrono::system_clock::time_point now,
                          Findings& findings);
void examine_peers(const Configuration& configuration, Findings& findings);
// The server of this configuration, if it runs: its version, its group, its clock beside the leader's.
void examine_server(const Configuration& configuration, const std::string& version, Findings& findings);

}  // namespace orchestrator::doctor
