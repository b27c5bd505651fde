// Tests of the configuration's regular expressions.
#include "configuration/pattern.hpp"

#include <string>

#include "catch.hpp"

using orchestrator::Pattern;

TEST_CASE("the first group is what a pattern catches, nothing when it is not found or has no group") {
  const auto pattern = *Pattern::compile("[.]([^.]+)[.][^.]+[.]mydomain[.]com").pattern;
  CHECK(pattern.capture("db1.ams.prod.mydomain.com") == "ams");
  CHECK_FALSE(pattern.capture("db1.example.com").has_value());
  CHECK_FALSE(Pattern::compile("db").pattern->capture("db1").has_value());
}

TEST_CASE("a pattern is found anywhere in a text, without regard to case if it says so") {
  const auto pattern = *Pattern::compile("(?i)^REPL").pattern;
  CHECK(pattern.matches("replication"));
  CHECK(pattern("Repl"));
  CHECK_FALSE(pattern.matches("a repl"));
}

TEST_CASE("no pattern matches nothing, and a cruel one takes no longer than others") {
  CHECK_FALSE(Pattern().matches(""));
  CHECK_FALSE(Pattern().capture("a").has_value());
  const auto pattern = *Pattern::compile("^(a+)+$").pattern;
  CHECK_FALSE(pattern.matches(std::string(10'000, 'a') + "b"));
}
