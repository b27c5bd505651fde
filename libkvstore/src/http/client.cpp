// An HTTP client of one server that keeps its connections.
#include "http/client.hpp"

#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/http/field.hpp>
#include <boost/system/system_error.hpp>
#include <chrono>
#include <utility>

namespace kvstore::http_client {
namespace {

namespace asio = boost::asio;
using asio::awaitable;

// Hands a result from a connection's strand to the caller's executor.
awaitable<Result<Response>> run_on(asio::any_io_executor strand, awaitable<Result<Response>> work) {
  auto result = co_await asio::co_spawn(strand, std::move(work), asio::use_awaitable);
  co_return result;
}

// A cancelled exchange ends like one whose connection broke: the caller shall see the cancellation instead.
awaitable<void> throw_if_cancelled() {
  const auto state = co_await asio::this_coro::cancellation_state;
  if (state.cancelled() != asio::cancellation_type::none) {
    throw boost::system::system_error(asio::error::operation_aborted);
  }
}

awaitable<Result<Response>> connect_and_exchange(Connection& connection, const Request& request, Effect effect,
                                                 Deadline deadline) {
  auto connected = co_await connection.connect(deadline);
  if (!connected) co_return connected.error();
  auto response = co_await connection.exchange(request, effect, deadline);
  co_return response;
}

// Counts one call while it lives, which may be longer than the client does: a call that its execution context abandons
// ends with that.
class CallSlot {
 public:
  CallSlot(std::shared_ptr<std::atomic<std::size_t>> calls, std::size_t most)
      : calls_(std::move(calls)), is_taken_(calls_->fetch_add(1) < most) {}
  CallSlot(const CallSlot&) = delete;
  CallSlot& operator=(const CallSlot&) = delete;
  ~CallSlot() { calls_->fetch_sub(1); }
  [[nodiscard]] bool is_taken() const { return is_taken_; }

 private:
  const std::shared_ptr<std::atomic<std::size_t>> calls_;
  const bool is_taken_;
};

}  // namespace

Client::Client(ClientOptions options)
    : options_(std::move(options)),
      kept_(std::make_shared<KeptConnections>(options_.max_idle_connections)),
      calls_(std::make_shared<std::atomic<std::size_t>>(0)) {}

Client::~Client() {
  kept_->close_all();
}

awaitable<Result<Response>> Client::exchange(Request request, Effect effect, Deadline deadline) {
  if (std::chrono::steady_clock::now() >= deadline) co_return make_error(Errc::timeout, "not sent");
  const CallSlot slot(calls_, options_.max_calls);
  if (!slot.is_taken()) {
    co_return make_error(Errc::busy, std::to_string(options_.max_calls) + " calls are in flight");
  }
  request.set(boost::beast::http::field::host, address().text());
  request.keep_alive(true);
  request.prepare_payload();

  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  auto idle = kept_->take(executor);
  if (idle) {
    auto work = run_on(idle->executor(), idle->exchange(request, effect, deadline));
    auto response = co_await std::move(work);
    co_await throw_if_cancelled();
    if (response && idle->is_reusable()) kept_->keep(std::move(idle));
    const bool was_closed = !response && response.error().code == make_error_code(Errc::connection_lost);
    if (!was_closed) co_return response;
  }
  auto response = co_await exchange_on_new(request, effect, deadline);
  co_return response;
}

awaitable<Result<Response>> Client::exchange_on_new(const Request& request, Effect effect, Deadline deadline) {
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  const asio::any_io_executor strand = asio::make_strand(executor);
  auto connection = std::make_unique<Connection>(strand, options_.connection);
  auto work = run_on(strand, connect_and_exchange(*connection, request, effect, deadline));
  auto response = co_await std::move(work);
  co_await throw_if_cancelled();
  if (response && connection->is_reusable()) kept_->keep(std::move(connection));
  co_return response;
}

}  // namespace kvstore::http_client
