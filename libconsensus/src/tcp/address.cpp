// Where a node listens or is reached, as text.
#include "tcp/address.hpp"

#include <algorithm>
#include <charconv>

namespace consensus::tcp {
namespace {

bool is_host_character(char c) noexcept {
  const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  return letter || (c >= '0' && c <= '9') || std::string_view(".-_:%").find(c) != std::string_view::npos;
}

}  // namespace

std::string Address::text() const {
  const bool needs_brackets = host.find(':') != std::string::npos;
  return (needs_brackets ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

Result<Address> parse_address(std::string_view text) {
  const Error refused =
      make_error(Errc::invalid_argument, "'" + std::string(text) + "' is not an address of the form host:port");
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return refused;
  std::string_view host = text.substr(0, colon);
  const std::string_view port = text.substr(colon + 1);
  const bool in_brackets = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (in_brackets) host = host.substr(1, host.size() - 2);
  const bool has_colon = host.find(':') != std::string_view::npos;
  if (host.empty() || has_colon != in_brackets || !std::ranges::all_of(host, is_host_character)) return refused;
  Address address{std::string(host), 0};
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), address.port);
  if (port.empty() || error != std::errc() || end != port.data() + port.size()) return refused;
  return address;
}

}  // namespace consensus::tcp
