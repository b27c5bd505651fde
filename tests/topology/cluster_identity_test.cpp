// What a cluster is called: ids that last, aliases, domains.
#include "catch.hpp"
#include "fleet.hpp"

using namespace topology_test;

TEST_CASE("A cluster keeps its id when its master is swapped") {
  Fleet fleet;
  fleet.add("db1").add("db2", "db1").add("db3", "db1");
  CHECK(fleet.build().clusters().front().id == "c1");
  fleet.add("db2").add("db1", "db2").add("db3", "db2");
  const auto topology = fleet.build();
  CHECK(topology.clusters().front().id == "c1");
  CHECK(topology.clusters().front().name == "db2:3306");
}

TEST_CASE("After a failover the id stays with the survivors, the dead master gets a new one") {
  Fleet fleet;
  fleet.add("db1").add("db2", "db1").add("db3", "db1");
  (void)fleet.build();
  fleet.add("db2").add("db3", "db2");
  const auto topology = fleet.build();
  CHECK(cluster(topology, "db2").id == "c1");
  CHECK(cluster(topology, "db1").id == "c2");
}

TEST_CASE("In a cluster of two the id follows the reachable half, then the smaller key") {
  Fleet fleet;
  fleet.add("db1").add("db2", "db1");
  (void)fleet.build();
  fleet.add("db2");
  auto undecided = fleet;
  CHECK(cluster(undecided.build(), "db1").id == "c1");
  fleet.check("db1").last_check_valid = false;
  CHECK(cluster(fleet.build(), "db2").id == "c1");
}

TEST_CASE("When most instances move into another cluster, those left keep their id") {
  Fleet fleet;
  fleet.add("a1").add("a2", "a1").add("a3", "a1").add("a4", "a1").add("b1");
  for (const auto* name : {"b2", "b3", "b4", "b5", "b6"}) {
    fleet.add(name, "b1");
  }
  (void)fleet.build();
  for (const auto* name : {"a2", "a3", "a4"}) {
    fleet.add(name, "b1");
  }
  const auto topology = fleet.build();
  CHECK(cluster(topology, "a1").id == "c1");
  CHECK(cluster(topology, "a2").id == "c2");
}

TEST_CASE("Merged clusters take the id of the larger part, and split again without sharing one") {
  Fleet fleet;
  fleet.add("a1").add("a2", "a1").add("b1").add("b2", "b1").add("b3", "b1");
  (void)fleet.build();
  fleet.add("a1", "b1");
  CHECK(fleet.build().clusters().front().id == "c2");
  fleet.add("a1");
  const auto topology = fleet.build();
  CHECK(cluster(topology, "b1").id == "c2");
  CHECK(cluster(topology, "a1").id == "c3");
}

TEST_CASE("Without a maker of ids the first name is the id, and never used twice") {
  topology::TopologyInputs inputs;
  Fleet fleet;
  inputs.observations = fleet.add("db1").add("db2", "db1").add("db3", "db1").observations();
  const auto first = topology::Topology::build(inputs);
  CHECK(first.clusters().front().id == "db1:3306");
  for (const auto& each : first.nodes()) {
    inputs.cluster_ids[each.key()] = first.cluster_of(each).id;
  }
  inputs.observations = fleet.add("db2").add("db3", "db2").observations();
  const auto second = topology::Topology::build(inputs);
  CHECK(cluster(second, "db2").id == "db1:3306");
  CHECK(cluster(second, "db1").id == "db1:3306#2");
}

TEST_CASE("The alias is set by hand, else said by a master, else by pattern, else remembered, else the name") {
  Fleet fleet;
  fleet.add("db1").add("db2", "db1");
  fleet["db2"].attributes.cluster_alias = "not from a replica";
  const auto alias = [&fleet] { return fleet.build().clusters().front().alias; };
  CHECK(alias() == "db1:3306");
  fleet.inputs.aliases["c1"] = "remembered";
  CHECK(alias() == "remembered");
  fleet.inputs.alias_of_name = [](const std::string& name) { return "pattern of " + name; };
  CHECK(alias() == "pattern of db1:3306");
  fleet["db1"].attributes.cluster_alias = "said";
  CHECK(alias() == "said");
  fleet.inputs.alias_overrides["c1"] = "by hand";
  CHECK(alias() == "by hand");
}

TEST_CASE("A co-master speaks for the cluster when the root says nothing; domains are remembered") {
  Fleet fleet;
  fleet.add("db1", "db2").add("db2", "db1");
  fleet["db2"].read_only = false;
  fleet["db1"].attributes.cluster_alias = "co";
  CHECK(fleet.build().clusters().front().alias == "co");
  CHECK(fleet.build().clusters().front().domain.empty());
  fleet.inputs.domains["c1"] = "remembered.example";
  CHECK(fleet.build().clusters().front().domain == "remembered.example");
  fleet["db2"].attributes.cluster_domain = "db.example";
  CHECK(fleet.build().clusters().front().domain == "db.example");
}
