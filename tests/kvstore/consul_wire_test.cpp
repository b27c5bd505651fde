// What is sent to Consul and what is made of its answers.
#include "consul/base64.hpp"
#include "consul/wire.hpp"
#include "http/address.hpp"
#include "show_result.hpp"

using namespace kvstore;
using namespace kvstore::consul;

TEST_CASE("base64 follows the test vectors of RFC 4648") {
  for (const auto& [bytes, text] : std::vector<std::pair<std::string, std::string>>{{"", ""},
                                                                                    {"f", "Zg=="},
                                                                                    {"fo", "Zm8="},
                                                                                    {"foo", "Zm9v"},
                                                                                    {"foob", "Zm9vYg=="},
                                                                                    {"fooba", "Zm9vYmE="},
                                                                                    {"foobar", "Zm9vYmFy"},
                                                                                    {"\xFF\xFE", "//4="}}) {
    CHECK(base64_encode(bytes) == text);
    CHECK(base64_decode(text) == bytes);
  }
  for (const std::string text : {"Zg", "Zg=", "Z===", "====", "Zh==", "Zm9=", "Zg==Zg==", "Zm 9", "Zm9v\n", "-_4="}) {
    INFO(text);
    CHECK_FALSE(base64_decode(text));
  }
}

TEST_CASE("a key is encoded into a target part by part") {
  CHECK(make_target("/v1/kv/mysql/master/c1", {}) == "/v1/kv/mysql/master/c1");
  CHECK(make_target("/v1/kv/a b?c#%", {{"recurse", std::nullopt}, {"dc", "dc 1/&"}}) ==
        "/v1/kv/a%20b%3Fc%23%25?recurse&dc=dc%201%2F%26");
  CHECK(make_target("/v1/kv/[::1]:3306/é", {}) == "/v1/kv/%5B%3A%3A1%5D%3A3306/%C3%A9");
}

TEST_CASE("a transaction is sent as Consul's operations") {
  CHECK(encode_transaction({Put{"a", "v"}, Put{"b", "", Version::absent}, Put{"c", "v", Version{7}}, Delete{"d"},
                            Delete{"e", Version{8}}, Check{"f", Version{9}}, Check{"g", Version::absent}}) ==
        R"([{"KV":{"Verb":"set","Key":"a","Value":"dg=="}},)"
        R"({"KV":{"Verb":"cas","Key":"b","Value":"","Index":0}},)"
        R"({"KV":{"Verb":"cas","Key":"c","Value":"dg==","Index":7}},)"
        R"({"KV":{"Verb":"delete","Key":"d"}},)"
        R"({"KV":{"Verb":"delete-cas","Key":"e","Index":8}},)"
        R"({"KV":{"Verb":"check-index","Key":"f","Index":9}},)"
        R"({"KV":{"Verb":"check-not-exists","Key":"g"}}])");
}

TEST_CASE("entries are read with their value and version") {
  const auto entries = decode_entries(R"([{"LockIndex":0,"Key":"a","Flags":0,"Value":"dg==","ModifyIndex":15},
                                          {"Key":"b","Value":null,"ModifyIndex":18446744073709551615}])");
  REQUIRE(entries);
  CHECK(*entries == std::vector<Entry>{{"a", "v", Version{15}}, {"b", "", Version{18446744073709551615u}}});
}

TEST_CASE("an answer that is not Consul's is refused") {
  for (const std::string body :
       {"", "<html>", "{}", "null", "[1]", "[{}]", R"([{"Key":1,"ModifyIndex":1}])", R"([{"Key":"a"}])",
        R"([{"Key":"a","ModifyIndex":0}])", R"([{"Key":"a","ModifyIndex":-1}])", R"([{"Key":"a","ModifyIndex":"1"}])",
        R"([{"Key":"a","ModifyIndex":1.5}])", R"([{"Key":"a","ModifyIndex":1,"Value":"?"}])",
        R"([{"Key":"a","ModifyIndex":1,"Value":5}])", R"([{"Key":"a","ModifyIndex":1}] x)"}) {
    INFO(body);
    const auto entries = decode_entries(body);
    REQUIRE_FALSE(entries);
    CHECK(entries.error().code == make_error_code(Errc::protocol_error));
  }
  CHECK_FALSE(decode_datacenters("[1]"));
  CHECK(*decode_datacenters(R"(["dc1","dc2"])") == std::vector<std::string>{"dc1", "dc2"});
  CHECK_FALSE(decode_entries(std::string(10'000, '[')));
}

TEST_CASE("a refused transaction is a conflict, or a missing permission when Consul says so") {
  const Refusal stale = decode_refusal(R"({"Results":null,"Errors":[{"OpIndex":0,"What":"index is stale"}]})");
  CHECK(stale.code == Errc::conflict);
  CHECK(stale.text == "index is stale");
  const Refusal denied = decode_refusal(
      R"({"Errors":[{"OpIndex":0,"What":"index is stale"},{"OpIndex":1,"What":"Permission denied: no"}]})");
  CHECK(denied.code == Errc::access_denied);
  CHECK(denied.text == "Permission denied: no");
  for (const std::string body : {"", "[]", "{}", R"({"Errors":[]})", R"({"Errors":[1,{},{"What":2}]})"}) {
    CHECK(decode_refusal(body).code == Errc::conflict);
  }
  CHECK(is_committed(R"({"Results":[],"Errors":null})"));
  CHECK_FALSE(is_committed(R"({"Results":null,"Errors":[{"What":"x"}]})"));
  CHECK_FALSE(is_committed("true"));
}

TEST_CASE("a status says whether a write may have happened") {
  CHECK(errc_of_status(500, Effect::write) == Errc::outcome_unknown);
  CHECK(errc_of_status(503, Effect::read) == Errc::store_failed);
  CHECK(errc_of_status(204, Effect::write) == Errc::outcome_unknown);
  CHECK(errc_of_status(403, Effect::write) == Errc::access_denied);
  CHECK(errc_of_status(429, Effect::read) == Errc::busy);
  CHECK(errc_of_status(404, Effect::write) == Errc::protocol_error);
  CHECK(errc_of_status(301, Effect::read) == Errc::protocol_error);
}

TEST_CASE("what a server says becomes one short line") {
  CHECK(one_line("  No cluster\r\n leader\n") == "No cluster leader");
  CHECK(one_line(std::string(1000, 'x')).size() == 200);
  CHECK(one_line("a\x1b[31m\xff") == "a [31m");
}

TEST_CASE("an address is a host with or without port") {
  using http_client::Address;
  using http_client::parse_address;
  CHECK(*parse_address("consul.example.com", 8500) == Address{"consul.example.com", 8500});
  CHECK(*parse_address("localhost:1", 8500) == Address{"localhost", 1});
  CHECK(*parse_address("::1", 8500) == Address{"::1", 8500});
  CHECK(*parse_address("[::1]:8501", 8500) == Address{"::1", 8501});
  CHECK(parse_address("[fe80::1]", 8500)->text() == "[fe80::1]:8500");
  for (const std::string text : {"", ":8500", "host:", "host:0", "host:65536", "host:1x", "host:-1", "[::1", "[::1]x",
                                 "[]:1", "a/b", "a b", "user@host", "host:1\r\n"}) {
    INFO(text);
    CHECK_FALSE(parse_address(text, 8500));
  }
}
