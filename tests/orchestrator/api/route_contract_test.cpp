// The table of routes: every path that is promised is there, with the rights it needs.
#include <set>

#include "api_fixture.hpp"
#include "catch.hpp"

using orchestrator::http::Access;
using orchestrator::http::Effect;

namespace {

struct Promised {
  const char* path;
  Access access;
  Effect effect;
};

constexpr Promised promised[] = {
    {"/api/discover/db1/3306", Access::authorized, Effect::writes},
    {"/api/async-discover/db1/3306", Access::authorized, Effect::writes},
    {"/api/refresh/db1/3306", Access::authorized, Effect::writes},
    {"/api/forget/db1/3306", Access::authorized, Effect::writes},
    {"/api/forget-cluster/c", Access::authorized, Effect::writes},
    {"/api/resolve/db1/3306", Access::anyone, Effect::reads},
    {"/api/clusters", Access::anyone, Effect::reads},
    {"/api/clusters-info", Access::anyone, Effect::reads},
    {"/api/cluster/c", Access::anyone, Effect::reads},
    {"/api/cluster/alias/c", Access::anyone, Effect::reads},
    {"/api/cluster/instance/db1/3306", Access::anyone, Effect::reads},
    {"/api/cluster-info/c", Access::anyone, Effect::reads},
    {"/api/cluster-info/alias/c", Access::anyone, Effect::reads},
    {"/api/masters", Access::anyone, Effect::reads},
    {"/api/master/c", Access::anyone, Effect::reads},
    {"/api/instance/db1/3306", Access::anyone, Effect::reads},
    {"/api/instance-replicas/db1/3306", Access::anyone, Effect::reads},
    {"/api/all-instances", Access::anyone, Effect::reads},
    {"/api/problems", Access::anyone, Effect::reads},
    {"/api/problems/c", Access::anyone, Effect::reads},
    {"/api/search", Access::anyone, Effect::reads},
    {"/api/search/text", Access::anyone, Effect::reads},
    {"/api/topology/c", Access::anyone, Effect::reads},
    {"/api/topology/db1/3306", Access::anyone, Effect::reads},
    {"/api/topology-tabulated/c", Access::anyone, Effect::reads},
    {"/api/topology-tabulated/db1/3306", Access::anyone, Effect::reads},
    {"/api/topology-tags/c", Access::anyone, Effect::reads},
    {"/api/topology-tags/db1/3306", Access::anyone, Effect::reads},
    {"/api/begin-downtime/db1/3306/me/test", Access::authorized, Effect::writes},
    {"/api/begin-downtime/db1/3306/me/test/1h", Access::authorized, Effect::writes},
    {"/api/end-downtime/db1/3306", Access::authorized, Effect::writes},
    {"/api/downtimed", Access::anyone, Effect::reads},
    {"/api/downtimed/c", Access::anyone, Effect::reads},
    {"/api/begin-maintenance/db1/3306/me/test", Access::authorized, Effect::writes},
    {"/api/end-maintenance/db1/3306", Access::authorized, Effect::writes},
    {"/api/end-maintenance/1", Access::authorized, Effect::writes},
    {"/api/in-maintenance/db1/3306", Access::anyone, Effect::reads},
    {"/api/maintenance", Access::anyone, Effect::reads},
    {"/api/register-candidate/db1/3306/prefer", Access::authorized, Effect::writes},
    {"/api/register-hostname-unresolve/db1/3306/db", Access::authorized, Effect::writes},
    {"/api/deregister-hostname-unresolve/db1/3306", Access::authorized, Effect::writes},
    {"/api/tagged", Access::anyone, Effect::reads},
    {"/api/tags/db1/3306", Access::anyone, Effect::reads},
    {"/api/tag-value/db1/3306", Access::anyone, Effect::reads},
    {"/api/tag-value/db1/3306/name", Access::anyone, Effect::reads},
    {"/api/tag/db1/3306", Access::anyone, Effect::writes},
    {"/api/tag/db1/3306/name/value", Access::anyone, Effect::writes},
    {"/api/untag/db1/3306", Access::anyone, Effect::writes},
    {"/api/untag/db1/3306/name", Access::anyone, Effect::writes},
    {"/api/untag-all", Access::anyone, Effect::writes},
    {"/api/untag-all/name/value", Access::anyone, Effect::writes},
    {"/api/submit-pool-instances/pool", Access::authorized, Effect::writes},
    {"/api/cluster-pool-instances/c", Access::authorized, Effect::reads},
    {"/api/cluster-pool-instances/c/pool", Access::authorized, Effect::reads},
    {"/api/heuristic-cluster-pool-instances/c", Access::authorized, Effect::reads},
    {"/api/heuristic-cluster-pool-instances/c/pool", Access::authorized, Effect::reads},
    {"/api/heuristic-cluster-pool-lag/c", Access::authorized, Effect::reads},
    {"/api/heuristic-cluster-pool-lag/c/pool", Access::authorized, Effect::reads},
    {"/api/set-cluster-alias/c", Access::authorized, Effect::writes},
    {"/api/audit", Access::anyone, Effect::reads},
    {"/api/audit/1", Access::anyone, Effect::reads},
    {"/api/audit/instance/db1/3306", Access::anyone, Effect::reads},
    {"/api/audit/instance/db1/3306/1", Access::anyone, Effect::reads},
    {"/api/disable-global-recoveries", Access::authorized, Effect::writes},
    {"/api/enable-global-recoveries", Access::authorized, Effect::writes},
    {"/api/check-global-recoveries", Access::anyone, Effect::reads},
    {"/api/snapshot-topologies", Access::anyone, Effect::writes},
    {"/api/bulk-instances", Access::authorized, Effect::reads},
    {"/api/bulk-promotion-rules", Access::authorized, Effect::reads},
    {"/api/submit-masters-to-kv-stores", Access::anyone, Effect::writes},
    {"/api/submit-masters-to-kv-stores/c", Access::anyone, Effect::writes},
    {"/api/health", Access::anyone, Effect::reads},
    {"/api/status", Access::anyone, Effect::reads},
    {"/api/lb-check", Access::anyone, Effect::reads},
    {"/api/_ping", Access::anyone, Effect::reads},
    {"/api/leader-check", Access::anyone, Effect::reads},
    {"/api/leader-check/503", Access::anyone, Effect::reads},
    {"/api/routed-leader-check", Access::anyone, Effect::reads},
    {"/api/raft-state", Access::anyone, Effect::reads},
    {"/api/raft-leader", Access::anyone, Effect::reads},
    {"/api/raft-health", Access::anyone, Effect::reads},
    {"/api/raft-peers", Access::anyone, Effect::reads},
    {"/api/raft-status", Access::anyone, Effect::reads},
    {"/api/reelect", Access::authorized, Effect::writes},
    {"/api/raft-yield/node2", Access::authorized, Effect::writes},
    {"/api/raft-yield-hint/dc2", Access::authorized, Effect::writes},
    {"/api/raft-add-peer/node4", Access::authorized, Effect::writes},
    {"/api/raft-remove-peer/node4", Access::authorized, Effect::writes},
    {"/api/raft-snapshot", Access::anyone, Effect::writes},
    {"/api/raft-follower-health-report/t/b/a", Access::anyone, Effect::reads},
    {"/api/headers", Access::anyone, Effect::reads},
    {"/api/automated-recovery-filters", Access::anyone, Effect::reads},
    {"/api/discovery-metrics-raw/60", Access::anyone, Effect::reads},
    {"/api/discovery-metrics-aggregated/60", Access::anyone, Effect::reads},
    {"/api/discovery-queue-metrics-raw/60", Access::anyone, Effect::reads},
    {"/api/discovery-queue-metrics-aggregated/60", Access::anyone, Effect::reads},
    {"/api/discovery-queue-metrics-raw/DEFAULT/60", Access::anyone, Effect::reads},
    {"/api/discovery-queue-metrics-aggregated/DEFAULT/60", Access::anyone, Effect::reads},
};

}  // namespace

