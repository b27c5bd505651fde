// Decides which of several overlapping publish() calls speaks for a cluster.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>

namespace kvstore {

// Each call takes a ticket for each of its clusters; the highest ticket of a cluster is the current one. A write is
// made only with a current ticket and is guarded by versions read before the check; so a call that began earlier
// either writes first, and the later one sees that as a conflict and repairs it, or not at all. Thread-safe.
class PublishTickets {
 public:
  std::uint64_t take() {
    const std::scoped_lock lock(mutex_);
    return ++last_;
  }
  void claim(const std::string& alias, std::uint64_t ticket) {
    const std::scoped_lock lock(mutex_);
    auto& current = current_[alias];
    current = std::max(current, ticket);
  }
  [[nodiscard]] bool is_current(const std::string& alias, std::uint64_t ticket) const {
    const std::scoped_lock lock(mutex_);
    const auto found = current_.find(alias);
    return found != current_.end() && found->second == ticket;
  }

 private:
  mutable std::mutex mutex_;
  std::uint64_t last_ = 0;
  std::map<std::string, std::uint64_t> current_;
};

}  // namespace kvstore
