// The picture of a fleet: edges, clusters, roots, depths, and the questions it answers.
#include "topology/topology.hpp"

#include "catch.hpp"
#include "fleet.hpp"

using namespace topology_test;
using topology::Topology;

TEST_CASE("An empty fleet makes an empty picture") {
  const auto topology = Topology::build({});
  CHECK(topology.nodes().empty());
  CHECK(topology.clusters().empty());
  CHECK_FALSE(topology.find(key("db1")));
  CHECK(topology.find_cluster("db1").has_error());
}

TEST_CASE("A chain is one cluster, named by its master, with growing depth") {
  Fleet fleet;
  const auto topology = fleet.add("db1").add("db2", "db1").add("db3", "db2").add("db0", "db1").build();
  REQUIRE(topology.clusters().size() == 1);
  const auto& cluster = topology.clusters().front();
  CHECK(cluster.name == "db1:3306");
  CHECK(cluster.alias == "db1:3306");
  CHECK(cluster.id == "c1");
  CHECK(names(topology, cluster.members) == "db0 db1 db2 db3");
  CHECK(node(topology, "db1").depth == 0);
  CHECK(node(topology, "db0").depth == 1);
  CHECK(node(topology, "db3").depth == 2);
  CHECK(names(topology, node(topology, "db1").replicas) == "db0 db2");
  CHECK(names(topology, topology.descendants(*topology.find(key("db1")))) == "db0 db2 db3");
  CHECK(topology.is_descendant(*topology.find(key("db3")), *topology.find(key("db1"))));
  CHECK_FALSE(topology.is_descendant(*topology.find(key("db1")), *topology.find(key("db3"))));
  CHECK_FALSE(topology.is_descendant(*topology.find(key("db1")), *topology.find(key("db1"))));
  CHECK(names(topology, topology.masters(cluster)) == "db1");
}

TEST_CASE("Clusters are sorted by name and do not mix") {
  Fleet fleet;
  const auto topology = fleet.add("b1").add("b2", "b1").add("a1").add("a2", "a1").build();
  REQUIRE(topology.clusters().size() == 2);
  CHECK(names(topology, topology.clusters()[0].members) == "a1 a2");
  CHECK(names(topology, topology.clusters()[1].members) == "b1 b2");
}

TEST_CASE("Of several observations of one key the last counts") {
  Fleet old_fleet;
  Fleet new_fleet;
  topology::TopologyInputs inputs;
  inputs.observations = old_fleet.add("db1").add("db2", "db1").observations();
  for (const auto& observation : new_fleet.add("db2").observations()) {
    inputs.observations.push_back(observation);
  }
  inputs.observations.push_back(nullptr);
  const auto topology = Topology::build(inputs);
  CHECK(topology.nodes().size() == 2);
  CHECK_FALSE(node(topology, "db2").master);
}

TEST_CASE("A server known only by name is a master without measurement") {
  Fleet fleet;
  const auto topology = fleet.add_unmeasured("db1").add("db2", "db1").build();
  REQUIRE(topology.clusters().size() == 1);
  CHECK(topology.clusters().front().name == "db1:3306");
  CHECK(node(topology, "db1").instance() == nullptr);
  CHECK_FALSE(topology.writable_master(topology.clusters().front()));
}

TEST_CASE("Replicas without a known master are roots of their own") {
  Fleet fleet;
  const auto topology = fleet.add("db2", "nowhere").add("db3", "//db2").add("db4", "db3").add("db5", "db5").build();
  CHECK(topology.clusters().size() == 3);
  CHECK(cluster(topology, "db2").name == "db2:3306");
  CHECK(cluster(topology, "db4").name == "db3:3306");
  CHECK(node(topology, "db3").is_detached);
  CHECK_FALSE(node(topology, "db3").master);
  CHECK_FALSE(node(topology, "db2").is_detached);
  CHECK_FALSE(node(topology, "db5").master);
  CHECK(node(topology, "db5").depth == 0);
}

TEST_CASE("The writable one of two co-masters is the root") {
  Fleet fleet;
  fleet.add("db1", "db2").add("db2", "db1").add("db3", "db1").add("db4", "db1");
  fleet["db2"].read_only = false;
  const auto topology = fleet.build();
  REQUIRE(topology.clusters().size() == 1);
  const auto& cluster = topology.clusters().front();
  CHECK(cluster.name == "db2:3306");
  CHECK(node(topology, "db2").depth == 0);
  CHECK(node(topology, "db1").depth == 1);
  CHECK(node(topology, "db3").depth == 2);
  CHECK(node(topology, "db1").is_co_master);
  CHECK(node(topology, "db2").is_co_master);
  CHECK_FALSE(node(topology, "db3").is_co_master);
  CHECK_FALSE(node(topology, "db1").in_cycle);
  CHECK(names(topology, topology.masters(cluster)) == "db2 db1");
  CHECK(topology.node(*topology.writable_master(cluster)).key() == key("db2"));
  CHECK(names(topology, topology.descendants(*topology.find(key("db2")))) == "db1 db3 db4");
}

TEST_CASE("Of co-masters that are both writable or both read-only, the one with more below it is the root") {
  for (const bool read_only : {false, true}) {
    Fleet fleet;
    fleet.add("db1", "db2").add("db2", "db1").add("db3", "db2").add("db4", "db3").add("db5", "db1");
    fleet["db1"].read_only = fleet["db2"].read_only = read_only;
    CHECK(fleet.build().clusters().front().name == "db2:3306");
    fleet.remove("db4");
    CHECK(fleet.build().clusters().front().name == "db1:3306");
    CHECK(fleet.build().writable_master(fleet.build().clusters().front()).has_value() == !read_only);
  }
}

