// Connections that wait for their next use.
#include "http/kept_connections.hpp"

#include <algorithm>
#include <utility>

namespace kvstore::http_client {
namespace {

namespace asio = boost::asio;

const asio::execution_context* context_of(Connection& connection) {
  const asio::any_io_executor executor = connection.executor();
  return &executor.context();
}

// Part of an execution context: knows who keeps connections that belong to it, and is told when it ends, while all its
// other parts are still there.
class EndOfContext final : public asio::execution_context::service {
 public:
  using key_type = EndOfContext;
  static inline asio::execution_context::id id;

  explicit EndOfContext(asio::execution_context& owner) : asio::execution_context::service(owner) {}

  void tell(const std::shared_ptr<KeptConnections>& keeper) {
    const std::scoped_lock lock(mutex_);
    std::erase_if(keepers_, [&](const auto& known) { return known.expired() || known.lock() == keeper; });
    keepers_.push_back(keeper);
  }

 private:
  void shutdown() override {
    for (const auto& known : keepers_) {
      if (const auto keeper = known.lock()) keeper->close_those_of(context());
    }
  }

  std::mutex mutex_;
  std::vector<std::weak_ptr<KeptConnections>> keepers_;
};

}  // namespace

KeptConnections::ConnectionPtr KeptConnections::take(const asio::any_io_executor& executor) {
  const std::scoped_lock lock(mutex_);
  for (std::size_t i = idle_.size(); i-- > 0;) {
    if (context_of(*idle_[i]) != &executor.context()) continue;
    ConnectionPtr connection = std::move(idle_[i]);
    idle_.erase(idle_.begin() + static_cast<std::ptrdiff_t>(i));
    if (connection->is_reusable()) return connection;
  }
  return nullptr;
}

void KeptConnections::keep(ConnectionPtr connection) {
  const asio::any_io_executor executor = connection->executor();
  asio::use_service<EndOfContext>(executor.context()).tell(shared_from_this());
  const std::scoped_lock lock(mutex_);
  idle_.push_back(std::move(connection));
  if (idle_.size() > most_) idle_.erase(idle_.begin());
}

// Closed while the lock is held: a context that ends meanwhile waits for it.
void KeptConnections::close_all() {
  const std::scoped_lock lock(mutex_);
  idle_.clear();
}

void KeptConnections::close_those_of(const asio::execution_context& context) {
  const std::scoped_lock lock(mutex_);
  std::erase_if(idle_, [&](const ConnectionPtr& connection) { return context_of(*connection) == &context; });
}

}  // namespace kvstore::http_client
