// An HTTP/1.1 server: listens, reads requests within limits, writes the answers of one handler.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "http/error.hpp"
#include "http/message.hpp"

namespace orchestrator::http {

// What one client may take. Beyond the sizes he gets 413, 414, 431 or 503 and his connection is closed; beyond the
// times it is closed without an answer, as net/http does.
struct Limits {
  std::size_t header_bytes = 16 * 1024;
  std::size_t target_bytes = 8 * 1024;
  std::size_t body_bytes = 1024 * 1024;
  std::size_t connections = 1024;
  std::chrono::milliseconds header_time{10'000};  // from a connection or a request's first byte to its last header
  std::chrono::milliseconds body_time{30'000};
  std::chrono::milliseconds idle_time{60'000};   // between requests
  std::chrono::milliseconds stall_time{30'000};  // without progress while an answer is written
};

enum class ClientCertificates { ignored, verified_if_given };

struct TlsOptions {
  std::string certificate_file;  // PEM, with the chain
  std::string private_key_file;  // PEM, not encrypted
  std::string ca_file;           // PEM; for client certificates
  ClientCertificates client_certificates = ClientCertificates::ignored;
};

struct ServerOptions {
  std::string address = ":3000";  // see listen_tcp()
  std::string unix_socket;        // a path; takes the place of address and TLS when not empty
  std::optional<TlsOptions> tls;  // TLS 1.2 or newer
  Limits limits;
  std::string name = "orchestrator";  // the Server field
  // One line for the log: trouble with accepting, a handshake that failed.
  std::function<void(const std::string&)> log = [](const std::string&) {};
};

using RequestHandler = std::function<boost::asio::awaitable<Response>(Request)>;

// Confined to the executor it is made with, which must run one handler at a time: call every member from there. Each
// connection is a coroutine of its own, so a slow or silent client delays nobody. Requests of one connection are
// answered in order. HEAD is handled like GET and answered without the body. A handler may take as long as it likes;
// it is cancelled (terminal cancellation) only by the end of stop()'s grace time or by the destructor.
class Server {
 public:
  // Errors name the address, the port's state or the TLS file at fault. Blocks only in name resolution and file reads.
  [[nodiscard]] static Result<std::unique_ptr<Server>> start(boost::asio::any_io_executor executor,
                                                             ServerOptions options, RequestHandler handler);
  // Closes everything at once.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // The port it listens on; 0 with a unix socket.
  [[nodiscard]] std::uint16_t port() const noexcept;
  // "http://127.0.0.1:3000", "https://…" or "unix:/path", for people.
  [[nodiscard]] std::string description() const;
  [[nodiscard]] std::size_t connections() const noexcept;

  // Takes no new connections or requests, lets those in progress be answered for at most the grace time, then closes
  // the rest. Returns when no connection is left.
  [[nodiscard]] boost::asio::awaitable<void> stop(std::chrono::milliseconds grace);

 private:
  class Impl;
  explicit Server(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}
  std::shared_ptr<Impl> impl_;
};

}  // namespace orchestrator::http
