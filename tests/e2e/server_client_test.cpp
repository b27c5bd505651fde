// The client's commands against the server and a real MariaDB topology, with their exact texts.
#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

#include "catch.hpp"
#include "running_server.hpp"
#include "sandbox/topology.hpp"
#include "wait_until.hpp"

namespace {

using namespace std::chrono_literals;
using e2e::RunningServer;

// Two tiers of four: node1 is the master of node2 and node3, node2 that of node4.
struct Fleet {
  static sandbox::Layout layout() {
    static_cast<void>(sandbox::found_or_skip(sandbox::find_mariadb()));
    auto layout = sandbox::two_tiers(4);
    layout.flavour = sandbox::Flavour::mariadb;
    return layout;
  }

  Fleet() : topology(layout()), server(e2e::Settings{{"ClusterNameToAlias", R"({".*": "shop"})"}}) {
    server.start();
    REQUIRE(server.discover(topology.at("node4"), 4));
  }

  [[nodiscard]] std::string key(const std::string& node) { return topology.at(node).endpoint(); }
  [[nodiscard]] std::vector<std::string> sorted_keys(std::vector<std::string> nodes) {
    std::vector<std::string> keys;
    for (const auto& node : nodes) {
      keys.push_back(key(node));
    }
    std::sort(keys.begin(), keys.end());
    return keys;
  }
  [[nodiscard]] std::string lines(const std::vector<std::string>& nodes) {
    std::string text;
    for (const auto& name : sorted_keys(nodes)) {
      text += name + "\n";
    }
    return text;
  }

  sandbox::Topology topology;
  RunningServer server;
};

// One topology for all cases of this file: they only read.
Fleet& fleet() {
  static Fleet instance;
  return instance;
}

std::string sorted_lines(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) {
    lines.push_back(line);
  }
  std::sort(lines.begin(), lines.end());
  std::string result;
  for (const auto& line : lines) {
    result += line + "\n";
  }
  return result;
}

std::string padded(std::string text, std::size_t width) {
  text.resize(std::max(text.size(), width), ' ');
  return text;
}

}  // namespace

TEST_CASE("discover prints the key of what was discovered") {
  CHECK(fleet().server.answer({"-c", "discover", "-i", fleet().key("node3")}) == fleet().key("node3") + "\n");
}

TEST_CASE("clusters and their aliases") {
  const auto master = fleet().key("node1");
  CHECK(fleet().server.answer({"-c", "clusters"}) == master + "\n");
  CHECK(fleet().server.answer({"-c", "clusters-alias"}) == master + ",shop\n");
  CHECK(fleet().server.answer({"-c", "all-clusters-masters"}) == master + "\n");
  CHECK(fleet().server.answer({"-c", "which-cluster", "-i", fleet().key("node4")}) == master + "\n");
  CHECK(fleet().server.answer({"-c", "which-cluster-alias", "-i", fleet().key("node4")}) == "shop\n");
  CHECK(fleet().server.answer({"-c", "which-cluster-master", "-alias", "shop"}) == master + "\n");
}

TEST_CASE("instances are listed") {
  const auto all = fleet().lines({"node1", "node2", "node3", "node4"});
  CHECK(sorted_lines(fleet().server.answer({"-c", "all-instances"})) == all);
  CHECK(sorted_lines(fleet().server.answer({"-c", "which-cluster-instances", "-alias", "shop"})) == all);
  CHECK(fleet().server.answer({"-c", "search", "-i", std::to_string(fleet().topology.at("node2").port())}) ==
        fleet().key("node2") + "\n");
  CHECK(fleet().server.answer(
            {"-c", "find", "-pattern", ":" + std::to_string(fleet().topology.at("node2").port()) + "$"}) ==
        fleet().key("node2") + "\n");
}

TEST_CASE("one instance and its neighbours") {
  CHECK(fleet().server.answer({"-c", "instance", "-i", fleet().key("node2")}) == fleet().key("node2") + "\n");
  CHECK(fleet().server.answer({"-c", "which-instance", "-i", fleet().key("node2")}) == fleet().key("node2") + "\n");
  CHECK(fleet().server.answer({"-c", "which-master", "-i", fleet().key("node4")}) == fleet().key("node2") + "\n");
  CHECK(fleet().server.answer({"-c", "which-master", "-i", fleet().key("node1")}) == ":0\n");
  CHECK(fleet().server.answer({"-c", "which-replicas", "-i", fleet().key("node1")}) ==
        fleet().lines({"node2", "node3"}));
  CHECK(fleet().server.answer({"-c", "which-replicas", "-i", fleet().key("node4")}).empty());
  CHECK(fleet().server.answer({"-c", "is-replicating", "-i", fleet().key("node4")}) == fleet().key("node4") + "\n");
  CHECK(fleet().server.answer({"-c", "is-replicating", "-i", fleet().key("node1")}).empty());
}

