// What happens to every request once: authentication, routing, the way to the leader, authorization, the barrier for
// exceptions, compression.
#pragma once

#include <array>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "http/authentication.hpp"
#include "http/leader_client.hpp"
#include "http/leadership.hpp"
#include "http/message.hpp"
#include "http/router.hpp"

namespace orchestrator::http {

// Counters since the start, one struct so that a metrics page can copy it.
struct AccessMetrics {
  std::uint64_t requests = 0;
  std::array<std::uint64_t, 6> answers_by_class{};  // [2] counts 2xx
  std::uint64_t body_bytes = 0;                     // before compression
  std::uint64_t exceptions = 0;
  std::uint64_t forwarded = 0;  // to the leader, answered by it or not
  std::size_t in_progress = 0;
  std::chrono::nanoseconds total_time{0};
};

// Why a request that is the leader's has no answer from it.
struct LeaderTrouble {
  // 503: nothing was changed, the client may ask again. 502: whether it was done is not known.
  unsigned status = 503;
  std::string cause;  // for people; names the leader
};

// The answers and sinks that differ between applications.
struct ApplicationHooks {
  // The answer to a caller who may not use the route.
  std::function<Response()> unauthorized = [] { return text_response(403, "Unauthorized"); };
  // The answer when a handler threw; the text is meant for people.
  std::function<Response(const std::string& cause)> failed = [](const std::string&) {
    return text_response(500, "Internal server error");
  };
  // The answer when the leader was to answer and could not.
  std::function<Response(const LeaderTrouble&)> unavailable = [](const LeaderTrouble& trouble) {
    return text_response(trouble.status, trouble.cause);
  };
  // One line for the log: a handler threw, or the leader gave no answer.
  std::function<void(const std::string& line)> log_failure = [](const std::string&) {};
};

// How the requests of routes with Answers::leader get to the leader.
struct Forwarding {
  // Asked at each such request, and now and then while an answer is waited for. Must not block or throw.
  std::function<Leadership()> leadership;
  std::shared_ptr<LeaderClient> client;
  std::string node_name;  // of this node: the leader gets to know who forwards
  // How long the answer of a node that does not lead any more is waited for: it may still finish what it began, or be
  // stopped or cut off for good.
  std::chrono::milliseconds patience_with_former_leader{5'000};
};

// Without Forwarding every route is answered here. With it, routes of the leader are answered here as well if this node
// leads, or if nobody does and the route only reads; otherwise the request goes to the leader as it came (method,
// target, fields, body) and its answer comes back, after this node's authentication and before any authorization: the
// leader decides with the same credentials. A request that has been forwarded once is not forwarded again.
//
// Confined to one executor; must outlive the requests it handles.
class Application {
 public:
  Application(Router router, AuthenticationPolicy authentication, ApplicationHooks hooks,
              std::optional<Forwarding> forwarding = std::nullopt)
      : router_(std::move(router)),
        authenticator_(std::move(authentication)),
        hooks_(std::move(hooks)),
        forwarding_(std::move(forwarding)) {}
  Application(const Application&) = delete;
  Application& operator=(const Application&) = delete;

  // Never throws, except when the coroutine is cancelled. Its duration is the handler's, here or at the leader.
  [[nodiscard]] boost::asio::awaitable<Response> handle(Request request);

  [[nodiscard]] const AccessMetrics& metrics() const noexcept { return metrics_; }
  [[nodiscard]] const Router& router() const noexcept { return router_; }

 private:
  [[nodiscard]] boost::asio::awaitable<Response> answer(Request request);
  [[nodiscard]] boost::asio::awaitable<Response> call(const Route& route, RequestContext context);
  [[nodiscard]] std::optional<LeaderTrouble> refusal_by_follower(const Route& route, const Request& request,
                                                                 const Leadership& leadership) const;
  [[nodiscard]] boost::asio::awaitable<Response> forward(const Route& route, Request request, LeaderAt leader);
  [[nodiscard]] Response unavailable(const std::string& path, const LeaderTrouble& trouble);
  [[nodiscard]] Response failure(const std::string& path, const std::string& cause);

  Router router_;
  Authenticator authenticator_;
  ApplicationHooks hooks_;
  std::optional<Forwarding> forwarding_;
  AccessMetrics metrics_;
};

}  // namespace orchestrator::http
