// The bytes of a response's head.
#include "http/response_text.hpp"

#include <boost/beast/http/status.hpp>
#include <ctime>
#include <string_view>

namespace orchestrator::http {
namespace {

namespace beast_http = boost::beast::http;

void add_field(std::string& head, std::string_view name, std::string_view value) {
  head += name;
  head += ": ";
  head += value;
  head += "\r\n";
}

}  // namespace

std::string http_date(std::chrono::system_clock::time_point time) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char text[64];
  // The program never calls setlocale, so names of days and months are the English ones the format wants.
  const auto size = std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &parts);
  return {text, size};
}

std::string response_head(const Response& response, const HeadOptions& options) {
  std::string head = "HTTP/1.1 " + std::to_string(response.status) + " ";
  head += std::string_view(beast_http::obsolete_reason(static_cast<beast_http::status>(response.status)));
  head += "\r\n";
  add_field(head, "Date", http_date(options.now));
  add_field(head, "Server", options.server_name);
  if (!response.content_type.empty()) {
    add_field(head, "Content-Type", response.content_type);
  }
  add_field(head, "Content-Length", std::to_string(response.absent_body_bytes.value_or(response.body.size())));
  for (const auto& [name, value] : response.headers.all()) {
    add_field(head, name, value);
  }
  switch (options.keep_alive) {
    case KeepAlive::no:
      add_field(head, "Connection", "close");
      break;
    case KeepAlive::yes:
      break;
    case KeepAlive::yes_for_http_1_0:
      add_field(head, "Connection", "keep-alive");
      break;
  }
  head += "\r\n";
  return head;
}

}  // namespace orchestrator::http
