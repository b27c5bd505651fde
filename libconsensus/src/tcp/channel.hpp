// One connection that carries frames, in the clear or with TLS.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "async/tasks.hpp"
#include "consensus/error.hpp"
#include "tcp/resolve.hpp"
#include "wire/frame.hpp"

namespace consensus::tcp {

enum class TlsRole { client, server };

// At most one read and one write at a time. Once closed, everything that waits ends with the reason given, and so does
// what is begun later. Errors: Errc::connection_failed when the other side refused, closed or reset the connection,
// Errc::tls_failed, those of wire::FrameReader, and the reason of close(). After any error it is of no more use.
class Channel : public async::Closable, public std::enable_shared_from_this<Channel> {
 public:
  using Socket = boost::asio::ip::tcp::socket;

  Channel(async::Tasks& tasks, Socket socket, std::size_t max_content);
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;
  ~Channel() override;

  boost::asio::awaitable<Result<void>> connect(Endpoints endpoints);
  boost::asio::awaitable<Result<void>> secure(std::shared_ptr<boost::asio::ssl::context> context, TlsRole role);
  // No delay, keepalive, and an error once nothing was acknowledged for so long.
  void tune(Duration vanished_after);
  // Null in the clear.
  [[nodiscard]] SSL* tls() noexcept { return tls_ ? tls_->native_handle() : nullptr; }

  void allow(std::size_t max_content) noexcept { reader_.allow(max_content); }
  // A frame that has arrived already; none: fill() gets more.
  [[nodiscard]] Result<std::optional<wire::Frame>> next() { return reader_.next(); }
  boost::asio::awaitable<Result<void>> fill();
  // Both together. Valid until the next read.
  boost::asio::awaitable<Result<wire::Frame>> read();
  // In one system call, as far as the system takes it.
  boost::asio::awaitable<Result<void>> write(std::vector<wire::EncodedFrame> frames);
  boost::asio::awaitable<Result<void>> write(wire::EncodedFrame frame);
  // Sends a last frame and waits for the other side to close, a moment at most: closing at once could reset the
  // connection before the frame is read.
  boost::asio::awaitable<void> write_last(wire::EncodedFrame frame);

  // Closes it after that time, with Errc::timeout and this text.
  void expires_after(Duration duration, std::string text);
  void expires_never();
  void close(const Error& reason) override;
  [[nodiscard]] const std::optional<Error>& reason() const noexcept { return reason_; }
  // Nothing has come and the other side has not closed it.
  [[nodiscard]] bool is_quiet();

 private:
  using TlsStream = boost::asio::ssl::stream<Socket&>;
  [[nodiscard]] Error failure(const boost::system::error_code& error);

  async::Tasks& tasks_;
  Socket socket_;
  std::shared_ptr<boost::asio::ssl::context> context_;  // outlives the stream
  std::optional<TlsStream> tls_;
  async::Tasks::Registration registration_;
  wire::FrameReader reader_;
  boost::asio::steady_timer deadline_;
  std::optional<Error> reason_;
  std::vector<boost::asio::const_buffer> pieces_;  // of what is being written
};

}  // namespace consensus::tcp
