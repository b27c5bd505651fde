// A seed means the same run of whole nodes each time, in this process and in another one.
#include "catch.hpp"
#include "consensus/simulator/isolation.hpp"
#include "consensus/simulator/node_simulation.hpp"

using namespace consensus::simulator;

TEST_CASE("two runs of whole nodes with one seed are the same run") {
  for (const std::string_view profile : node_profile_names()) {
    INFO(profile);
    NodePlan plan = make_node_plan(profile, 3).value();
    plan.length = std::chrono::milliseconds(1500);
    const Report first = simulate_nodes(plan);
    const Report second = simulate_nodes(plan);
    REQUIRE(first.hash == second.hash);
    REQUIRE(first.statistics.steps == second.statistics.steps);
    REQUIRE(run_isolated([&] { return simulate_nodes(plan); }).hash == first.hash);
  }
}

TEST_CASE("another seed is another run of whole nodes") {
  CHECK(simulate_nodes(make_node_plan("calm", 1).value()).hash !=
        simulate_nodes(make_node_plan("calm", 2).value()).hash);
}
