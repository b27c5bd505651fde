// Shrinking, on failures that are known; and runs in processes of their own.
#include "consensus/simulator/shrink.hpp"

#include <atomic>
#include <cstdio>
#include <cstdlib>

#include "catch.hpp"
#include "consensus/simulator/isolation.hpp"

using namespace consensus::simulator;

namespace {

std::optional<Failure> needs_a_wipe_and_a_lost_message(const Scenario& scenario) {
  bool wiped = false;
  bool lost = false;
  for (const Action& action : scenario.actions) wiped = wiped || action.kind == ActionKind::wipe;
  for (const Deviation& one : scenario.deviations) lost = lost || one.number == 93;
  if (wiped && lost) return Failure{"example", "both"};
  return std::nullopt;
}

}  // namespace

TEST_CASE("a scenario shrinks to what its failure needs") {
  Scenario scenario;
  scenario.setup.voters = 5;
  for (std::uint32_t number = 1; number <= 100; ++number) {
    scenario.actions.push_back({.kind = number == 77 ? ActionKind::wipe : ActionKind::ask, .node = number});
    scenario.deviations.push_back({.from = 1, .to = 2, .number = number});
  }
  const Scenario small = shrink(scenario, {"example", ""}, needs_a_wipe_and_a_lost_message);
  REQUIRE(small.actions.size() == 1);
  CHECK(small.actions.front().node == 77);
  REQUIRE(small.deviations.size() == 1);
  CHECK(small.deviations.front().number == 93);
  CHECK(small.setup.voters == 1);
  CHECK(small.comments == std::vector<std::string>{"both"});
}

TEST_CASE("shrinking keeps within its number of runs") {
  std::size_t runs = 0;
  const auto counted = [&](const Scenario&) {
    ++runs;
    return std::optional<Failure>();
  };
  Scenario scenario;
  scenario.actions.resize(1000);
  const Scenario same = shrink(scenario, {"example", ""}, counted, {.most_runs = 20});
  CHECK(runs == 20);
  CHECK(same.actions.size() == 1000);
}

TEST_CASE("a run that ends its process is a failure with its last words") {
  const Report report = run_isolated([]() -> Report {
    std::fputs("first\nlast words\n", stderr);
    std::abort();
  });
  REQUIRE(report.failure);
  CHECK(report.failure->kind == "abort");
  CHECK(report.failure->text == "last words");
}

TEST_CASE("a run that never ends is a failure") {
  const Report report = run_isolated(
      []() -> Report {
        std::atomic<int> count = 0;
        while (count >= 0) count = 1;
        return {};
      },
      std::chrono::seconds(1));
  REQUIRE(report.failure);
  CHECK(report.failure->kind == "hang");
}

TEST_CASE("a run in a process of its own gives the report of a run here") {
  const Plan plan = make_plan("chaos", 3).value();
  const Report here = simulate(plan);
  const Report there = run_isolated([&] { return simulate(plan); });
  CHECK(there.hash == here.hash);
  CHECK(there.statistics.steps == here.statistics.steps);
  CHECK(format(there.scenario) == format(here.scenario));
  CHECK_FALSE(there.failure);
}
