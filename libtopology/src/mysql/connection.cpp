// Drives one client connection by the readiness of its socket, under deadlines.
#include "mysql/connection.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "mysql/blocking_calls.hpp"
#include "mysql/server_error.hpp"

namespace topology::mysql {

namespace asio = boost::asio;

namespace {

constexpr std::string_view plugin_package = "libmariadb3";

WithTls first_tls(TlsMode mode) noexcept {
  switch (mode) {
    case TlsMode::off:
    case TlsMode::when_demanded:
      return WithTls::no;
    case TlsMode::preferred:
      return WithTls::if_offered;
    case TlsMode::required:
    case TlsMode::verify_ca:
    case TlsMode::verify_identity:
      return WithTls::yes;
  }
  return WithTls::no;
}

// A second handle of a socket: lets the event loop end a call that another thread waits in.
class SocketGuard {
 public:
  explicit SocketGuard(int socket) noexcept : copy_(socket < 0 ? -1 : ::dup(socket)) {}
  SocketGuard(const SocketGuard&) = delete;
  SocketGuard& operator=(const SocketGuard&) = delete;
  ~SocketGuard() {
    if (copy_ >= 0) {
      ::close(copy_);
    }
  }
  void shut() const noexcept {
    if (copy_ >= 0) {
      ::shutdown(copy_, SHUT_RDWR);
    }
  }

