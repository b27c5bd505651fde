// Remembers, without syncing, how far a write-ahead log was acknowledged.
//
// What the process wrote outlives its death, so as long as the operating system has not started anew the mark is exact:
// it tells a transaction that was cut off from one that was acknowledged and is spoiled. After a loss of power it says
// nothing.
#pragma once

#include <sqlite3.h>

#include <memory>
#include <optional>
#include <string>

#include "storage/vfs_file.hpp"
#include "storage/wal_audit.hpp"

namespace consensus {

class WalMarker {
 public:
  // `boot` names the run of the operating system; empty: asks it.
  WalMarker(sqlite3_vfs& vfs, std::string database, const std::string& boot);

  // Of an earlier process in the same run of the operating system.
  [[nodiscard]] Result<std::optional<WalMark>> load();
  // From now on marks can be put.
  [[nodiscard]] Result<void> open();
  [[nodiscard]] Result<void> put(const WalMark& mark);
  // Makes the mark say nothing.
  [[nodiscard]] Result<void> forget();

 private:
  [[nodiscard]] std::string encoded(const WalMark& mark) const;

  sqlite3_vfs& vfs_;
  std::string database_;
  std::uint64_t boot_ = 0;
  std::unique_ptr<VfsFile> file_;
};

}  // namespace consensus
