// Tests of configured regular expressions.
#include "topology/mysql/text_pattern.hpp"

#include "catch.hpp"

using topology::Errc;
using topology::mysql::TextPattern;

TEST_CASE("the first group of a match is the attribute") {
  const auto pattern = TextPattern::compile("[.]([^.]+)[.][^.]+[.]mydomain[.]com");
  REQUIRE(pattern);
  CHECK(pattern->first_group("db-1.ash.mysql.mydomain.com") == "ash");
  CHECK(pattern->first_group("db-1.elsewhere.com").empty());
  CHECK(pattern->matches("x.ash.mysql.mydomain.com"));
}

TEST_CASE("expressions may ignore case as in Go") {
  const auto pattern = TextPattern::compile("(?i)^REPL");
  REQUIRE(pattern);
  CHECK(pattern->matches("repl_user"));
  CHECK(pattern->first_group("repl_user").empty());
}

TEST_CASE("an expression that cannot be compiled is an error that names it") {
  const auto pattern = TextPattern::compile("([a-z");
  REQUIRE_FALSE(pattern);
  CHECK(pattern.error().code == Errc::parse_error);
  CHECK(pattern.error().context.find("([a-z") != std::string::npos);
}

TEST_CASE("the default pattern matches nothing, and a catastrophic one ends") {
  CHECK_FALSE(TextPattern().matches(""));
  const auto pattern = TextPattern::compile("^(a+)+$");
  REQUIRE(pattern);
  CHECK_FALSE(pattern->matches(std::string(40, 'a') + "b"));
}
