// Routes that show clusters and publish their masters.
#include "api_fixture.hpp"
#include "catch.hpp"

using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

TEST_CASE("clusters are names, and null when there are none") {
  ApiFixture fixture;
  CHECK(fixture.get("/api/clusters").body == R"(["db1.example.com:3306","other1.example.com:3306"])");
  fixture.fleet.known = std::make_shared<const topology::Topology>();
  CHECK(fixture.get("/api/clusters").body == "null");
  CHECK(fixture.get("/api/clusters-info").body == "[]");
  CHECK(fixture.get("/api/masters").body == "null");
}

TEST_CASE("clusters-info summarises every cluster") {
  ApiFixture fixture;
  fixture.settings.recovers_master = [](const topology::Cluster& cluster) { return cluster.alias == "shop"; };
  CHECK(fixture.get("/api/clusters-info").body ==
        R"([{"ClusterName":"db1.example.com:3306","ClusterAlias":"shop","ClusterDomain":"shop.example.com",)"
        R"("CountInstances":3,"HeuristicLag":0,"HasAutomatedMasterRecovery":true,)"
        R"("HasAutomatedIntermediateMasterRecovery":false},)"
        R"({"ClusterName":"other1.example.com:3306","ClusterAlias":"other1.example.com:3306","ClusterDomain":"",)"
        R"("CountInstances":1,"HeuristicLag":0,"HasAutomatedMasterRecovery":false,)"
        R"("HasAutomatedIntermediateMasterRecovery":false}])");
}

TEST_CASE("a cluster is found by name, alias, instance and part of a host") {
  ApiFixture fixture;
  const std::string members = "db1.example.com db2.example.com db3.example.com";
  for (const auto* path :
       {"/api/cluster/db1.example.com:3306", "/api/cluster/shop", "/api/cluster/db2.example.com:3306",
        "/api/cluster/db2.example.com", "/api/cluster/db2", "/api/cluster/alias/shop",
        "/api/cluster/instance/db3.example.com/3306", "/api/cluster/instance/db3/3306"}) {
    CAPTURE(path);
    CHECK(hosts_of(fixture.get(path).body) == members);
  }
  CHECK(value_of(fixture.get("/api/cluster-info/shop").body, "ClusterName") == "db1.example.com:3306");
  CHECK(value_of(fixture.get("/api/cluster-info/alias/shop").body, "CountInstances") == "3");
}

TEST_CASE("what names no cluster is an error in the envelope") {
  ApiFixture fixture;
  for (const auto* path :
       {"/api/cluster/nothing", "/api/cluster-info/nothing", "/api/master/nothing", "/api/topology/nothing",
        "/api/topology-tabulated/nothing", "/api/cluster/alias/nothing", "/api/cluster/instance/nothing/3306",
        "/api/topology/nothing/3306", "/api/submit-masters-to-kv-stores/nothing", "/api/cluster/example"}) {
    CAPTURE(path);
    const auto answer = fixture.get(path);
    CHECK(answer.status == 500);
    CHECK_THAT(answer.body, StartsWith(R"({"Code":"ERROR","Message":")"));
  }
  CHECK(value_of(fixture.get("/api/cluster/alias/nothing").body, "Message") ==
        "Unable to determine cluster name. No cluster found for alias nothing");
  CHECK(value_of(fixture.get("/api/cluster/instance/nothing/3306").body, "Message") ==
        "Unable to determine cluster name. Cannot read instance: nothing:3306");
}

TEST_CASE("masters are the writable ones") {
  ApiFixture fixture;
  CHECK(hosts_of(fixture.get("/api/masters").body) == "db1.example.com");
}

TEST_CASE("the master of a cluster is shown even when it is read-only, but not when it was never measured") {
  ApiFixture fixture;
  CHECK(hosts_of(fixture.get("/api/master/shop").body) == "db1.example.com");
  CHECK(hosts_of(fixture.get("/api/master/other1.example.com:3306").body) == "other1.example.com");
  fixture.fleet.known = sample::topology_of({sample::never_seen("ghost")});
  const auto answer = fixture.get("/api/master/ghost:3306");
  CHECK(answer.status == 500);
  CHECK(value_of(answer.body, "Message") == "No masters found for ghost:3306");
}

TEST_CASE("a topology is a text in the envelope") {
  ApiFixture fixture;
  const auto plain = fixture.get("/api/topology/shop");
  CHECK(plain.status == 200);
  CHECK(plain.body == R"({"Code":"OK","Message":"Topology for cluster db1.example.com:3306","Details":")"
                      R"(db1.example.com:3306   [0s,ok,8.0.36,rw,ROW,\u003e\u003e,GTID]\n)"
                      R"(+ db2.example.com:3306 [0s,ok,8.0.36,ro,ROW,\u003e\u003e,GTID]\n)"
                      R"(- db3.example.com:3306 [unknown,invalid,8.0.36,ro,ROW,\u003e\u003e,GTID]"})");
  CHECK(fixture.get("/api/topology/db2.example.com/3306").body == plain.body);
  const auto tabulated = fixture.get("/api/topology-tabulated/shop").body;
  CHECK_THAT(tabulated, Contains(R"(+ db2.example.com:3306|     0s|ok     |8.0.36|ro|ROW|)"));
  CHECK(fixture.get("/api/topology-tabulated/db2.example.com/3306").body == tabulated);
}

TEST_CASE("submitting masters answers with what was written") {
  ApiFixture fixture;
  fixture.submission.answer = {{{"mysql/master/shop", "db1.example.com:3306"}}, 1, ""};
  const std::string expected = R"({"Code":"OK","Message":"Submitted 1 masters",)"
                               R"("Details":[{"Key":"mysql/master/shop","Value":"db1.example.com:3306"}]})";
  CHECK(fixture.get("/api/submit-masters-to-kv-stores").body == expected);
  CHECK(fixture.submission.asked == "all");
  CHECK(fixture.get("/api/submit-masters-to-kv-stores/shop").body == expected);
  CHECK(fixture.submission.asked == "db1.example.com:3306");
  fixture.submission.answer = {};
  CHECK(fixture.get("/api/submit-masters-to-kv-stores/").body ==
        R"({"Code":"OK","Message":"Submitted 0 masters","Details":null})");
}

TEST_CASE("a store that fails is an error") {
  ApiFixture fixture;
  fixture.submission.answer.error = "consul 127.0.0.1:8500: connection refused";
  const auto answer = fixture.get("/api/submit-masters-to-kv-stores");
  CHECK(answer.status == 500);
  CHECK(value_of(answer.body, "Message") == "consul 127.0.0.1:8500: connection refused");
}
