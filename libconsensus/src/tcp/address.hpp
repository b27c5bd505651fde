// Where a node listens or is reached, as text.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "consensus/error.hpp"

namespace consensus::tcp {

struct Address {
  std::string host;  // a name or an IP address, without brackets
  std::uint16_t port = 0;

  // "host:port", an IPv6 address in brackets.
  [[nodiscard]] std::string text() const;
  friend bool operator==(const Address&, const Address&) = default;
};

// "host:port" or "[ipv6]:port". Errors: Errc::invalid_argument.
[[nodiscard]] Result<Address> parse_address(std::string_view text);

}  // namespace consensus::tcp