TEST_CASE("A ring is one cluster whose root is its smallest member") {
  Fleet fleet;
  const auto topology = fleet.add("b", "a").add("c", "b").add("a", "c").add("x", "c").add("y", "x").build();
  REQUIRE(topology.clusters().size() == 1);
  CHECK(topology.clusters().front().name == "a:3306");
  CHECK(node(topology, "a").depth == 0);
  CHECK(node(topology, "b").depth == 1);
  CHECK(node(topology, "c").depth == 2);
  CHECK(node(topology, "y").depth == 4);
  CHECK(node(topology, "a").in_cycle);
  CHECK(node(topology, "c").in_cycle);
  CHECK_FALSE(node(topology, "x").in_cycle);
  CHECK_FALSE(node(topology, "a").is_co_master);
  const auto a = *topology.find(key("a"));
  const auto y = *topology.find(key("y"));
  CHECK(names(topology, topology.descendants(a)) == "b c x y");
  CHECK(topology.is_descendant(a, *topology.find(key("b"))));
  CHECK(topology.is_descendant(y, a));
  CHECK_FALSE(topology.is_descendant(a, y));
}

TEST_CASE("Only the primary channel places a multi-source replica, the others are kept") {
  Fleet fleet;
  fleet.add("db1").add("db2").add("db3").add("hub", "db2");
  auto channel = fleet["hub"].channels.front();
  for (const auto* source : {"db1", "db3", "db2", "nowhere", "hub", "db3"}) {
    channel.name = channel.name + "x";
    channel.source = key(source);
    fleet["hub"].channels.push_back(channel);
  }
  const auto topology = fleet.build();
  CHECK(topology.clusters().size() == 3);
  CHECK(cluster(topology, "hub").name == "db2:3306");
  CHECK(names(topology, node(topology, "hub").extra_masters) == "db1 db3");
  CHECK(node(topology, "db1").replicas.empty());
}

TEST_CASE("Group secondaries hang under the group's primary") {
  Fleet fleet;
  const auto member = [](std::string role) {
    return [role = std::move(role)](Instance& instance) {
      instance.group = {.name = "g",
                        .single_primary = true,
                        .member_state = "ONLINE",
                        .member_role = role,
                        .members = {},
                        .primary = key("db1")};
    };
  };
  fleet.add("db1", "", member("PRIMARY")).add("db2", "", member("SECONDARY")).add("db3", "db2").add("db0", "db1");
  const auto topology = fleet.build();
  REQUIRE(topology.clusters().size() == 1);
  CHECK(node(topology, "db2").depth == 1);
  CHECK(node(topology, "db3").depth == 2);
  CHECK_FALSE(node(topology, "db2").master);
  CHECK(names(topology, node(topology, "db1").replicas) == "db0");
  CHECK(names(topology, node(topology, "db1").group_secondaries) == "db2");
  CHECK(names(topology, topology.children(*topology.find(key("db1")))) == "db0 db2");
  CHECK(topology.ancestry_uuids(*topology.find(key("db3"))) ==
        std::vector<std::string>{"uuid-db1", "g", "uuid-db2", "g", "uuid-db3"});
}

TEST_CASE("Two names of one server are noticed") {
  Fleet fleet;
  const auto same = [](Instance& instance) { instance.server_uuid = "the-same"; };
  const auto nameless = [](Instance& instance) { instance.server_uuid = ""; };
  const auto topology = fleet.add("a", "", same)
                            .add("b", "", same)
                            .add("c", "", same)
                            .add("d", "", nameless)
                            .add("e", "", nameless)
                            .build();
  CHECK(names(topology, node(topology, "b").same_server) == "a c");
  CHECK(node(topology, "d").same_server.empty());
}

TEST_CASE("Ancestry lists the farthest ancestor first and the instance last") {
  Fleet fleet;
  const auto topology = fleet.add("db1").add("db2", "db1").add("db3", "db2").add("x", "y").add("y", "x").build();
  CHECK(topology.ancestry_uuids(*topology.find(key("db3"))) ==
        std::vector<std::string>{"uuid-db1", "uuid-db2", "uuid-db3"});
  CHECK(topology.ancestry_uuids(*topology.find(key("db1"))) == std::vector<std::string>{"uuid-db1"});
  CHECK(topology.ancestry_uuids(*topology.find(key("x"))) == std::vector<std::string>{"uuid-y", "uuid-x"});
}

TEST_CASE("A cluster is found by name, alias, instance, or part of a host") {
  Fleet fleet;
  fleet.add("shop1.example").add("shop2.example:3307", "shop1.example").add("blog1").add("blog2", "blog1");
  fleet["blog1"].attributes.cluster_alias = "weblog";
  const auto topology = fleet.build();
  const auto name = [&](const std::string& hint) {
    const auto found = topology.find_cluster(hint);
    return found ? topology.cluster(*found).name : found.error().context;
  };
  CHECK(name("blog1:3306") == "blog1:3306");
  CHECK(name("weblog") == "blog1:3306");
  CHECK(name("blog2") == "blog1:3306");
  CHECK(name("shop2.example:3307") == "shop1.example:3306");
  CHECK(name("shop2") == "shop1.example:3306");
  CHECK(name("shop2:3307") == "shop1.example:3306");
  CHECK(name("example") == "shop1.example:3306");
  CHECK(name("shop2:3306") == "no cluster is called, or has an instance called, 'shop2:3306'");
  CHECK(name("o") == "'o' may mean cluster blog1:3306 or shop1.example:3306");
  CHECK(name("") == "no cluster, alias or instance given");
  CHECK(topology.find_cluster("zzz").error().code == topology::Errc::invalid_argument);
}
