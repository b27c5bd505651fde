// Searching and finding instances; cluster summaries.
#include "topology/search.hpp"

#include "catch.hpp"
#include "fleet.hpp"
#include "topology/cluster_info.hpp"

using namespace std::chrono_literals;
using namespace topology_test;

TEST_CASE("Search looks at names, versions, places, ids and ports") {
  Fleet fleet;
  fleet.add("shop1.example").add("shop2.example:3307", "shop1.example").add("blog1").add_unmeasured("cold");
  fleet["shop1.example"].attributes.cluster_alias = "Store";
  fleet["shop2.example:3307"].server_id = 42;
  fleet["shop2.example:3307"].attributes.data_center = "dc-north";
  fleet["blog1"].version = topology::parse_server_version("10.11.6-MariaDB", "Debian 12");
  fleet["blog1"].attributes.instance_alias = "weblog";
  const auto topology = fleet.build();
  const auto found = [&](std::string_view text) { return names(topology, search_instances(topology, text)); };
  CHECK(found("SHOP") == "shop1.example shop2.example");
  CHECK(found(" shop2 ") == "shop2.example");
  CHECK(found("example:3307") == "shop2.example");
  CHECK(found("3307") == "shop2.example");
  CHECK(found("330").find("shop2") != std::string::npos);
  CHECK(found("store") == "shop1.example shop2.example");
  CHECK(found("shop1.example:3306") == "shop1.example shop2.example");
  CHECK(found("42") == "shop2.example");
  CHECK(found("4").empty());
  CHECK(found("north") == "shop2.example");
  CHECK(found("mariadb") == "blog1");
  CHECK(found("debian") == "blog1");
  CHECK(found("weblog") == "blog1");
  CHECK(found("cold") == "cold");
  CHECK(found("") == "blog1 cold shop1.example shop2.example");
  CHECK(found("zzz").empty());
}

TEST_CASE("Results come by depth, then number of replicas, then cluster, then key") {
  Fleet fleet;
  fleet.add("b").add("a").add("a2", "a").add("b9", "b").add("b8", "b").add("b10", "b9");
  fleet["b"].replicas = {key("b8"), key("b9")};
  fleet["a"].replicas = {key("a2")};
  fleet["b9"].replicas = {key("b10")};
  const auto topology = fleet.build();
  CHECK(names(topology, search_instances(topology, "")) == "b a b9 a2 b8 b10");
}

TEST_CASE("Find hands host:port to the predicate") {
  Fleet fleet;
  const auto topology = fleet.add("db1").add("db2:3307", "db1").build();
  const auto ends_in_7 = [](std::string_view name) { return name.ends_with(":3307"); };
  CHECK(names(topology, find_instances(topology, ends_in_7)) == "db2");
}

TEST_CASE("A cluster's summary counts its instances and takes the largest lag of its replicas") {
  Fleet fleet;
  fleet.add("db1").add("db2", "db1").add("db3", "db1").add_unmeasured("cold");
  fleet["db1"].lag = 99s;
  fleet["db2"].lag = 7s;
  fleet["db3"].lag.reset();
  fleet["db1"].attributes.cluster_alias = "shop";
  fleet["db1"].attributes.cluster_domain = "shop.example";
  const auto topology = fleet.build();
  const auto info = cluster_info(topology, cluster(topology, "db2"));
  CHECK(info.name == "db1:3306");
  CHECK(info.alias == "shop");
  CHECK(info.domain == "shop.example");
  CHECK(info.id == cluster(topology, "db2").id);
  CHECK(info.count_instances == 3);
  CHECK(info.heuristic_lag == 7s);
  CHECK(heuristic_lag(topology, cluster(topology, "cold")) == 0s);
}
