// A connection to one MySQL or MariaDB server that never blocks the event loop.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "topology/error.hpp"
#include "topology/mysql/connect_options.hpp"
#include "topology/mysql/result_set.hpp"

namespace topology::mysql {

// A server's refusal of a statement. The number is the server's own; decisions are made from it, never from the text.
struct StatementError {
  Error error;
  unsigned number = 0;
};

// What a text of one or more statements gave: the result sets of those that succeeded, in order, and the error of the
// one that failed (its index is results.size()); the statements after it were not executed.
struct StatementResults {
  std::vector<ResultSet> results;
  std::optional<StatementError> failure;
};

// One connection. Threads: everything happens on the executor given to connect, which must run on one thread or be a
// strand; only one operation at a time. Every operation suspends and takes a deadline; when the deadline passes, the
// operation is cancelled, or the connection breaks, the session is dead and its socket closed: what a statement under
// way did is then unknown (is_outcome_unknown). Errors name the server and carry the server's text. Host names are
// resolved on threads of their own, so that a slow name service delays nobody else.
class Session {
 public:
  // The connection is made without LOCAL INFILE and with autocommit on.
  // Errors: name_resolution, connection_failed, timeout, canceled, tls_failed, access_denied (names the account), and
  // unsupported (no common way to authenticate). Both last ones name authentication plugins that the client library
  // cannot load, their directory and their Debian package, because the library reports a missing one as a refusal.
  [[nodiscard]] static boost::asio::awaitable<Result<std::unique_ptr<Session>>> connect(
      boost::asio::any_io_executor executor, ConnectOptions options, Deadline deadline);

  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  // Closes without a farewell to the server. Must not happen while an operation is suspended.
  ~Session();

  // Sends all statements of the text, separated by ";", in one round trip. Errors: those that end the session. That a
  // statement was refused is a part of the result.
  [[nodiscard]] boost::asio::awaitable<Result<StatementResults>> query(std::string statements, Deadline deadline);
  // Like query, for the same statements again and again: learns how long the answer takes and looks for it only then.
  // That spares wake-ups of the event loop and costs at most a few milliseconds.
  [[nodiscard]] boost::asio::awaitable<Result<StatementResults>> poll(std::string statements, Deadline deadline);
  // One statement; the server's refusal is an error too (query_failed, access_denied …), and the session lives on.
  [[nodiscard]] boost::asio::awaitable<Result<ResultSet>> execute(std::string statement, Deadline deadline);
  [[nodiscard]] boost::asio::awaitable<Result<void>> ping(Deadline deadline);
  // Takes leave of the server and closes. Does nothing on a dead session.
  [[nodiscard]] boost::asio::awaitable<void> close(Deadline deadline);

  // Called at most once, from the executor, when the connection ends while no operation is under way. May destroy the
  // session.
  void set_lost_handler(std::function<void()> handler);

  [[nodiscard]] bool is_alive() const noexcept;
  // The version text of the server's greeting, without MariaDB's "5.5.5-" prefix.
  [[nodiscard]] std::string_view server_version() const noexcept;
  // The server's number for this connection.
  [[nodiscard]] std::uint64_t connection_id() const noexcept;
  // The TLS cipher in use; "" on a connection without TLS.
  [[nodiscard]] std::string_view tls_cipher() const noexcept;

 private:
  class Connection;
  explicit Session(std::shared_ptr<Connection> connection) noexcept;

  std::shared_ptr<Connection> connection_;
};

}  // namespace topology::mysql
