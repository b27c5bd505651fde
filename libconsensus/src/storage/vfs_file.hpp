// A file opened through an sqlite3_vfs.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "consensus/error.hpp"

namespace consensus {

// A file beside a database, named as the database with a suffix.
class VfsFile {
 public:
  // None when there is no such file, or an empty one.
  [[nodiscard]] static Result<std::unique_ptr<VfsFile>> open_existing(sqlite3_vfs& vfs, const std::string& database,
                                                                      const std::string& suffix);
  // Made when it is not there.
  [[nodiscard]] static Result<std::unique_ptr<VfsFile>> open(sqlite3_vfs& vfs, const std::string& database,
                                                             const std::string& suffix);
  ~VfsFile();
  VfsFile(const VfsFile&) = delete;
  VfsFile& operator=(const VfsFile&) = delete;

  // When it was opened.
  [[nodiscard]] std::uint64_t size() const noexcept { return size_; }
  // What there is of so many bytes.
  [[nodiscard]] Result<std::string> read(std::uint64_t offset, std::size_t bytes);
  // Not synced.
  [[nodiscard]] Result<void> write(std::uint64_t offset, std::string_view bytes);

 private:
  [[nodiscard]] static Result<std::unique_ptr<VfsFile>> open(sqlite3_vfs& vfs, const std::string& database,
                                                             const std::string& suffix, int flags);
  VfsFile() = default;

  std::string name_;
  sqlite3_filename filename_ = nullptr;
  std::unique_ptr<char[]> storage_;
  sqlite3_file* file_ = nullptr;
  std::uint64_t size_ = 0;
};

}  // namespace consensus
