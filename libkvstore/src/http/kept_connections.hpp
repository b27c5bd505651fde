// Connections that wait for their next use.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/execution_context.hpp>
#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

#include "http/connection.hpp"

namespace kvstore::http_client {

// The idle connections of one client, over all execution contexts it was used on. A connection cannot outlive the
// context whose sockets and strands it is made of, so a context that ends takes its connections out first: client and
// contexts may be destroyed in any order, also by different threads. Thread-safe; held by a shared_ptr.
class KeptConnections : public std::enable_shared_from_this<KeptConnections> {
 public:
  using ConnectionPtr = std::unique_ptr<Connection>;

  explicit KeptConnections(std::size_t most) : most_(most) {}

  // A reusable connection of this executor's context, the one used last; null when there is none.
  [[nodiscard]] ConnectionPtr take(const boost::asio::any_io_executor& executor);
  // Above the limit the connection that has waited longest is closed.
  void keep(ConnectionPtr connection);

  void close_all();
  void close_those_of(const boost::asio::execution_context& context);

 private:
  const std::size_t most_;
  std::mutex mutex_;
  std::vector<ConnectionPtr> idle_;
};

}  // namespace kvstore::http_client
