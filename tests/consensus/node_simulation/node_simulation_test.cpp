// Seeds of every profile on whole nodes: no invariant breaks, every history is linearizable, every group recovers.
#include "consensus/simulator/node_simulation.hpp"

#include <string>
#include <string_view>

#include "catch.hpp"
#include "consensus/simulator/isolation.hpp"

using namespace consensus::simulator;

namespace {

Statistics pass(std::string_view profile, std::uint64_t seeds) {
  Statistics sum;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    const Report report = run_isolated([&] { return simulate_nodes(make_node_plan(profile, seed).value()); });
    if (report.failure) {
      FAIL(report.failure->kind << ": " << report.failure->text
                                << "\nreplay and shrink: bin/raft-simulate --whole-nodes --profile " << profile
                                << " --seed " << seed << " --seeds 1");
    }
    sum += report.statistics;
  }
  CHECK(sum.committed > seeds * 20);
  CHECK(sum.answered > sum.unknown);
  return sum;
}

}  // namespace

TEST_CASE("whole nodes without faults keep their leader and answer everything") {
  const Statistics done = pass("calm", 2);
  CHECK(done.elections == 2);
  CHECK(done.unknown == 0);
}

TEST_CASE("a network that loses, doubles, reorders and cuts breaks no group of whole nodes") {
  CHECK(pass("network", 4).elections > 4);
}

TEST_CASE("whole nodes that die, lose power, stand still and stop break nothing") {
  CHECK(pass("crash", 6).crashes > 30);
}

TEST_CASE("disks that fail, stall, lie, rot and fill up break nothing") {
  const Statistics done = pass("storage", 8);
  CHECK(done.damaged > 0);
  CHECK(done.snapshots_installed > 0);
}

TEST_CASE("whole nodes that join, leave, move and are emptied break nothing") {
  CHECK(pass("membership", 8).configurations > 100);
}

TEST_CASE("all faults of whole nodes together break nothing") {
  CHECK(pass("chaos", 10).crashes > 25);
}
