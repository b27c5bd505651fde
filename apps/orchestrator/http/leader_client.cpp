// Asks the node that leads, and keeps connections to it.
#include "http/leader_client.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/field.hpp>
#include <boost/beast/http/verb.hpp>
#include <boost/system/system_error.hpp>
#include <charconv>
#include <optional>
#include <utility>
#include <vector>

#include "http/host_lookup.hpp"
#include "http/leader_connection.hpp"

namespace orchestrator::http {
namespace {

namespace asio = boost::asio;
namespace beast_http = boost::beast::http;
using boost::system::error_code;
using Clock = LeaderConnection::Clock;
using ConnectionPtr = std::unique_ptr<LeaderConnection>;

constexpr std::uint32_t header_bytes = 64 * 1024;

beast_http::verb verb_of(Method method) {
  switch (method) {
    case Method::head:
      return beast_http::verb::head;
    case Method::post:
      return beast_http::verb::post;
    case Method::get:
    case Method::other:
      return beast_http::verb::get;
  }
  return beast_http::verb::get;
}

LeaderConnection::Message message_of(Question& question, const NodeAddress& leader) {
  LeaderConnection::Message message(verb_of(question.method), question.target, 11);
  message.set(beast_http::field::host, leader.authority());
  for (const auto& [name, value] : question.headers.all()) {
    message.insert(name, value);
  }
  message.body() = std::move(question.body);
  message.prepare_payload();
  return message;
}

Response response_of(LeaderConnection::Parser::value_type message, Method method) {
  Response response;
  response.status = message.result_int();
  response.content_type.clear();
  for (const auto& field : message) {
    if (field.name() == beast_http::field::content_type) {
      response.content_type = std::string(field.value());
    }
    response.headers.add(std::string(field.name_string()), std::string(field.value()));
  }
  if (method == Method::head) {
    const auto length = message[beast_http::field::content_length];
    std::uint64_t bytes = 0;
    std::from_chars(length.data(), length.data() + length.size(), bytes);
    response.absent_body_bytes = bytes;
  }
  response.body = std::move(message.body());
  return response;
}

// A cancelled exchange ends like one whose connection broke: the caller shall see the cancellation instead.
asio::awaitable<void> throw_if_cancelled() {
  const auto state = co_await asio::this_coro::cancellation_state;
  if (state.cancelled() != asio::cancellation_type::none) {
    throw boost::system::system_error(asio::error::operation_aborted);
  }
}

bool is_end(const error_code& code) {
  return code == beast_http::error::end_of_stream || code == beast_http::error::partial_message ||
         code == asio::error::eof || code == asio::ssl::error::stream_truncated;
}

// Not when an answer came that is none, or too long a one: the next would be the same.
bool connection_broke(const error_code& code) {
  static const error_code http_error = beast_http::error::bad_version;
  return is_end(code) || code.category() != http_error.category();
}

std::string text_of(const error_code& code) {
  if (is_end(code)) {
    return "the connection ended before the answer";
  }
  if (code == asio::error::timed_out) {
    return "its host does not answer any more";
  }
  return code == beast_http::error::body_limit ? "its answer is too long" : code.message();
}

// Ends an exchange that is not wanted any more; looks from time to time as long as it lives.
class Recheck {
 public:
  Recheck(const asio::any_io_executor& executor, LeaderConnection& connection, const Question& question,
          std::chrono::milliseconds interval)
      : watched_(std::make_shared<Watched>(executor, connection, question.still_wanted, interval)) {
    look_later(watched_);
  }
  ~Recheck() {
    watched_->connection = nullptr;
    watched_->timer.cancel();
  }
  Recheck(const Recheck&) = delete;
  Recheck& operator=(const Recheck&) = delete;

  [[nodiscard]] bool has_ended_it() const noexcept { return watched_->ended; }

 private:
  struct Watched {
    Watched(const asio::any_io_executor& executor, LeaderConnection& of, std::function<bool()> asks,
            std::chrono::milliseconds every)
        : timer(executor), connection(&of), still_wanted(std::move(asks)), interval(every) {}
    asio::steady_timer timer;
    LeaderConnection* connection;
    std::function<bool()> still_wanted;
    std::chrono::milliseconds interval;
    bool ended = false;
  };

  static void look_later(const std::shared_ptr<Watched>& watched) {
    watched->timer.expires_after(watched->interval);
    watched->timer.async_wait([watched](const error_code&) {
      if (watched->connection == nullptr) {
        return;
      }
      if (watched->still_wanted()) {
        look_later(watched);
        return;
      }
      watched->ended = true;
      watched->connection->close();
    });
  }

  std::shared_ptr<Watched> watched_;
};

}  // namespace

class LeaderClient::Impl {
 public:
  Impl(asio::any_io_executor executor, LeaderClientOptions options, std::shared_ptr<asio::ssl::context> tls)
      : executor_(std::move(executor)), options_(std::move(options)), tls_(std::move(tls)), lookup_(executor_) {}

