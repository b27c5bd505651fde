// The server with a topology whose servers are of different MariaDB versions, as while an upgrade goes on.
#include <string>

#include "catch.hpp"
#include "running_server.hpp"
#include "sandbox/topology.hpp"

using namespace std::chrono_literals;

TEST_CASE("a chain from an old MariaDB over the installed one to a new one is discovered from its end") {
  auto layout = sandbox::chain(3);
  layout.nodes[0].programs = sandbox::found_or_skip(sandbox::find_mariadb("10.5"));
  layout.nodes[1].programs = sandbox::found_or_skip(sandbox::find_mariadb());
  layout.nodes[2].programs = sandbox::found_or_skip(sandbox::find_mariadb("11.8"));
  sandbox::Topology topology(layout);
  topology.master().execute("CREATE DATABASE app");
  REQUIRE(topology.wait_caught_up(topology.master(), 10s));
  e2e::RunningServer server;
  server.start();
  REQUIRE(server.discover(topology.at("node3"), 3));
  const auto tree = server.answer({"-c", "topology", "-i", topology.master().endpoint()});
  CAPTURE(tree);
  std::string indent;
  for (auto& node : topology.servers()) {
    const auto version = node.query("SELECT @@version").scalar();
    CAPTURE(version);
    CHECK(tree.find(indent + node.endpoint() + " ") != std::string::npos);
    CHECK(tree.find("[0s,ok," + version + ",") != std::string::npos);
    CHECK(server.instance(node).find(R"("ProbeWarnings":[])") != std::string::npos);
    indent = std::string(indent.size(), ' ') + "+ ";
  }
}
