// The server and the client with real MySQL servers.
#include <string>

#include "catch.hpp"
#include "running_server.hpp"
#include "sandbox/topology.hpp"
#include "wait_until.hpp"

namespace {

using namespace std::chrono_literals;

sandbox::Layout of_mysql(sandbox::Layout layout) {
  static_cast<void>(sandbox::found_or_skip(sandbox::find_mysql()));
  layout.flavour = sandbox::Flavour::mysql;
  return layout;
}

std::size_t count_of(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size())) {
    ++count;
  }
  return count;
}

}  // namespace

TEST_CASE("a MySQL topology is discovered from a leaf and drawn") {
  sandbox::Topology topology(of_mysql(sandbox::two_tiers(4)));
  e2e::RunningServer server(e2e::Settings{{"ClusterNameToAlias", R"({".*": "shop"})"}});
  server.start();
  REQUIRE(server.discover(topology.at("node4"), 4));
  const auto version = topology.master().query("SELECT @@version").scalar();
  const auto text = server.answer({"-c", "topology", "-alias", "shop"});
  CHECK(text.starts_with(topology.master().endpoint()));
  CHECK(count_of(text, "\n") == 4);
  CHECK(count_of(text, "[0s,ok," + version + ",rw,ROW,>>,GTID]") == 1);
  CHECK(count_of(text, "[0s,ok," + version + ",ro,ROW,>>,GTID]") == 3);
  CHECK(text.find("  + " + topology.at("node4").endpoint()) != std::string::npos);
}

TEST_CASE("an errant transaction of a MySQL replica is shown") {
  sandbox::Topology topology(of_mysql(sandbox::star(2)));
  e2e::RunningServer server;
  server.start();
  REQUIRE(server.discover(topology.master(), 2));
  auto& replica = topology.at("node2");
  const auto uuid = replica.query("SELECT @@server_uuid").scalar();
  replica.execute("CREATE DATABASE errant");
  CHECK(support::wait_until(
      [&] { return server.answer({"-c", "which-gtid-errant", "-i", replica.endpoint()}).starts_with(uuid); }, 10s));
  CHECK(server.answer({"-c", "topology", "-i", replica.endpoint()}).find("GTID:errant") != std::string::npos);
}

TEST_CASE("a MySQL replica of two sources leads to both, without warnings") {
  sandbox::Topology topology(of_mysql(sandbox::multi_source(2)));
  topology.at("node1").execute("CREATE DATABASE first");
  topology.at("node2").execute("CREATE DATABASE second");
  auto& hub = topology.at("node3");
  for (const auto* name : {"node1", "node2"}) {
    REQUIRE(support::wait_until([&] { return sandbox::caught_up(hub, topology.at(name)); }, 10s));
  }
  e2e::RunningServer server;
  server.start();
  REQUIRE(server.discover(hub, 3));
  const auto executed = hub.query("SELECT REPLACE(@@global.gtid_executed, '\n', '')").scalar();
  CAPTURE(executed);
  CHECK(support::wait_until(
      [&] { return server.instance(hub).find(R"("ExecutedGtidSet":")" + executed + "\"") != std::string::npos; }, 5s));
  for (const auto* name : {"node1", "node2"}) {
    const auto& source = topology.at(name);
    CAPTURE(name);
    const auto channel = R"("Name":")" + std::string(name) + R"(","MasterKey":{"Hostname":")" + source.host() +
                         R"(","Port":)" + std::to_string(source.port());
    CHECK(server.instance(hub).find(channel) != std::string::npos);
    CHECK(server.instance(source).find(R"("Replicas":[{"Hostname":")" + hub.host()) != std::string::npos);
  }
  for (const auto& node : topology.servers()) {
    CHECK(server.instance(node).find(R"("ProbeWarnings":[])") != std::string::npos);
  }
}
