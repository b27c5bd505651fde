// The moving part of a session: one client connection driven by the event loop.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "mysql/answer_pace.hpp"
#include "mysql/client_library.hpp"
#include "topology/error.hpp"
#include "topology/mysql/session.hpp"

namespace topology::mysql {

// How an operation of the client library ended: itself (well or not), or by us.
enum class Ended { by_itself, timed_out, canceled };

// Shared by the session and by the handlers it has in the event loop.
class Session::Connection : public std::enable_shared_from_this<Session::Connection> {
 public:
  Connection(boost::asio::any_io_executor executor, ConnectOptions options);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection();

  [[nodiscard]] boost::asio::awaitable<Result<void>> connect(Deadline deadline);
  [[nodiscard]] boost::asio::awaitable<Result<StatementResults>> query(std::string statements, Deadline deadline);
  [[nodiscard]] boost::asio::awaitable<Result<StatementResults>> poll(std::string statements, Deadline deadline);
  [[nodiscard]] boost::asio::awaitable<Result<void>> ping(Deadline deadline);
  [[nodiscard]] boost::asio::awaitable<Result<void>> close(Deadline deadline);

  // Ends everything now; nobody is told.
  void shut() noexcept;
  void set_lost_handler(std::function<void()> handler) { lost_handler_ = std::move(handler); }

  [[nodiscard]] bool is_alive() const noexcept { return client_ != nullptr; }
  [[nodiscard]] const ClientConnection* client() const noexcept { return client_.get(); }
  [[nodiscard]] const ConnectOptions& options() const noexcept { return options_; }

 private:
  [[nodiscard]] boost::asio::awaitable<Result<void>> connect_to(std::string host, WithTls tls, Deadline deadline);
  [[nodiscard]] boost::asio::awaitable<Result<void>> connect_anyhow(WithTls tls, Deadline deadline);
  using BlockingCall = std::function<WaitFor(ClientConnection&)>;
  [[nodiscard]] boost::asio::awaitable<Result<WaitFor>> start_connect(ConnectAttempt attempt, Deadline deadline);
  [[nodiscard]] boost::asio::awaitable<Result<WaitFor>> call_blocking(BlockingCall call, Deadline deadline);
  // Waits for the socket until the operation that is waiting has ended; end_operation must follow sooner or later.
  [[nodiscard]] boost::asio::awaitable<Ended> drive(WaitFor wait, Deadline deadline);
  [[nodiscard]] boost::asio::awaitable<Result<StatementResults>> finish_query(WaitFor wait, Deadline deadline);
  [[nodiscard]] boost::asio::awaitable<Ended> pause(AnswerPace::Duration time, Deadline deadline);
  void arm_timer(Deadline deadline);
  void end_operation() noexcept;
  void attach_socket();
  [[nodiscard]] boost::asio::awaitable<Result<StatementResults>> read_results(Deadline deadline);

  [[nodiscard]] Error connect_error() const;
  [[nodiscard]] Error statement_error(unsigned number) const;
  [[nodiscard]] Error lost(Ended how) const;
  void watch_socket();
  void stop_watching() noexcept;
  void on_idle_readable();

  boost::asio::any_io_executor executor_;
  ConnectOptions options_;
  std::shared_ptr<ClientConnection> client_;  // null: dead
  boost::asio::posix::stream_descriptor descriptor_;
  boost::asio::steady_timer timer_;
  std::function<void()> lost_handler_;
  unsigned connect_errno_ = 0;
  std::uint64_t operation_number_ = 0;  // tells an outdated timer's handler from the current one's
  std::size_t waits_ = 0;               // for the socket, in the operation under way
  AnswerPace pace_;
  // The library's TLS handshake waits for the server: while connecting with TLS, its calls run on another thread.
  bool handshake_blocks_ = false;
  bool timer_armed_ = false;
  bool expired_ = false;
  std::uint64_t watch_number_ = 0;  // tells an outdated watch's handler from the current one's
  bool watching_ = false;
};

}  // namespace topology::mysql
