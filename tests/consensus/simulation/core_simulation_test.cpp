// Seeds of every profile: no invariant breaks, every history is linearizable, every group recovers.
#include "campaign.hpp"
#include "catch.hpp"

using simulation::run_campaign;

namespace {

// Runs the seeds and checks that what the profile is about did happen.
consensus::simulator::Statistics pass(std::string_view profile, std::uint64_t seeds) {
  const auto result = run_campaign(profile, 1, seeds);
  INFO(profile);
  REQUIRE(result.failure.empty());
  REQUIRE(result.statistics.committed > seeds * 10);
  REQUIRE(result.statistics.answered > result.statistics.unknown);
  return result.statistics;
}

}  // namespace

TEST_CASE("a group without faults keeps its leader and answers everything") {
  const auto done = pass("calm", 50);
  CHECK(done.elections == 50);
  CHECK(done.unknown == 0);
}

TEST_CASE("a network that loses, doubles, delays, reorders, cuts and repeats breaks nothing") {
  CHECK(pass("network", 300).elections > 300);
}

TEST_CASE("crashes, pauses and transfers break nothing") {
  CHECK(pass("crash", 300).crashes > 1000);
}

TEST_CASE("disks that stall, fill up and lie break nothing") {
  const auto done = pass("storage", 300);
  CHECK(done.damaged > 20);
  CHECK(done.snapshots_installed > 20);
}

TEST_CASE("clocks that run apart and pauses break no lease") {
  CHECK(pass("clock", 300).answered > 1000);
}

TEST_CASE("changes of the members break nothing") {
  const auto done = pass("membership", 200);
  CHECK(done.configurations > 500);
  CHECK(done.snapshots_installed > 100);
}

TEST_CASE("all faults together break nothing") {
  CHECK(pass("chaos", 600).crashes > 500);
}

TEST_CASE("random halves of the faults with random limits break nothing") {
  CHECK(pass("swarm", 1000).configurations > 500);
}
