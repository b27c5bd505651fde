// Endpoint: one orchestrator API, as given by -U or ORCHESTRATOR_API.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "client/failure.hpp"

namespace orchestrator::client {

enum class Scheme { http, https };

struct Endpoint {
  Scheme scheme = Scheme::http;
  std::string host;           // a name or an address; an IPv6 address without its brackets
  std::uint16_t port = 3000;  // 80 or 443 when the URL names none
  std::string authority;      // host[:port] as the user wrote it, without user information; the Host header
  std::string base_path;      // "/api", or "/prefix/api"
  std::string user;           // from the URL's user information; empty when there is none
  std::string password;
};

// Reads `[scheme://][user:password@]host[:port][/path]`; /api is appended to a path that does not end in it. Errors
// never repeat the URL when it may hold a password.
Result<Endpoint> parse_endpoint(std::string_view url);

// Reads one URL or several separated by blanks; at least one.
Result<std::vector<Endpoint>> parse_endpoints(std::string_view urls);

// The endpoint as text, with the user but without the password.
std::string display(const Endpoint& endpoint);

}  // namespace orchestrator::client
