// Which record holds which entry of a stored log, and where its terms and configurations begin.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <vector>

#include "consensus/log_write.hpp"
#include "storage/log_record.hpp"

namespace consensus {

// Entries `first` to `last`, all in one record. Ascending, without gaps, also in the record's number.
struct LogSegment {
  Index first;
  Index last;
  std::uint64_t record = 0;
};

class LogIndex {
 public:
  explicit LogIndex(LogAnchor anchor = {}) : anchor_(std::move(anchor)), last_(anchor_.base) {}

  [[nodiscard]] const LogAnchor& anchor() const noexcept { return anchor_; }
  [[nodiscard]] const LogPosition& last() const noexcept { return last_; }
  [[nodiscard]] std::vector<TermStart> terms() const { return {terms_.begin(), terms_.end()}; }
  [[nodiscard]] std::vector<ConfigurationAt> configurations() const {
    return {configurations_.begin(), configurations_.end()};
  }
  // The segment with an entry after the base.
  [[nodiscard]] const LogSegment& segment_of(Index index) const;

  // Forgets what comes after `keep`, which is in the log.
  void truncate_after(const LogPosition& keep);
  // Entries that follow the last. The configurations are those of `entries`. Entries up to the base are left out.
  void append(std::uint64_t record, std::span<const Entry> entries, std::vector<ConfigurationAt> configurations);
  // Moves the base to an entry. Records before `next_record` that are not needed any more become leftovers.
  void compact(const LogPosition& base, std::uint64_t next_record);

 private:
  LogAnchor anchor_;
  LogPosition last_;
  std::deque<LogSegment> segments_;
  std::deque<TermStart> terms_;
  std::deque<ConfigurationAt> configurations_;
};

// Those that the entries bring. Errors: Errc::malformed.
[[nodiscard]] Result<std::vector<ConfigurationAt>> configurations_of(std::span<const Entry> entries);

}  // namespace consensus