TEST_CASE("every promised route is there, with the rights it needs, and no other one") {
  ApiFixture fixture;
  const auto router = fixture.router();
  std::set<const orchestrator::http::Route*> reached;
  for (const auto& [path, access, effect] : promised) {
    CAPTURE(path);
    const auto match = router.find(path);
    REQUIRE(match);
    CHECK(match->route->access == access);
    CHECK(match->route->effect == effect);
    reached.insert(match->route);
    CHECK(router.find(std::string(path) + "/").has_value());
  }
  CHECK(reached.size() == router.routes().size());
}

TEST_CASE("the prefix stands before every route") {
  ApiFixture fixture;
  fixture.paths.url_prefix = "/orc";
  for (const auto& each : promised) {
    CAPTURE(each.path);
    CHECK(fixture.router().find(std::string("/orc") + each.path).has_value());
    CHECK_FALSE(fixture.router().find(each.path).has_value());
  }
}

TEST_CASE("a status endpoint of its own stands outside the prefix, in place of the usual one") {
  ApiFixture fixture;
  fixture.paths.url_prefix = "/orc";
  fixture.paths.status_endpoint = "/status/here";
  CHECK(fixture.router().find("/status/here").has_value());
  CHECK_FALSE(fixture.router().find("/orc/api/status").has_value());
  CHECK(value_of(fixture.get("/status/here").body, "Message") == "Application node is healthy");
}

TEST_CASE("what is not there is not found") {
  ApiFixture fixture;
  for (const auto* path : {"/", "/api", "/api/", "/api/nothing", "/api/instance/db1", "/api/instance/a%2Fb/3306"}) {
    CAPTURE(path);
    const auto answer = fixture.get(path);
    CHECK(answer.status == 404);
    CHECK(answer.body == "404 page not found\n");
  }
}

TEST_CASE("who may not change anything is told so in the envelope") {
  ApiFixture fixture;
  fixture.authentication.mutations = orchestrator::http::Mutations::refused;
  for (const auto& each : promised) {
    CAPTURE(each.path);
    if (each.access == Access::authorized) {
      const auto answer = fixture.get(each.path);
      CHECK(answer.status == 500);
      CHECK(answer.body == R"({"Code":"ERROR","Message":"Unauthorized","Details":null})");
    }
  }
  CHECK(fixture.fleet.calls.empty());
}

TEST_CASE("submitting masters can be reserved to those who may change things") {
  ApiFixture fixture;
  fixture.paths.submission = Access::authorized;
  fixture.authentication.mutations = orchestrator::http::Mutations::refused;
  CHECK(value_of(fixture.get("/api/submit-masters-to-kv-stores").body, "Message") == "Unauthorized");
  CHECK(fixture.submission.asked == "nothing");
}

TEST_CASE("answers are JSON by name, and errors carry the node's identity if that is wanted") {
  ApiFixture fixture;
  fixture.settings.message_prefix = "Orchestrator node1 says: ";
  const auto answer = fixture.get("/api/instance/db1/x");
  CHECK(answer.content_type == "application/json; charset=UTF-8");
  CHECK(answer.body == R"({"Code":"ERROR","Message":"Orchestrator node1 says: Invalid port: x","Details":null})");
}
