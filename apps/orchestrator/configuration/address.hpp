// Addresses as they are written in the configuration.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace orchestrator {

// An empty host in a listen address means every local address. IPv6 hosts are kept without brackets.
struct HostPort {
  std::string host;
  std::uint16_t port = 0;

  friend bool operator==(const HostPort&, const HostPort&) = default;
};

// Reads ":3000", "127.0.0.1:3000", "localhost:3000", "[::1]:3000"; port 0 asks for any free one.
[[nodiscard]] std::optional<HostPort> parse_listen_address(std::string_view text);

// Reads "host", "host:port", "[v6]", "[v6]:port" and a bare IPv6 address; a missing port becomes default_port.
[[nodiscard]] std::optional<HostPort> parse_host_port(std::string_view text, std::uint16_t default_port);

// "host:port", with brackets around an IPv6 host.
[[nodiscard]] std::string to_text(const HostPort& address);

// True for "http://host:port" or "https://host:port" without a path, the form HTTPAdvertise has.
[[nodiscard]] bool is_advertised_url(std::string_view text);

}  // namespace orchestrator