  asio::awaitable<LeaderAnswer> ask(NodeAddress leader, Question question) {
    auto message = message_of(question, leader);
    if (leader.scheme == NodeAddress::Scheme::https && !tls_) {
      auto trouble = load_system_authorities();
      if (!trouble.empty()) {
        co_return NoAnswer{NoAnswer::Outcome::not_done, std::move(trouble)};
      }
    }
    auto connection = take_kept(leader);
    for (int attempt = 1;; ++attempt) {
      if (!connection) {
        connection = make_connection(leader);
        auto trouble = co_await open(*connection);
        if (!trouble.empty()) {
          co_return NoAnswer{NoAnswer::Outcome::not_done, std::move(trouble)};
        }
      }
      auto exchanged = co_await exchange(*connection, message, question);
      if (exchanged.response) {
        if (exchanged.keeps_connection) {
          keep(std::move(connection));
        }
        co_return std::move(*exchanged.response);
      }
      if (!exchanged.may_repeat || attempt == most_attempts) {
        co_return std::move(exchanged.trouble);
      }
      connection.reset();
    }
  }

 private:
  static constexpr int most_attempts = 2;

  struct Exchanged {
    std::optional<Response> response;
    bool keeps_connection = false;
    NoAnswer trouble;  // without a response
    bool may_repeat = false;
  };

  // Those of the system are many; who never speaks TLS does not carry them.
  std::string load_system_authorities() {
    auto tls = make_client_tls_context(options_.tls);
    if (!tls) {
      return tls.error().message();
    }
    tls_ = std::move(*tls);
    return {};
  }

  ConnectionPtr make_connection(const NodeAddress& leader) const {
    LeaderConnectionOptions options{tls_, options_.tls.verification, options_.vanished_after};
    return std::make_unique<LeaderConnection>(executor_, leader, std::move(options));
  }

  // Empty, or why the leader cannot be reached.
  asio::awaitable<std::string> open(LeaderConnection& connection) {
    const auto deadline = Clock::now() + options_.connect_time;
    auto address = connection.address();
    auto found = co_await lookup_.find(std::move(address), deadline);
    if (!found.trouble.empty()) {
      co_return std::move(found.trouble);
    }
    auto endpoints = std::move(found.endpoints);
    auto trouble = co_await connection.open(std::move(endpoints), deadline);
    co_await throw_if_cancelled();
    co_return trouble;
  }

  // References point into the caller's frame.
  asio::awaitable<Exchanged> exchange(LeaderConnection& connection, LeaderConnection::Message& message,
                                      const Question& question) {
    const Recheck recheck(executor_, connection, question, options_.recheck_interval);
    LeaderConnection::Parser parser;
    parser.header_limit(header_bytes);
    parser.body_limit(options_.answer_bytes);
    parser.skip(question.method == Method::head);
    const auto not_sent = co_await connection.send(message);
    // The leader may refuse a message, a long one for example, before it has read all of it: there can be an answer
    // even when not everything could be sent.
    const auto not_received = co_await connection.receive(parser);
    co_await throw_if_cancelled();
    Exchanged exchanged;
    if (!not_received) {
      exchanged.keeps_connection = !not_sent && parser.get().keep_alive() && !recheck.has_ended_it();
      exchanged.response = response_of(parser.release(), question.method);
      co_return exchanged;
    }
    // Somebody who did not get the whole message does not act upon it.
    const bool harmless = not_sent || question.effect == Effect::reads;
    exchanged.trouble.outcome = harmless ? NoAnswer::Outcome::not_done : NoAnswer::Outcome::unknown;
    exchanged.trouble.cause = recheck.has_ended_it() ? "its answer is not waited for any longer"
                              : not_sent             ? "the question could not be sent: " + not_sent.message()
                                                     : text_of(not_received);
    exchanged.may_repeat = harmless && !recheck.has_ended_it() && connection_broke(not_received);
    co_return exchanged;
  }

  ConnectionPtr take_kept(const NodeAddress& leader) {
    const auto oldest = Clock::now() - options_.idle_time;
    std::erase_if(kept_, [&](const ConnectionPtr& each) {
      return each->address() != leader || each->last_used() < oldest || !each->is_usable();
    });
    if (kept_.empty()) {
      return nullptr;
    }
    auto connection = std::move(kept_.back());
    kept_.pop_back();
    return connection;
  }

  void keep(ConnectionPtr connection) {
    if (kept_.size() < options_.kept_connections) {
      kept_.push_back(std::move(connection));
    }
  }

  asio::any_io_executor executor_;
  LeaderClientOptions options_;
  std::shared_ptr<asio::ssl::context> tls_;
  HostLookup lookup_;
  std::vector<ConnectionPtr> kept_;
};

Result<std::unique_ptr<LeaderClient>> LeaderClient::make(asio::any_io_executor executor, LeaderClientOptions options) {
  std::shared_ptr<asio::ssl::context> tls;
  if (!options.tls.ca_file.empty() || !options.tls.certificate_file.empty()) {
    auto made = make_client_tls_context(options.tls);
    if (!made) {
      return made.error();
    }
    tls = std::move(*made);
  }
  auto impl = std::make_unique<Impl>(std::move(executor), std::move(options), std::move(tls));
  return std::unique_ptr<LeaderClient>(new LeaderClient(std::move(impl)));
}

LeaderClient::LeaderClient(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
LeaderClient::~LeaderClient() = default;

asio::awaitable<LeaderAnswer> LeaderClient::ask(NodeAddress leader, Question question) {
  return impl_->ask(std::move(leader), std::move(question));
}

}  // namespace orchestrator::http
