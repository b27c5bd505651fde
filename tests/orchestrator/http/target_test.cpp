// Reading of request targets.
#include "http/target.hpp"

#include "catch.hpp"

using orchestrator::http::parse_target;
using orchestrator::http::percent_decoded;

TEST_CASE("a target is split into a decoded path and a query") {
  const auto target = parse_target("/api/search?s=a%20b+c&empty=&flag&s=second");
  REQUIRE(target);
  CHECK(target->path == "/api/search");
  CHECK(target->query.at("s") == "a b c");
  CHECK(target->query.at("empty").empty());
  CHECK(target->query.at("flag").empty());
  CHECK(target->query.size() == 3);
}

TEST_CASE("an encoded slash becomes a separator") {
  CHECK(parse_target("/api/instance/a%2Fb/1")->path == "/api/instance/a/b/1");
}

TEST_CASE("a plus sign stays a plus sign in a path") {
  CHECK(parse_target("/a+b")->path == "/a+b");
}

TEST_CASE("IPv6 hosts may come in brackets or percent-encoded") {
  CHECK(parse_target("/api/instance/[::1]/3306")->path == "/api/instance/[::1]/3306");
  CHECK(parse_target("/api/instance/%5B%3A%3A1%5D/3306")->path == "/api/instance/[::1]/3306");
}

TEST_CASE("the absolute form is reduced to its path") {
  CHECK(parse_target("http://proxy.example.com/api/health")->path == "/api/health");
  CHECK(parse_target("HTTP://proxy.example.com")->path == "/");
}

TEST_CASE("the text of a target is kept as it came") {
  CHECK(parse_target("/a%20b+c?x=%41&&y#part")->text == "/a%20b+c?x=%41&&y");
  CHECK(parse_target("http://proxy.example.com/a%2F?x")->text == "/a%2F?x");
}

TEST_CASE("malformed targets are refused") {
  for (const auto* text : {"", "*", "api/health", "proxy:443", "/a%", "/a%2", "/a%zz", "/%"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_target(text));
  }
}

TEST_CASE("a malformed pair in a query costs only itself") {
  const auto target = parse_target("/x?a=%zz&b=1");
  REQUIRE(target);
  CHECK(target->query.count("a") == 0);
  CHECK(target->query.at("b") == "1");
}

TEST_CASE("percent codes of either case are decoded") {
  CHECK(percent_decoded("%2f%2F%c3%BC") == "//\xc3\xbc");
}
