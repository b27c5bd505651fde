// Reading of the addresses of nodes.
#include "http/node_address.hpp"

#include "catch.hpp"

using orchestrator::http::NodeAddress;
using orchestrator::http::parse_node_address;
using Scheme = NodeAddress::Scheme;

TEST_CASE("a node's address has a scheme, a host and a port") {
  CHECK(parse_node_address("http://node1.example.com:3000") == NodeAddress{Scheme::http, "node1.example.com", 3000});
  CHECK(parse_node_address("https://127.0.0.2:8443/") == NodeAddress{Scheme::https, "127.0.0.2", 8443});
  CHECK(parse_node_address("HTTP://[::1]:3000") == NodeAddress{Scheme::http, "::1", 3000});
  CHECK(parse_node_address("http://node1") == NodeAddress{Scheme::http, "node1", 80});
  CHECK(parse_node_address("https://[fe80::1%eth0]") == NodeAddress{Scheme::https, "fe80::1%eth0", 443});
}

TEST_CASE("what is no node's address is refused") {
  for (const auto* text :
       {"", "node1:3000", "ftp://node1:3000", "http://", "http://:3000", "http://node1:0", "http://node1:65536",
        "http://node1:3000/path", "http://node1:3000?query", "http://user@node1:3000", "http://node1:", "http://[::1",
        "http://[::1]x", "http://no de:1", "http://node1:30x"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_node_address(text));
  }
}

TEST_CASE("the authority has brackets around an IPv6 address") {
  CHECK(NodeAddress{Scheme::http, "::1", 3000}.authority() == "[::1]:3000");
  CHECK(NodeAddress{Scheme::http, "node1", 3000}.authority() == "node1:3000");
}
