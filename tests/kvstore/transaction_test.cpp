// Which keys and transactions are valid.
#include "kvstore/transaction.hpp"

#include "show_result.hpp"

using namespace kvstore;

TEST_CASE("a key is a clean relative path in printable UTF-8") {
  for (const std::string key : {"a", "mysql/master/c1", "mysql/master/db1:3306/port", "a b", "...", "a/.b", "é", "日本",
                                "\xF0\x9F\x90\xAC", "[::1]:3306"}) {
    INFO(key);
    CHECK(check_key(key));
  }
  for (const std::string& key :
       {std::string(), std::string("/a"), std::string("a/"), std::string("/"), std::string("a//b"), std::string("."),
        std::string("a/../b"), std::string("a\0b", 3), std::string("a\r\nb"), std::string("\x7F"),
        std::string("\xC2\x85"), std::string("\xFF"), std::string("\xC3"), std::string("\xC0\xAF"),
        std::string("\xE0\x80\x80"), std::string("\xED\xA0\x80"), std::string("\xF4\x90\x80\x80"),
        std::string(513, 'a')}) {
    INFO(key);
    CHECK(!check_key(key));
  }
  CHECK(check_key(std::string(512, 'a')));
}

TEST_CASE("a refused key is shown on one line") {
  CHECK(check_key("a\nb").error().message() ==
        "key 'a?b': a key must be UTF-8 without control characters: invalid argument");
  CHECK(check_key("/a").error().message() == "key '/a': a key must not begin with '/': invalid argument");
}

TEST_CASE("errors say whether trying again can help and whether a write may have happened") {
  CHECK(is_retryable(make_error(Errc::timeout, "")));
  CHECK(is_retryable(make_error(Errc::outcome_unknown, "")));
  CHECK_FALSE(is_retryable(make_error(Errc::access_denied, "")));
  CHECK_FALSE(is_retryable(Error{std::make_error_code(std::errc::io_error), ""}));
  CHECK(is_outcome_unknown(make_error(Errc::outcome_unknown, "")));
  CHECK_FALSE(is_outcome_unknown(make_error(Errc::timeout, "")));
  CHECK(make_error(Errc::timeout, "").message() == "deadline passed");
  CHECK_THROWS_AS(Result<int>(make_error(Errc::timeout, "x")).value(), std::system_error);
}
