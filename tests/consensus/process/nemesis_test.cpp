// Real members under kill -9, SIGSTOP, lost disks and flipped bits: what clients saw is linearizable, and nothing that
// was acknowledged is lost.
#include "catch.hpp"
#include "workload.hpp"

namespace consensus_test {
namespace {

WorkloadOptions options(int rounds) {
  return {.cluster = {.seed = nemesis_seed()}, .rounds = nemesis_rounds(rounds)};
}

TEST_CASE("members are killed: one, the leader, two, all") {
  run_under(options(4), [round = 0](Cluster& cluster, const Works& works) mutable {
    switch (round++ % 4) {
      case 0:
        cluster.kill(cluster.leader());
        return works(20);
      case 1:
        cluster.kill(cluster.random_member());
        return works(20);
      case 2:
        cluster.kill(0);
        cluster.kill(1 + cluster.random()() % 2);
        return true;
      default:
        for (std::size_t i = 0; i < cluster.size(); ++i) cluster.kill(i);
        return true;
    }
  });
}

TEST_CASE("the leader is frozen, another one leads, and the old one comes back") {
  run_under(options(2), [](Cluster& cluster, const Works& works) {
    const std::size_t frozen = cluster.leader();
    cluster.freeze(frozen);
    const bool went_on = works(30);
    cluster.thaw(frozen);
    return went_on;
  });
}

TEST_CASE("followers are frozen: one, then both") {
  run_under(options(2), [round = 0](Cluster& cluster, const Works& works) mutable {
    const std::size_t leader = cluster.leader();
    const std::size_t first = (leader + 1) % cluster.size();
    const std::size_t second = (leader + 2) % cluster.size();
    cluster.freeze(first);
    const bool went_on = works(30);
    if (round++ % 2 == 1) {
      cluster.freeze(second);
      if (!cluster.refuses_writes()) return false;
      cluster.thaw(second);
    }
    cluster.thaw(first);
    return went_on;
  });
}

TEST_CASE("members lose their disks, one after the other, and are given everything again") {
  run_under(options(3), [round = std::size_t{0}](Cluster& cluster, const Works& works) mutable {
    const std::size_t member = round++ % cluster.size();
    cluster.kill(member);
    cluster.wipe(member);
    const bool went_on = works(80);
    cluster.start(member);
    return went_on;
  });
}

TEST_CASE("bits flip in a member's log while it is down") {
  run_under(options(4), [](Cluster& cluster, const Works& works) {
    const std::size_t member = cluster.random_member();
    cluster.kill(member);
    cluster.spoil(member);
    const bool went_on = works(20);
    cluster.start(member);
    return went_on;
  });
}

TEST_CASE("a rolling restart under load") {
  run_under(options(3), [round = std::size_t{0}](Cluster& cluster, const Works& works) mutable {
    const std::size_t member = round++ % cluster.size();
    cluster.kill(member);
    cluster.start(member);
    return works(20);
  });
}

}  // namespace
}  // namespace consensus_test
