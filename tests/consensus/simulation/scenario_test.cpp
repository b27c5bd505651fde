// Scenario files: written, read, refused.
#include "consensus/simulator/scenario.hpp"

#include "catch.hpp"

using namespace consensus::simulator;

namespace {

Scenario example() {
  Scenario scenario;
  scenario.comments = {"two words"};
  scenario.expect = "liveness";
  scenario.setup.seed = 18446744073709551615U;
  scenario.setup.core.pre_vote = false;
  scenario.setup.core.max_cached_bytes = 0;
  scenario.actions.push_back({.at = consensus::TimePoint(consensus::Duration(1'000'000'020)),
                              .kind = ActionKind::crash,
                              .node = 2,
                              .value = 7,
                              .duration = consensus::Duration(5)});
  scenario.deviations.push_back({.subject = DeviationSubject::snapshot,
                                 .effect = DeviationEffect::duplicate,
                                 .from = 1,
                                 .to = 3,
                                 .number = 9,
                                 .duration = consensus::Duration(70)});
  return scenario;
}

}  // namespace

TEST_CASE("a scenario is read as it was written") {
  const Scenario written = example();
  const auto read = parse_scenario(format(written));
  REQUIRE(read);
  CHECK(read->comments == written.comments);
  CHECK(read->expect == written.expect);
  CHECK(read->actions == written.actions);
  CHECK(read->deviations == written.deviations);
  CHECK(read->setup.seed == written.setup.seed);
  CHECK_FALSE(read->setup.core.pre_vote);
  CHECK(format(*read) == format(written));
}

TEST_CASE("actions are lines that people can read and write") {
  CHECK(format(example().actions.front()) == "at 1.000000020 crash node=2 value=7 for=0.000000005");
}

TEST_CASE("what is not a scenario is refused with the number of the line") {
  CHECK(parse_scenario("").error().code == consensus::Errc::malformed);
  CHECK(parse_scenario("consensus-scenario 1\nseed 1\nspeed 2\n").error().context == "scenario, line 3");
  for (const char* line : {"at 1.0 crash", "at 1.000000000 burn", "at 1.000000000 crash node=x",
                           "message from=1 to=2 number=3 drop", "seed", "seed 1 2", "seed x"}) {
    INFO(line);
    CHECK_FALSE(parse_scenario(std::string("consensus-scenario 1\n") + line + "\n"));
  }
}
