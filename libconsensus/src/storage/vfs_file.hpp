// A file opened through an sqlite3_vfs.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "consensus/error.hpp"

namespace consensus {

// The write-ahead log of a database, for reading.
class VfsFile {
 public:
  // None when there is no such file.
  [[nodiscard]] static Result<std::unique_ptr<VfsFile>> open_wal(sqlite3_vfs& vfs, const std::string& database);
  ~VfsFile();
  VfsFile(const VfsFile&) = delete;
  VfsFile& operator=(const VfsFile&) = delete;

  [[nodiscard]] std::uint64_t size() const noexcept { return size_; }
  // What there is of so many bytes.
  [[nodiscard]] Result<std::string> read(std::uint64_t offset, std::size_t bytes);

 private:
  VfsFile() = default;

  std::string name_;
  sqlite3_filename filename_ = nullptr;
  std::unique_ptr<char[]> storage_;
  sqlite3_file* file_ = nullptr;
  std::uint64_t size_ = 0;
};

}  // namespace consensus
