// The smallest HTTP client a test needs.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace sandbox {

struct HttpRequest {
  std::string host = "127.0.0.1";  // an IPv4 address
  std::uint16_t port = 0;
  std::string method = "GET";
  std::string target = "/";
  std::string headers{};  // whole lines, each ended with "\r\n"
  std::string body{};
  std::chrono::seconds timeout{5};
};

struct HttpReply {
  int status = 0;  // 0: nothing that speaks HTTP answered
  std::string headers;
  std::string body;
};

// One request on a connection of its own, blocking. Never throws for what the other side does.
[[nodiscard]] HttpReply http_request(const HttpRequest& request);

}  // namespace sandbox
