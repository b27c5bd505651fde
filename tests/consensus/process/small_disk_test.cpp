// Real members on file systems of a few megabytes that fill up: proposals are refused with a reason, nothing is lost,
// and everything goes on by itself, in the same processes, when there is room again.
#include <string>

#include "catch.hpp"
#include "sandbox/private_network.hpp"
#include "sandbox/programs.hpp"
#include "workload.hpp"

namespace consensus_test {
namespace {

constexpr std::uint64_t disk_bytes = 12U << 20U;
// More than a write-ahead log takes before it begins anew, so that there is no room for them on a full disk.
constexpr int many_commands = 100;

WorkloadOptions options(int rounds) {
  static const bool is_private = [] {
    const std::string refused = sandbox::enter_private_network();
    if (!refused.empty()) sandbox::skip_test_program(refused);
    return true;
  }();
  REQUIRE(is_private);
  return {.cluster = {.seed = nemesis_seed(), .disk_bytes = disk_bytes}, .rounds = nemesis_rounds(rounds)};
}

bool is_refusal(const std::string& answer) {
  return answer.starts_with("no ") && answer.find("no space left") != std::string::npos;
}

TEST_CASE("a follower's disk is full: the others go on, and it gets what it missed") {
  run_under(options(2), [](Cluster& cluster, const Works& works) {
    const std::size_t leader = cluster.leader();
    const std::size_t follower = (leader + 1) % cluster.size();
    cluster.fill(follower);
    cluster.burden(leader, many_commands);
    const bool went_on = works(40);
    cluster.make_room(follower);
    return went_on && cluster.settle() && cluster.restarts() == 0;
  });
}

TEST_CASE("the leader's disk is full: it says so, and goes on once there is room") {
  run_under(options(2), [](Cluster& cluster, const Works& works) {
    const std::size_t leader = cluster.leader();
    cluster.fill(leader);
    const bool refused = cluster.answers(leader, is_refusal);
    cluster.make_room(leader);
    return refused && works(40) && cluster.restarts() == 0;
  });
}

TEST_CASE("the disks of two of three are full: nobody accepts anything until there is room") {
  run_under(options(2), [](Cluster& cluster, const Works& works) {
    const std::size_t first = cluster.random_member();
    const std::size_t second = (first + 1) % cluster.size();
    cluster.fill(first);
    cluster.fill(second);
    const bool refused = cluster.answers(cluster.leader(), is_refusal) && cluster.refuses_writes();
    cluster.make_room(first);
    const bool went_on = works(40);
    cluster.make_room(second);
    return refused && went_on && cluster.settle() && cluster.restarts() == 0;
  });
}

TEST_CASE("a member is killed while its disk is full, and started again before there is room") {
  run_under(options(2), [](Cluster& cluster, const Works& works) {
    const std::size_t member = cluster.random_member();
    cluster.fill(member);
    cluster.burden(cluster.leader(), many_commands);
    cluster.kill(member);
    cluster.start(member);
    const bool went_on = works(40);
    cluster.make_room(member);
    return went_on;
  });
}

TEST_CASE("one member's disk is full while another one is frozen, then killed") {
  run_under(options(1), [](Cluster& cluster, const Works& works) {
    const std::size_t leader = cluster.leader();
    const std::size_t full = (leader + 1) % cluster.size();
    const std::size_t hurt = (leader + 2) % cluster.size();
    cluster.fill(full);
    cluster.freeze(hurt);
    // Until the full one cannot keep any more.
    const bool refused = cluster.refuses_writes();
    cluster.thaw(hurt);
    const bool went_on = works(20);
    cluster.kill(hurt);
    cluster.make_room(full);
    return refused && went_on;
  });
}

}  // namespace
}  // namespace consensus_test
