// Keeps the state in an SQLite database.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "state/database.hpp"

namespace orchestrator::state {

struct SqliteOptions {
  std::string file;  // ":memory:" for a state that ends with the object
  // How long a call waits for another process that has locked the file.
  std::chrono::milliseconds lock_wait{1000};
};

// Creates the file with mode 0600, or brings an older schema to the present version in one transaction.
// Errors: cannot_open, in_use, read_only, disk_full, io_error, corrupt, foreign, schema_too_new; a file that cannot be
// used is left as it is.
//
// The journal is a write-ahead log, so that readers of other processes do not hold us up and a commit is one append.
// synchronous is NORMAL: what was committed survives the death of the program; a power cut may take back the last
// commits but never damages the file. That is enough for what probing finds again within a second, and for a state that
// a Raft log, which is synced, replays later.
[[nodiscard]] Result<std::unique_ptr<Database>> open_sqlite(const SqliteOptions& options);

}  // namespace orchestrator::state
