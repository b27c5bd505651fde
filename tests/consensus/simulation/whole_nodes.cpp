// Runs of whole nodes by seed; a failure is shown as the line that replays it with as few faults as it takes.
#include "whole_nodes.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

#include "consensus/simulator/isolation.hpp"
#include "consensus/simulator/node_simulation.hpp"

namespace simulation {
namespace {

using namespace consensus::simulator;
using Clock = std::chrono::steady_clock;

// A shrunk candidate takes as long as a run.
constexpr std::size_t most_shrink_runs = 150;

std::string profile_of(const Arguments& arguments) {
  return arguments.profile == "swarm" ? "chaos" : arguments.profile;
}

std::vector<std::uint32_t> numbers_in(const std::string& list) {
  std::vector<std::uint32_t> numbers;
  std::istringstream stream(list);
  for (std::string one; std::getline(stream, one, ',');) {
    numbers.push_back(static_cast<std::uint32_t>(std::strtoul(one.c_str(), nullptr, 10)));
  }
  return numbers;
}

consensus::Result<NodePlan> plan_of(const Arguments& arguments, std::uint64_t seed) {
  auto plan = make_node_plan(profile_of(arguments), seed);
  if (!plan) return plan;
  if (arguments.nodes > 0) plan->hosts = arguments.nodes;
  if (arguments.milliseconds > 0) plan->length = std::chrono::milliseconds(arguments.milliseconds);
  if (arguments.faults == "all") return plan;
  const std::vector<std::uint32_t> kept = numbers_in(arguments.faults);
  std::erase_if(plan->faults, [&](const NodeFault& fault) {
    return std::find(kept.begin(), kept.end(), fault.number) == kept.end();
  });
  return plan;
}

Report run(const NodePlan& plan) {
  return run_isolated([&] { return simulate_nodes(plan); });
}

void show_failure(const Arguments& arguments, const NodePlan& plan, const Failure& failure) {
  std::printf("seed %llu: %s: %s\n", static_cast<unsigned long long>(plan.seed), failure.kind.c_str(),
              failure.text.c_str());
  NodePlan smallest = plan;
  if (arguments.shrink_runs > 0) {
    smallest = shrink_faults(
        plan, failure, [](const NodePlan& candidate) { return run(candidate).failure; },
        std::min(arguments.shrink_runs, most_shrink_runs));
  }
  std::string faults;
  for (const NodeFault& fault : smallest.faults) {
    std::printf("  %s\n", format(fault).c_str());
    faults += (faults.empty() ? "" : ",") + std::to_string(fault.number);
  }
  std::printf("  raft-simulate --whole-nodes --profile %s --seed %llu --seeds 1%s%s --faults %s\n",
              profile_of(arguments).c_str(), static_cast<unsigned long long>(plan.seed),
              arguments.nodes > 0 ? (" --nodes " + std::to_string(arguments.nodes)).c_str() : "",
              arguments.milliseconds > 0 ? (" --length " + std::to_string(arguments.milliseconds)).c_str() : "",
              faults.empty() ? "none" : faults.c_str());
  std::fflush(stdout);
}

Report run_and_trace(const NodePlan& plan) {
  return run_isolated([&] {
    trace_to(&std::cout);
    Report report = simulate_nodes(plan);
    std::cout.flush();
    return report;
  });
}

}  // namespace

int run_whole_nodes(const Arguments& arguments) {
  Statistics sum;
  std::uint64_t runs = 0;
  std::size_t failures = 0;
  const auto start = Clock::now();
  auto shown = start;
  for (std::uint64_t seed = arguments.seed; runs < arguments.seeds && failures < arguments.failures; ++seed, ++runs) {
    const auto plan = plan_of(arguments, seed);
    if (!plan) {
      std::fprintf(stderr, "%s\n", plan.error().message().c_str());
      return 2;
    }
    const Report report = arguments.trace ? run_and_trace(*plan) : run(*plan);
    sum += report.statistics;
    if (arguments.hashes) {
      std::printf("%s %llu %016llx\n", profile_of(arguments).c_str(), static_cast<unsigned long long>(seed),
                  static_cast<unsigned long long>(report.hash));
    }
    if (report.failure) {
      ++failures;
      show_failure(arguments, *plan, *report.failure);
    }
    if (!arguments.quiet && !arguments.hashes && Clock::now() - shown > std::chrono::seconds(1)) {
      shown = Clock::now();
      std::fprintf(stderr, "\r%llu runs, seed %llu ", static_cast<unsigned long long>(runs),
                   static_cast<unsigned long long>(seed));
    }
  }
  if (!arguments.quiet && !arguments.hashes) std::fprintf(stderr, "\r");
  if (!arguments.hashes) print(sum, runs, std::chrono::duration<double>(Clock::now() - start).count());
  return failures > 0 ? 1 : 0;
}

}  // namespace simulation
