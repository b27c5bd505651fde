// A file opened through an sqlite3_vfs.
#include "storage/vfs_file.hpp"

#include <algorithm>
#include <limits>

namespace consensus {

Result<std::unique_ptr<VfsFile>> VfsFile::open_wal(sqlite3_vfs& vfs, const std::string& database) {
  std::unique_ptr<VfsFile> file(new VfsFile);
  file->name_ = database + "-wal";
  const auto failed = [&file](int code) {
    return make_error(Errc::storage_failed, file->name_ + ": " + sqlite3_errstr(code));
  };
  int exists = 0;
  int code = vfs.xAccess(&vfs, file->name_.c_str(), SQLITE_ACCESS_EXISTS, &exists);
  if (code != SQLITE_OK) return failed(code);
  if (exists == 0) return std::unique_ptr<VfsFile>();
  const std::string journal = database + "-journal";
  file->filename_ = sqlite3_create_filename(database.c_str(), journal.c_str(), file->name_.c_str(), 0, nullptr);
  if (file->filename_ == nullptr) return failed(SQLITE_NOMEM);
  file->storage_ = std::make_unique<char[]>(static_cast<std::size_t>(vfs.szOsFile));
  auto* raw = reinterpret_cast<sqlite3_file*>(file->storage_.get());
  int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_WAL;
  code = vfs.xOpen(&vfs, sqlite3_filename_wal(file->filename_), raw, flags, &flags);
  if (raw->pMethods != nullptr) file->file_ = raw;
  if (code != SQLITE_OK) return failed(code);
  sqlite3_int64 size = 0;
  code = raw->pMethods->xFileSize(raw, &size);
  if (code != SQLITE_OK) return failed(code);
  file->size_ = static_cast<std::uint64_t>(size);
  return file;
}

VfsFile::~VfsFile() {
  if (file_ != nullptr) file_->pMethods->xClose(file_);
  if (filename_ != nullptr) sqlite3_free_filename(filename_);
}

Result<std::string> VfsFile::read(std::uint64_t offset, std::size_t bytes) {
  const std::uint64_t there = offset < size_ ? size_ - offset : 0;
  std::string read(static_cast<std::size_t>(std::min<std::uint64_t>(bytes, there)), '\0');
  if (read.empty()) return read;
  const int code =
      file_->pMethods->xRead(file_, read.data(), static_cast<int>(read.size()), static_cast<sqlite3_int64>(offset));
  if (code != SQLITE_OK) return make_error(Errc::storage_failed, name_ + ": " + sqlite3_errstr(code));
  return read;
}

}  // namespace consensus
