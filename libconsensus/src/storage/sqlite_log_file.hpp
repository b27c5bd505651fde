// The database file of a SQLite log: opening, transactions, checkpoints, and the size of its write-ahead log.
#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "consensus/sqlite_log_store.hpp"
#include "storage/file_descriptor.hpp"
#include "storage/shared_wal_vfs.hpp"
#include "storage/sqlite_database.hpp"
#include "storage/wal_audit.hpp"
#include "storage/wal_marker.hpp"

namespace consensus {

enum class AnchorRow : std::uint64_t {
  incarnation = 1,
  beginning = 2,  // LogAnchor
  reached = 3,    // the last record there was before the latest checkpoint
  wal_kept = 4,   // there has been a write-ahead log since the latest checkpoint, so there must be one
};

// One thread at a time, except for copy_wal().
class SqliteLogFile {
 public:
  explicit SqliteLogFile(const SqliteLogOptions& options) : options_(options) {}
  SqliteLogFile(const SqliteLogFile&) = delete;
  SqliteLogFile& operator=(const SqliteLogFile&) = delete;

  // Opens or makes the database; the audit comes first. Errors as SqliteLogStore::open.
  [[nodiscard]] Result<void> open();
  [[nodiscard]] const WalAudit& audit() const noexcept { return audit_; }

  [[nodiscard]] Result<std::optional<std::string>> anchor(AnchorRow row);
  [[nodiscard]] Result<std::optional<std::string>> record(std::uint64_t number);
  [[nodiscard]] Result<bool> has_record(std::uint64_t number);
  [[nodiscard]] Result<std::uint64_t> first_record();
  // From `first` on, in order.
  [[nodiscard]] Result<void> each_record(std::uint64_t first,
                                         const std::function<void(std::uint64_t, std::string)>& visit);

  // All of the changes or none, durable. After no_space nothing has changed; after any other error nobody knows.
  [[nodiscard]] Result<void> transact(const std::function<Result<void>()>& changes);
  // For use within `changes`.
  [[nodiscard]] Result<void> put(AnchorRow row, const std::string& body);
  [[nodiscard]] Result<void> insert(std::uint64_t number, const std::string& body);
  // From `first` up to, not including, `end`.
  [[nodiscard]] Result<void> remove(std::uint64_t first, std::uint64_t end);
  // Puts a new table with records `first` to `last` in the place of one that SQLite cannot read through. The old one is
  // never touched again: its pages may belong to others. Errc::corrupt when a record is not there.
  [[nodiscard]] Result<void> renew(std::uint64_t first, std::uint64_t last);

  [[nodiscard]] std::uint64_t wal_bytes() const noexcept;
  // In the write-ahead log.
  [[nodiscard]] std::uint64_t wal_frames() const noexcept { return static_cast<std::uint64_t>(wal_frames_); }
  // Pages that were used and are not any more; they grow in number by what a removal gives back.
  [[nodiscard]] Result<std::uint64_t> free_pages();
  // Copies what the write-ahead log has now into the database, so that a checkpoint has less to do; how many frames are
  // there. May run beside everything else, except itself.
  [[nodiscard]] Result<std::uint64_t> copy_wal();
  // Moves everything into the database and lets the write-ahead log begin anew. Waits for copy_wal() to end.
  [[nodiscard]] Result<void> checkpoint();
  // Whether the write-ahead log was removed by somebody.
  [[nodiscard]] Result<bool> has_lost_wal();

 private:
  [[nodiscard]] Result<void> lock();
  [[nodiscard]] Result<void> prepare_place();
  [[nodiscard]] Result<void> configure();
  [[nodiscard]] Result<void> open_copier();
  [[nodiscard]] Result<void> make_schema();
  [[nodiscard]] Result<void> prepare_statements();
  [[nodiscard]] Result<void> change(const std::function<Result<void>()>& changes);
  [[nodiscard]] Result<void> restart_wal();
  [[nodiscard]] Result<void> empty_wal();
  [[nodiscard]] Result<void> keep_wal();
  [[nodiscard]] Result<void> run_checkpoint(int mode);
  [[nodiscard]] sqlite3_file* wal() const;
  void reserve_wal();
  // The latest transaction is durable.
  [[nodiscard]] Result<void> acknowledge();

  const SqliteLogOptions& options_;
  FileDescriptor lock_;
  WalAudit audit_;
  std::optional<SharedWalVfs> vfs_;
  std::optional<WalMarker> marker_;
  WalMark mark_;
  SqliteDatabase database_;
  std::mutex copying_mutex_;  // of copier_ and may_restart_, and held during every checkpoint
  SqliteDatabase copier_;
  std::optional<SharedWalVfs::RestartPermit> may_restart_;  // from a checkpoint to the next transaction
  SqliteStatement begin_;
  SqliteStatement commit_;
  SqliteStatement put_;
  SqliteStatement insert_;
  SqliteStatement remove_;
  SqliteStatement find_anchor_;
  SqliteStatement find_record_;
  SqliteStatement has_record_;
  SqliteStatement count_free_pages_;
  int wal_frames_ = 0;
  std::uint64_t reserved_ = 0;     // bytes the write-ahead log has on disk
  bool is_wal_kept_ = false;       // as the row says
  bool has_loose_frames_ = false;  // a transaction failed on the way: its frames must not be met by a later audit
};

}  // namespace consensus
