// Turns what Beast parsed into our request.
#include "http/request_reader.hpp"

#include <boost/beast/http/error.hpp>
#include <boost/beast/http/field.hpp>
#include <string>
#include <utility>

#include "http/target.hpp"

namespace orchestrator::http {
namespace {

namespace beast_http = boost::beast::http;

Method method_of(beast_http::verb verb) {
  if (verb == beast_http::verb::get) {
    return Method::get;
  }
  if (verb == beast_http::verb::head) {
    return Method::head;
  }
  return verb == beast_http::verb::post ? Method::post : Method::other;
}

}  // namespace

std::optional<Response> refusal_of_read(const boost::system::error_code& code, const RequestParser& parser) {
  if (code == beast_http::error::body_limit) {
    return text_response(413, "413 request body too large");
  }
  if (code == beast_http::error::header_limit) {
    const bool in_first_line = parser.get().target().empty();
    return in_first_line ? text_response(414, "414 URI too long")
                         : text_response(431, "431 request header fields too large");
  }
  if (code == beast_http::error::end_of_stream) {
    return std::nullopt;
  }
  static const boost::system::error_code http_error = beast_http::error::bad_target;
  if (code.category() == http_error.category()) {
    return text_response(400, "400 bad request: " + code.message());
  }
  return std::nullopt;
}

std::optional<Response> refusal_of_head(const RequestParser& parser, const Limits& limits) {
  const auto& head = parser.get();
  if (head.target().size() > limits.target_bytes) {
    return text_response(414, "414 URI too long");
  }
  const auto hosts = head.count(beast_http::field::host);
  if (hosts > 1 || (hosts == 0 && head.version() >= 11)) {
    return text_response(400, "400 bad request: one Host field is needed");
  }
  // Two statements of the body's length are how requests are smuggled past a proxy.
  if (head.count(beast_http::field::transfer_encoding) > 0 && head.count(beast_http::field::content_length) > 0) {
    return text_response(400, "400 bad request: both Transfer-Encoding and Content-Length");
  }
  if (head.count(beast_http::field::transfer_encoding) > 0 && !parser.chunked()) {
    return text_response(501, "501 transfer encoding not supported");
  }
  return std::nullopt;
}

std::optional<Request> to_request(beast_http::request<beast_http::string_body>&& message, const Peer& peer) {
  auto target = parse_target(std::string_view(message.target().data(), message.target().size()));
  if (!target) {
    return std::nullopt;
  }
  Request request;
  request.method = method_of(message.method());
  request.target = std::move(target->text);
  request.path = std::move(target->path);
  request.query = std::move(target->query);
  for (const auto& field : message) {
    if (field.name() == beast_http::field::host) {
      request.host = std::string(field.value());
    } else {
      request.headers.add(std::string(field.name_string()), std::string(field.value()));
    }
  }
  request.body = std::move(message.body());
  request.peer = peer;
  return request;
}

}  // namespace orchestrator::http
