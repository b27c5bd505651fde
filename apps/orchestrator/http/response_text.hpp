// The bytes of a response's head.
#pragma once

#include <chrono>
#include <string>

#include "http/message.hpp"

namespace orchestrator::http {

enum class KeepAlive { no, yes, yes_for_http_1_0 };

struct HeadOptions {
  KeepAlive keep_alive = KeepAlive::yes;
  std::string server_name;
  std::chrono::system_clock::time_point now;
};

// Status line and fields with the empty line after them. Content-Length is the body's size, also when the body is not
// sent, as HEAD wants it. Source: RFC 9112.
[[nodiscard]] std::string response_head(const Response& response, const HeadOptions& options);

// "Sun, 06 Nov 1994 08:49:37 GMT". Source: RFC 9110, 5.6.7.
[[nodiscard]] std::string http_date(std::chrono::system_clock::time_point time);

}  // namespace orchestrator::http
