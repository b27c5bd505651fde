// Reads host:port texts.
#include "configuration/address.hpp"

#include <algorithm>
#include <charconv>

namespace orchestrator {
namespace {

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return port;
}

bool is_host(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' ||
           c == '_';
  });
}

bool is_ipv6(std::string_view text) {
  const bool characters = std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == ':' || c == '.' ||
           c == '%' || c == '-' || c == '_';
  });
  return characters && std::count(text.begin(), text.end(), ':') >= 2;
}

struct Parts {
  std::string_view host;
  std::optional<std::string_view> port;
};

std::optional<Parts> split(std::string_view text) {
  if (text.starts_with('[')) {
    const auto close = text.find(']');
    if (close == std::string_view::npos) return std::nullopt;
    const auto host = text.substr(1, close - 1);
    const auto rest = text.substr(close + 1);
    if (!is_ipv6(host)) return std::nullopt;
    if (rest.empty()) return Parts{host, std::nullopt};
    if (!rest.starts_with(':')) return std::nullopt;
    return Parts{host, rest.substr(1)};
  }
  if (is_ipv6(text)) return Parts{text, std::nullopt};
  const auto colon = text.find(':');
  const auto host = text.substr(0, colon);
  if (!is_host(host)) return std::nullopt;
  if (colon == std::string_view::npos) return Parts{host, std::nullopt};
  return Parts{host, text.substr(colon + 1)};
}

}  // namespace

std::optional<HostPort> parse_listen_address(std::string_view text) {
  const auto parts = split(text);
  if (!parts || !parts->port) return std::nullopt;
  const auto port = parse_port(*parts->port);
  if (!port) return std::nullopt;
  return HostPort{std::string(parts->host), *port};
}

std::optional<HostPort> parse_host_port(std::string_view text, std::uint16_t default_port) {
  const auto parts = split(text);
  if (!parts || parts->host.empty()) return std::nullopt;
  const auto port = parts->port ? parse_port(*parts->port) : default_port;
  if (!port || *port == 0) return std::nullopt;
  return HostPort{std::string(parts->host), *port};
}

std::string to_text(const HostPort& address) {
  const bool literal = address.host.find(':') != std::string::npos;
  return (literal ? "[" + address.host + "]" : address.host) + ":" + std::to_string(address.port);
}

bool is_advertised_url(std::string_view text) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!text.starts_with(scheme)) continue;
    const auto address = parse_listen_address(text.substr(scheme.size()));
    return address && !address->host.empty() && address->port != 0;
  }
  return false;
}

}  // namespace orchestrator
