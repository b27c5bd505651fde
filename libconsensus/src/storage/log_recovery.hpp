// Finds out what a stored log still has, and repairs what it stands on.
#pragma once

#include <cstdint>
#include <string>

#include "consensus/sqlite_log_store.hpp"
#include "storage/log_scan.hpp"
#include "storage/sqlite_log_file.hpp"

namespace consensus {

struct RecoveredLog {
  Incarnation incarnation;
  ScannedLog log;
  std::uint64_t reached = 0;  // the record that AnchorRow::reached names
  std::string damage;         // why log.marked is true, for people
};

// Reads the whole log of an open file; a blank file becomes a blank log. What is spoiled is taken away together with
// what follows it, and the damage is noted in the same transaction. Errors: Errc::corrupt when the store's identity or
// the tables themselves are gone; others as those of SqliteLogFile.
[[nodiscard]] Result<RecoveredLog> recover_log(SqliteLogFile& file, const SqliteLogOptions& options);

}  // namespace consensus
