// InstanceArgument: the server that -i names.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "client/failure.hpp"

namespace orchestrator::client {

struct InstanceArgument {
  std::string host;  // an IPv6 address is without its brackets
  std::uint16_t port = 0;
};

// Reads `host`, `host:port`, an IPv6 address, `[IPv6 address]` or `[IPv6 address]:port`. The host's spelling is not
// checked: the server knows names that do not resolve here.
Result<InstanceArgument> parse_instance(std::string_view text, std::uint16_t default_port);

// Reads a TCP port, 1 to 65535.
Result<std::uint16_t> parse_port(std::string_view text);

// `host:port`, or `[address]:port` when the host contains a colon.
std::string display_key(std::string_view host, std::string_view port);

}  // namespace orchestrator::client
