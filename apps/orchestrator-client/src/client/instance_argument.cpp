// Reads and prints host:port pairs.
#include "client/instance_argument.hpp"

#include <algorithm>
#include <charconv>

namespace orchestrator::client {

Result<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size() || port == 0) {
    return Failure{"Invalid port '" + std::string(text) + "': expected a number from 1 to 65535"};
  }
  return port;
}

Result<InstanceArgument> parse_instance(std::string_view text, std::uint16_t default_port) {
  const auto invalid = [&] {
    return Failure{"Invalid instance '" + std::string(text) + "': expected host[:port] or [IPv6 address]:port"};
  };
  InstanceArgument instance{.host = {}, .port = default_port};
  std::string_view port;
  if (text.starts_with('[')) {
    const auto bracket = text.find(']');
    if (bracket == std::string_view::npos) return invalid();
    instance.host = text.substr(1, bracket - 1);
    const std::string_view rest = text.substr(bracket + 1);
    if (!rest.empty() && (rest.front() != ':' || rest.size() == 1)) return invalid();
    if (!rest.empty()) port = rest.substr(1);
    if (instance.host.find(':') == std::string::npos) return invalid();
  } else if (std::count(text.begin(), text.end(), ':') > 1) {
    instance.host = text;
  } else {
    const auto colon = text.find(':');
    instance.host = text.substr(0, colon);
    if (colon != std::string_view::npos) {
      port = text.substr(colon + 1);
      if (port.empty()) return invalid();
    }
  }
  if (instance.host.empty()) return invalid();
  if (!port.empty()) {
    const auto number = parse_port(port);
    if (!number) return number.error();
    instance.port = *number;
  }
  return instance;
}

std::string display_key(std::string_view host, std::string_view port) {
  std::string text(host);
  if (host.find(':') != std::string_view::npos && !host.starts_with('[')) text = "[" + text + "]";
  text += ':';
  text += port;
  return text;
}

}  // namespace orchestrator::client
