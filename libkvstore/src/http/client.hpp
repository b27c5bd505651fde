// An HTTP client of one server that keeps its connections.
#pragma once

#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <memory>

#include "http/connection.hpp"
#include "http/kept_connections.hpp"

namespace kvstore::http_client {

struct ClientOptions {
  ConnectionOptions connection;
  std::size_t max_idle_connections = 4;
  std::size_t max_calls = 64;
};

// Thread-safe. Each connection has a strand of its own on the executor of the call that opened it, and is used again
// only by calls on the same execution context. Outlives its calls, but for those that end with their execution context;
// it does not matter whether the client or the context is destroyed first.
class Client {
 public:
  explicit Client(ClientOptions options);
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  ~Client();

  [[nodiscard]] const Address& address() const { return options_.connection.address; }

  // Sends a request that is complete but for Host and Connection. A read whose kept connection turns out to be closed
  // is sent once more on a new one. Errors: those of Connection, and busy.
  [[nodiscard]] boost::asio::awaitable<Result<Response>> exchange(Request request, Effect effect, Deadline deadline);

 private:
  boost::asio::awaitable<Result<Response>> exchange_on_new(const Request& request, Effect effect, Deadline deadline);

  const ClientOptions options_;
  const std::shared_ptr<KeptConnections> kept_;
  const std::shared_ptr<std::atomic<std::size_t>> calls_;
};

}  // namespace kvstore::http_client
