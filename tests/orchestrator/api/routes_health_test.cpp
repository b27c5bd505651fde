// Routes about the server itself: health, leadership, figures.
#include "api_fixture.hpp"
#include "catch.hpp"

using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;
using orchestrator::api::GroupRole;
using orchestrator::api::GroupStatus;

TEST_CASE("health and status answer alike, and 500 in trouble") {
  ApiFixture fixture;
  for (const auto* path : {"/api/health", "/api/status"}) {
    CAPTURE(path);
    fixture.trouble.clear();
    const auto well = fixture.get(path);
    CHECK(well.status == 200);
    CHECK_THAT(well.body, StartsWith(R"({"Code":"OK","Message":"Application node is healthy",)"
                                     R"("Details":{"Healthy":true,"Hostname":"node1","Token":"token1",)"));
    fixture.trouble = "disk full";
    const auto ill = fixture.get(path);
    CHECK(ill.status == 500);
    CHECK_THAT(ill.body, StartsWith(R"({"Code":"ERROR","Message":"Application node is unhealthy disk full",)"
                                    R"("Details":{"Healthy":false,)"));
    CHECK(fixture.get("/api/lb-check").status == 200);
  }
}

TEST_CASE("load balancers get the text OK") {
  ApiFixture fixture;
  CHECK(fixture.get("/api/lb-check").body == R"("OK")");
  CHECK(fixture.get("/api/_ping").body == R"("OK")");
}

TEST_CASE("the leader says so") {
  ApiFixture fixture;
  for (const auto* path : {"/api/leader-check", "/api/leader-check/503", "/api/routed-leader-check"}) {
    const auto answer = fixture.get(path);
    CHECK(answer.status == 200);
    CHECK(answer.body == R"("OK")");
  }
}

TEST_CASE("who does not lead says so with the status that was asked for") {
  ApiFixture fixture;
  fixture.group.role = GroupRole::follower;
  CHECK(fixture.get("/api/leader-check").status == 404);
  CHECK(fixture.get("/api/leader-check").body == R"("Not leader")");
  CHECK(fixture.get("/api/leader-check/503").status == 503);
  CHECK(fixture.get("/api/routed-leader-check").status == 404);
  for (const auto* odd : {"0", "99", "100", "600", "x", "-1", "50x"}) {
    CAPTURE(odd);
    CHECK(fixture.get(std::string("/api/leader-check/") + odd).status == 404);
  }
}

TEST_CASE("a server by itself answers as the leader of a group of one") {
  ApiFixture fixture;
  CHECK(fixture.get("/api/raft-state").body == R"("Leader")");
  CHECK(fixture.get("/api/raft-leader").body == R"("node1:10008")");
  CHECK(fixture.get("/api/raft-peers").body == R"(["node1:10008"])");
  CHECK(fixture.get("/api/raft-health").body == R"("healthy")");
  CHECK(value_of(fixture.get("/api/raft-status").body, "LeaderURI") == "http://node1:3000");
}

TEST_CASE("a group without a quorum is unhealthy") {
  ApiFixture fixture;
  fixture.group.quorum = GroupStatus::Quorum::lost;
  const auto answer = fixture.get("/api/raft-health");
  CHECK(answer.status == 500);
  CHECK(answer.body == R"({"Code":"ERROR","Message":"unhealthy","Details":null})");
}

TEST_CASE("request headers are shown, but not what is secret in them") {
  ApiFixture fixture;
  orchestrator::http::Headers headers;
  headers.add("user-agent", "curl");
  headers.add("X-FORWARDED-FOR", "10.0.0.1");
  headers.add("x-forwarded-for", "10.0.0.2");
  headers.add("authorization", "Basic c2VjcmV0");
  headers.add("Cookie", "access-token=a:b");
  CHECK(fixture.get("/api/headers", headers).body ==
        R"j({"Authorization":["(not shown)"],"Cookie":["(not shown)"],"User-Agent":["curl"],)j"
        R"("X-Forwarded-For":["10.0.0.1","10.0.0.2"]})");
}

TEST_CASE("recovery filters are shown as configured") {
  ApiFixture fixture;
  fixture.settings.recovery_filters = {{"*"}, {"alias=shop"}, {}};
  CHECK(fixture.get("/api/automated-recovery-filters").body ==
        R"({"Code":"OK","Message":"Automated recovery configuration details",)"
        R"("Details":{"RecoverMasterClusterFilters":["*"],"RecoverIntermediateMasterClusterFilters":["alias=shop"],)"
        R"("RecoveryIgnoreHostnameFilters":[]}})");
}

TEST_CASE("metrics are bare, and want a number of seconds") {
  ApiFixture fixture;
  auto& record = fixture.fleet.records.emplace_back();
  record.at = sample::now;
  record.key = {"db1", 3306};
  record.latency = std::chrono::seconds(1);
  fixture.queue.record({3, 1});
  CHECK_THAT(fixture.get("/api/discovery-metrics-raw/60").body, StartsWith("[{\"Timestamp\":"));
  CHECK(value_of(fixture.get("/api/discovery-metrics-aggregated/60").body, "SuccessfulDiscoveries") == "1");
  CHECK(fixture.get("/api/discovery-queue-metrics-raw/60").body == R"([{"Active":3,"Queued":1}])");
  CHECK(fixture.get("/api/discovery-queue-metrics-raw/DEFAULT/60").body == R"([{"Active":3,"Queued":1}])");
  CHECK(fixture.get("/api/discovery-queue-metrics-raw/DEADINSTANCES/60").body == "[]");
  CHECK(value_of(fixture.get("/api/discovery-queue-metrics-aggregated/60").body, "ActiveMaxEntries") == "3");
  CHECK(value_of(fixture.get("/api/discovery-queue-metrics-aggregated/DEFAULT/60").body, "QueuedMaxEntries") == "1");
  for (const auto* path :
       {"/api/discovery-metrics-raw/x", "/api/discovery-metrics-aggregated/1.5",
        "/api/discovery-queue-metrics-raw/99999999999", "/api/discovery-queue-metrics-raw/OTHER/1"}) {
    CAPTURE(path);
    CHECK(fixture.get(path).status == 500);
  }
  CHECK(value_of(fixture.get("/api/discovery-metrics-raw/x").body, "Message") == "Invalid value provided for seconds");
}
