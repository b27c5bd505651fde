// Routes that change the group of servers.
#include "api_fixture.hpp"
#include "catch.hpp"

TEST_CASE("leadership is handed on, to anybody or to whom a text names") {
  ApiFixture fixture;
  CHECK(value_of(fixture.get("/api/reelect").body, "Message") == "Set re-elections");
  CHECK(value_of(fixture.get("/api/raft-yield/node2").body, "Message") == "Asynchronously yielded");
  const auto hinted = fixture.get("/api/raft-yield-hint/dc2");
  CHECK(value_of(hinted.body, "Code") == "OK");
  CHECK(value_of(hinted.body, "Details") == "dc2");
  CHECK(fixture.control.calls == std::vector<std::string>{"yield to ", "yield to node2", "yield to dc2"});
}

TEST_CASE("members come and go by their address, which comes back complete") {
  ApiFixture fixture;
  CHECK(fixture.get("/api/raft-add-peer/node4").body == R"("node4:10008")");
  CHECK(fixture.get("/api/raft-remove-peer/node4").body == R"("node4:10008")");
  CHECK(fixture.get("/api/raft-snapshot").body == R"("snapshot created")");
  CHECK(fixture.control.calls == std::vector<std::string>{"add node4", "remove node4", "snapshot"});
}

TEST_CASE("what the group refuses is an error with its reason") {
  ApiFixture fixture;
  fixture.control.refusal = topology::make_error(topology::Errc::invalid_argument, "node9");
  for (const auto* path : {"/api/reelect", "/api/raft-yield/node9", "/api/raft-yield-hint/node9",
                           "/api/raft-add-peer/node9", "/api/raft-remove-peer/node9", "/api/raft-snapshot"}) {
    CAPTURE(path);
    const auto answer = fixture.get(path);
    CHECK(answer.status == 500);
    CHECK(value_of(answer.body, "Code") == "ERROR");
    CHECK_THAT(value_of(answer.body, "Message"), Catch::Contains("node9"));
  }
}

TEST_CASE("a health report is taken with the right token only") {
  ApiFixture fixture;
  CHECK(fixture.get("/api/raft-follower-health-report/token1/b/a").body == R"("health reported")");
  CHECK(fixture.get("/api/raft-follower-health-report/wrong/b/a").status == 500);
}
