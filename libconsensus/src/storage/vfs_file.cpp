// A file opened through an sqlite3_vfs.
#include "storage/vfs_file.hpp"

#include <algorithm>
#include <limits>

namespace consensus {

Result<std::unique_ptr<VfsFile>> VfsFile::open_existing(sqlite3_vfs& vfs, const std::string& database,
                                                        const std::string& suffix) {
  int exists = 0;
  const std::string name = database + suffix;
  const int code = vfs.xAccess(&vfs, name.c_str(), SQLITE_ACCESS_EXISTS, &exists);
  if (code != SQLITE_OK) return make_error(Errc::storage_failed, name + ": " + sqlite3_errstr(code));
  if (exists == 0) return std::unique_ptr<VfsFile>();
  return open(vfs, database, suffix, 0);
}

Result<std::unique_ptr<VfsFile>> VfsFile::open(sqlite3_vfs& vfs, const std::string& database,
                                               const std::string& suffix) {
  return open(vfs, database, suffix, SQLITE_OPEN_CREATE);
}

// To SQLite it is a write-ahead log, so that it gets the database's permissions.
Result<std::unique_ptr<VfsFile>> VfsFile::open(sqlite3_vfs& vfs, const std::string& database, const std::string& suffix,
                                               int flags) {
  std::unique_ptr<VfsFile> file(new VfsFile);
  file->name_ = database + suffix;
  const auto failed = [&file](int code) {
    return make_error(code == SQLITE_FULL ? Errc::no_space : Errc::storage_failed,
                      file->name_ + ": " + sqlite3_errstr(code));
  };
  const std::string journal = database + "-journal";
  file->filename_ = sqlite3_create_filename(database.c_str(), journal.c_str(), file->name_.c_str(), 0, nullptr);
  if (file->filename_ == nullptr) return failed(SQLITE_NOMEM);
  file->storage_ = std::make_unique<char[]>(static_cast<std::size_t>(vfs.szOsFile));
  auto* raw = reinterpret_cast<sqlite3_file*>(file->storage_.get());
  flags |= SQLITE_OPEN_READWRITE | SQLITE_OPEN_WAL;
  int code = vfs.xOpen(&vfs, sqlite3_filename_wal(file->filename_), raw, flags, &flags);
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

Result<void> VfsFile::write(std::uint64_t offset, std::string_view bytes) {
  const int code =
      file_->pMethods->xWrite(file_, bytes.data(), static_cast<int>(bytes.size()), static_cast<sqlite3_int64>(offset));
  if (code != SQLITE_OK) return make_error(Errc::storage_failed, name_ + ": " + sqlite3_errstr(code));
  return {};
}

}  // namespace consensus
