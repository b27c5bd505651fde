// What happens to every request once.
#include "http/application.hpp"

#include <algorithm>
#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>
#include <exception>
#include <optional>
#include <utility>

#include "http/compression.hpp"
#include "http/forwarding.hpp"
#include "http/node_address.hpp"

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

// True as long as that leader leads, and for the patience after that.
std::function<bool()> while_it_leads(const Forwarding& forwarding, const std::string& uri) {
  using Clock = std::chrono::steady_clock;
  return [&forwarding, uri, last_led = Clock::now()]() mutable {
    const auto leadership = forwarding.leadership();
    const auto* leader = std::get_if<LeaderAt>(&leadership);
    const auto now = Clock::now();
    if (leader != nullptr && leader->uri == uri) {
      last_led = now;
    }
    return now - last_led < forwarding.patience_with_former_leader;
  };
}

LeaderTrouble trouble_with(const LeaderAt& leader, const NoAnswer& no_answer) {
  switch (no_answer.outcome) {
    case NoAnswer::Outcome::not_done:
      return {503, "the leader " + leader.uri + " cannot be asked: " + no_answer.cause};
    case NoAnswer::Outcome::unknown:
      return {502, "the leader " + leader.uri + " was asked and did not answer: " + no_answer.cause +
                       "; whether it was done is not known"};
  }
  return {};
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
  if (response.body.size() >= smallest_worth_compressing && !response.headers.find("Content-Encoding")) {
    if (!response.headers.find("Vary")) {  // the leader has seen to it
      response.headers.add("Vary", "Accept-Encoding");
    }
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
  if (forwarding_ && route.answers == Answers::leader) {
    const auto leadership = forwarding_->leadership();
    if (const auto refusal = refusal_by_follower(route, request, leadership)) {
      co_return unavailable(request.path, *refusal);
    }
    if (const auto* known = std::get_if<LeaderAt>(&leadership)) {
      auto leader = *known;
      auto response = co_await forward(route, std::move(request), std::move(leader));
      co_return response;
    }
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

// Nothing when the request is to be answered here or forwarded.
std::optional<LeaderTrouble> Application::refusal_by_follower(const Route& route, const Request& request,
                                                              const Leadership& leadership) const {
  if (std::holds_alternative<ThisNodeLeads>(leadership)) {
    return std::nullopt;
  }
  if (was_forwarded(request)) {
    return LeaderTrouble{503, forwarding_->node_name + " was taken for the leader and is not; ask again"};
  }
  if (std::holds_alternative<NobodyLeads>(leadership) && route.effect == Effect::writes) {
    return LeaderTrouble{503, "no leader is known to " + forwarding_->node_name + " now; ask again"};
  }
  return std::nullopt;
}

asio::awaitable<Response> Application::forward(const Route& route, Request request, LeaderAt leader) {
  ++metrics_.forwarded;
  const auto path = request.path;
  const auto node = parse_node_address(leader.uri);
  if (!node) {
    co_return unavailable(path,
                          {503, "the leader's HTTP address '" + leader.uri + "' is not of the form http://host:port"});
  }
  Question question;
  question.method = request.method;
  question.target = std::move(request.target);
  question.headers = headers_for_leader(request, forwarding_->node_name);
  question.body = std::move(request.body);
  question.effect = route.effect;
  question.still_wanted = while_it_leads(*forwarding_, leader.uri);
  auto address = *node;
  auto answer = co_await forwarding_->client->ask(std::move(address), std::move(question));
  if (auto* response = std::get_if<Response>(&answer)) {
    response->headers = headers_for_client(response->headers);
    co_return std::move(*response);
  }
  co_return unavailable(path, trouble_with(leader, std::get<NoAnswer>(answer)));
}

Response Application::unavailable(const std::string& path, const LeaderTrouble& trouble) {
  hooks_.log_failure("HTTP request for " + path + " has no answer from the leader: " + trouble.cause);
  return hooks_.unavailable(trouble);
}

Response Application::failure(const std::string& path, const std::string& cause) {
  ++metrics_.exceptions;
  hooks_.log_failure("HTTP request for " + path + " failed: " + cause);
  return hooks_.failed(cause);
}

}  // namespace orchestrator::http
