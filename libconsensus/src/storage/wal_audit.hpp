// Looks at a SQLite write-ahead log before SQLite does, and says whether something that was committed is gone.
//
// SQLite takes the first frame that does not fit for the end of the log. That is right after a crash, but drops
// committed transactions when a frame went bad later. Source: https://www.sqlite.org/fileformat2.html#walformat
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <optional>
#include <string>

#include "consensus/error.hpp"

namespace consensus {

enum class WalCondition {
  absent,      // no file, or nothing in it
  clean,       // ends with a commit
  unfinished,  // ends with frames of a transaction that was never acknowledged
  torn,        // the last transaction is spoiled: cut off by a crash, or acknowledged and gone bad later
  damaged,     // something that had been acknowledged is spoiled
};

// How far a write-ahead log was acknowledged, from somebody who knows it for certain.
struct WalMark {
  std::uint32_t salt_1 = 0;
  std::uint32_t salt_2 = 0;
  std::uint32_t frames = 0;
};

struct WalAudit {
  WalCondition condition = WalCondition::absent;
  std::uint32_t committed_frames = 0;
  std::string detail;  // of the damage, for people
};

// Reads the "-wal" file of a database that nobody has open. With a mark the answer is never `torn`.
// Errors: Errc::storage_failed when it cannot be read.
[[nodiscard]] Result<WalAudit> audit_wal(sqlite3_vfs& vfs, const std::string& database,
                                         const std::optional<WalMark>& mark);

}  // namespace consensus
