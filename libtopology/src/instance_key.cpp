// Reading and printing of instance keys.
#include "topology/instance_key.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <optional>

namespace topology {
namespace {

constexpr std::string_view detached_prefix = "//";

// True for an address of the family, which inet_pton() reads; it stops at a NUL, which no address has.
template <class Address>
bool is_address(int family, std::string_view host) noexcept {
  Address ignored{};
  const std::string text(host);
  return text.find('\0') == std::string::npos && inet_pton(family, text.c_str(), &ignored) == 1;
}

bool is_ipv6_address(std::string_view host) noexcept {
  return is_address<in6_addr>(AF_INET6, host);
}

std::optional<std::uint16_t> parse_port(std::string_view text) noexcept {
  std::uint16_t port = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (code != std::errc{} || end != text.data() + text.size() || port == 0) {
    return std::nullopt;
  }
  return port;
}

Error malformed(std::string_view text, std::string_view reason) {
  return make_error(Errc::parse_error, "instance '" + std::string(text) + "': " + std::string(reason));
}

// The parts of "host:port" before they are checked; no port when the text has none.
struct Parts {
  std::string_view host;
  std::optional<std::string_view> port;
};

Result<Parts> split(std::string_view text) {
  if (text.starts_with('[')) {
    const auto close = text.find(']');
    if (close == std::string_view::npos) {
      return malformed(text, "']' is missing");
    }
    const auto host = text.substr(1, close - 1);
    if (!is_ipv6_address(host)) {
      return malformed(text, "the text in brackets is not an IPv6 address");
    }
    const auto rest = text.substr(close + 1);
    if (rest.empty()) {
      return Parts{host, std::nullopt};
    }
    if (!rest.starts_with(':')) {
      return malformed(text, "expected ':' and a port after ']'");
    }
    return Parts{host, rest.substr(1)};
  }
  if (is_ipv6_address(text)) {
    return Parts{text, std::nullopt};
  }
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) {
    return Parts{text, std::nullopt};
  }
  if (text.find(':') != colon) {
    return malformed(text, "an IPv6 address with a port needs brackets, as in [2001:db8::1]:3306");
  }
  return Parts{text.substr(0, colon), text.substr(colon + 1)};
}

}  // namespace

bool InstanceKey::is_valid() const noexcept {
  return !hostname.empty() && hostname != "_" && !is_detached() && port != 0;
}

bool InstanceKey::is_detached() const noexcept {
  return hostname.starts_with(detached_prefix);
}

InstanceKey InstanceKey::reattached() const {
  return is_detached() ? InstanceKey{hostname.substr(detached_prefix.size()), port} : *this;
}

std::string InstanceKey::to_string() const {
  const bool bracketed = hostname.find(':') != std::string::npos;
  return (bracketed ? "[" + hostname + "]" : hostname) + ":" + std::to_string(port);
}

Result<InstanceKey> parse_instance_key(std::string_view text, std::uint16_t default_port) {
  const auto parts = split(text);
  if (!parts) {
    return parts.error();
  }
  const auto [host, port_text] = *parts;
  if (host.empty()) {
    return malformed(text, "the host is empty");
  }
  constexpr std::string_view never_in_a_host = " /?#@,;'\"\\<>[]";
  const auto is_control = [](char letter) { return static_cast<unsigned char>(letter) < ' ' || letter == '\x7f'; };
  if (host.find_first_of(never_in_a_host) != std::string_view::npos ||
      std::any_of(host.begin(), host.end(), is_control)) {
    return malformed(text, "the host has a character that no host name has");
  }
  auto port = std::optional(default_port);
  if (port_text) {
    port = parse_port(*port_text);
  }
  if (!port) {
    return malformed(text, "the port must be a number from 1 to 65535");
  }
  return InstanceKey{std::string(host), *port};
}

bool is_ip_address(std::string_view host) noexcept {
  return is_address<in_addr>(AF_INET, host) || is_ipv6_address(host);
}

}  // namespace topology
