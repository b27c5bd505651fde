// Real members whose packets to each other are lost, in both directions or in one: the side with a majority goes on,
// the other side acknowledges nothing, and clients saw one linearizable history.
#include <algorithm>
#include <string>
#include <system_error>
#include <vector>

#include "catch.hpp"
#include "sandbox/hosts.hpp"
#include "sandbox/private_network.hpp"
#include "sandbox/programs.hpp"
#include "workload.hpp"

namespace consensus_test {
namespace {

constexpr std::size_t most_members = 5;

sandbox::Hosts made_or_skipped() {
  const std::string refused = sandbox::enter_private_network();
  if (!refused.empty()) sandbox::skip_test_program(refused);
  try {
    return sandbox::Hosts(most_members);
  } catch (const std::system_error& failure) {
    sandbox::skip_test_program(std::string("A private network cannot be made here: ") + failure.what());
  }
}

sandbox::Hosts& hosts() {
  static sandbox::Hosts all = made_or_skipped();
  return all;
}

WorkloadOptions options(int rounds, std::size_t members = 3) {
  return {.cluster = {.seed = nemesis_seed(), .members = members, .hosts = &hosts()}, .rounds = nemesis_rounds(rounds)};
}

using Members = std::vector<std::size_t>;

void lose_all(const Members& from, const Members& to) {
  for (const std::size_t one : from) {
    for (const std::size_t other : to) hosts().lose(one, other);
  }
}

void cut(const Members& side, const Members& other_side) {
  lose_all(side, other_side);
  lose_all(other_side, side);
}

bool heal() {
  for (std::size_t from = 0; from < most_members; ++from) {
    for (std::size_t to = 0; to < most_members; ++to) {
      if (from != to) hosts().deliver(from, to);
    }
  }
  return true;
}

// The others in an order that the seed gives.
Members others(Cluster& cluster, std::size_t than) {
  Members list;
  for (std::size_t i = 0; i < cluster.size(); ++i) {
    if (i != than) list.push_back(i);
  }
  std::shuffle(list.begin(), list.end(), cluster.random());
  return list;
}

TEST_CASE("a leader that nobody reaches and that reaches nobody is replaced") {
  run_under(options(1), [](Cluster& cluster, const Works& works) {
    const std::size_t leader = cluster.leader();
    cut({leader}, others(cluster, leader));
    return cluster.leads_among(others(cluster, leader)) && works(40) && heal();
  });
}

TEST_CASE("a leader that hears the others and is not heard is replaced") {
  run_under(options(1), [](Cluster& cluster, const Works& works) {
    const std::size_t leader = cluster.leader();
    lose_all({leader}, others(cluster, leader));
    return cluster.leads_among(others(cluster, leader)) && works(40) && heal();
  });
}

TEST_CASE("a leader that is heard and hears nobody gives up, and is replaced") {
  run_under(options(1), [](Cluster& cluster, const Works& works) {
    const std::size_t leader = cluster.leader();
    lose_all(others(cluster, leader), {leader});
    return cluster.leads_among(others(cluster, leader)) && works(40) && heal();
  });
}

TEST_CASE("a follower is cut off, in one direction or both, and does not disturb when it is back") {
  run_under(options(3), [round = 0](Cluster& cluster, const Works& works) mutable {
    const std::size_t leader = cluster.leader();
    const Members rest = others(cluster, leader);
    const Members cut_off{rest[0]};
    const Members connected{leader, rest[1]};
    const int kind = round++ % 3;
    if (kind != 1) lose_all(cut_off, connected);
    if (kind != 0) lose_all(connected, cut_off);
    return works(40) && cluster.leads_among({leader}) && heal();
  });
}

TEST_CASE("two members cannot talk to each other, and the third can with both") {
  run_under(options(1), [](Cluster& cluster, const Works& works) {
    const std::size_t leader = cluster.leader();
    cut({leader}, {others(cluster, leader)[0]});
    return works(40) && heal();
  });
}

TEST_CASE("of five, the leader and one more are cut off from the three others") {
  run_under(options(1, 5), [](Cluster& cluster, const Works& works) {
    const std::size_t leader = cluster.leader();
    const Members rest = others(cluster, leader);
    const Members majority{rest[1], rest[2], rest[3]};
    cut({leader, rest[0]}, majority);
    return cluster.leads_among(majority) && works(40) && heal();
  });
}

TEST_CASE("of five, two and two and one: nobody has a majority, and nothing is acknowledged") {
  run_under(options(1, 5), [](Cluster& cluster, const Works&) {
    const Members order = others(cluster, cluster.size());
    cut({order[0], order[1]}, {order[2], order[3], order[4]});
    cut({order[4]}, {order[2], order[3]});
    return cluster.refuses_writes() && heal();
  });
}

TEST_CASE("cuts, killed and frozen members at random") {
  run_under(options(2, 5), [](Cluster& cluster, const Works& works) {
    std::mt19937_64& random = cluster.random();
    const Members order = others(cluster, cluster.size());
    // Two of five at most are hurt, so that the others can work.
    const std::size_t hurt = order[0];
    const Members rest(order.begin() + 2, order.end());
    if (random() % 2 == 0) lose_all({hurt}, others(cluster, hurt));
    if (random() % 2 == 0) lose_all(others(cluster, hurt), {hurt});
    const std::size_t also = order[1];
    switch (random() % 4) {
      case 0:
        cut({also}, rest);
        break;
      case 1:
        cluster.freeze(also);
        break;
      case 2:
        cluster.kill(also);
        break;
      default:
        cluster.kill(also);
        cluster.spoil(also);
        cluster.start(also);
    }
    const bool went_on = works(40);
    heal();
    cluster.thaw(also);
    return went_on;
  });
}

}  // namespace
}  // namespace consensus_test
