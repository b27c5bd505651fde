// Where a node of the group answers HTTP.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace orchestrator::http {

struct NodeAddress {
  enum class Scheme { http, https } scheme = Scheme::http;
  std::string host;  // without brackets
  std::uint16_t port = 80;

  // "host:port", with brackets around an IPv6 address: what a Host field holds.
  [[nodiscard]] std::string authority() const;
  [[nodiscard]] bool operator==(const NodeAddress&) const = default;
};

// Reads "http://host:port" and "https://[::1]:port"; without a port the scheme's own is meant. Nothing when the text is
// neither, or when it names a path, a query or a user.
[[nodiscard]] std::optional<NodeAddress> parse_node_address(std::string_view uri);

}  // namespace orchestrator::http
