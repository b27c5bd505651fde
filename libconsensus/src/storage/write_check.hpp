// Decides what a write does to the bounds of a log, before anything is changed.
#pragma once

#include <functional>

#include "consensus/error.hpp"
#include "consensus/log_write.hpp"

namespace consensus {

struct LogBounds {
  LogPosition base;
  LogPosition last;
};

// What remains to be done for a write on a log with certain bounds.
struct WritePlan {
  LogBounds after;                // once all of the write is done
  LogPosition before_append;      // what the appended entries follow
  bool clear = false;             // a snapshot takes the place of everything
  std::optional<Index> truncate;  // this and what follows goes
  std::optional<Index> compact;   // everything up to this goes
};

// `position_of` gives the position of an entry that is in the log before the write, the base included.
// Errors: Errc::invalid_argument for a write that does not fit the log (entries that do not follow what is there, a
// truncation at or below the base, a compaction beyond the end), and those of `position_of`. Nothing is changed.
[[nodiscard]] Result<WritePlan> plan_write(const Write& write, const LogBounds& before,
                                           const std::function<Result<LogPosition>(Index)>& position_of);

}  // namespace consensus
