// Files of a SQLite database that several connections of one process share, while no other process may have it.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace consensus {

// An sqlite3_vfs over another one, for one database. It keeps the index of the write-ahead log in memory, so that one
// connection can copy the log into the database while another one writes, on any file system. The connection that is
// opened first holds the file exclusively, as seen by other processes and other objects of this class, until it closes.
//
// SQLite lets the write-ahead log begin anew whenever a writer finds all of it copied. Here it does so only while there
// is a RestartPermit: what must be noted before that can be noted. Which lock means what is part of SQLite's format:
// https://www.sqlite.org/walformat.html#wal_locks
//
// Connections may be used from different threads. Must outlive them.
class SharedWalVfs {
 public:
  explicit SharedWalVfs(sqlite3_vfs& base);
  ~SharedWalVfs();
  SharedWalVfs(const SharedWalVfs&) = delete;
  SharedWalVfs& operator=(const SharedWalVfs&) = delete;

  // What to open databases with.
  [[nodiscard]] const std::string& name() const noexcept { return name_; }

  class RestartPermit {
   public:
    explicit RestartPermit(SharedWalVfs& vfs) : vfs_(vfs) { vfs_.permit(+1); }
    ~RestartPermit() { vfs_.permit(-1); }
    RestartPermit(const RestartPermit&) = delete;
    RestartPermit& operator=(const RestartPermit&) = delete;

   private:
    SharedWalVfs& vfs_;
  };

 private:
  struct File;
  struct Methods;  // SQLite's view of all this
  void permit(int change);

  sqlite3_vfs& base_;
  sqlite3_vfs vfs_{};
  std::string name_;
  std::mutex mutex_;  // of what follows
  std::vector<File*> files_;
  std::vector<std::unique_ptr<std::uint64_t[]>> index_;  // of the write-ahead log, in regions
  int permits_ = 0;
};

}  // namespace consensus
