// One connection to an HTTP server.
#include "http/connection.hpp"

#include <sys/socket.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>
#include <cerrno>

#include "http/resolve.hpp"
#include "http/tls.hpp"

namespace kvstore::http_client {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::awaitable;
using asio::ip::tcp;
using boost::system::error_code;

constexpr auto as_result = asio::as_tuple(asio::use_awaitable);
constexpr std::uint32_t max_header_bytes = 64 * 1024;

bool is_timeout(const error_code& error) {
  return error == beast::error::timeout;
}

// What it means that no complete answer came after a request was sent.
Error answer_error(const error_code& error, Effect effect) {
  if (is_certificate_refusal(error)) return make_error(Errc::tls_failed, error.message());
  const bool is_end = error == http::error::end_of_stream || error == http::error::partial_message ||
                      error == asio::error::eof || error == asio::ssl::error::stream_truncated;
  const std::string detail = is_timeout(error) ? "no answer in time"
                             : is_end          ? "the connection ended before the answer"
                                               : "answer not received: " + error.message();
  if (effect == Effect::write) return make_error(Errc::outcome_unknown, detail);
  if (is_timeout(error)) return make_error(Errc::timeout, detail);
  if (is_end) return make_error(Errc::connection_lost, detail);
  if (error == http::error::body_limit || error == http::error::buffer_overflow) {
    return make_error(Errc::too_large, "the answer is too long");
  }
  const bool is_not_http = error.category() == http::make_error_code(http::error::bad_version).category();
  return make_error(is_not_http ? Errc::protocol_error : Errc::connection_lost, detail);
}

}  // namespace

Connection::Connection(const asio::any_io_executor& strand, const ConnectionOptions& options) : options_(options) {
  if (options_.tls) {
    tls_.emplace(PlainStream(strand), *options_.tls);
  } else {
    plain_.emplace(strand);
  }
}

awaitable<Result<void>> Connection::connect(Deadline deadline) {
  auto connected = co_await connect_socket(deadline);
  if (!connected || !tls_) co_return connected;
  auto secured = co_await handshake();
  co_return secured;
}

awaitable<Result<void>> Connection::connect_socket(Deadline deadline) {
  auto endpoints = co_await resolve(options_.address, deadline);
  if (!endpoints) co_return endpoints.error();
  const std::vector<tcp::endpoint>& candidates = *endpoints;
  PlainStream& stream = socket_stream();
  stream.expires_at(deadline);
  const auto [error, endpoint] = co_await stream.async_connect(candidates, as_result);
  if (is_timeout(error)) co_return make_error(Errc::timeout, "not connected in time");
  if (error) co_return make_error(Errc::connection_failed, "cannot connect: " + error.message());
  error_code ignored;  // the option only saves time
  stream.socket().set_option(tcp::no_delay(true), ignored);
  co_return Result<void>();
}

awaitable<Result<void>> Connection::handshake() {
  SSL* const connection = tls_->native_handle();
  if (auto expected = expect_server_name(connection, options_.server_name, options_.verification); !expected) {
    co_return expected;
  }
  const auto role = asio::ssl::stream_base::client;
  const auto [error] = co_await tls_->async_handshake(role, as_result);
  if (!error) co_return Result<void>();
  if (is_timeout(error)) co_return make_error(Errc::timeout, "no TLS handshake in time");
  const bool was_cut = error == asio::error::eof || error == asio::error::connection_reset ||
                       error == asio::ssl::error::stream_truncated;
  if (was_cut) co_return make_error(Errc::connection_failed, "TLS handshake: " + error.message());
  co_return make_error(Errc::tls_failed, handshake_problem(connection, error));
}

awaitable<Result<Response>> Connection::exchange(const Request& request, Effect effect, Deadline deadline) {
  kept_alive_ = false;
  socket_stream().expires_at(deadline);
  auto work = tls_ ? exchange_over(*tls_, request, effect) : exchange_over(*plain_, request, effect);
  auto response = co_await std::move(work);
  socket_stream().expires_never();
  co_return response;
}

template <class Stream>
awaitable<Result<Response>> Connection::exchange_over(Stream& stream, const Request& request, Effect effect) {
  const auto [write_error, written] = co_await http::async_write(stream, request, as_result);
  if (is_timeout(write_error)) co_return answer_error(write_error, effect);
  // A server may refuse a request, for example a long one, before it has read all of it: look for its answer even when
  // not everything could be sent.
  http::response_parser<http::string_body> parser;
  parser.header_limit(max_header_bytes);
  parser.body_limit(options_.max_answer_bytes);
  const auto [read_error, read] = co_await http::async_read(stream, buffer_, parser, as_result);
  if (read_error) co_return answer_error(read_error, effect);
  kept_alive_ = !write_error && parser.get().keep_alive() && buffer_.size() == 0;
  co_return parser.release();
}

bool Connection::is_reusable() {
  if (!kept_alive_ || !socket_stream().socket().is_open()) return false;
  char byte = 0;
  const auto socket = socket_stream().socket().native_handle();
  const ssize_t waiting = ::recv(socket, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return waiting < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

}  // namespace kvstore::http_client
