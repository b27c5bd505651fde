// The port to a key-value store.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "kvstore/error.hpp"
#include "kvstore/transaction.hpp"

namespace kvstore {

// When a call gives up. A point in time, so that one deadline bounds a sequence of calls.
using Deadline = std::chrono::steady_clock::time_point;

// A shared key-value store: Consul, or memory in tests.
//
// Concurrency: any number of calls may be in flight, from any executor; an adapter may refuse more than it can carry
// with Errc::busy. Calls of different coroutines are not ordered.
// Lifetime: the store outlives its calls. It may be destroyed before or after the execution contexts they ran on, which
// may also end with calls under way; these are then abandoned.
// Deadline: every call returns soon after it. A deadline in the past sends nothing (Errc::timeout).
// Cancellation: a cancelled call throws operation_aborted like any coroutine; a write may then have happened.
// Errors: for a write every code but outcome_unknown means that nothing was written. After outcome_unknown read
// before deciding: repeating an unconditional write is harmless only if nobody else wrote in between, and repeating a
// conditional one may find its own first try as the conflict. An adapter never repeats a write by itself.
class KvStore {
 public:
  KvStore() = default;
  KvStore(const KvStore&) = delete;
  KvStore& operator=(const KvStore&) = delete;
  virtual ~KvStore() = default;

  // For messages: kind and address, for example "consul 10.0.0.1:8500".
  [[nodiscard]] virtual std::string_view name() const noexcept = 0;

  // The most operations one transaction may have.
  [[nodiscard]] virtual std::size_t max_operations() const noexcept = 0;

  // The entry of this key, or not_found. Reads may be served twice if a connection breaks.
  [[nodiscard]] virtual boost::asio::awaitable<Result<Entry>> get(std::string key, Deadline deadline) = 0;

  // The entry of `folder` itself, if any, and all entries below "folder/", at one moment, ordered by key; empty when
  // there are none. A '/' at the end of `folder` does not matter; an empty folder means everything.
  [[nodiscard]] virtual boost::asio::awaitable<Result<std::vector<Entry>>> list(std::string folder,
                                                                                Deadline deadline) = 0;

  // Writes one key; conflict if it is not at the expected version.
  [[nodiscard]] virtual boost::asio::awaitable<Result<void>> put(Put write, Deadline deadline) = 0;

  // Removes one key; conflict if it is not at the expected version.
  [[nodiscard]] virtual boost::asio::awaitable<Result<void>> remove(Delete removal, Deadline deadline) = 0;

  // All operations or none, at one moment for every reader; conflict if one of the keys is not at its expected
  // version. More than max_operations() is too_large: a transaction is never split.
  [[nodiscard]] virtual boost::asio::awaitable<Result<void>> transact(Transaction transaction, Deadline deadline) = 0;
};

}  // namespace kvstore
