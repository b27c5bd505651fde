// KvStore over one Consul agent.
#pragma once

#include <memory>
#include <string_view>

#include "consul/agent.hpp"
#include "kvstore/kv_store.hpp"

namespace kvstore::consul {

class Store final : public KvStore {
 public:
  explicit Store(std::unique_ptr<Agent> agent);

  [[nodiscard]] std::string_view name() const noexcept override { return agent_->name(); }
  [[nodiscard]] std::size_t max_operations() const noexcept override;
  [[nodiscard]] boost::asio::awaitable<Result<Entry>> get(std::string key, Deadline deadline) override;
  [[nodiscard]] boost::asio::awaitable<Result<std::vector<Entry>>> list(std::string folder, Deadline deadline) override;
  [[nodiscard]] boost::asio::awaitable<Result<void>> put(Put write, Deadline deadline) override;
  [[nodiscard]] boost::asio::awaitable<Result<void>> remove(Delete removal, Deadline deadline) override;
  [[nodiscard]] boost::asio::awaitable<Result<void>> transact(Transaction transaction, Deadline deadline) override;

 private:
  // Sends a write that Consul answers with true or false.
  boost::asio::awaitable<Result<void>> write(Call call, std::string_view what, Deadline deadline);

  const std::unique_ptr<Agent> agent_;
};

}  // namespace kvstore::consul
