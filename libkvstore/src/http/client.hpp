// An HTTP client of one server that keeps its connections.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

#include "http/connection.hpp"

namespace kvstore::http_client {

struct ClientOptions {
  ConnectionOptions connection;
  std::size_t max_idle_connections = 4;
  std::size_t max_calls = 64;
};

// Thread-safe. Each connection has a strand of its own on the executor of the call that opened it, and is used again
// only by calls on the same execution context. Outlives its calls; is destroyed before their execution contexts.
class Client {
 public:
  explicit Client(ClientOptions options);

  [[nodiscard]] const Address& address() const { return options_.connection.address; }

  // Sends a request that is complete but for Host and Connection. A read whose kept connection turns out to be closed
  // is sent once more on a new one. Errors: those of Connection, and busy.
  [[nodiscard]] boost::asio::awaitable<Result<Response>> exchange(Request request, Effect effect, Deadline deadline);

 private:
  class CallSlot;
  using ConnectionPtr = std::unique_ptr<Connection>;

  boost::asio::awaitable<Result<Response>> exchange_on_new(const Request& request, Effect effect, Deadline deadline);
  ConnectionPtr take_idle(const boost::asio::any_io_executor& executor);
  void keep(ConnectionPtr connection);

  const ClientOptions options_;
  std::mutex mutex_;
  std::vector<ConnectionPtr> idle_;
  std::size_t calls_ = 0;
};

}  // namespace kvstore::http_client
