// Forms of addresses.
#include "configuration/address.hpp"

#include "catch.hpp"

namespace orchestrator {

TEST_CASE("Listen addresses have a port and an optional host") {
  CHECK(parse_listen_address(":3000") == HostPort{"", 3000});
  CHECK(parse_listen_address(":0") == HostPort{"", 0});
  CHECK(parse_listen_address("127.0.0.1:3000") == HostPort{"127.0.0.1", 3000});
  CHECK(parse_listen_address("localhost:80") == HostPort{"localhost", 80});
  CHECK(parse_listen_address("[::1]:3000") == HostPort{"::1", 3000});
  CHECK(parse_listen_address("[fe80::1%eth0]:3000") == HostPort{"fe80::1%eth0", 3000});
  for (const auto* text : {"", "3000", "localhost", "::1", "::1:3000x", "[::1]", "[::1]3000", "[::1:3000", "[]:1",
                           ":65536", ":-1", ":", ": 3000", ":3000 ", "a b:3000", "http://x:1", "[localhost]:1"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_listen_address(text));
  }
}

TEST_CASE("Addresses to connect to have a host and an optional port") {
  CHECK(parse_host_port("consul", 8500) == HostPort{"consul", 8500});
  CHECK(parse_host_port("consul:1", 8500) == HostPort{"consul", 1});
  CHECK(parse_host_port("2001:db8::1", 8500) == HostPort{"2001:db8::1", 8500});
  CHECK(parse_host_port("[2001:db8::1]:9", 8500) == HostPort{"2001:db8::1", 9});
  CHECK(parse_host_port("[2001:db8::1]", 8500) == HostPort{"2001:db8::1", 8500});
  for (const auto* text : {"", ":1", "host:0", "host:", "host:70000", "ho st"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_host_port(text, 8500));
  }
}

TEST_CASE("An advertised URL has scheme, host and port and nothing more") {
  CHECK(is_advertised_url("http://10.0.0.1:3000"));
  CHECK(is_advertised_url("https://[::1]:443"));
  for (const auto* text : {"", "http://host", "http://:3000", "host:3000", "http://host:3000/", "ftp://host:3000"}) {
    CAPTURE(text);
    CHECK_FALSE(is_advertised_url(text));
  }
}

}  // namespace orchestrator
