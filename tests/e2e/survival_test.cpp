// What the server knows survives restarts and crashes; its configuration is read again without losing the old one.
#include <signal.h>

#include <fstream>
#include <string>

#include "catch.hpp"
#include "running_server.hpp"
#include "sandbox/topology.hpp"
#include "wait_until.hpp"

namespace {

using namespace std::chrono_literals;
using e2e::RunningServer;

sandbox::Layout pair() {
  static_cast<void>(sandbox::found_or_skip(sandbox::find_mariadb()));
  auto layout = sandbox::star(2);
  layout.flavour = sandbox::Flavour::mariadb;
  return layout;
}

bool log_says(const RunningServer& server, const std::string& text) {
  return support::wait_until([&] { return server.log().find(text) != std::string::npos; }, 10s);
}

}  // namespace

TEST_CASE("instances, clusters and aliases are known again after a restart, before anything is probed") {
  sandbox::Topology topology(pair());
  RunningServer server(e2e::Settings{{"ClusterNameToAlias", R"({".*": "shop"})"}});
  server.start();
  REQUIRE(server.discover(topology.master(), 2));
  const auto instances = server.answer({"-c", "all-instances"});
  REQUIRE(server.stop() == 0);

  for (auto& database : topology.servers()) {
    database.kill();
  }
  server.start();
  CHECK(server.answer({"-c", "all-instances"}) == instances);
  CHECK(server.answer({"-c", "clusters-alias"}) == topology.master().endpoint() + ",shop\n");
  CHECK(server.answer({"-c", "which-master", "-i", topology.at("node2").endpoint()}) ==
        topology.master().endpoint() + "\n");
  CHECK(support::wait_until(
      [&] {
        return server.answer({"-c", "topology", "-alias", "shop"}).find("[unknown,invalid,") != std::string::npos;
      },
      10s));
}

TEST_CASE("what was recorded survives SIGKILL of the server") {
  sandbox::Topology topology(pair());
  RunningServer server;
  server.start();
  REQUIRE(server.discover(topology.master(), 2));
  // Only what discover had answered is certain to be recorded: the seed, which leads to the rest again.
  server.kill();
  server.start();
  CHECK(support::wait_until(
      [&] { return server.get("all-instances").body.find("\"IsLastCheckValid\":true") != std::string::npos; }, 10s));
  CHECK(server.answer({"-c", "clusters"}) == topology.master().endpoint() + "\n");
}

TEST_CASE("what was forgotten stays forgotten, even when the server is killed the moment it has answered") {
  sandbox::Topology topology(pair());
  RunningServer server;
  server.start();
  REQUIRE(server.discover(topology.master(), 2));
  for (auto& database : topology.servers()) {
    database.kill();
  }
  CHECK(server.answer({"-c", "forget-cluster", "-i", topology.master().endpoint()}).empty());
  CHECK(server.answer({"-c", "all-instances"}).empty());
  server.kill();
  server.start();
  CHECK(server.answer({"-c", "all-instances"}).empty());
}

TEST_CASE("SIGHUP takes a changed configuration over") {
  sandbox::Topology topology(pair());
  RunningServer server(e2e::Settings{{"ClusterNameToAlias", R"({".*": "before"})"}});
  server.start();
  REQUIRE(server.discover(topology.master(), 2));
  CHECK(server.answer({"-c", "which-cluster-alias", "-i", topology.master().endpoint()}) == "before\n");
  server.configure({{"ClusterNameToAlias", R"({".*": "after"})"}});
  server.signal(SIGHUP);
  CHECK(support::wait_until(
      [&] { return server.answer({"-c", "which-cluster-alias", "-i", topology.master().endpoint()}) == "after\n"; },
      10s));
}

TEST_CASE("SIGHUP with a bad configuration says why and keeps the old one") {
  sandbox::Topology topology(pair());
  RunningServer server;
  server.start();
  REQUIRE(server.discover(topology.master(), 2));
  server.write_configuration(R"({"InstancePollSeconds": "often"})");
  server.signal(SIGHUP);
  CHECK(log_says(server, "InstancePollSeconds"));
  CHECK(log_says(server, "keeps its configuration"));
  CHECK(server.running());
  CHECK(server.answer({"-c", "clusters"}) == topology.master().endpoint() + "\n");
}
