// Which routes a node answers itself, and which the leader answers whichever node was asked.
#include <set>
#include <string>

#include "api_fixture.hpp"
#include "catch.hpp"

using orchestrator::http::Answers;

namespace {

// The routes that the former server answered on the node that was asked; some of them may not exist here. Not among
// them: raft-yield and raft-yield-hint, which only the leader could do and refused elsewhere.
constexpr const char* answered_here[] = {
    "/api/headers",
    "/api/health",
    "/api/status",
    "/api/lb-check",
    "/api/_ping",
    "/api/leader-check",
    "/api/leader-check/503",
    "/api/grab-election",
    "/api/raft-peers",
    "/api/raft-state",
    "/api/raft-leader",
    "/api/raft-health",
    "/api/raft-status",
    "/api/raft-snapshot",
    "/api/raft-follower-health-report/token/127.0.0.1:10008/127.0.0.1:10008",
    "/api/reload-configuration",
    "/api/hostname-resolve-cache",
    "/api/reset-hostname-resolve-cache",
};

}  // namespace

TEST_CASE("a node answers for itself exactly where the former server did, and the leader answers the rest") {
  ApiFixture fixture;
  const auto router = fixture.router();
  std::set<const orchestrator::http::Route*> here;
  for (const auto* path : answered_here) {
    if (const auto match = router.find(path)) {
      here.insert(match->route);
    }
  }
  CHECK(here.size() >= 12);
  for (const auto& route : router.routes()) {
    CAPTURE(route.pattern);
    CHECK((route.answers == Answers::here) == here.contains(&route));
  }
}

TEST_CASE("a status endpoint of its own is answered by the node that was asked") {
  ApiFixture fixture;
  fixture.paths.status_endpoint = "/status/here";
  const auto router = fixture.router();
  const auto match = router.find("/status/here");
  REQUIRE(match);
  CHECK(match->route->answers == Answers::here);
}

TEST_CASE("what the leader was to answer and could not is an error in the envelope, with a status that tells") {
  ApiFixture fixture;
  fixture.settings.message_prefix = "Orchestrator node2 says: ";
  const auto answer = fixture.hooks().unavailable({502, "the leader is gone"});
  CHECK(answer.status == 502);
  CHECK(answer.content_type == "application/json; charset=UTF-8");
  CHECK(answer.body == R"({"Code":"ERROR","Message":"Orchestrator node2 says: the leader is gone","Details":null})");
}