 private:
  int copy_;
};

bool may_demand_tls(unsigned number) noexcept {
  return number == server_errno::access_denied || number == server_errno::secure_transport_required;
}

}  // namespace

Session::Connection::Connection(asio::any_io_executor executor, ConnectOptions options)
    : executor_(executor), options_(std::move(options)), descriptor_(executor), timer_(executor) {}

Session::Connection::~Connection() {
  shut();
}

void Session::Connection::shut() noexcept {
  stop_watching();
  if (descriptor_.is_open()) {
    descriptor_.release();  // before the library closes the socket
  }
  timer_.cancel();
  client_.reset();
}

asio::awaitable<Result<void>> Session::Connection::connect(Deadline deadline) {
  auto connected = co_await connect_anyhow(first_tls(options_.tls.mode), deadline);
  if (!connected && options_.tls.mode == TlsMode::when_demanded && may_demand_tls(connect_errno_)) {
    const auto again = co_await connect_anyhow(WithTls::yes, deadline);
    // When TLS is not the answer, the first refusal tells more.
    connected = again ? again : connected;
  }
  if (connected) {
    watch_socket();
  } else {
    shut();
  }
  co_return connected;
}

asio::awaitable<Result<void>> Session::Connection::connect_anyhow(WithTls tls, Deadline deadline) {
  auto addresses = co_await resolve(executor_, options_.server.hostname, deadline);
  if (!addresses) {
    co_return Error{addresses.error().code, options_.server.to_string() + ": " + addresses.error().context};
  }
  if (options_.tls.mode == TlsMode::verify_identity) {
    // The library checks the certificate against the text it connects to.
    addresses->assign(1, options_.server.hostname);
  }
  Result<void> connected = make_error(Errc::name_resolution, options_.server.to_string());
  for (const auto& address : *addresses) {
    connected = co_await connect_to(address, tls, deadline);
    if (connected || connected.error().code != Errc::connection_failed) {
      break;
    }
  }
  co_return connected;
}

asio::awaitable<Result<void>> Session::Connection::connect_to(std::string host, WithTls tls, Deadline deadline) {
  shut();
  client_ = make_client_connection();
  ConnectAttempt attempt{std::move(host), tls};
  const auto started = co_await start_connect(std::move(attempt), deadline);
  if (!started) {
    co_return started.error();
  }
  const WaitFor wait = *started;
  handshake_blocks_ = tls != WithTls::no;
  const auto ended = co_await drive(wait, deadline);
  handshake_blocks_ = false;
  end_operation();
  if (ended != Ended::by_itself) {
    co_return lost(ended);
  }
  connect_errno_ = client_->error_number();
  if (connect_errno_ != 0) {
    co_return connect_error();
  }
  if (tls == WithTls::yes && client_->tls_cipher().empty()) {
    co_return make_error(Errc::tls_failed, options_.server.to_string() + ": the server does not offer TLS");
  }
  co_return Result<void>();
}

asio::awaitable<Result<WaitFor>> Session::Connection::start_connect(ConnectAttempt attempt, Deadline deadline) {
  if (attempt.tls == WithTls::no) {
    co_return client_->start_connect(options_, attempt);
  }
  // A near server may be connected to and have greeted at once; and a name to verify is looked up by the library.
  BlockingCall call = [options = options_, attempt](ClientConnection& client) {
    return client.start_connect(options, attempt);
  };
  const auto wait = co_await call_blocking(std::move(call), deadline);
  co_return wait;
}

// Runs a library call that may wait. When it is given up, the connection is left to its thread and ends there.
asio::awaitable<Result<WaitFor>> Session::Connection::call_blocking(BlockingCall call, Deadline deadline) {
  if (descriptor_.is_open()) {
    descriptor_.release();
  }
  auto wait = std::make_shared<WaitFor>();
  const SocketGuard guard(client_->socket());
  std::function<void()> task = [client = client_, wait, call = std::move(call)] { *wait = call(*client); };
  const auto ran = co_await run_blocking(executor_, std::move(task), deadline);
  if (!ran) {
    guard.shut();
    client_.reset();
    co_return Error{ran.error().code, options_.server.to_string()};
  }
  co_return *wait;
}

asio::awaitable<Result<StatementResults>> Session::Connection::query(std::string statements, Deadline deadline) {
  if (!client_) {
    co_return make_error(Errc::connection_lost, options_.server.to_string());
  }
  stop_watching();
  const auto wait = client_->start_query(statements);
  auto results = co_await finish_query(wait, deadline);
  co_return results;
}

asio::awaitable<Result<StatementResults>> Session::Connection::poll(std::string statements, Deadline deadline) {
  if (!client_) {
    co_return make_error(Errc::connection_lost, options_.server.to_string());
  }
  stop_watching();
  const auto sent_at = std::chrono::steady_clock::now();
  auto wait = client_->start_query(statements);
  waits_ = 0;
  if (wait.read && !wait.write && pace_.wait().count() > 0) {
    const auto wait_time = pace_.wait();
    const auto paused = co_await pause(wait_time, deadline);
    if (paused != Ended::by_itself) {
      shut();
      co_return lost(paused);
    }
    wait = client_->resume(wait);
  }
  auto results = co_await finish_query(wait, deadline);
  if (waits_ == 0) {
    pace_.was_complete();
  } else {
    pace_.was_incomplete(std::chrono::steady_clock::now() - sent_at);
  }
  co_return results;
}

asio::awaitable<Result<StatementResults>> Session::Connection::finish_query(WaitFor wait, Deadline deadline) {
  const auto ended = co_await drive(wait, deadline);
  Result<StatementResults> results = lost(ended);
  if (ended == Ended::by_itself) {
    results = co_await read_results(deadline);
  }
  end_operation();
  if (results) {
    watch_socket();
  } else {
    shut();
  }
  co_return results;
}

// Lets time pass without being woken by the socket.
asio::awaitable<Ended> Session::Connection::pause(AnswerPace::Duration time, Deadline deadline) {
  if (descriptor_.is_open()) {
    descriptor_.release();
  }
  timer_.expires_at(std::min(deadline, std::chrono::steady_clock::now() + time));
  boost::system::error_code error;
  auto token = asio::redirect_error(asio::use_awaitable, error);
  co_await timer_.async_wait(token);
  co_return error ? Ended::canceled : Ended::by_itself;
}

// On entry the first statement's answer has arrived.
asio::awaitable<Result<StatementResults>> Session::Connection::read_results(Deadline deadline) {
  StatementResults results;
  while (true) {
    if (client_->error_number() == 0) {
      const auto wait = client_->start_store_result();
      const auto ended = co_await drive(wait, deadline);
      if (ended != Ended::by_itself) {
        co_return lost(ended);
      }
    }
    if (const unsigned number = client_->error_number(); number != 0) {
      const auto error = statement_error(number);
      if (error.code == Errc::connection_lost) {
        co_return error;
      }
      results.failure = StatementError{error, number};
      co_return std::move(results);
    }
    results.results.push_back(client_->take_result());
    if (!client_->has_more_results()) {
      co_return std::move(results);
    }
    const auto wait = client_->start_next_result();
    const auto ended = co_await drive(wait, deadline);
    if (ended != Ended::by_itself) {
      co_return lost(ended);
    }
  }
}

asio::awaitable<Result<void>> Session::Connection::ping(Deadline deadline) {
  if (!client_) {
    co_return make_error(Errc::connection_lost, options_.server.to_string());
  }
  stop_watching();
  const auto wait = client_->start_ping();
  const auto ended = co_await drive(wait, deadline);
  end_operation();
  if (ended == Ended::by_itself && client_->error_number() == 0) {
    watch_socket();
    co_return Result<void>();
  }
  auto error = ended == Ended::by_itself ? statement_error(client_->error_number()) : lost(ended);
  error.code = ended == Ended::by_itself ? make_error_code(Errc::connection_lost) : error.code;
  shut();
  co_return error;
}

asio::awaitable<Result<void>> Session::Connection::close(Deadline deadline) {
  if (client_) {
    stop_watching();
    const auto wait = client_->start_close();
    const auto ended = co_await drive(wait, deadline);
    static_cast<void>(ended);  // the socket goes either way
    end_operation();
    shut();
  }
  co_return Result<void>();
}

asio::awaitable<Ended> Session::Connection::drive(WaitFor wait, Deadline deadline) {
  while (wait) {
    const auto asked = asio::this_coro::cancellation_state;
    const auto cancellation = co_await asked;
    if (cancellation.cancelled() != asio::cancellation_type::none) {
      co_return Ended::canceled;
    }
    ++waits_;
    arm_timer(deadline);
    attach_socket();
    boost::system::error_code error;
    const auto direction =
        wait.write ? asio::posix::stream_descriptor::wait_write : asio::posix::stream_descriptor::wait_read;
    auto token = asio::redirect_error(asio::use_awaitable, error);
    co_await descriptor_.async_wait(direction, token);
    if (expired_ || error == asio::error::operation_aborted) {
      co_return expired_ ? Ended::timed_out : Ended::canceled;
    }
    const WaitFor ready{!wait.write, wait.write};
    if (!handshake_blocks_) {
      wait = client_->resume(ready);
      continue;
    }
    BlockingCall call = [ready](ClientConnection& client) { return client.resume(ready); };
    const auto resumed = co_await call_blocking(std::move(call), deadline);
    if (!resumed) {
      co_return resumed.error().code == Errc::canceled ? Ended::canceled : Ended::timed_out;
    }
    wait = *resumed;
  }
  co_return Ended::by_itself;
}

void Session::Connection::arm_timer(Deadline deadline) {
  if (timer_armed_) {
    return;
  }
  timer_armed_ = true;
  expired_ = false;
  timer_.expires_at(deadline);
  timer_.async_wait([self = weak_from_this(), number = operation_number_](boost::system::error_code error) {
    const auto connection = self.lock();
    // The handler may have been queued already when its operation ended.
    if (error || !connection || connection->operation_number_ != number) {
      return;
    }
    connection->expired_ = true;
    if (connection->descriptor_.is_open()) {
      connection->descriptor_.cancel();
    }
  });
}

void Session::Connection::end_operation() noexcept {
  ++operation_number_;
  if (timer_armed_) {
    timer_armed_ = false;
    timer_.cancel();
  }
}

// While connecting, the library may have closed the socket that was waited for, and opened another one.
void Session::Connection::attach_socket() {
  const int socket = client_->socket();
  if (descriptor_.is_open() && descriptor_.native_handle() != socket) {
    descriptor_.release();
  }
  if (!descriptor_.is_open()) {
    descriptor_.assign(socket);
  }
}

Error Session::Connection::lost(Ended how) const {
  const auto code = how == Ended::canceled ? Errc::canceled : Errc::timeout;
  return make_error(code, options_.server.to_string());
}

Error Session::Connection::statement_error(unsigned number) const {
  const auto code = client_->socket() < 0 ? Errc::connection_lost : classify_statement_error(number);
  return make_error(code, options_.server.to_string() + ": " + describe_error(number, client_->error_text()));
}

Error Session::Connection::connect_error() const {
  const auto code = classify_connect_error(connect_errno_);
  auto context = options_.server.to_string();
  if (code == Errc::access_denied) {
    context += " as user '" + options_.credentials.user + "'";
  }
  context += ": " + describe_error(connect_errno_, client_->error_text());
  const auto missing = code == Errc::access_denied || code == Errc::unsupported ? missing_client_plugins() : "";
  if (!missing.empty()) {
    context += "; authentication plugins that cannot be loaded from " + client_plugin_directory() + ": " + missing +
               " (Debian package " + std::string(plugin_package) + ")";
  }
  return make_error(code, context);
}

// While idle, a server sends nothing: anything readable is its last word or its end.
void Session::Connection::watch_socket() {
  attach_socket();
  watching_ = true;
  descriptor_.async_wait(asio::posix::stream_descriptor::wait_read,
                         [self = weak_from_this(), number = ++watch_number_](boost::system::error_code error) {
                           const auto connection = self.lock();
                           if (!error && connection && connection->watching_ && connection->watch_number_ == number) {
                             connection->on_idle_readable();
                           }
                         });
}

void Session::Connection::stop_watching() noexcept {
  if (watching_) {
    watching_ = false;
    boost::system::error_code ignored;
    descriptor_.cancel(ignored);
  }
}

void Session::Connection::on_idle_readable() {
  watching_ = false;
  std::uint8_t first = 0;
  const auto got = ::recv(descriptor_.native_handle(), &first, 1, MSG_PEEK | MSG_DONTWAIT);
  constexpr std::uint8_t tls_handshake_record = 22;
  if (got == 1 && first == tls_handshake_record && !client_->tls_cipher().empty()) {
    return;  // a late session ticket; the next operation reads it
  }
  shut();
  if (const auto handler = std::exchange(lost_handler_, nullptr)) {
    handler();
  }
}

}  // namespace topology::mysql
