// A seed means the same run each time: here, in another process, and replayed from what was recorded.
#include "catch.hpp"
#include "consensus/simulator/isolation.hpp"
#include "consensus/simulator/simulation.hpp"

using namespace consensus::simulator;

TEST_CASE("two runs of a seed are the same run") {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    INFO("seed " << seed);
    const Plan plan = make_plan("swarm", seed).value();
    const Report first = simulate(plan);
    const Report second = simulate(plan);
    REQUIRE(first.hash == second.hash);
    REQUIRE(first.statistics.steps == second.statistics.steps);
    REQUIRE(run_isolated([&] { return simulate(plan); }).hash == first.hash);
  }
}

TEST_CASE("a recorded run replays as it was, also from its file") {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    INFO("seed " << seed);
    const Report first = simulate(make_plan("chaos", seed).value());
    const auto scenario = parse_scenario(format(first.scenario));
    REQUIRE(scenario);
    const Report again = replay(*scenario);
    REQUIRE(again.hash == first.hash);
    REQUIRE(format(again.scenario) == format(first.scenario));
  }
}
