// Clients that work while something is done to the members, and the check of what they saw.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>

#include "cluster.hpp"

namespace consensus_test {

// Waits until the clients have had so many more answers; false when that takes longer than it may in a group with a
// majority that can work.
using Works = std::function<bool(std::size_t)>;
// Does something to the members; false: what had to happen did not.
using Disturb = std::function<bool(Cluster&, const Works&)>;

struct WorkloadOptions {
  ClusterOptions cluster;
  int rounds = 1;
};

// Each round ends with all members settled again. Fails the test unless every round ends well, what the clients saw is
// linearizable and all members have the same at the end.
void run_under(const WorkloadOptions& options, const Disturb& disturb);

// Environment: NEMESIS_SEED, NEMESIS_ROUNDS, for other seeds and for longer.
[[nodiscard]] std::uint64_t nemesis_seed();
[[nodiscard]] int nemesis_rounds(int otherwise);

}  // namespace consensus_test
