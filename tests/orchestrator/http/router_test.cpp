// Which route answers which path.
#include "http/router.hpp"

#include "catch.hpp"

using orchestrator::http::RequestContext;
using orchestrator::http::Response;
using orchestrator::http::Route;
using orchestrator::http::Router;
using orchestrator::http::SyncHandler;

namespace {

Route route(std::string pattern) {
  Route made;
  made.pattern = std::move(pattern);
  made.handler = SyncHandler([](const RequestContext&) { return Response{}; });
  return made;
}

std::string found(const Router& router, std::string_view path) {
  const auto match = router.find(path);
  return match ? match->route->pattern : "none";
}

}  // namespace

TEST_CASE("a path finds the route whose segments fit, with its variables") {
  Router router;
  router.add(route("/api/discover/:host/:port"));
  router.add(route("/api/health"));
  const auto match = router.find("/api/discover/db1.example.com/3306");
  REQUIRE(match);
  CHECK(match->parameters["host"] == "db1.example.com");
  CHECK(match->parameters["port"] == "3306");
  CHECK(match->parameters["other"].empty());
  CHECK(match->parameters.has("host"));
  CHECK_FALSE(match->parameters.has("other"));
  CHECK(found(router, "/api/health") == "/api/health");
}

TEST_CASE("one slash at the end of a path is ignored, two are not") {
  Router router;
  router.add(route("/api/masters"));
  router.add(route("/api/master/:clusterHint"));
  router.add(route("/"));
  CHECK(found(router, "/api/masters/") == "/api/masters");
  CHECK(found(router, "/api/masters//") == "none");
  CHECK(found(router, "/api/master/c1/") == "/api/master/:clusterHint");
  CHECK(found(router, "/api/master/") == "none");
  CHECK(found(router, "/") == "/");
}

TEST_CASE("a variable takes exactly one segment of at least one character") {
  Router router;
  router.add(route("/api/cluster/:clusterHint"));
  CHECK(found(router, "/api/cluster/a") != "none");
  CHECK(found(router, "/api/cluster//") == "none");
  CHECK(found(router, "/api/cluster/a/b") == "none");
  CHECK(found(router, "/api/cluster/a?b") == "none");
  CHECK(found(router, "/api/cluster/a#b") == "none");
  CHECK(found(router, "/api/cluster") == "none");
}

TEST_CASE("the route that was added first wins") {
  SECTION("a variable before a literal") {
    Router router;
    router.add(route("/api/topology/:clusterHint/:port"));
    router.add(route("/api/topology/alias/:alias"));
    CHECK(found(router, "/api/topology/alias/x") == "/api/topology/:clusterHint/:port");
  }
  SECTION("a literal before a variable") {
    Router router;
    router.add(route("/api/topology/alias/:alias"));
    router.add(route("/api/topology/:host/:port"));
    CHECK(found(router, "/api/topology/alias/x") == "/api/topology/alias/:alias");
    CHECK(found(router, "/api/topology/db1/3306") == "/api/topology/:host/:port");
  }
  SECTION("the same shape twice keeps the names of the first") {
    Router router;
    router.add(route("/api/cluster/:clusterHint"));
    router.add(route("/api/cluster/:clusterName"));
    CHECK(router.find("/api/cluster/x")->parameters["clusterHint"] == "x");
  }
}

TEST_CASE("what is not a path finds nothing") {
  Router router;
  router.add(route("/api/health"));
  CHECK(found(router, "") == "none");
  CHECK(found(router, "api/health") == "none");
  CHECK(found(router, "//api/health") == "none");
  CHECK(found(router, "/API/health") == "none");
}
