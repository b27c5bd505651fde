// The answers of the legacy interface: bare JSON, and the envelope of code, message and details.
#pragma once

#include <string>
#include <string_view>

#include "http/message.hpp"

namespace orchestrator::api {

[[nodiscard]] http::Response json_response(std::string json, unsigned status = 200);

// Makes envelopes whose messages begin with the configured prefix.
class Envelope {
 public:
  explicit Envelope(std::string message_prefix) : prefix_(std::move(message_prefix)) {}

  // {"Code":"OK",…} with status 200; details are JSON.
  [[nodiscard]] http::Response ok(std::string_view message, std::string_view details = "null") const;
  // {"Code":"ERROR",…} with status 500, whatever the reason, as clients expect it.
  [[nodiscard]] http::Response error(std::string_view message, std::string_view details = "null") const;

 private:
  std::string prefix_;
};

}  // namespace orchestrator::api
