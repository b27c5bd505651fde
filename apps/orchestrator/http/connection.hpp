// One client's connection: reads requests in order, has them answered, writes the answers.
#pragma once

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/stream_traits.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "http/request_reader.hpp"
#include "http/response_text.hpp"
#include "http/server.hpp"
#include "http/tls.hpp"

namespace orchestrator::http {

using PlainStream = boost::beast::tcp_stream;
using LocalStream = boost::beast::basic_stream<boost::asio::local::stream_protocol>;
using TlsStream = boost::beast::ssl_stream<boost::beast::tcp_stream>;

// What all connections of a server share.
struct Site {
  ServerOptions options;
  RequestHandler handler;
  std::shared_ptr<boost::asio::ssl::context> tls;
  bool stopping = false;  // no further requests
};

// What the server knows of a connection whatever carries it.
class Connection {
 public:
  virtual ~Connection() = default;
  // Serves the client until either side has enough. The connection must outlive the coroutine.
  virtual boost::asio::awaitable<void> run() = 0;
  virtual void close() noexcept = 0;

  [[nodiscard]] bool busy() const noexcept { return busy_; }
  [[nodiscard]] boost::asio::cancellation_signal& cancellation() noexcept { return cancellation_; }

 protected:
  bool busy_ = false;  // a request is complete and its answer not yet written

 private:
  boost::asio::cancellation_signal cancellation_;
};

template <class Stream>
class StreamConnection final : public Connection {
 public:
  StreamConnection(std::shared_ptr<const Site> site, Stream stream, std::string peer_address)
      : site_(std::move(site)), stream_(std::move(stream)) {
    peer_.address = std::move(peer_address);
  }

  boost::asio::awaitable<void> run() override {
    const bool ready = co_await begin();
    bool more = ready;
    while (more && !site_->stopping) {
      more = co_await serve_one();
    }
    if (ready) {
      co_await end();
    }
    close();
  }

  void close() noexcept override {
    boost::system::error_code ignored;
    auto& socket = lowest().socket();
    socket.shutdown(boost::asio::socket_base::shutdown_both, ignored);
    lowest().close();
  }

 private:
  static constexpr bool is_tls = std::is_same_v<Stream, TlsStream>;
  static constexpr std::size_t piece_bytes = 64 * 1024;
  static constexpr std::chrono::seconds farewell_time{2};
  static constexpr auto as_tuple_ = boost::asio::as_tuple(boost::asio::use_awaitable);

  enum class Read { complete, refused, ended };

  [[nodiscard]] const Limits& limits() const noexcept { return site_->options.limits; }
  [[nodiscard]] auto& lowest() noexcept { return boost::beast::get_lowest_layer(stream_); }

  boost::asio::awaitable<bool> begin() {
    if constexpr (is_tls) {
      lowest().expires_after(limits().header_time);
      const auto [code] = co_await stream_.async_handshake(boost::asio::ssl::stream_base::server, as_tuple_);
      if (code) {
        site_->options.log("TLS handshake with " + peer_.address + " failed: " + code.message());
        co_return false;
      }
      peer_.transport = Peer::Transport::tls;
      peer_.organizational_units = organizational_units(stream_.native_handle());
    }
    co_return true;
  }

  // False when the connection is to be closed.
  boost::asio::awaitable<bool> serve_one() {
    const bool arrived = co_await wait_for_request();
    if (!arrived) {
      co_return false;
    }
    RequestParser parser;
    parser.header_limit(static_cast<std::uint32_t>(limits().header_bytes));
    parser.body_limit(limits().body_bytes);
    std::optional<Response> refusal;
    const Read read = co_await read_request(parser, refusal);
    if (read == Read::ended) {
      co_return false;
    }
    auto message = parser.release();
    const auto keep_alive = message.version() < 11 ? KeepAlive::yes_for_http_1_0 : KeepAlive::yes;
    const bool head_only = message.method() == boost::beast::http::verb::head;
    const bool client_stays = message.keep_alive();
    std::optional<Request> accepted;
    if (read == Read::complete) {
      accepted = to_request(std::move(message), peer_);
    }
    if (!accepted) {
      const auto answer = refusal ? std::move(*refusal) : text_response(400, "400 bad request: malformed target");
      co_await write(answer, KeepAlive::no, head_only);
      co_await drain();
      co_return false;
    }
    busy_ = true;
    lowest().expires_never();
    auto request = std::move(*accepted);
    const auto response = co_await answer_to(std::move(request));
    const bool stays = client_stays && !site_->stopping;
    const bool written = co_await write(response, stays ? keep_alive : KeepAlive::no, head_only);
    busy_ = false;
    co_return written&& stays;
  }

