// A key-value store in the memory of this process.
#include "kvstore/memory_store.hpp"

#include "folder.hpp"

namespace kvstore {

using boost::asio::awaitable;

MemoryStore::MemoryStore(std::string name) : name_(std::move(name)) {}

std::size_t MemoryStore::max_operations() const noexcept {
  return 1024;
}

Result<void> MemoryStore::before_deadline(Deadline deadline) const {
  if (std::chrono::steady_clock::now() < deadline) return {};
  return make_error(Errc::timeout, name_);
}

Version MemoryStore::version_of(const std::string& key) const {
  const auto found = entries_.find(key);
  return found == entries_.end() ? Version::absent : found->second.version;
}

Result<void> MemoryStore::check_versions(const Transaction& transaction) const {
  const auto expected_by = [](const Operation& operation) -> std::optional<Version> {
    return std::visit([](const auto& one) -> std::optional<Version> { return one.expected; }, operation);
  };
  for (const Operation& operation : transaction) {
    const std::optional<Version> expected = expected_by(operation);
    const Version current = version_of(key_of(operation));
    const bool is_removed_already = std::holds_alternative<Delete>(operation) && current == Version::absent;
    if (expected && current != *expected && !is_removed_already) {
      return make_error(Errc::conflict, name_ + ": " + key_of(operation));
    }
  }
  return {};
}

Result<void> MemoryStore::apply(const Transaction& transaction) {
  const std::scoped_lock lock(mutex_);
  if (auto checked = check_versions(transaction); !checked) return checked;
  ++last_version_;
  for (const Operation& operation : transaction) {
    if (const auto* write = std::get_if<Put>(&operation)) {
      entries_.insert_or_assign(write->key, Stored{write->value, Version{last_version_}});
    } else if (const auto* removal = std::get_if<Delete>(&operation)) {
      entries_.erase(removal->key);
    }
  }
  return {};
}

awaitable<Result<Entry>> MemoryStore::get(std::string key, Deadline deadline) {
  if (auto valid = check_key(key); !valid) co_return valid.error();
  if (auto in_time = before_deadline(deadline); !in_time) co_return in_time.error();
  const std::scoped_lock lock(mutex_);
  const auto found = entries_.find(key);
  if (found == entries_.end()) co_return make_error(Errc::not_found, name_ + ": " + key);
  co_return Entry{key, found->second.value, found->second.version};
}

awaitable<Result<std::vector<Entry>>> MemoryStore::list(std::string folder, Deadline deadline) {
  const std::string_view path = without_trailing_slashes(folder);
  if (auto valid = check_key(path); !valid && !folder.empty()) co_return valid.error();
  if (auto in_time = before_deadline(deadline); !in_time) co_return in_time.error();
  std::vector<Entry> entries;
  const std::scoped_lock lock(mutex_);
  for (auto at = entries_.lower_bound(path); at != entries_.end() && at->first.starts_with(path); ++at) {
    if (is_in_folder(at->first, path)) entries.push_back({at->first, at->second.value, at->second.version});
  }
  co_return entries;
}

awaitable<Result<void>> MemoryStore::put(Put write, Deadline deadline) {
  Transaction transaction;
  transaction.emplace_back(std::move(write));
  return transact(std::move(transaction), deadline);
}

awaitable<Result<void>> MemoryStore::remove(Delete removal, Deadline deadline) {
  Transaction transaction;
  transaction.emplace_back(std::move(removal));
  return transact(std::move(transaction), deadline);
}

awaitable<Result<void>> MemoryStore::transact(Transaction transaction, Deadline deadline) {
  if (auto valid = check_transaction(transaction, max_operations()); !valid) co_return valid;
  if (auto in_time = before_deadline(deadline); !in_time) co_return in_time;
  co_return apply(transaction);
}

}  // namespace kvstore
