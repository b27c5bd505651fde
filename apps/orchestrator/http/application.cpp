// What happens to every request once.
#include "http/application.hpp"

#include <algorithm>
#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>
#include <exception>
#include <optional>
#include <utility>

#include "http/compression.hpp"

namespace orchestrator::http {
namespace {

namespace asio = boost::asio;

// Below this the gzip frame and the time cost more than the bytes they save.
constexpr std::size_t smallest_worth_compressing = 1024;

Response not_allowed(const Route* route) {
  auto response = text_response(405, "405 method not allowed");
  const bool takes_post = route != nullptr && route->effect == Effect::writes;
  response.headers.add("Allow", takes_post ? "GET, HEAD, POST" : "GET, HEAD");
  return response;
}

bool allows(const Route& route, Method method) {
  switch (method) {
    case Method::get:
    case Method::head:
      return true;
    case Method::post:
      return route.effect == Effect::writes;
    case Method::other:
      return false;
  }
  return false;
}

bool is_cancellation(const std::exception& error) {
  const auto* system = dynamic_cast<const boost::system::system_error*>(&error);
  return system != nullptr && system->code() == asio::error::operation_aborted;
}

asio::awaitable<void> compress(Response& response) {
  auto text = response.body;
  auto packed = co_await gzipped(std::move(text));
  if (packed && packed->size() < response.body.size()) {
    response.body = std::move(*packed);
    response.headers.add("Content-Encoding", "gzip");
  }
}

}  // namespace

asio::awaitable<Response> Application::handle(Request request) {
  struct InProgress {
    explicit InProgress(AccessMetrics& of) : metrics(of) { ++metrics.in_progress; }
    ~InProgress() {
      --metrics.in_progress;
      metrics.total_time += std::chrono::steady_clock::now() - start;
    }
    AccessMetrics& metrics;
    std::chrono::steady_clock::time_point start = std::chrono::steady_clock::now();
  };
  const InProgress in_progress(metrics_);
  ++metrics_.requests;
  const bool gzip = accepts_gzip(request.headers);
  auto response = co_await answer(std::move(request));
  ++metrics_.answers_by_class[std::min<std::size_t>(response.status / 100, metrics_.answers_by_class.size() - 1)];
  metrics_.body_bytes += response.body.size();
  if (response.body.size() >= smallest_worth_compressing) {
    response.headers.add("Vary", "Accept-Encoding");
    if (gzip) {
      co_await compress(response);
    }
  }
  co_return response;
}

asio::awaitable<Response> Application::answer(Request request) {
  const auto identity = authenticator_.identify(request);
  if (!identity) {
    co_return authenticator_.refusal(request);
  }
  auto match = router_.find(request.path);
  if (!match) {
    co_return request.method == Method::other ? not_allowed(nullptr) : text_response(404, "404 page not found");
  }
  const Route& route = *match->route;
  if (!allows(route, request.method)) {
    co_return not_allowed(&route);
  }
  if (route.access == Access::authorized && !identity->may_change) {
    co_return hooks_.unauthorized();
  }
  RequestContext context{std::move(request), std::move(match->parameters), identity->user};
  auto response = co_await call(route, std::move(context));
  co_return response;
}

asio::awaitable<Response> Application::call(const Route& route, RequestContext context) {
  const auto path = context.request.path;
  try {
    if (const auto* immediate = std::get_if<SyncHandler>(&route.handler)) {
      co_return (*immediate)(context);
    }
    const auto& handler = std::get<AsyncHandler>(route.handler);
    auto response = co_await handler(std::move(context));
    co_return response;
  } catch (const std::exception& error) {
    if (is_cancellation(error)) {
      throw;
    }
    co_return failure(path, error.what());
  } catch (...) {
    co_return failure(path, "an exception that is no std::exception");
  }
}

Response Application::failure(const std::string& path, const std::string& cause) {
  ++metrics_.exceptions;
  hooks_.log_failure("HTTP request for " + path + " failed: " + cause);
  return hooks_.failed(cause);
}

}  // namespace orchestrator::http