  // Waits for a request's first byte, longer between requests than for the first one.
  boost::asio::awaitable<bool> wait_for_request() {
    if (buffer_.size() > 0) {
      co_return true;
    }
    lowest().expires_after(served_any_ ? limits().idle_time : limits().header_time);
    served_any_ = true;
    const auto space = buffer_.prepare(4096);
    const auto [code, size] = co_await stream_.async_read_some(space, as_tuple_);
    if (code) {
      co_return false;
    }
    buffer_.commit(size);
    co_return true;
  }

  // Fills refusal when it returns Read::refused. References point into the caller's frame.
  boost::asio::awaitable<Read> read_request(RequestParser& parser, std::optional<Response>& refusal) {
    lowest().expires_after(limits().header_time);
    const auto [head_code, head_size] =
        co_await boost::beast::http::async_read_header(stream_, buffer_, parser, as_tuple_);
    refusal = head_code ? refusal_of_read(head_code, parser) : refusal_of_head(parser, limits());
    if (head_code || refusal) {
      co_return refusal ? Read::refused : Read::ended;
    }
    lowest().expires_after(limits().body_time);
    const auto expectation = parser.get()[boost::beast::http::field::expect];
    if (!parser.is_done() && boost::beast::iequals(expectation, "100-continue")) {
      const auto go_on = boost::asio::buffer(std::string_view("HTTP/1.1 100 Continue\r\n\r\n"));
      co_await boost::asio::async_write(stream_, go_on, as_tuple_);
    }
    const auto [body_code, body_size] = co_await boost::beast::http::async_read(stream_, buffer_, parser, as_tuple_);
    refusal = body_code ? refusal_of_read(body_code, parser) : std::nullopt;
    if (body_code) {
      co_return refusal ? Read::refused : Read::ended;
    }
    co_return Read::complete;
  }

  boost::asio::awaitable<Response> answer_to(Request request) {
    std::optional<Response> failed;
    try {
      auto response = co_await site_->handler(std::move(request));
      co_return response;
    } catch (const boost::system::system_error&) {
      throw;  // cancelled: the server stops
    } catch (const std::exception& error) {
      site_->options.log(std::string("HTTP handler failed: ") + error.what());
      failed = text_response(500, "500 internal server error");
    }
    co_return std::move(*failed);
  }

  // Writes piece by piece, each within the stall time. False when the client is gone or too slow.
  boost::asio::awaitable<bool> write(const Response& response, KeepAlive keep_alive, bool head_only) {
    const HeadOptions options{keep_alive, site_->options.name, std::chrono::system_clock::now()};
    auto first = response_head(response, options);
    std::string_view rest = head_only ? std::string_view() : std::string_view(response.body);
    const auto with_head = std::min(rest.size(), piece_bytes);
    first += rest.substr(0, with_head);
    rest.remove_prefix(with_head);
    std::string_view piece = first;
    while (!piece.empty()) {
      lowest().expires_after(limits().stall_time);
      const auto bytes = boost::asio::buffer(piece);
      const auto [code, size] = co_await boost::asio::async_write(stream_, bytes, as_tuple_);
      if (code) {
        co_return false;
      }
      piece = rest.substr(0, piece_bytes);
      rest.remove_prefix(piece.size());
    }
    co_return true;
  }

  // Takes what the client still sends, for a short time and no more than a few times the largest body, so that closing
  // does not reset the connection before the client has read the answer.
  boost::asio::awaitable<void> drain() {
    boost::system::error_code ignored;
    if constexpr (!is_tls) {
      lowest().socket().shutdown(boost::asio::socket_base::shutdown_send, ignored);
    }
    lowest().expires_after(farewell_time);
    std::string waste(piece_bytes, '\0');
    for (std::size_t taken = 0; taken < 16 * limits().body_bytes;) {
      const auto space = boost::asio::buffer(waste);
      const auto [code, size] = co_await stream_.async_read_some(space, as_tuple_);
      if (code) {
        break;
      }
      taken += size;
    }
  }

  boost::asio::awaitable<void> end() {
    if constexpr (is_tls) {
      lowest().expires_after(farewell_time);
      co_await stream_.async_shutdown(as_tuple_);
    }
    co_return;
  }

  std::shared_ptr<const Site> site_;
  Stream stream_;
  Peer peer_;
  boost::beast::flat_buffer buffer_{128 * 1024};
  bool served_any_ = false;
};

}  // namespace orchestrator::http
