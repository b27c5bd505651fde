// Credentials files.
#include "configuration/credentials.hpp"

#include "catch.hpp"

namespace orchestrator {
namespace {

std::string password_of(std::string_view value) {
  const auto credentials = parse_credentials("[client]\npassword=" + std::string(value) + "\n", "my.cnf");
  return credentials.password ? credentials.password->reveal() : "none";
}

}  // namespace

TEST_CASE("User and password are taken from the client section only") {
  const auto credentials = parse_credentials(
      "# a comment\n[mysqld]\nuser=mysql\n\n [ Client ]\r\n; another\nUser = monitor \r\npassword = s3cret\nport=1\n"
      "[other]\npassword=wrong\n",
      "my.cnf");
  REQUIRE(credentials.diagnostics.empty());
  REQUIRE(credentials.user == "monitor");
  REQUIRE(credentials.password == Secret("s3cret"));
}

TEST_CASE("Values may be quoted, escaped and followed by comments") {
  CHECK(password_of("plain") == "plain");
  CHECK(password_of("two words # comment") == "two words");
  CHECK(password_of("\"with # and ; inside\" # comment") == "with # and ; inside");
  CHECK(password_of("'single \"double\"'") == "single \"double\"");
  CHECK(password_of("\"a\\\"b\\\\c\\td\\se\"") == "a\"b\\c\td e");
  CHECK(password_of("keeps\\x") == "keeps\\x");
  CHECK(password_of("a=b") == "a=b");
  CHECK(password_of("\"\"") == "");
  CHECK(password_of("") == "");
}

TEST_CASE("Mistakes in a credentials file name the line and never the value") {
  for (const auto* text :
       {"[client]\npassword=\"s3cret\n", "[client]\npassword='s3cret' x\n", "[client]\npassword\n"}) {
    CAPTURE(text);
    const auto credentials = parse_credentials(text, "my.cnf");
    REQUIRE(has_error(credentials.diagnostics));
    REQUIRE_FALSE(credentials.password);
    REQUIRE(to_lines(credentials.diagnostics).find("s3cret") == std::string::npos);
    REQUIRE(to_lines(credentials.diagnostics).starts_with("my.cnf:2: error: password: "));
  }
  REQUIRE(to_lines(parse_credentials("user=x\n", "my.cnf").diagnostics) ==
          "my.cnf: warning: has neither user nor password in a [client] section\n");
}

}  // namespace orchestrator
