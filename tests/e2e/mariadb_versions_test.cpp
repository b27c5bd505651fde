// The server with a topology of one MariaDB version; run once for each version that can be had.
#include <cstdlib>
#include <string>

#include "catch.hpp"
#include "running_server.hpp"
#include "sandbox/topology.hpp"
#include "wait_until.hpp"

namespace {

using namespace std::chrono_literals;

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

bool makes_itself_a_certificate(const sandbox::DatabasePrograms& programs) {
  return programs.version.starts_with("11.");
}

// Two tiers below node1; node4, in the lower one, replicates from node5 besides.
sandbox::Layout two_tiers_and_a_second_source() {
  auto layout = sandbox::two_tiers(4);
  layout.nodes.push_back({.name = "node5", .settings = {"gtid-domain-id=2"}});
  layout.nodes[3].upstreams.push_back({.from = 4, .channel = "side"});
  layout.programs = sandbox::found_or_skip(sandbox::find_mariadb());
  // The certificate that such a server makes itself, as users have it; replicas insist on TLS then.
  if (makes_itself_a_certificate(*layout.programs)) layout.settings = {"ssl=ON"};
  return layout;
}

std::string key_json(const sandbox::Server& server) {
  return R"({"Hostname":")" + server.host() + R"(","Port":)" + std::to_string(server.port()) + "}";
}

// Parts of the instance's JSON that say what the server says of itself.
std::vector<std::string> own_words(sandbox::Server& server) {
  const auto scalar = [&server](const std::string& sql) { return server.query(sql).scalar(); };
  const auto position = server.query("SHOW MASTER STATUS");
  return {R"("Version":")" + scalar("SELECT @@version") + "\"",
          R"("FlavorName":"MariaDB")",
          R"("ServerID":)" + std::to_string(server.server_id()) + ",",
          R"("ReadOnly":)" + std::string(scalar("SELECT @@read_only") == "1" ? "true" : "false"),
          R"("SelfBinlogCoordinates":{"LogFile":")" + position.text("File") + R"(","LogPos":)" +
              position.text("Position") + ",",
          R"("ExecutedGtidSet":")" + scalar("SELECT @@gtid_current_pos") + "\"",
          R"("IsLastCheckValid":true)",
          R"("ProbeWarnings":[])"};
}

}  // namespace

TEST_CASE("a two-tier topology with a second source is discovered from a leaf and described") {
  sandbox::Topology topology(two_tiers_and_a_second_source());
  auto& master = topology.at("node1");
  auto& middle = topology.at("node2");
  auto& leaf = topology.at("node4");
  auto& side = topology.at("node5");
  master.execute("CREATE DATABASE app");
  side.execute("CREATE DATABASE side");
  for (const auto* name : {"node2", "node3", "node4"}) {
    CAPTURE(name);
    REQUIRE(support::wait_until([&] { return sandbox::caught_up(topology.at(name), master); }, 10s));
  }
  REQUIRE(support::wait_until([&] { return sandbox::caught_up(leaf, side); }, 10s));

  e2e::RunningServer server;
  server.start();
  REQUIRE(server.discover(leaf, 5));
  for (auto& instance : topology.servers()) {
    for (const auto& part : own_words(instance)) {
      CAPTURE(instance.name(), part);
      CHECK(support::wait_until([&] { return contains(server.instance(instance), part); }, 5s));
    }
  }
  CHECK(contains(server.instance(middle), R"("Replicas":[)" + key_json(leaf) + "]"));
  CHECK(contains(server.instance(side), R"("Replicas":[)" + key_json(leaf) + "]"));
  const auto leaf_json = server.instance(leaf);
  CAPTURE(leaf_json);
  CHECK(contains(leaf_json, R"("MasterKey":)" + key_json(middle)));
  CHECK(contains(leaf_json, R"("UsingMariaDBGTID":true)"));
  CHECK(contains(leaf_json, R"("Name":"side","MasterKey":)" + key_json(side)));
  const auto version = master.query("SELECT @@version").scalar();
  if (const char* wanted = std::getenv("ORCHESTRATOR_SANDBOX_MARIADB")) CHECK(version.starts_with(wanted));
  const auto tree = server.answer({"-c", "topology", "-i", master.endpoint()});
  CAPTURE(tree);
  CHECK(tree.starts_with(master.endpoint()));
  CHECK(contains(tree, "[0s,ok," + version + ",rw,ROW,>>]\n"));
  CHECK(contains(tree, "\n  + " + leaf.endpoint() + " [0s,ok," + version + ",ro,ROW,>>,GTID]\n"));
}

TEST_CASE("a server that insists on TLS with the certificate it made itself is discovered") {
  auto layout = sandbox::star(1);
  layout.programs = sandbox::found_or_skip(sandbox::find_mariadb());
  if (!makes_itself_a_certificate(*layout.programs)) return;
  layout.settings = {"ssl=ON"};
  sandbox::Topology topology(layout);
  topology.master().execute("SET GLOBAL require_secure_transport = ON");
  e2e::RunningServer server;
  server.start();
  REQUIRE(server.discover(topology.master(), 1));
  CHECK(contains(server.instance(topology.master()), R"("ProbeWarnings":[])"));
}
