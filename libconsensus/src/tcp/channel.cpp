// One connection that carries frames, in the clear or with TLS.
#include "tcp/channel.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <boost/asio/connect.hpp>
#include <boost/asio/detail/socket_option.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/write.hpp>
#include <cerrno>
#include <chrono>
#include <utility>

#include "tcp/tls.hpp"

namespace consensus::tcp {
namespace {

namespace asio = boost::asio;
using asio::awaitable;
using boost::system::error_code;
using std::chrono::milliseconds;

constexpr auto as_result = asio::as_tuple(asio::use_awaitable);
constexpr Duration last_words_time = std::chrono::seconds(1);
constexpr int keepalive_probes = 3;

template <int Level, int Name>
using IntegerOption = asio::detail::socket_option::integer<Level, Name>;

}  // namespace

Channel::Channel(async::Tasks& tasks, Socket socket, std::size_t max_content)
    : tasks_(tasks),
      socket_(std::move(socket)),
      registration_(tasks, *this),
      reader_(max_content),
      deadline_(tasks.executor()) {}

Channel::~Channel() = default;

awaitable<Result<void>> Channel::connect(Endpoints endpoints) {
  if (reason_) co_return *reason_;
  const auto [error, endpoint] = co_await asio::async_connect(socket_, endpoints, as_result);
  if (error) co_return failure(error);
  co_return Result<void>();
}

awaitable<Result<void>> Channel::secure(std::shared_ptr<asio::ssl::context> context, TlsRole role) {
  if (reason_) co_return *reason_;
  context_ = std::move(context);
  tls_.emplace(socket_, *context_);
  const auto type = role == TlsRole::client ? asio::ssl::stream_base::client : asio::ssl::stream_base::server;
  const auto [error] = co_await tls_->async_handshake(type, as_result);
  if (!error) co_return Result<void>();
  const bool was_refused = SSL_get_verify_result(tls_->native_handle()) != X509_V_OK || is_tls_error(error);
  if (!reason_ && was_refused) co_return make_error(Errc::tls_failed, handshake_problem(tls(), error));
  co_return failure(error);
}

void Channel::tune(Duration vanished_after) {
  error_code ignored;  // the options only save time
  const auto timeout = static_cast<int>(std::chrono::duration_cast<milliseconds>(vanished_after).count());
  const int seconds = std::max(1, timeout / 1000 / (keepalive_probes + 1));
  socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
  socket_.set_option(asio::socket_base::keep_alive(true), ignored);
  socket_.set_option(IntegerOption<IPPROTO_TCP, TCP_KEEPIDLE>(seconds), ignored);
  socket_.set_option(IntegerOption<IPPROTO_TCP, TCP_KEEPINTVL>(seconds), ignored);
  socket_.set_option(IntegerOption<IPPROTO_TCP, TCP_KEEPCNT>(keepalive_probes), ignored);
  socket_.set_option(IntegerOption<IPPROTO_TCP, TCP_USER_TIMEOUT>(timeout), ignored);
}

awaitable<Result<void>> Channel::fill() {
  if (reason_) co_return *reason_;
  const auto space = reader_.space();
  const auto into = asio::buffer(space.data(), space.size());
  error_code error;
  std::size_t size = 0;
  if (tls_) {
    const auto [failed, count] = co_await tls_->async_read_some(into, as_result);
    error = failed;
    size = count;
  } else {
    const auto [failed, count] = co_await socket_.async_read_some(into, as_result);
    error = failed;
    size = count;
  }
  reader_.received(size);
  if (error || reason_) co_return failure(error);
  co_return Result<void>();
}

awaitable<Result<wire::Frame>> Channel::read() {
  for (;;) {
    auto frame = next();
    if (!frame) co_return frame.error();
    if (*frame) co_return std::move(**frame);
    auto filling = fill();
    auto filled = co_await std::move(filling);
    if (!filled) co_return filled.error();
  }
}

awaitable<Result<void>> Channel::write(std::vector<wire::EncodedFrame> frames) {
  if (reason_) co_return *reason_;
  pieces_.clear();
  for (const wire::EncodedFrame& frame : frames) {
    frame.for_each_piece([this](std::string_view piece) { pieces_.emplace_back(piece.data(), piece.size()); });
  }
  const std::span<const asio::const_buffer> pieces = pieces_;
  error_code error;
  if (tls_) {
    const auto [failed, count] = co_await asio::async_write(*tls_, pieces, as_result);
    error = failed;
  } else {
    const auto [failed, count] = co_await asio::async_write(socket_, pieces, as_result);
    error = failed;
  }
  if (error || reason_) co_return failure(error);
  co_return Result<void>();
}

awaitable<Result<void>> Channel::write(wire::EncodedFrame frame) {
  std::vector<wire::EncodedFrame> frames;
  frames.push_back(std::move(frame));
  auto writing = write(std::move(frames));
  auto written = co_await std::move(writing);
  co_return written;
}

awaitable<void> Channel::write_last(wire::EncodedFrame frame) {
  expires_after(last_words_time, "closed after its last frame");
  auto writing = write(std::move(frame));
  const auto written = co_await std::move(writing);
  if (!written) co_return;
  error_code ignored;
  socket_.shutdown(Socket::shutdown_send, ignored);
  std::array<char, 4096> dropped{};
  const auto into = asio::buffer(dropped);
  for (bool is_open = true; is_open;) {
    const auto [error, count] = co_await socket_.async_read_some(into, as_result);
    is_open = !error;
  }
}

void Channel::expires_after(Duration duration, std::string text) {
  deadline_.expires_after(duration);
  deadline_.async_wait([weak = weak_from_this(), text = std::move(text)](const error_code& error) {
    const auto channel = weak.lock();
    // Set anew since it expired?
    const bool is_due = channel && channel->deadline_.expiry() <= std::chrono::steady_clock::now();
    if (!error && is_due) channel->close(make_error(Errc::timeout, text));
  });
}

void Channel::expires_never() {
  deadline_.expires_at(asio::steady_timer::time_point::max());
}

void Channel::close(const Error& reason) {
  if (!reason_) reason_ = reason;
  deadline_.cancel();
  error_code ignored;
  socket_.close(ignored);
}

bool Channel::is_quiet() {
  if (reason_ || !socket_.is_open()) return false;
  char byte = 0;
  const ssize_t waiting = ::recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return waiting < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

Error Channel::failure(const error_code& error) {
  if (reason_) return *reason_;
  const bool is_end = error == asio::error::eof || error == asio::ssl::error::stream_truncated;
  if (is_end) return make_error(Errc::connection_failed, "closed by the other side");
  return make_error(is_tls_error(error) ? Errc::tls_failed : Errc::connection_failed, error.message());
}

}  // namespace consensus::tcp
