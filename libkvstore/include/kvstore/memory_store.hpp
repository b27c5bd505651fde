// A key-value store in the memory of this process.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>

#include "kvstore/kv_store.hpp"

namespace kvstore {

// Keeps the contract of KvStore exactly, so that what is built on it can be tested and embedded without a server.
// Never suspends; may be used from any number of threads. Contents are lost with the object.
class MemoryStore final : public KvStore {
 public:
  explicit MemoryStore(std::string name = "memory");

  [[nodiscard]] std::string_view name() const noexcept override { return name_; }
  [[nodiscard]] std::size_t max_operations() const noexcept override;
  [[nodiscard]] boost::asio::awaitable<Result<Entry>> get(std::string key, Deadline deadline) override;
  [[nodiscard]] boost::asio::awaitable<Result<std::vector<Entry>>> list(std::string folder, Deadline deadline) override;
  [[nodiscard]] boost::asio::awaitable<Result<void>> put(Put write, Deadline deadline) override;
  [[nodiscard]] boost::asio::awaitable<Result<void>> remove(Delete removal, Deadline deadline) override;
  [[nodiscard]] boost::asio::awaitable<Result<void>> transact(Transaction transaction, Deadline deadline) override;

 private:
  struct Stored {
    std::string value;
    Version version;
  };

  Result<void> before_deadline(Deadline deadline) const;
  Result<void> apply(const Transaction& transaction);
  Result<void> check_versions(const Transaction& transaction) const;
  [[nodiscard]] Version version_of(const std::string& key) const;

  const std::string name_;
  mutable std::mutex mutex_;
  std::map<std::string, Stored, std::less<>> entries_;
  std::uint64_t last_version_ = 0;
};

}  // namespace kvstore
