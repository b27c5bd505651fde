// One connection to the node that leads.
#include "http/leader_connection.hpp"

#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>
#include <cerrno>
#include <utility>

namespace orchestrator::http {
namespace {

namespace asio = boost::asio;
namespace beast_http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;

constexpr auto as_result = asio::as_tuple(asio::use_awaitable);
// Beast reads as much at once as there is room, and makes little room by itself.
constexpr std::size_t piece_bytes = 64 * 1024;

// An option that is refused costs only the speed with which trouble is noticed.
void set_number(int socket, int level, int option, long number) {
  const int value = static_cast<int>(number);
  ::setsockopt(socket, level, option, &value, sizeof value);
}

}  // namespace

LeaderConnection::LeaderConnection(const asio::any_io_executor& executor, NodeAddress address,
                                   LeaderConnectionOptions options)
    : address_(std::move(address)), options_(std::move(options)) {
  switch (address_.scheme) {
    case NodeAddress::Scheme::http:
      plain_.emplace(executor);
      break;
    case NodeAddress::Scheme::https:
      tls_.emplace(PlainStream(executor), *options_.tls);
      break;
  }
}

LeaderConnection::PlainStream& LeaderConnection::lowest() {
  return tls_ ? tls_->next_layer() : *plain_;
}

asio::awaitable<std::string> LeaderConnection::open(HostLookup::Endpoints endpoints, Clock::time_point deadline) {
  auto& stream = lowest();
  stream.expires_at(deadline);
  const auto [code, endpoint] = co_await stream.async_connect(endpoints, as_result);
  if (code) {
    co_return code == boost::beast::error::timeout ? std::string("not connected in time") : code.message();
  }
  error_code ignored;
  stream.socket().set_option(tcp::no_delay(true), ignored);
  watch_for_a_vanished_host();
  std::string trouble;
  if (tls_) {
    trouble = co_await shake_hands();
  }
  stream.expires_never();
  co_return trouble;
}

// Probes an idle connection, so that the wait for an answer ends when nobody is there any more; the user timeout bounds
// both those probes and data that is not acknowledged. Source: tcp(7).
void LeaderConnection::watch_for_a_vanished_host() {
  const int socket = lowest().socket().native_handle();
  const auto seconds = std::max<std::chrono::seconds::rep>(options_.vanished_after.count(), 2);
  const auto before_probing = std::max<std::chrono::seconds::rep>(seconds / 3, 1);
  set_number(socket, SOL_SOCKET, SO_KEEPALIVE, 1);
  set_number(socket, IPPROTO_TCP, TCP_KEEPIDLE, before_probing);
  set_number(socket, IPPROTO_TCP, TCP_KEEPINTVL, 1);
  set_number(socket, IPPROTO_TCP, TCP_KEEPCNT, seconds - before_probing);
  set_number(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, seconds * 1000);
}

asio::awaitable<std::string> LeaderConnection::shake_hands() {
  SSL* const session = tls_->native_handle();
  if (!expect_server(session, address_.host, options_.verification)) {
    co_return "its name cannot be verified";
  }
  const auto role = asio::ssl::stream_base::client;
  const auto [code] = co_await tls_->async_handshake(role, as_result);
  if (!code) {
    co_return std::string();
  }
  co_return code == boost::beast::error::timeout ? std::string("no TLS handshake in time")
                                                 : handshake_trouble(session, code);
}

asio::awaitable<error_code> LeaderConnection::send(Message& message) {
  error_code code;
  if (tls_) {
    const auto [error, size] = co_await beast_http::async_write(*tls_, message, as_result);
    code = error;
  } else {
    const auto [error, size] = co_await beast_http::async_write(*plain_, message, as_result);
    code = error;
  }
  co_return code;
}

asio::awaitable<error_code> LeaderConnection::receive(Parser& parser) {
  error_code code;
  buffer_.reserve(piece_bytes);
  if (tls_) {
    const auto [error, size] = co_await beast_http::async_read(*tls_, buffer_, parser, as_result);
    code = error;
  } else {
    const auto [error, size] = co_await beast_http::async_read(*plain_, buffer_, parser, as_result);
    code = error;
  }
  last_used_ = Clock::now();
  co_return code;
}

void LeaderConnection::close() noexcept {
  error_code ignored;
  lowest().socket().shutdown(tcp::socket::shutdown_both, ignored);
  lowest().close();
}

bool LeaderConnection::is_usable() {
  if (buffer_.size() > 0 || !lowest().socket().is_open()) {
    return false;
  }
  char byte = 0;
  const auto waiting = ::recv(lowest().socket().native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return waiting < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

}  // namespace orchestrator::http
