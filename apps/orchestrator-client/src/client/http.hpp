// The HTTP side of the client: blocking requests with deadlines.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "client/answer.hpp"
#include "client/endpoint.hpp"
#include "client/options.hpp"

namespace orchestrator::client {

struct Credentials {
  std::string user;  // basic authentication; empty means the endpoint's own, if it has one
  std::string password;
  std::string header;  // a complete header line; empty means none
};

struct HttpRequest {
  Endpoint endpoint;
  std::string path;  // below the endpoint's base path, encoded, without a leading slash
};

// Whether the server may have acted on a request that got no answer.
enum class Delivery { not_sent, maybe_sent };

struct HttpFailure {
  std::string reason;
  Delivery delivery = Delivery::not_sent;
  // Another attempt may succeed: the connection was refused, reset or not possible just now.
  bool may_pass = false;
};

using HttpOutcome = std::variant<HttpFailure, HttpAnswer>;

// Sends GET requests, one connection each; follows no redirect, accepts no compression, uses no proxy. Not thread-safe.
// Every call blocks until its deadline at most. A name look-up that the system does not end in time is left behind on
// its own thread, which ends with the process.
class HttpClient {
 public:
  using Clock = std::chrono::steady_clock;

  // Fails when the CA file cannot be read.
  static Result<HttpClient> create(Credentials credentials, CertificateCheck check, const std::string& ca_file);
  HttpClient(HttpClient&&) noexcept;
  HttpClient& operator=(HttpClient&&) noexcept;
  ~HttpClient();

  // Sends one request. Connecting is tried again, with growing pauses, until it succeeds or connect_deadline passes, as
  // long as may_pass; once a byte of the request may have been sent nothing is sent again.
  HttpOutcome get(const HttpRequest& request, Clock::time_point connect_deadline, Clock::time_point deadline);

  // Sends all requests at once and returns their outcomes in the same order; returns early, leaving the slower ones as
  // failures, when one answer is what the caller waits for.
  std::vector<HttpOutcome> race(const std::vector<HttpRequest>& requests, Clock::time_point deadline,
                                std::function<bool(const HttpAnswer&)> is_enough);

 private:
  struct State;
  explicit HttpClient(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace orchestrator::client
