// Tests of URLs, instances and percent-encoding.
#include "client/endpoint.hpp"

#include "catch.hpp"
#include "client/instance_argument.hpp"
#include "client/uri.hpp"

using namespace orchestrator::client;

namespace {

std::string shown(std::string_view url) {
  const auto endpoint = parse_endpoint(url);
  return endpoint ? display(*endpoint) : "error: " + endpoint.error().message;
}

std::string read_instance(std::string_view text) {
  const auto instance = parse_instance(text, 3306);
  return instance ? display_key(instance->host, std::to_string(instance->port)) : "error";
}

}  // namespace

TEST_CASE("/api is appended to a URL that lacks it", "[client]") {
  CHECK(shown("http://localhost:3000") == "http://localhost:3000/api");
  CHECK(shown("http://localhost:3000/") == "http://localhost:3000/api");
  CHECK(shown("http://localhost:3000/api") == "http://localhost:3000/api");
  CHECK(shown("http://localhost:3000/api/") == "http://localhost:3000/api");
  CHECK(shown("https://proxy/orchestrator") == "https://proxy/orchestrator/api");
  CHECK(shown("https://proxy/orchestrator/api/") == "https://proxy/orchestrator/api");
  CHECK(shown("localhost:3000") == "http://localhost:3000/api");
}

TEST_CASE("a URL gives scheme, host and port", "[client]") {
  const auto plain = parse_endpoint("HTTP://db.example.com").value();
  CHECK(plain.scheme == Scheme::http);
  CHECK(plain.port == 80);
  CHECK(plain.authority == "db.example.com");
  const auto secure = parse_endpoint("https://[2001:db8::1]:3443/api").value();
  CHECK(secure.scheme == Scheme::https);
  CHECK(secure.host == "2001:db8::1");
  CHECK(secure.port == 3443);
  CHECK(secure.authority == "[2001:db8::1]:3443");
  CHECK(display(secure) == "https://[2001:db8::1]:3443/api");
  CHECK(parse_endpoint("https://[::1]").value().port == 443);
}

TEST_CASE("a URL's user information is used and its password never shown", "[client]") {
  const auto endpoint = parse_endpoint("https://d%40ba:p%3Ass@w0rd@orc:3000").value();
  CHECK(endpoint.user == "d@ba");
  CHECK(endpoint.password == "p:ss@w0rd");
  CHECK(endpoint.host == "orc");
  CHECK(display(endpoint) == "https://d%40ba@orc:3000/api");
  for (const char* wrong : {"http://dba:secret@orc:99999", "http://dba:%zzsecret@orc", "ftp://dba:secret@orc",
                            "http://dba:secret@", "http://dba:secret@orc/?x"}) {
    const auto failure = parse_endpoint(wrong);
    REQUIRE(failure.has_error());
    CHECK_THAT(failure.error().message, !Catch::Contains("secret"));
  }
}

TEST_CASE("a malformed URL is refused with its reason", "[client]") {
  CHECK(shown("ftp://orc:21") == "error: Invalid API URL 'ftp://orc:21': the scheme must be http or https");
  CHECK(shown("http://") == "error: Invalid API URL 'http://': expected [http[s]://]host[:port][/path]");
  CHECK(shown("http://orc:0") == "error: Invalid API URL 'http://orc:0': expected [http[s]://]host[:port][/path]");
  CHECK(shown("http://or\r\nc") == "error: Invalid API URL 'http://or\r\nc': expected [http[s]://]host[:port][/path]");
  CHECK(shown("http://orc/?a=b") == "error: Invalid API URL 'http://orc/?a=b': a query or fragment has no place here");
}

TEST_CASE("several URLs are separated by blanks", "[client]") {
  const auto endpoints = parse_endpoints("  http://a:3000/api\thttp://b:3000\n").value();
  REQUIRE(endpoints.size() == 2);
  CHECK(display(endpoints[1]) == "http://b:3000/api");
  CHECK(parse_endpoints(" \t").has_error());
  CHECK(parse_endpoints("http://a:3000 http://b:x").has_error());
}

TEST_CASE("an instance is a host, a host and port, or an IPv6 address", "[client]") {
  CHECK(read_instance("db1") == "db1:3306");
  CHECK(read_instance("db1:3307") == "db1:3307");
  CHECK(read_instance("10.0.0.1:3307") == "10.0.0.1:3307");
  CHECK(read_instance("::1") == "[::1]:3306");
  CHECK(read_instance("[::1]") == "[::1]:3306");
  CHECK(read_instance("[2001:db8::1]:3307") == "[2001:db8::1]:3307");
  for (const char* wrong : {"", ":3306", "db1:", "db1:0", "db1:65536", "db1:33x", "db1:-1", "[::1", "[::1]3306",
                            "[::1]:", "[db1]:3306", "[]:1"}) {
    CAPTURE(wrong);
    CHECK(read_instance(wrong) == "error");
  }
}

TEST_CASE("percent-encoding leaves nothing that could end a path segment", "[client]") {
  CHECK(percent_encode("db1.example-a_b~c:3306") == "db1.example-a_b~c:3306");
  CHECK(percent_encode("a/b c?d#e%f&g=h+[i]") == "a%2Fb%20c%3Fd%23e%25f%26g%3Dh%2B%5Bi%5D");
  CHECK(percent_encode("\xC3\xA9\r\n") == "%C3%A9%0D%0A");
  CHECK(percent_encode_target("search?s=a%20b&c=d e\r\n") == "search?s=a%20b&c=d%20e%0D%0A");
  CHECK(percent_decode("a%2Fb%c3") == "a/b\xC3");
  CHECK(percent_decode("%") == std::nullopt);
  CHECK(percent_decode("%4") == std::nullopt);
  CHECK(percent_decode("%g0") == std::nullopt);
}
