// The answers of the legacy interface.
#include "api/envelope.hpp"

#include <utility>

#include "api/json_writer.hpp"

namespace orchestrator::api {
namespace {

std::string envelope(std::string_view code, std::string_view message, std::string_view details) {
  JsonWriter out;
  out.begin_object().key("Code").text(code).key("Message").text(message).key("Details").raw(details).end_object();
  return out.take();
}

}  // namespace

http::Response json_response(std::string json, unsigned status) {
  http::Response response;
  response.status = status;
  response.body = std::move(json);
  response.content_type = "application/json; charset=UTF-8";
  return response;
}

http::Response Envelope::ok(std::string_view message, std::string_view details) const {
  return json_response(envelope("OK", prefix_ + std::string(message), details));
}

http::Response Envelope::error(std::string_view message, std::string_view details) const {
  return json_response(envelope("ERROR", prefix_ + std::string(message), details), 500);
}

}  // namespace orchestrator::api
