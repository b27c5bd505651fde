// Reads and prints the URLs of orchestrator APIs.
#include "client/endpoint.hpp"

#include <algorithm>

#include "client/instance_argument.hpp"
#include "client/uri.hpp"

namespace orchestrator::client {
namespace {

constexpr std::string_view blanks = " \t\r\n";

// The URL as it may be shown: without anything up to the last '@'.
Failure invalid(std::string_view url, std::string_view reason) {
  const auto at = url.rfind('@');
  const std::string shown(at == std::string_view::npos ? url : url.substr(at + 1));
  return Failure{"Invalid API URL '" + shown + "': " + std::string(reason)};
}

bool is_safe_host(std::string_view host) {
  return std::all_of(host.begin(), host.end(), [](char character) {
    const auto byte = static_cast<unsigned char>(character);
    return byte > 0x20 && byte < 0x7F && std::string_view("/\\?#@<>\"%").find(character) == std::string_view::npos;
  });
}

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), [](char character) {
    return character >= 'A' && character <= 'Z' ? char(character + 32) : character;
  });
  return result;
}

std::string normal_base_path(std::string_view path) {
  while (!path.empty() && path.back() == '/') path.remove_suffix(1);
  std::string base(path);
  if (!base.ends_with("/api")) base += "/api";
  return base;
}

}  // namespace

Result<Endpoint> parse_endpoint(std::string_view url) {
  Endpoint endpoint;
  std::string_view rest = url;
  if (const auto colon = rest.find("://"); colon != std::string_view::npos) {
    const std::string scheme = lower(rest.substr(0, colon));
    if (scheme != "http" && scheme != "https") return invalid(url, "the scheme must be http or https");
    endpoint.scheme = scheme == "https" ? Scheme::https : Scheme::http;
    rest.remove_prefix(colon + 3);
  }
  const auto slash = rest.find('/');
  std::string_view authority = rest.substr(0, slash);
  const std::string_view path = slash == std::string_view::npos ? std::string_view() : rest.substr(slash);
  if (const auto at = authority.rfind('@'); at != std::string_view::npos) {
    const std::string_view user_information = authority.substr(0, at);
    authority.remove_prefix(at + 1);
    const auto colon = user_information.find(':');
    const auto user = percent_decode(user_information.substr(0, colon));
    const auto password =
        percent_decode(colon == std::string_view::npos ? std::string_view() : user_information.substr(colon + 1));
    if (!user || !password) return invalid(url, "the user or password is not percent-encoded correctly");
    endpoint.user = *user;
    endpoint.password = *password;
  }
  if (path.find_first_of("?#") != std::string_view::npos) return invalid(url, "a query or fragment has no place here");
  const std::uint16_t default_port = endpoint.scheme == Scheme::https ? 443 : 80;
  const auto target = parse_instance(authority, default_port);
  if (!target || !is_safe_host(target->host)) return invalid(url, "expected [http[s]://]host[:port][/path]");
  endpoint.host = target->host;
  endpoint.port = target->port;
  endpoint.authority = std::string(authority);
  endpoint.base_path = percent_encode_target(normal_base_path(path));
  return endpoint;
}

Result<std::vector<Endpoint>> parse_endpoints(std::string_view urls) {
  std::vector<Endpoint> endpoints;
  std::size_t at = 0;
  while ((at = urls.find_first_not_of(blanks, at)) != std::string_view::npos) {
    const auto end = std::min(urls.find_first_of(blanks, at), urls.size());
    auto endpoint = parse_endpoint(urls.substr(at, end - at));
    if (!endpoint) return endpoint.error();
    endpoints.push_back(std::move(*endpoint));
    at = end;
  }
  if (endpoints.empty()) return Failure{"No API URL given (-U or ORCHESTRATOR_API)"};
  return endpoints;
}

std::string display(const Endpoint& endpoint) {
  std::string text = endpoint.scheme == Scheme::https ? "https://" : "http://";
  if (!endpoint.user.empty()) text += percent_encode(endpoint.user) + "@";
  return text + endpoint.authority + endpoint.base_path;
}

}  // namespace orchestrator::client
