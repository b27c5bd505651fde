// What operators' queries, patterns and filters say of instances, through the configuration file.
#include <string>

#include "catch.hpp"
#include "running_server.hpp"
#include "sandbox/topology.hpp"
#include "wait_until.hpp"

namespace {

using namespace std::chrono_literals;
using e2e::RunningServer;
using e2e::Settings;

sandbox::Layout of_mariadb(sandbox::Layout layout) {
  static_cast<void>(sandbox::found_or_skip(sandbox::find_mariadb()));
  layout.flavour = sandbox::Flavour::mariadb;
  return layout;
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("queries and patterns of the configuration describe instances and clusters") {
  sandbox::Topology topology(of_mariadb(sandbox::star(2)));
  RunningServer server(Settings{
      {"DetectClusterAliasQuery", R"("select 'shop'")"},
      {"DetectClusterDomainQuery", R"("select 'shop.example.com'")"},
      {"DetectInstanceAliasQuery", R"sql("select concat('server-', @@server_id)")sql"},
      {"DetectDataCenterQuery", R"("select 'dc-by-query'")"},
      {"DataCenterPattern", R"("^(127)[.]")"},
      {"RegionPattern", R"("^(127[.]0)[.]")"},
      {"DetectPhysicalEnvironmentQuery", R"("select 'prod'")"},
      {"DetectPromotionRuleQuery", R"("select 'prefer_not'")"},
      {"DetectSemiSyncEnforcedQuery", R"("select 3")"},
      {"ReplicationLagQuery", R"("select 7")"},
  });
  server.start();
  REQUIRE(server.discover(topology.master(), 2));
  CHECK(server.answer({"-c", "clusters-alias"}) == topology.master().endpoint() + ",shop\n");
  CHECK(contains(server.get("cluster-info/shop").body, R"("ClusterDomain":"shop.example.com")"));
  const auto& replica = topology.at("node2");
  const auto instance = server.get("instance/" + replica.host() + "/" + std::to_string(replica.port())).body;
  for (const auto* part :
       {R"("InstanceAlias":"server-)", R"("DataCenter":"dc-by-query")", R"("Region":"127.0")",
        R"("PhysicalEnvironment":"prod")", R"("PromotionRule":"prefer_not")", R"("SemiSyncPriority":3)",
        R"("ReplicationLagSeconds":{"Int64":7,"Valid":true})", R"("SecondsBehindMaster":{"Int64":0,"Valid":true})"}) {
    CAPTURE(part);
    CHECK(contains(instance, part));
  }
  CHECK(contains(server.answer({"-c", "topology", "-alias", "shop"}), "[7s,ok,"));
}

TEST_CASE("a query that fails costs its own field and a warning that names it") {
  sandbox::Topology topology(of_mariadb(sandbox::star(1)));
  RunningServer server(Settings{{"DetectDataCenterQuery", R"("select dc from nowhere.at_all")"}});
  server.start();
  REQUIRE(server.discover(topology.master(), 1));
  const auto instances = server.get("all-instances").body;
  CHECK(contains(instances, R"("IsLastCheckValid":true)"));
  CHECK_FALSE(contains(instances, R"("ProbeWarnings":[],)"));
  CHECK(contains(server.log(), "nowhere"));
}

TEST_CASE("filtered instances are not discovered") {
  sandbox::Topology topology(of_mariadb(sandbox::star(3)));
  RunningServer server(Settings{
      {"DiscoveryIgnoreReplicaHostnameFilters", "[\":" + std::to_string(topology.at("node3").port()) + "$\"]"}});
  server.start();
  REQUIRE(server.discover(topology.master(), 2));
  CHECK_FALSE(contains(server.answer({"-c", "all-instances"}), topology.at("node3").endpoint()));
}

TEST_CASE("a multi-source replica shows all its masters, broken and delayed replication what is wrong") {
  SECTION("multi-source") {
    sandbox::Topology topology(of_mariadb(sandbox::multi_source(2)));
    RunningServer server;
    server.start();
    REQUIRE(server.discover(topology.at("node3"), 3));
    const auto& hub = topology.at("node3");
    const auto instance = server.get("instance/" + hub.host() + "/" + std::to_string(hub.port())).body;
    const auto channels = instance.substr(instance.find("\"ReplicationChannels\""));
    for (const auto* master : {"node1", "node2"}) {
      CHECK(contains(channels, "\"Port\":" + std::to_string(topology.at(master).port())));
    }
  }
  SECTION("broken") {
    sandbox::Topology topology(of_mariadb(sandbox::star(2)));
    RunningServer server;
    server.start();
    REQUIRE(server.discover(topology.master(), 2));
    topology.master().execute("CREATE DATABASE broken");
    topology.master().execute("CREATE TABLE broken.t (id INT PRIMARY KEY)");
    REQUIRE(topology.wait_caught_up(topology.master(), 10s));
    topology.at("node2").execute("INSERT INTO broken.t VALUES (1)");
    topology.master().execute("INSERT INTO broken.t VALUES (1)");
    const auto replica = topology.at("node2").endpoint();
    CHECK(support::wait_until(
        [&] { return contains(server.answer({"-c", "topology", "-i", replica}), "- " + replica); }, 10s));
    CHECK(contains(server.answer({"-c", "topology", "-i", replica}), "[null,nonreplicating,"));
    CHECK(server.answer({"-c", "which-broken-replicas", "-i", topology.master().endpoint()}) == replica + "\n");
    CHECK(contains(server.get("problems").body, R"("not_replicating")"));
  }
  SECTION("delayed") {
    auto layout = of_mariadb(sandbox::star(2));
    layout.nodes[1].upstreams[0].delay = 30s;
    sandbox::Topology topology(layout);
    RunningServer server;
    server.start();
    REQUIRE(server.discover(topology.master(), 2));
    CHECK(contains(server.get("all-instances").body, R"("SQLDelay":30)"));
  }
}
