// A LogStore in a SQLite database of its own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "consensus/log_store.hpp"

namespace consensus {

// After a loss of power the last transaction of the write-ahead log may be spoiled. Nearly always it was cut off and
// nobody had relied on it, but it may also have been acknowledged and gone bad since, or the disk did not do what it
// said; one cannot tell. (After the death of the process alone one can, so this is not about that.)
enum class TornTail {
  is_damage,     // the store is damaged: a group whose members all lost power at once may not go on by itself
  is_discarded,  // taken for cut off (docs/decisions/0011)
};

struct SqliteLogOptions {
  // The database. Its folder is made when it is not there; beside it lie the files "-wal", "-acknowledged", "-lock".
  std::filesystem::path file;
  // Beyond this many bytes of write-ahead log a write() pays for the checkpoint that maintain() was not called for.
  std::uint64_t wal_limit_bytes = 128U << 20U;
  TornTail torn_tail = TornTail::is_discarded;
  // Of a new store; random when not given.
  std::optional<Incarnation> incarnation = {};
  // The sqlite3_vfs to use, by its registered name; empty: the operating system's files.
  std::string vfs = {};
  // Changes whenever the operating system starts; empty: asks it.
  std::string boot = {};
  // Where free_bytes() comes from; empty: the file system of `file`.
  std::function<std::uint64_t()> free_bytes = {};
};

// Each write is one row with a checksum (term, vote, commit index and the entries, which carry their own checksum and
// chain), in one transaction with one sync. Opening looks at the write-ahead log before SQLite does, because SQLite
// drops everything behind a bad frame without a word, and reads every row of the log. What is missing or spoiled is
// given up together with what follows it, and the store is `damaged`; that is remembered until a write that says
// `recovered`.
//
// maintain() copies the write-ahead log into the database beside what is written meanwhile, and holds up write() only
// while it copies the last of it.
//
// Errors of open(): Errc::corrupt when not even the identity of the store is left; Errc::incompatible for a store of a
// newer version; Errc::storage_failed for a file that another process holds, and everything else. After an error other
// than no_space and invalid_argument, write() refuses everything (storage_failed). A read that meets a bad checksum
// says Errc::corrupt; opening the store anew then finds the damage.
//
// Closing is crashing: nothing is written by the destructor.
class SqliteLogStore final : public LogStore {
 public:
  explicit SqliteLogStore(SqliteLogOptions options);
  ~SqliteLogStore() override;
  SqliteLogStore(const SqliteLogStore&) = delete;
  SqliteLogStore& operator=(const SqliteLogStore&) = delete;

  [[nodiscard]] Result<StoredLog> open() override;
  [[nodiscard]] Incarnation incarnation() const override;
  [[nodiscard]] Result<void> write(const Write& write) override;
  [[nodiscard]] Result<std::vector<Entry>> read(Index first, Index last, std::size_t max_bytes) override;
  [[nodiscard]] Result<std::uint64_t> free_bytes() const override;
  [[nodiscard]] Result<void> maintain() override;

  // Why the store is damaged, for people; empty when open() found nothing.
  [[nodiscard]] std::string damage() const;

 private:
  class Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace consensus
