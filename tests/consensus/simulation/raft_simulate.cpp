// raft-simulate: runs simulations by seed, shows how fast, and turns what fails into a scenario file.
#include <boost/program_options.hpp>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>

#include "arguments.hpp"
#include "consensus/simulator/isolation.hpp"
#include "consensus/simulator/shrink.hpp"
#include "consensus/simulator/simulation.hpp"
#include "whole_nodes.hpp"

using namespace consensus::simulator;
using simulation::Arguments;

namespace options_of = boost::program_options;
using Clock = std::chrono::steady_clock;

void simulation::print(const Statistics& sum, std::uint64_t runs, double seconds) {
  std::printf(
      "%llu runs, %llu steps (%.0f/s), %.0f s virtual, %llu messages, %llu commits, %llu leaders, %llu crashes, "
      "%llu damaged, %llu snapshots taken, %llu installed, %llu configurations, %llu requests (%llu answered, %llu "
      "unknown)\n",
      static_cast<unsigned long long>(runs), static_cast<unsigned long long>(sum.steps),
      static_cast<double>(sum.steps) / std::max(seconds, 1e-9), std::chrono::duration<double>(sum.virtual_time).count(),
      static_cast<unsigned long long>(sum.messages), static_cast<unsigned long long>(sum.committed),
      static_cast<unsigned long long>(sum.elections), static_cast<unsigned long long>(sum.crashes),
      static_cast<unsigned long long>(sum.damaged), static_cast<unsigned long long>(sum.snapshots_taken),
      static_cast<unsigned long long>(sum.snapshots_installed), static_cast<unsigned long long>(sum.configurations),
      static_cast<unsigned long long>(sum.requests), static_cast<unsigned long long>(sum.answered),
      static_cast<unsigned long long>(sum.unknown));
}

namespace {

void save_shrunk(const Report& report, const Arguments& arguments, std::uint64_t seed) {
  const auto runner = [](const Scenario& candidate) { return run_isolated([&] { return replay(candidate); }).failure; };
  Scenario scenario = report.scenario;
  if (!runner(scenario)) {
    std::printf("  the recorded scenario does not fail; replay it by its seed\n");
    return;
  }
  scenario = shrink(std::move(scenario), *report.failure, runner, {.most_runs = arguments.shrink_runs});
  const std::string file = arguments.output + "/" + report.failure->kind + "-" + std::to_string(seed) + ".scenario";
  std::ofstream(file) << format(scenario);
  std::printf("  %zu actions, %zu deviations; replay it with: raft-simulate --replay %s\n", scenario.actions.size(),
              scenario.deviations.size(), file.c_str());
}

int replay_file(const Arguments& arguments) {
  std::ifstream file(arguments.replay);
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  const auto scenario = parse_scenario(text);
  if (!scenario) {
    std::fprintf(stderr, "%s: %s\n", arguments.replay.c_str(), scenario.error().message().c_str());
    return 2;
  }
  const Report report = run_isolated([&] {
    if (arguments.trace) trace_to(&std::cout);
    Report result = replay(*scenario);
    std::cout.flush();
    return result;
  });
  if (report.failure) std::printf("%s: %s\n", report.failure->kind.c_str(), report.failure->text.c_str());
  simulation::print(report.statistics, 1, 0);
  return report.failure ? 1 : 0;
}

int print_hashes(const Arguments& arguments) {
  for (std::uint64_t seed = arguments.seed; seed < arguments.seed + arguments.seeds; ++seed) {
    const auto plan = make_plan(arguments.profile, seed);
    if (!plan) return 2;
    std::printf("%s %llu %016llx\n", arguments.profile.c_str(), static_cast<unsigned long long>(seed),
                static_cast<unsigned long long>(simulate(*plan).hash));
  }
  return 0;
}

int run_seeds(const Arguments& arguments) {
  Statistics sum;
  const auto start = Clock::now();
  const auto elapsed = [&] { return std::chrono::duration<double>(Clock::now() - start).count(); };
  auto shown = start;
  std::uint64_t runs = 0;
  std::size_t failures = 0;
  for (std::uint64_t seed = arguments.seed; runs < arguments.seeds; ++seed) {
    if (arguments.steps > 0 && sum.steps >= arguments.steps) break;
    auto plan = make_plan(arguments.profile, seed);
    if (!plan) {
      std::fprintf(stderr, "%s\n", plan.error().message().c_str());
      return 2;
    }
    if (arguments.nodes > 0) plan->setup.voters = arguments.nodes;
    if (arguments.milliseconds > 0) plan->setup.length = std::chrono::milliseconds(arguments.milliseconds);
    const Report report = run_isolated([&] { return simulate(*plan); });
    ++runs;
    sum += report.statistics;
    if (report.failure) {
      std::printf("seed %llu: %s: %s\n  raft-simulate --profile %s --seed %llu --seeds 1%s%s\n",
                  static_cast<unsigned long long>(seed), report.failure->kind.c_str(), report.failure->text.c_str(),
                  arguments.profile.c_str(), static_cast<unsigned long long>(seed),
                  arguments.nodes > 0 ? (" --nodes " + std::to_string(arguments.nodes)).c_str() : "",
                  arguments.milliseconds > 0 ? (" --length " + std::to_string(arguments.milliseconds)).c_str() : "");
      if (arguments.shrink_runs > 0) save_shrunk(report, arguments, seed);
      std::fflush(stdout);
      if (++failures >= arguments.failures) break;
    }
    if (!arguments.quiet && Clock::now() - shown > std::chrono::seconds(1)) {
      shown = Clock::now();
      std::fprintf(stderr, "\r%llu runs, %.1f M steps, seed %llu ", static_cast<unsigned long long>(runs),
                   static_cast<double>(sum.steps) / 1e6, static_cast<unsigned long long>(seed));
    }
  }
  if (!arguments.quiet) std::fprintf(stderr, "\r");
  simulation::print(sum, runs, elapsed());
  return failures > 0 ? 1 : 0;
}

}  // namespace

