// Where an HTTP server listens.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "kvstore/error.hpp"

namespace kvstore::http_client {

struct Address {
  std::string host{};  // a name or an IP address, without brackets
  std::uint16_t port = 0;

  // "host:port", an IPv6 address in brackets; for the Host header and for people.
  [[nodiscard]] std::string text() const;
  friend bool operator==(const Address&, const Address&) = default;
};

// "host", "host:port", "[ipv6]", "[ipv6]:port", "ipv6".
[[nodiscard]] Result<Address> parse_address(std::string_view text, std::uint16_t default_port);

}  // namespace kvstore::http_client
