// The port to where a core's log, term, vote and configuration are kept.
#pragma once

#include <cstdint>
#include <vector>

#include "consensus/error.hpp"
#include "consensus/log_write.hpp"

namespace consensus {

// Names one life of a store: made when it is created, gone with its data. A member's id contains it.
struct Incarnation {
  std::uint64_t value = 0;
  friend bool operator==(const Incarnation&, const Incarnation&) = default;
};

// Blocking; the node calls it from one thread at a time, except read() and maintain(), which may run beside write().
//
// write() returns when the change is durable (if must_sync) and atomic in any case. Errc::no_space: nothing changed,
// the same call may succeed later. Every other error of write() is final for this object: whether the change is there
// is known only after opening the store anew (a failed fsync must never be repeated). Errc::corrupt from open() means
// that nothing useful is left; smaller losses are reported as StoredLog::damaged.
class LogStore {
 public:
  virtual ~LogStore() = default;

  // Called once, first.
  [[nodiscard]] virtual Result<StoredLog> open() = 0;
  [[nodiscard]] virtual Incarnation incarnation() const = 0;
  [[nodiscard]] virtual Result<void> write(const Write& write) = 0;
  // From `first` on, at most to `last`, at least one entry, no more than `max_bytes` of payload beyond it. Every
  // checksum is verified. Errc::compacted when `first` is no longer there.
  [[nodiscard]] virtual Result<std::vector<Entry>> read(Index first, Index last, std::size_t max_bytes) = 0;
  [[nodiscard]] virtual Result<std::uint64_t> free_bytes() const = 0;
  // Housekeeping that must not happen on the way of a commit (a WAL checkpoint); called every now and then. Holds up
  // write() only for moments. Errors as those of write().
  [[nodiscard]] virtual Result<void> maintain() = 0;
};

}  // namespace consensus