int main(int argc, char* argv[]) {
  Arguments arguments;
  options_of::options_description description("raft-simulate [options]");
  description.add_options()("help", "prints this")("seed", options_of::value(&arguments.seed), "the first seed (1)")(
      "seeds", options_of::value(&arguments.seeds), "how many (100)")("steps", options_of::value(&arguments.steps),
                                                                      "ends after so many steps of cores")(
      "nodes", options_of::value(&arguments.nodes), "voters at the start (the profile's)")(
      "length", options_of::value(&arguments.milliseconds), "virtual milliseconds until healing (the profile's)")(
      "profile", options_of::value(&arguments.profile),
      "calm, network, crash, storage, clock, membership, chaos or swarm (swarm; chaos with --whole-nodes)")(
      "whole-nodes", options_of::bool_switch(&arguments.whole_nodes),
      "runs nodes with their real stores on simulated disks, not cores")(
      "faults", options_of::value(&arguments.faults), "with --whole-nodes: only these faults of the seed, as 3,7,12")(
      "replay", options_of::value(&arguments.replay), "runs a scenario file instead")(
      "output", options_of::value(&arguments.output), "where scenarios are written (.)")(
      "shrink", options_of::value(&arguments.shrink_runs), "how many runs shrinking may take; 0: none (3000)")(
      "failures", options_of::value(&arguments.failures), "ends after so many failures (1)")(
      "trace", options_of::bool_switch(&arguments.trace),
      "with --replay or --whole-nodes: prints everything that happens")(
      "hashes", options_of::bool_switch(&arguments.hashes), "prints the hash of each seed and nothing else")(
      "quiet", options_of::bool_switch(&arguments.quiet), "no line of progress");
  try {
    options_of::variables_map values;
    options_of::store(options_of::parse_command_line(argc, argv, description), values);
    options_of::notify(values);
    if (values.count("help") > 0) {
      std::cout << description;
      return 0;
    }
  } catch (const options_of::error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 2;
  }
  if (arguments.whole_nodes) return simulation::run_whole_nodes(arguments);
  if (arguments.hashes) return print_hashes(arguments);
  return arguments.replay.empty() ? run_seeds(arguments) : replay_file(arguments);
}
