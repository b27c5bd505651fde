// What raft-simulate was asked for, and how it sums up.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "consensus/simulator/simulation.hpp"

namespace simulation {

struct Arguments {
  std::uint64_t seed = 1;
  std::uint64_t seeds = 100;
  std::uint64_t steps = 0;
  consensus::simulator::MemberNumber nodes = 0;
  std::uint64_t milliseconds = 0;
  std::string profile = "swarm";
  std::string replay;
  std::string output = ".";
  std::string faults = "all";
  std::size_t shrink_runs = 3000;
  std::size_t failures = 1;
  bool whole_nodes = false;
  bool quiet = false;
  bool trace = false;
  bool hashes = false;
};

void print(const consensus::simulator::Statistics& sum, std::uint64_t runs, double seconds);

}  // namespace simulation
