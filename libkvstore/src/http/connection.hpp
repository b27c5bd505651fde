// One connection to an HTTP server.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "http/address.hpp"
#include "kvstore/consul.hpp"
#include "kvstore/error.hpp"

namespace kvstore::http_client {

using Request = boost::beast::http::request<boost::beast::http::string_body>;
using Response = boost::beast::http::response<boost::beast::http::string_body>;

// Whether a request changes something, so that it matters if it may have been carried out.
enum class Effect { read, write };

struct ConnectionOptions {
  Address address;
  std::shared_ptr<boost::asio::ssl::context> tls;  // null: plain HTTP
  TlsVerification verification = TlsVerification::full;
  std::string server_name;  // that the certificate must have
  std::size_t max_answer_bytes = 0;
};

// Connect once, then exchange one request at a time while is_reusable(). The coroutines run on executor(), a strand.
// `options` outlive the connection.
class Connection {
 public:
  Connection(const boost::asio::any_io_executor& strand, const ConnectionOptions& options);

  [[nodiscard]] boost::asio::any_io_executor executor() { return socket_stream().get_executor(); }

  // Errors: connection_failed, tls_failed, timeout; all of them mean that nothing was sent.
  [[nodiscard]] boost::asio::awaitable<Result<void>> connect(Deadline deadline);

  // Errors: outcome_unknown for a write; connection_lost, timeout, too_large, protocol_error for a read; tls_failed if
  // the server refuses this client's certificate.
  [[nodiscard]] boost::asio::awaitable<Result<Response>> exchange(const Request& request, Effect effect,
                                                                  Deadline deadline);

  // After an answer: the server keeps the connection open and has sent nothing since.
  [[nodiscard]] bool is_reusable();

 private:
  using PlainStream = boost::beast::tcp_stream;
  using TlsStream = boost::beast::ssl_stream<PlainStream>;

  PlainStream& socket_stream() { return tls_ ? tls_->next_layer() : *plain_; }
  boost::asio::awaitable<Result<void>> connect_socket(Deadline deadline);
  boost::asio::awaitable<Result<void>> handshake();
  template <class Stream>
  boost::asio::awaitable<Result<Response>> exchange_over(Stream& stream, const Request& request, Effect effect);

  const ConnectionOptions& options_;
  std::optional<PlainStream> plain_;  // exactly one of the two
  std::optional<TlsStream> tls_;
  boost::beast::flat_buffer buffer_;
  bool kept_alive_ = false;
};

}  // namespace kvstore::http_client
