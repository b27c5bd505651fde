// A memory store that does what a test tells it to at the calls of the publisher.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstddef>
#include <functional>
#include <optional>

#include "kvstore/memory_store.hpp"

namespace kvstore_test {

class FaultyStore final : public kvstore::KvStore {
 public:
  using Hook = std::function<std::optional<kvstore::Error>(std::size_t call)>;

  explicit FaultyStore(std::string name = "faulty") : memory(std::move(name)) {}

  kvstore::MemoryStore memory;
  Hook before_list;  // with the number of the call from 1; an error replaces the call
  Hook before_transact;
  Hook after_transact;  // an error replaces the result, as when an answer is lost
  bool hangs = false;   // every call waits for its deadline
  std::size_t lists = 0;
  std::size_t transactions = 0;

  [[nodiscard]] std::string_view name() const noexcept override { return memory.name(); }
  [[nodiscard]] std::size_t max_operations() const noexcept override { return memory.max_operations(); }
  boost::asio::awaitable<kvstore::Result<kvstore::Entry>> get(std::string key, kvstore::Deadline deadline) override {
    return memory.get(std::move(key), deadline);
  }
  boost::asio::awaitable<kvstore::Result<void>> put(kvstore::Put write, kvstore::Deadline deadline) override {
    return memory.put(std::move(write), deadline);
  }
  boost::asio::awaitable<kvstore::Result<void>> remove(kvstore::Delete removal, kvstore::Deadline deadline) override {
    return memory.remove(std::move(removal), deadline);
  }
  boost::asio::awaitable<kvstore::Result<std::vector<kvstore::Entry>>> list(std::string folder,
                                                                            kvstore::Deadline deadline) override {
    ++lists;
    if (hangs) {
      co_await wait_until(deadline);
      co_return make_error(kvstore::Errc::timeout, std::string(name()));
    }
    if (before_list) {
      if (auto error = before_list(lists)) co_return *error;
    }
    auto entries = co_await memory.list(std::move(folder), deadline);
    co_return entries;
  }
  boost::asio::awaitable<kvstore::Result<void>> transact(kvstore::Transaction transaction,
                                                         kvstore::Deadline deadline) override {
    ++transactions;
    if (before_transact) {
      if (auto error = before_transact(transactions)) co_return *error;
    }
    auto done = co_await memory.transact(std::move(transaction), deadline);
    if (after_transact) {
      if (auto error = after_transact(transactions)) co_return *error;
    }
    co_return done;
  }

 private:
  static boost::asio::awaitable<void> wait_until(kvstore::Deadline deadline) {
    const auto executor = co_await boost::asio::this_coro::executor;
    boost::asio::steady_timer timer(executor, deadline);
    co_await timer.async_wait(boost::asio::use_awaitable);
  }
};

}  // namespace kvstore_test
