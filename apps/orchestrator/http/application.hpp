// What happens to every request once: authentication, routing, authorization, the barrier for exceptions, compression.
#pragma once

#include <array>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "http/authentication.hpp"
#include "http/message.hpp"
#include "http/router.hpp"

namespace orchestrator::http {

// Counters since the start, one struct so that a metrics page can copy it.
struct AccessMetrics {
  std::uint64_t requests = 0;
  std::array<std::uint64_t, 6> answers_by_class{};  // [2] counts 2xx
  std::uint64_t body_bytes = 0;                     // before compression
  std::uint64_t exceptions = 0;
  std::size_t in_progress = 0;
  std::chrono::nanoseconds total_time{0};
};

// The answers and sinks that differ between applications.
struct ApplicationHooks {
  // The answer to a caller who may not use the route.
  std::function<Response()> unauthorized = [] { return text_response(403, "Unauthorized"); };
  // The answer when a handler threw; the text is meant for people.
  std::function<Response(const std::string& cause)> failed = [](const std::string&) {
    return text_response(500, "Internal server error");
  };
  // One line for the log: a handler threw.
  std::function<void(const std::string& line)> log_failure = [](const std::string&) {};
};

// Confined to one executor; must outlive the requests it handles.
class Application {
 public:
  Application(Router router, AuthenticationPolicy authentication, ApplicationHooks hooks)
      : router_(std::move(router)), authenticator_(std::move(authentication)), hooks_(std::move(hooks)) {}
  Application(const Application&) = delete;
  Application& operator=(const Application&) = delete;

  // Never throws, except when the coroutine is cancelled. Its duration is the handler's.
  [[nodiscard]] boost::asio::awaitable<Response> handle(Request request);

  [[nodiscard]] const AccessMetrics& metrics() const noexcept { return metrics_; }
  [[nodiscard]] const Router& router() const noexcept { return router_; }

 private:
  [[nodiscard]] boost::asio::awaitable<Response> answer(Request request);
  [[nodiscard]] boost::asio::awaitable<Response> call(const Route& route, RequestContext context);
  [[nodiscard]] Response failure(const std::string& path, const std::string& cause);

  Router router_;
  Authenticator authenticator_;
  ApplicationHooks hooks_;
  AccessMetrics metrics_;
};

}  // namespace orchestrator::http
