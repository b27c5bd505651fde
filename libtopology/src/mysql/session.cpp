// The public face of a session: cancellation does not throw inside, and a dead session answers at once.
#include "topology/mysql/session.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/this_coro.hpp>
#include <utility>

#include "mysql/connection.hpp"
#include "mysql/server_error.hpp"

namespace topology::mysql {

namespace asio = boost::asio;

namespace {

char to_upper(char letter) noexcept {
  return letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 'a' + 'A') : letter;
}

bool contains_word(std::string_view statement, std::string_view upper_word) noexcept {
  return !std::ranges::search(statement, upper_word, {}, to_upper).empty();
}

// A server's complaint about the syntax quotes the statement.
bool may_hold_secret(std::string_view statement) noexcept {
  return contains_word(statement, "PASSWORD") || contains_word(statement, "IDENTIFIED");
}

// Cancellation inside the operation is an error value, never an exception; outside, the caller's choice holds again.
template <class Value>
asio::awaitable<Result<Value>> without_throwing(asio::awaitable<Result<Value>> operation) {
  const auto get_throwing = asio::this_coro::throw_if_cancelled();
  const bool throwing = co_await get_throwing;
  const auto no_throwing = asio::this_coro::throw_if_cancelled(false);
  co_await no_throwing;
  auto result = co_await std::move(operation);
  const auto old_throwing = asio::this_coro::throw_if_cancelled(throwing);
  co_await old_throwing;
  co_return result;
}

}  // namespace

Session::Session(std::shared_ptr<Connection> connection) noexcept : connection_(std::move(connection)) {}

Session::~Session() {
  connection_->shut();
}

asio::awaitable<Result<std::unique_ptr<Session>>> Session::connect(asio::any_io_executor executor,
                                                                   ConnectOptions options, Deadline deadline) {
  auto connection = std::make_shared<Connection>(std::move(executor), std::move(options));
  auto operation = connection->connect(deadline);
  const auto connected = co_await without_throwing(std::move(operation));
  if (!connected) {
    co_return connected.error();
  }
  co_return std::unique_ptr<Session>(new Session(std::move(connection)));
}

asio::awaitable<Result<StatementResults>> Session::query(std::string statements, Deadline deadline) {
  const auto connection = connection_;
  auto operation = connection->query(std::move(statements), deadline);
  auto results = co_await without_throwing(std::move(operation));
  co_return results;
}

asio::awaitable<Result<StatementResults>> Session::poll(std::string statements, Deadline deadline) {
  const auto connection = connection_;
  auto operation = connection->poll(std::move(statements), deadline);
  auto results = co_await without_throwing(std::move(operation));
  co_return results;
}

asio::awaitable<Result<ResultSet>> Session::execute(std::string statement, Deadline deadline) {
  const bool secret = may_hold_secret(statement);
  auto results = co_await query(std::move(statement), deadline);
  if (!results) {
    co_return results.error();
  }
  if (results->failure) {
    const bool hide = secret && results->failure->number == server_errno::syntax_error;
    co_return hide ? make_error(Errc::query_failed, connection_->options().server.to_string() +
                                                        ": syntax error in a statement with a password")
                   : results->failure->error;
  }
  co_return results->results.empty() ? ResultSet() : std::move(results->results.front());
}

asio::awaitable<Result<void>> Session::ping(Deadline deadline) {
  const auto connection = connection_;
  auto operation = connection->ping(deadline);
  auto result = co_await without_throwing(std::move(operation));
  co_return result;
}

asio::awaitable<void> Session::close(Deadline deadline) {
  const auto connection = connection_;
  auto operation = connection->close(deadline);
  const auto closed = co_await without_throwing(std::move(operation));
  static_cast<void>(closed);
}

void Session::set_lost_handler(std::function<void()> handler) {
  connection_->set_lost_handler(std::move(handler));
}

bool Session::is_alive() const noexcept {
  return connection_->is_alive();
}

std::string_view Session::server_version() const noexcept {
  return is_alive() ? connection_->client()->server_version() : "";
}

std::uint64_t Session::connection_id() const noexcept {
  return is_alive() ? connection_->client()->connection_id() : 0;
}

std::string_view Session::tls_cipher() const noexcept {
  return is_alive() ? connection_->client()->tls_cipher() : "";
}

}  // namespace topology::mysql
