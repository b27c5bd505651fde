// A group of real servers: leaders die, nodes come back with old data, without data, elsewhere, for the first time.
#include <string>

#include "catch.hpp"
#include "group_of_servers.hpp"
#include "sandbox/topology.hpp"
#include "wait_until.hpp"

namespace {

using namespace std::chrono_literals;
using e2e::GroupOfServers;

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

sandbox::Topology three_servers() {
  static_cast<void>(sandbox::found_or_skip(sandbox::find_mariadb()));
  auto layout = sandbox::star(3);
  layout.flavour = sandbox::Flavour::mariadb;
  return sandbox::Topology(layout);
}

// Comes back when everything is recorded, not only seen.
void discover_all(GroupOfServers& group, sandbox::Topology& topology) {
  auto& leader = group[group.leader()];
  REQUIRE(leader.discover(topology.master(), 3));
  static_cast<void>(leader.answer({"-c", "discover", "-i", topology.master().endpoint()}));
}

// The tree as the node's own picture has it, or as the leader's that it asks.
bool shows_tree(GroupOfServers& group, sandbox::Topology& topology) {
  return support::wait_until(
      [&] {
        const auto shown = group.client({"-c", "topology", "-i", topology.master().endpoint()}).output;
        return contains(shown, "+ " + topology.at("node2").endpoint()) &&
               contains(shown, "+ " + topology.at("node3").endpoint());
      },
      20s);
}

}  // namespace

TEST_CASE("with one of three servers down the service goes on, and nothing has to be found again") {
  auto topology = three_servers();
  GroupOfServers group(3);
  group.start();
  const auto first = group.leader();
  discover_all(group, topology);

  group[first].kill();
  const auto second = group.leader();
  CHECK(second != first);
  CHECK(shows_tree(group, topology));
  CHECK(contains(group[second].log(), "3 instances known"));

  SECTION("it comes back with what it had") {
    group[first].start();
  }
  SECTION("it comes back without its disk") {
    group.wipe(first);
    group[first].start();
  }
  SECTION("it comes back without the state, but with its log") {
    std::filesystem::remove(group[first].state_file());
    std::filesystem::remove(group[first].state_file().string() + "-wal");
    std::filesystem::remove(group[first].state_file().string() + "-shm");
    group[first].start();
  }
  SECTION("it comes back at another address") {
    group.move(first);
    group[first].start();
  }
  REQUIRE(group.has_members(3));
  // It can lead with what it was given.
  CHECK(contains(group[group.leader()].get("raft-yield/node" + std::to_string(first)).body, "Asynchronously yielded"));
  CHECK(support::wait_until([&] { return group.leader() == first; }, 20s));
  CHECK(shows_tree(group, topology));
}

TEST_CASE("a leader that never probed a dead master knows it all the same") {
  auto topology = three_servers();
  GroupOfServers group(3);
  group.start();
  const auto first = group.leader();
  discover_all(group, topology);
  topology.master().kill();
  group[first].kill();
  const auto second = group.leader();
  CHECK(support::wait_until(
      [&] {
        const auto instances = group[second].get("all-instances").body;
        return contains(instances, "\"Port\":" + std::to_string(topology.master().port()));
      },
      20s));
  const auto master = group[second].instance(topology.master());
  CHECK(contains(master, R"("IsLastCheckValid":false)"));
  CHECK(contains(group.client({"-c", "which-replicas", "-i", topology.master().endpoint()}).output,
                 topology.at("node2").endpoint()));
}

TEST_CASE("any server answers for the leader") {
  auto topology = three_servers();
  GroupOfServers group(3);
  group.start();
  auto& follower = group[group.follower()];
  REQUIRE(follower.discover(topology.master(), 3));
  for (std::size_t number = 0; number < group.size(); ++number) {
    CHECK(group[number].get("routed-leader-check").status == 200);
    CHECK(support::wait_until(
        [&] {
          return group[number].answer({"-c", "which-replicas", "-i", topology.master().endpoint()}) ==
                 follower.answer({"-c", "which-replicas", "-i", topology.master().endpoint()});
        },
        20s));
  }
  CHECK(follower.get("forget/" + topology.at("node2").host() + "/" + std::to_string(topology.at("node2").port()))
            .status == 200);
  CHECK(follower.get("raft-state").body == R"("Follower")");
  CHECK(contains(follower.get("raft-status").body, group[group.leader()].url()));
}

TEST_CASE("a server with neither name nor data joins a running group") {
  GroupOfServers group(3);
  group.start();
  const auto fourth = group.add();
  group[fourth].start();
  CHECK(group.has_members(4));
  CHECK(support::wait_until([&] { return contains(group[fourth].get("raft-peers").body, group.raft_address(fourth)); },
                            20s));
  CHECK(group[group.leader()].get("raft-remove-peer/" + group.raft_address(fourth)).body ==
        "\"" + group.raft_address(fourth) + "\"");
  CHECK(support::wait_until(
      [&] { return !contains(group[group.leader()].get("raft-peers").body, group.raft_address(fourth)); }, 20s));
}

TEST_CASE("the doctor finds a group well, and says what is wrong when most of it is gone") {
  GroupOfServers group(3);
  group.start();
  const auto examined = group.leader();
  const auto doctor = [&] {
    return e2e::run(
        {.command = {e2e::program("orchestrator"), "-config", group[examined].configuration_file().string(), "doctor"},
         .environment = {}});
  };
  const auto well = doctor();
  CAPTURE(well.output);
  CHECK(well.exit_status == 0);
  CHECK(contains(well.output, "quorum: " + group.raft_address(examined) + " leads"));
  CHECK(contains(well.output, "0 errors"));
  for (std::size_t number = 0; number < group.size(); ++number) {
    if (number != examined) group[number].kill();
  }
  REQUIRE(support::wait_until([&] { return group[examined].get("health").status == 500; }, 20s));
  const auto ill = doctor();
  CAPTURE(ill.output);
  CHECK(ill.exit_status == 1);
  CHECK(contains(ill.output, "error   quorum: no leader is known"));
  CHECK(contains(ill.output, "refused"));
}

TEST_CASE("a server outside the quorum says so and does not act") {
  GroupOfServers group(3);
  group.start();
  const auto last = group.leader();
  for (std::size_t number = 0; number < group.size(); ++number) {
    if (number != last) group[number].kill();
  }
  REQUIRE(support::wait_until([&] { return group[last].get("leader-check").status == 404; }, 20s));
  CHECK(group[last].get("raft-health").status == 500);
  const auto health = group[last].get("health");
  CHECK(health.status == 500);
  CHECK(contains(health.body, "not part of a quorum"));
  CHECK(group[last].get("discover/127.0.0.1/1").status >= 500);
}

TEST_CASE("all servers at once may be killed") {
  auto topology = three_servers();
  GroupOfServers group(3);
  group.start();
  discover_all(group, topology);
  for (std::size_t number = 0; number < group.size(); ++number) group[number].kill();
  group.start();
  CHECK(shows_tree(group, topology));
}
