// Reads where a node of the group answers HTTP.
#include "http/node_address.hpp"

#include <algorithm>
#include <charconv>
#include <system_error>

#include "http/message.hpp"

namespace orchestrator::http {
namespace {

bool is_host_character(char letter) {
  const bool alphanumeric =
      (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || (letter >= '0' && letter <= '9');
  return alphanumeric || letter == '.' || letter == '-' || letter == '_' || letter == ':' || letter == '%';
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto* end = text.data() + text.size();
  const auto [rest, code] = std::from_chars(text.data(), end, port);
  if (code != std::errc{} || rest != end || port == 0) {
    return std::nullopt;
  }
  return port;
}

bool take_prefix(std::string_view& text, std::string_view prefix) {
  if (!equal_without_case(text.substr(0, prefix.size()), prefix)) {
    return false;
  }
  text.remove_prefix(prefix.size());
  return true;
}

}  // namespace

std::string NodeAddress::authority() const {
  const bool needs_brackets = host.find(':') != std::string::npos;
  return (needs_brackets ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

std::optional<NodeAddress> parse_node_address(std::string_view uri) {
  NodeAddress address;
  if (take_prefix(uri, "https://")) {
    address.scheme = NodeAddress::Scheme::https;
    address.port = 443;
  } else if (!take_prefix(uri, "http://")) {
    return std::nullopt;
  }
  if (uri.ends_with('/')) {
    uri.remove_suffix(1);
  }
  std::string_view host = uri;
  std::string_view rest;
  if (uri.starts_with('[')) {
    const auto bracket = uri.find(']');
    if (bracket == std::string_view::npos) {
      return std::nullopt;
    }
    host = uri.substr(1, bracket - 1);
    rest = uri.substr(bracket + 1);
  } else if (const auto colon = uri.find(':'); colon != std::string_view::npos) {
    host = uri.substr(0, colon);
    rest = uri.substr(colon);
  }
  if (host.empty() || !std::all_of(host.begin(), host.end(), is_host_character)) {
    return std::nullopt;
  }
  if (!rest.empty()) {
    const auto port = rest.starts_with(':') ? parse_port(rest.substr(1)) : std::nullopt;
    if (!port) {
      return std::nullopt;
    }
    address.port = *port;
  }
  address.host = host;
  return address;
}

}  // namespace orchestrator::http
