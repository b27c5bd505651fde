// The server with a topology account that authenticates by ed25519.
#include <string>

#include "catch.hpp"
#include "running_server.hpp"
#include "sandbox/topology.hpp"

using namespace std::chrono_literals;

TEST_CASE("a topology is discovered through an ed25519 account") {
  auto layout = sandbox::two_tiers(3);
  static_cast<void>(sandbox::found_or_skip(sandbox::find_mariadb()));
  const auto plugins = sandbox::found_or_skip(sandbox::find_mariadb_plugins());
  layout.settings = {"plugin-dir=" + plugins.string(), "plugin-load-add=auth_ed25519"};
  sandbox::Topology topology(layout);
  auto& master = topology.master();
  master.execute("CREATE USER 'signer'@'%' IDENTIFIED VIA ed25519 USING PASSWORD('sandbox ed25519 password')");
  master.execute("GRANT PROCESS, BINLOG MONITOR, SLAVE MONITOR, REPLICATION MASTER ADMIN ON *.* TO 'signer'@'%'");
  REQUIRE(topology.wait_caught_up(master, 10s));
  e2e::RunningServer server(
      e2e::Settings{{"MySQLTopologyUser", R"("signer")"}, {"MySQLTopologyPassword", R"("sandbox ed25519 password")"}});
  server.start();
  REQUIRE(server.discover(topology.at("node3"), 3));
  for (const auto& node : topology.servers()) {
    CHECK(server.instance(node).find(R"("ProbeWarnings":[])") != std::string::npos);
  }
  CHECK(server.log().find("sandbox ed25519 password") == std::string::npos);
}
