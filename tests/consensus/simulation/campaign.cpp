// Campaigns for tests.
#include "campaign.hpp"

#include "consensus/simulator/isolation.hpp"

namespace simulation {

using namespace consensus::simulator;

CampaignResult run_campaign(std::string_view profile, std::uint64_t first_seed, std::uint64_t seeds) {
  CampaignResult result;
  for (std::uint64_t seed = first_seed; seed < first_seed + seeds; ++seed) {
    const auto plan = make_plan(profile, seed).value();
    const Report report = run_isolated([&] { return simulate(plan); });
    ++result.runs;
    result.statistics += report.statistics;
    if (!report.failure) continue;
    result.failure = report.failure->kind + ": " + report.failure->text +
                     "\nreplay and shrink: bin/raft-simulate --profile " + std::string(profile) + " --seed " +
                     std::to_string(seed) + " --seeds 1";
    break;
  }
  return result;
}

}  // namespace simulation
