// One connection to the node that leads.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <boost/system/error_code.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "http/client_tls.hpp"
#include "http/host_lookup.hpp"
#include "http/node_address.hpp"

namespace orchestrator::http {

struct LeaderConnectionOptions {
  std::shared_ptr<boost::asio::ssl::context> tls;  // for an address with https
  ServerVerification verification = ServerVerification::full;
  // How long the other host may be silent to TCP before it counts as vanished; at least two seconds.
  std::chrono::seconds vanished_after{8};
};

// Confined to its executor; one exchange at a time. Sending and receiving take as long as they take: they end when the
// connection breaks, when TCP finds that the other host has vanished, or when the coroutine is cancelled.
class LeaderConnection {
 public:
  using Clock = std::chrono::steady_clock;
  using Message = boost::beast::http::request<boost::beast::http::string_body>;
  using Parser = boost::beast::http::response_parser<boost::beast::http::string_body>;
  using Code = boost::system::error_code;

  LeaderConnection(const boost::asio::any_io_executor& executor, NodeAddress address, LeaderConnectionOptions options);

  // Connects to the first endpoint that answers and, for https, makes the TLS handshake. The result is empty, or says
  // why it is not connected.
  [[nodiscard]] boost::asio::awaitable<std::string> open(HostLookup::Endpoints endpoints, Clock::time_point deadline);
  // An error means that the message has not left this host as a whole.
  [[nodiscard]] boost::asio::awaitable<Code> send(Message& message);
  // Reads one answer; the parser must outlive the coroutine.
  [[nodiscard]] boost::asio::awaitable<Code> receive(Parser& parser);
  // Ends what is under way.
  void close() noexcept;

  [[nodiscard]] const NodeAddress& address() const noexcept { return address_; }
  // False when the other side has closed the connection, or has sent what nobody asked for. Precondition: no exchange
  // is under way.
  [[nodiscard]] bool is_usable();
  [[nodiscard]] Clock::time_point last_used() const noexcept { return last_used_; }

 private:
  using PlainStream = boost::beast::tcp_stream;
  using TlsStream = boost::beast::ssl_stream<PlainStream>;

  [[nodiscard]] PlainStream& lowest();
  void watch_for_a_vanished_host();
  [[nodiscard]] boost::asio::awaitable<std::string> shake_hands();

  const NodeAddress address_;
  const LeaderConnectionOptions options_;
  std::optional<PlainStream> plain_;
  std::optional<TlsStream> tls_;
  boost::beast::flat_buffer buffer_;
  Clock::time_point last_used_ = Clock::now();
};

}  // namespace orchestrator::http
