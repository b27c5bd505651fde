// Asks the node that leads, and keeps connections to it.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <variant>

#include "http/client_tls.hpp"
#include "http/error.hpp"
#include "http/message.hpp"
#include "http/node_address.hpp"
#include "http/router.hpp"

namespace orchestrator::http {

struct LeaderClientOptions {
  std::chrono::milliseconds connect_time{2'000};  // for name look-up, TCP and TLS together
  // How long the leader's host may be silent to TCP, while an answer is waited for, before it counts as vanished.
  std::chrono::seconds vanished_after{8};
  // Kept connections are not used after this, so that the leader is not the one that closes them (Limits::idle_time).
  std::chrono::seconds idle_time{20};
  std::size_t kept_connections = 16;
  std::uint64_t answer_bytes = 512 * 1024 * 1024;
  std::chrono::milliseconds recheck_interval{1'000};  // see Question::still_wanted
  ClientTlsOptions tls;
};

struct Question {
  Method method = Method::get;  // not Method::other
  std::string target;
  Headers headers;
  std::string body;
  // A question that only reads may be asked again when its answer did not come.
  Effect effect = Effect::writes;
  // Asked now and then while the answer is waited for; false ends the wait. Must not throw.
  std::function<bool()> still_wanted = [] { return true; };
};

// Why there is no answer.
struct NoAnswer {
  // not_done: the leader did not act upon it. unknown: it may have.
  enum class Outcome { not_done, unknown } outcome = Outcome::not_done;
  std::string cause;  // for people
};

using LeaderAnswer = std::variant<Response, NoAnswer>;

// Confined to its executor, which must run one handler at a time. Each question has a connection of its own, a kept one
// if there is one; connections to another node than the one asked last are dropped. Must be destroyed before the
// executor's context.
class LeaderClient {
 public:
  // Errors name the TLS file at fault.
  [[nodiscard]] static Result<std::unique_ptr<LeaderClient>> make(boost::asio::any_io_executor executor,
                                                                  LeaderClientOptions options);
  ~LeaderClient();
  LeaderClient(const LeaderClient&) = delete;
  LeaderClient& operator=(const LeaderClient&) = delete;

  // The answer may take as long as the leader's work does. The wait ends before that when the connection breaks, when
  // the leader's host has vanished, when the question is not wanted any more, or when the coroutine is cancelled (which
  // throws). A question is sent again, once and on a new connection, if the leader cannot have acted upon it because
  // the connection had been closed, or if it only reads. The client must outlive the coroutine.
  [[nodiscard]] boost::asio::awaitable<LeaderAnswer> ask(NodeAddress leader, Question question);

 private:
  class Impl;
  explicit LeaderClient(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace orchestrator::http
