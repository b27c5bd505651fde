// Routes for pools.
#include "api_fixture.hpp"
#include "catch.hpp"

using namespace std::chrono_literals;

namespace {

const std::string db1 = R"({"Hostname":"db1.example.com","Port":3306})";
const std::string db2 = R"({"Hostname":"db2.example.com","Port":3306})";

std::string ok(const std::string& message, const std::string& details) {
  return R"({"Code":"OK","Message":")" + message + R"(","Details":)" + details + "}";
}

}  // namespace

TEST_CASE("a pool is what was last submitted, parts of names and missing ports completed") {
  ApiFixture fixture;
  CHECK(fixture.get("/api/submit-pool-instances/web?instances=db1,db3:3306").body ==
        ok("Applied web pool instances", R"("web")"));
  CHECK(fixture.get("/api/submit-pool-instances/web?instances=db1.example.com:3306,%20db2").status == 200);
  CHECK(fixture.get("/api/cluster-pool-instances/shop").body ==
        ok("Read pool instances for cluster shop", R"({"web":[)" + db1 + "," + db2 + "]}"));
  CHECK(fixture.get("/api/cluster-pool-instances/shop/other").body == ok("Read pool instances for cluster shop", "{}"));
  CHECK(fixture.get("/api/cluster-pool-instances/other1.example.com:3306").body ==
        ok("Read pool instances for cluster other1.example.com:3306", "{}"));
  CHECK(fixture.get("/api/cluster-pool-instances/nowhere").body == ok("Read pool instances for cluster nowhere", "{}"));
}

TEST_CASE("an empty list empties the pool, and a wrong one changes nothing") {
  ApiFixture fixture;
  fixture.get("/api/submit-pool-instances/web?instances=db1");
  CHECK(fixture.get("/api/submit-pool-instances/web?instances=db2:x").status == 500);
  CHECK(fixture.memory.annotations()->pools.at("web").size() == 1);
  CHECK(fixture.get("/api/submit-pool-instances/web").status == 200);
  CHECK(fixture.memory.annotations()->pools.empty());
}

TEST_CASE("parts of names are taken as they are when the configuration says so") {
  ApiFixture fixture;
  fixture.settings.pool_hosts = orchestrator::api::ApiSettings::PoolHosts::complete;
  fixture.get("/api/submit-pool-instances/web?instances=db1");
  CHECK(fixture.memory.annotations()->pools.at("web").contains({"db1", 3306}));
}

TEST_CASE("the members that work are the replicas that answer") {
  ApiFixture fixture;
  fixture.get("/api/submit-pool-instances/web?instances=db1,db2,db3");
  CHECK(hosts_of(fixture.get("/api/heuristic-cluster-pool-instances/shop").body) == "db2.example.com");
  CHECK(hosts_of(fixture.get("/api/heuristic-cluster-pool-instances/shop/web").body) == "db2.example.com");
  CHECK(fixture.get("/api/heuristic-cluster-pool-instances/shop/other").body ==
        ok("Heuristic pool instances for cluster db1.example.com:3306", "[]"));
  CHECK(fixture.get("/api/heuristic-cluster-pool-lag/shop/web").body ==
        ok("Heuristic pool lag for cluster db1.example.com:3306", "0"));
  CHECK(value_of(fixture.get("/api/heuristic-cluster-pool-lag/shop/other").body, "Message") ==
        "No instances found in GetInstancesMaxLag");
  CHECK(fixture.get("/api/heuristic-cluster-pool-instances/nowhere").status == 500);
}

TEST_CASE("a pool that nobody submits again runs out") {
  ApiFixture fixture;
  fixture.get("/api/submit-pool-instances/web?instances=db2");
  fixture.now += 60min;
  CHECK(fixture.get("/api/cluster-pool-instances/shop").body == ok("Read pool instances for cluster shop", "{}"));
}
