// The bytes of response heads.
#include "http/response_text.hpp"

#include "catch.hpp"

using namespace orchestrator::http;

TEST_CASE("dates are written as HTTP wants them") {
  CHECK(http_date(std::chrono::system_clock::from_time_t(784111777)) == "Sun, 06 Nov 1994 08:49:37 GMT");
}

TEST_CASE("a head states the body's length and what becomes of the connection") {
  auto response = text_response(404, "404 page not found");
  HeadOptions options{KeepAlive::yes, "orchestrator", std::chrono::system_clock::from_time_t(784111777)};
  CHECK(response_head(response, options) ==
        "HTTP/1.1 404 Not Found\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nServer: orchestrator\r\n"
        "Content-Type: text/plain; charset=utf-8\r\nContent-Length: 19\r\nX-Content-Type-Options: nosniff\r\n\r\n");
  options.keep_alive = KeepAlive::no;
  CHECK(response_head(response, options).find("Connection: close\r\n") != std::string::npos);
  options.keep_alive = KeepAlive::yes_for_http_1_0;
  CHECK(response_head(response, options).find("Connection: keep-alive\r\n") != std::string::npos);
}

TEST_CASE("no value can forge a header field") {
  Headers headers;
  headers.add("X-Name", "a\r\nSet-Cookie: b");
  CHECK(headers.find("x-name") == "a  Set-Cookie: b");
}
