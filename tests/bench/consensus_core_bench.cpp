// Prints how many steps of Raft cores a second of one processor's time simulates, with all invariants checked.
#include <algorithm>
#include <cstdio>
#include <ctime>
#include <vector>

#include "consensus/simulator/simulation.hpp"

namespace {

double processor_seconds() {
  return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

// Steps per second of a number of seeds.
double measure(std::string_view profile, std::uint64_t seeds) {
  std::uint64_t steps = 0;
  const double start = processor_seconds();
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    auto plan = consensus::simulator::make_plan(profile, seed).value();
    plan.setup.length = std::chrono::seconds(5);
    const auto report = consensus::simulator::simulate(plan);
    if (report.failure) std::printf("seed %lu fails: %s\n", seed, report.failure->text.c_str());
    steps += report.statistics.steps;
  }
  return static_cast<double>(steps) / (processor_seconds() - start);
}

}  // namespace

int main() {
  for (const std::string_view profile : {"calm", "network", "chaos"}) {
    std::vector<double> runs;
    for (int run = 0; run < 5; ++run) runs.push_back(measure(profile, 60));
    std::sort(runs.begin(), runs.end());
    std::printf("%-8s %9.0f core steps/s (median of 5; %.0f to %.0f)\n", std::string(profile).c_str(), runs[2],
                runs.front(), runs.back());
  }
  return 0;
}
