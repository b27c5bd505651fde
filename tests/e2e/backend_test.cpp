// The state in a database of a MariaDB server of the node's own.
#include <string>

#include "catch.hpp"
#include "group_of_servers.hpp"
#include "running_server.hpp"
#include "sandbox/topology.hpp"
#include "wait_until.hpp"

namespace {

using namespace std::chrono_literals;
using e2e::RunningServer;
using e2e::Settings;

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::string quoted(const std::string& text) {
  return "\"" + text + "\"";
}

sandbox::Topology servers(std::size_t count) {
  static_cast<void>(sandbox::found_or_skip(sandbox::find_mariadb()));
  auto layout = sandbox::star(count);
  layout.flavour = sandbox::Flavour::mariadb;
  return sandbox::Topology(layout);
}

Settings backend_at(const sandbox::Server& server, const std::string& database = "orchestrator") {
  return {{"BackendDB", quoted("mysql")},
          {"MySQLOrchestratorHost", quoted(server.host())},
          {"MySQLOrchestratorPort", std::to_string(server.port())},
          {"MySQLOrchestratorDatabase", quoted(database)},
          {"MySQLOrchestratorUser", quoted("keeper")},
          {"MySQLOrchestratorPassword", quoted("kept secret")}};
}

void grant(sandbox::Server& server, const std::string& privileges) {
  server.execute("CREATE OR REPLACE USER keeper@'127.0.0.1' IDENTIFIED BY 'kept secret'");
  server.execute("GRANT " + privileges + " TO keeper@'127.0.0.1'");
}

}  // namespace

TEST_CASE("a server keeps its state in MariaDB, over restarts of both") {
  auto backend = servers(1);
  auto topology = servers(2);
  grant(backend.master(), "ALL ON orchestrator.*");
  RunningServer server(backend_at(backend.master()));
  server.start();
  REQUIRE(server.discover(topology.master(), 2));
  static_cast<void>(server.answer({"-c", "discover", "-i", topology.master().endpoint()}));
  REQUIRE(server.stop() == 0);
  CHECK_FALSE(contains(server.log(), "kept secret"));

  server.start();
  CHECK(support::wait_until([&] { return contains(server.log(), "2 instances known"); }, 10s));
  CHECK(contains(server.get("health").body, "mysql://keeper@" + backend.master().endpoint() + "/orchestrator"));

  backend.master().stop();
  const auto forget = "forget/" + topology.at("node2").host() + "/" + std::to_string(topology.at("node2").port());
  CHECK(server.get(forget).status != 200);
  CHECK(support::wait_until([&] { return server.get("health").status == 500; }, 20s));
  const auto tree = server.get("topology/" + topology.master().host() + "/" + std::to_string(topology.master().port()));
  CHECK(contains(tree.body, topology.master().endpoint()));
  backend.master().start();
  CHECK(support::wait_until([&] { return server.get("health").status == 200; }, 60s));
  CHECK(server.answer({"-c", "discover", "-i", topology.master().endpoint()}) == topology.master().endpoint() + "\n");

  // The sandbox's servers do not sync: what this one had committed may be gone with it. The node's own log has it.
  backend.master().kill();
  CHECK(server.get("discover/" + topology.at("node2").host() + "/" + std::to_string(topology.at("node2").port()))
            .status != 200);
  backend.master().start();
  const auto well = [&] { return server.get("health").status == 200; };
  CHECK(support::wait_until([&] { return !server.running() || well(); }, 60s));
  if (!server.running()) {
    CHECK(contains(server.log(), "has lost what it had committed"));
    server.start();
  }
  CHECK(support::wait_until(well, 60s));
  CHECK(support::wait_until([&] { return contains(server.instance(topology.master()), R"("IsLastCheckValid":true)"); },
                            20s));
  CHECK(server.stop() == 0);
}

TEST_CASE("a backend that gives too few privileges is refused with the statement that gives them") {
  auto backend = servers(1);
  grant(backend.master(), "SELECT ON orchestrator.*");
  RunningServer server(backend_at(backend.master()));
  CHECK_THROWS_WITH(server.start(), Catch::Contains("GRANT") && Catch::Contains("orchestrator"));
}

TEST_CASE("a node whose log is gone refuses to go on from a state that it cannot explain") {
  auto topology = servers(2);
  RunningServer server;
  server.start();
  REQUIRE(server.discover(topology.master(), 2));
  static_cast<void>(server.answer({"-c", "discover", "-i", topology.master().endpoint()}));
  REQUIRE(server.stop() == 0);
  std::filesystem::remove_all(server.state_file().string() + ".raft");
  CHECK_THROWS_WITH(server.start(), Catch::Contains("has no log of it"));
}

TEST_CASE("members of a group may have different backends") {
  auto backend = servers(1);
  auto topology = servers(2);
  grant(backend.master(), "ALL ON orchestrator.*");
  e2e::GroupOfServers group(3);
  group[1].configure(backend_at(backend.master()));
  group[2].configure({{"SQLite3DataFile", quoted(":memory:")}});
  group.start();
  REQUIRE(group[group.leader()].discover(topology.master(), 2));
  static_cast<void>(group[group.leader()].answer({"-c", "discover", "-i", topology.master().endpoint()}));
  for (std::size_t number = 0; number < group.size(); ++number) {
    CAPTURE(number);
    const auto leader = group.leader();
    group[leader].kill();
    const auto is_known = [&] {
      return contains(group.client({"-c", "which-replicas", "-i", topology.master().endpoint()}).output,
                      topology.at("node2").endpoint());
    };
    CHECK(support::wait_until(is_known, 20s));
    group[leader].start();
    REQUIRE(group.has_members(3));
    REQUIRE(contains(group[group.leader()].get("raft-yield/node" + std::to_string(number)).body, "yielded"));
    REQUIRE(support::wait_until([&] { return group.leader() == number; }, 20s));
    CHECK(support::wait_until(is_known, 20s));
  }
}