TEST_CASE("the topology is drawn as a tree") {
  auto& master = fleet().topology.at("node1");
  const auto version = master.query("SELECT @@version").scalar();
  const auto state = [&](const std::string& access) { return "[0s,ok," + version + "," + access + ",ROW,>>,GTID]"; };
  const auto second = fleet().key("node2");
  const auto third = fleet().key("node3");
  const auto fourth = fleet().key("node4");
  const std::size_t width = std::max({fleet().key("node1").size(), second.size() + 2, fourth.size() + 4}) + 1;
  std::string branch2 =
      padded("+ " + second, width) + state("ro") + "\n" + padded("  + " + fourth, width) + state("ro") + "\n";
  const std::string branch3 = padded("+ " + third, width) + state("ro") + "\n";
  const auto branches = second < third ? branch2 + branch3 : branch3 + branch2;
  const auto root_state = "[0s,ok," + version + ",rw,ROW,>>]\n";
  CHECK(fleet().server.answer({"-c", "topology", "-alias", "shop"}) ==
        padded(fleet().key("node1"), width) + root_state + branches);
}

TEST_CASE("the tabulated topology has one column for each fact") {
  const auto text = fleet().server.answer({"-c", "topology-tabulated", "-i", fleet().key("node2")});
  const auto first = text.substr(0, text.find('\n'));
  const auto version = fleet().topology.at("node1").query("SELECT @@version").scalar();
  CHECK(first.starts_with(fleet().key("node1")));
  CHECK(first.find("|0s|ok|" + version + "|rw|ROW|>>") != std::string::npos);
  CHECK(std::count(text.begin(), text.end(), '\n') == 4);
  CHECK(std::count(first.begin(), first.end(), '|') == 6);
}

TEST_CASE("api prints the server's JSON") {
  const auto text = fleet().server.answer({"-c", "api", "-path", "clusters"});
  CHECK(text == "[\"" + fleet().key("node1") + "\"]\n");
}

TEST_CASE("help lists the commands") {
  const auto text = fleet().server.answer({"-c", "help"});
  CHECK(text.find("submit-masters-to-kv-stores") != std::string::npos);
  CHECK(text.find("topology-tabulated") != std::string::npos);
}

TEST_CASE("what is not known is an error with the server's words and exit status 1") {
  const auto unknown = fleet().server.client({"-c", "instance", "-i", "127.0.0.1:1"});
  CHECK(unknown.exit_status == 1);
  CHECK(unknown.output.empty());
  CHECK(unknown.errors == "Cannot read instance: 127.0.0.1:1\n");
  const auto cluster = fleet().server.client({"-c", "topology", "-alias", "nosuch"});
  CHECK(cluster.exit_status == 1);
  CHECK(cluster.errors.find("Unable to determine cluster name") != std::string::npos);
}

TEST_CASE("a server that is not there is named, with exit status 1, in time") {
  e2e::ProgramCall call;
  call.command = {e2e::program("orchestrator-client"), "-c", "clusters"};
  call.environment["ORCHESTRATOR_API"] = "http://127.0.0.1:1";
  const auto result = e2e::run(call);
  CHECK(result.exit_status == 1);
  CHECK(result.errors.find("Cannot access orchestrator at http://127.0.0.1:1") != std::string::npos);
  CHECK(result.duration < 10s);
}

TEST_CASE("of several servers the client asks the leader") {
  e2e::ProgramCall call;
  call.command = {e2e::program("orchestrator-client"), "-c", "clusters"};
  call.environment["ORCHESTRATOR_API"] = "http://127.0.0.1:1/api " + fleet().server.url() + "/api";
  const auto result = e2e::run(call);
  CHECK(result.exit_status == 0);
  CHECK(result.output == fleet().key("node1") + "\n");
}
