// Runs seeds of a profile for a test, and says how to see a failure again.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "consensus/simulator/simulation.hpp"

namespace simulation {

struct CampaignResult {
  consensus::simulator::Statistics statistics;
  std::uint64_t runs = 0;
  std::string failure;  // empty if there was none
};

// Ends at the first failure.
[[nodiscard]] CampaignResult run_campaign(std::string_view profile, std::uint64_t first_seed, std::uint64_t seeds);

}  // namespace simulation
