// The name of an instance as its users see it: host and port.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "topology/error.hpp"

namespace topology {

inline constexpr std::uint16_t default_mysql_port = 3306;

// Host is a DNS name, an IPv4 address or an IPv6 address without brackets; letters are kept as they came, since users
// compare them with their own files. A key is a plain value, ordered by host, then port.
struct InstanceKey {
  std::string hostname;
  std::uint16_t port = 0;

  // True when the key can be connected to: a host that is not one of the servers' placeholders, and a port.
  // MySQL shows an unset master host as "" and a reset one as "_"; "//host" is a detached replica's master.
  [[nodiscard]] bool is_valid() const noexcept;
  // True for the "//host" form in which a detached replica keeps its master's name.
  [[nodiscard]] bool is_detached() const noexcept;
  // The key without the "//" of a detached master; the key itself otherwise.
  [[nodiscard]] InstanceKey reattached() const;
  // "host:port", with brackets around an IPv6 address.
  [[nodiscard]] std::string to_string() const;

  friend auto operator<=>(const InstanceKey&, const InstanceKey&) = default;
  friend bool operator==(const InstanceKey&, const InstanceKey&) = default;
};

// Reads "host", "host:port", "[v6]:port", "[v6]" and a bare IPv6 address; a missing port becomes default_port.
// Errors: Errc::parse_error naming the text.
[[nodiscard]] Result<InstanceKey> parse_instance_key(std::string_view text,
                                                     std::uint16_t default_port = default_mysql_port);

// True for an IPv4 address in dotted form or an IPv6 address without brackets.
[[nodiscard]] bool is_ip_address(std::string_view host) noexcept;

}  // namespace topology

template <>
struct std::hash<topology::InstanceKey> {
  std::size_t operator()(const topology::InstanceKey& key) const noexcept {
    return std::hash<std::string>{}(key.hostname) * 31U + key.port;
  }
};
