// SQLite's file methods on a simulated disk.
#include "simulated_disk/disk_vfs.hpp"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <new>

namespace consensus::simulator {
namespace {

// SQLite allocates the memory, of szOsFile bytes.
struct VfsHandle {
  sqlite3_file base;
  DiskFiles* files;
  OpenFile open;
  std::string remove_at_close;
  bool syncs_names;  // a journal's first sync makes its name durable, as in SQLite's own file system
  int lock;
};

VfsHandle& handle(sqlite3_file* file) {
  return *reinterpret_cast<VfsHandle*>(file);
}

DiskFiles& files(sqlite3_vfs* vfs) {
  return *static_cast<DiskFiles*>(vfs->pAppData);
}

int code(DiskStatus status, int failure) {
  switch (status) {
    case DiskStatus::done:
      return SQLITE_OK;
    case DiskStatus::failed:
      return failure;
    case DiskStatus::no_space:
      return SQLITE_FULL;
  }
  return failure;
}

void unlock(VfsHandle& self) {
  std::erase(self.open.file->locks, &self.lock);
}

int close(sqlite3_file* file) {
  VfsHandle& self = handle(file);
  unlock(self);
  if (!self.remove_at_close.empty()) static_cast<void>(self.files->remove(self.remove_at_close));
  self.~VfsHandle();
  return SQLITE_OK;
}

int read(sqlite3_file* file, void* buffer, int bytes, sqlite3_int64 offset) {
  const VfsHandle& self = handle(file);
  const auto wanted = static_cast<std::size_t>(bytes);
  const std::optional<std::string> found = self.files->read(self.open, static_cast<std::uint64_t>(offset), wanted);
  if (!found) return SQLITE_IOERR_READ;
  std::memset(buffer, 0, wanted);
  std::memcpy(buffer, found->data(), found->size());
  return found->size() == wanted ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
}

int write(sqlite3_file* file, const void* buffer, int bytes, sqlite3_int64 offset) {
  const VfsHandle& self = handle(file);
  const std::string_view piece(static_cast<const char*>(buffer), static_cast<std::size_t>(bytes));
  return code(self.files->write(self.open, static_cast<std::uint64_t>(offset), piece), SQLITE_IOERR_WRITE);
}

int truncate(sqlite3_file* file, sqlite3_int64 size) {
  const VfsHandle& self = handle(file);
  return code(self.files->truncate(self.open, static_cast<std::uint64_t>(size)), SQLITE_IOERR_TRUNCATE);
}

int sync(sqlite3_file* file, int) {
  VfsHandle& self = handle(file);
  const DiskStatus status = self.files->sync(self.open);
  if (status != DiskStatus::done || !self.syncs_names) return code(status, SQLITE_IOERR_FSYNC);
  self.syncs_names = false;
  return code(self.files->sync_names(), SQLITE_IOERR_DIR_FSYNC);
}

int file_size(sqlite3_file* file, sqlite3_int64* size) {
  *size = static_cast<sqlite3_int64>(handle(file).open.file->seen.size());
  return SQLITE_OK;
}

int strongest_other(const VfsHandle& self) {
  int strongest = SQLITE_LOCK_NONE;
  for (const int* level : self.open.file->locks) {
    if (level != &self.lock) strongest = std::max(strongest, *level);
  }
  return strongest;
}

int lock(sqlite3_file* file, int level) {
  VfsHandle& self = handle(file);
  const int other = strongest_other(self);
  const bool is_free = level == SQLITE_LOCK_EXCLUSIVE  ? other == SQLITE_LOCK_NONE
                       : level == SQLITE_LOCK_RESERVED ? other < SQLITE_LOCK_RESERVED
                                                       : other < SQLITE_LOCK_PENDING;
  if (!is_free) return SQLITE_BUSY;
  if (self.lock == SQLITE_LOCK_NONE) self.open.file->locks.push_back(&self.lock);
  self.lock = std::max(self.lock, level);
  return SQLITE_OK;
}

int lower_lock(sqlite3_file* file, int level) {
  VfsHandle& self = handle(file);
  self.lock = std::min(self.lock, level);
  if (level == SQLITE_LOCK_NONE) unlock(self);
  return SQLITE_OK;
}

int check_reserved_lock(sqlite3_file* file, int* is_reserved) {
  const VfsHandle& self = handle(file);
  *is_reserved = std::max(self.lock, strongest_other(self)) >= SQLITE_LOCK_RESERVED ? 1 : 0;
  return SQLITE_OK;
}

int file_control(sqlite3_file*, int, void*) {
  return SQLITE_NOTFOUND;
}

int sector_size(sqlite3_file*) {
  return static_cast<int>(sector_bytes);
}

int device_characteristics(sqlite3_file*) {
  return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

const sqlite3_io_methods methods{.iVersion = 1,
                                 .xClose = close,
                                 .xRead = read,
                                 .xWrite = write,
                                 .xTruncate = truncate,
                                 .xSync = sync,
                                 .xFileSize = file_size,
                                 .xLock = lock,
                                 .xUnlock = lower_lock,
                                 .xCheckReservedLock = check_reserved_lock,
                                 .xFileControl = file_control,
                                 .xSectorSize = sector_size,
                                 .xDeviceCharacteristics = device_characteristics,
                                 .xShmMap = nullptr,
                                 .xShmLock = nullptr,
                                 .xShmBarrier = nullptr,
                                 .xShmUnmap = nullptr,
                                 .xFetch = nullptr,
                                 .xUnfetch = nullptr};

int open(sqlite3_vfs* vfs, sqlite3_filename name, sqlite3_file* file, int flags, int* flags_out) {
  file->pMethods = nullptr;
  DiskFiles& disk = files(vfs);
  const std::string path = name == nullptr ? "unnamed" : name;
  const bool is_there = name != nullptr && disk.exists(path);
  DiskFilePointer opened;
  if (name == nullptr) {
    opened = std::make_shared<DiskFile>();
  } else if (is_there || (flags & SQLITE_OPEN_CREATE) != 0) {
    opened = disk.make(path);
  }
  if (!opened) return SQLITE_CANTOPEN;
  const bool is_journal = (flags & (SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL)) != 0;
  const bool is_temporary = name != nullptr && (flags & SQLITE_OPEN_DELETEONCLOSE) != 0;
  new (file) VfsHandle{.base = {.pMethods = &methods},
                       .files = &disk,
                       .open = disk.opened(std::move(opened)),
                       .remove_at_close = is_temporary ? path : std::string(),
                       .syncs_names = is_journal && !is_there,
                       .lock = SQLITE_LOCK_NONE};
  if (flags_out != nullptr) *flags_out = flags;
  return SQLITE_OK;
}

int remove(sqlite3_vfs* vfs, const char* name, int must_sync) {
  DiskFiles& disk = files(vfs);
  if (!disk.exists(name)) return SQLITE_IOERR_DELETE_NOENT;
  const DiskStatus status = disk.remove(name);
  if (status != DiskStatus::done || must_sync == 0) return code(status, SQLITE_IOERR_DELETE);
  return code(disk.sync_names(), SQLITE_IOERR_DIR_FSYNC);
}

int access(sqlite3_vfs* vfs, const char* name, int flags, int* result) {
  const DiskFilePointer file = files(vfs).find(name);
  // As in SQLite's own file system, an empty file does not exist.
  *result = file && (flags != SQLITE_ACCESS_EXISTS || !file->seen.empty()) ? 1 : 0;
  return SQLITE_OK;
}

int full_pathname(sqlite3_vfs*, const char* name, int bytes, char* full) {
  const std::size_t length = std::strlen(name);
  if (length >= static_cast<std::size_t>(bytes)) return SQLITE_CANTOPEN;
  std::memcpy(full, name, length + 1);
  return SQLITE_OK;
}

int randomness(sqlite3_vfs* vfs, int bytes, char* out) {
  for (int i = 0; i < bytes; ++i) out[i] = static_cast<char>(files(vfs).random().next());
  return bytes;
}

int pass_time(sqlite3_vfs*, int microseconds) {
  return microseconds;
}

int current_time(sqlite3_vfs*, double* julian_day) {
  *julian_day = 2'460'000.5;
  return SQLITE_OK;
}

int last_error(sqlite3_vfs*, int, char*) {
  return 0;
}

std::string next_name() {
  static std::atomic<std::uint64_t> made{0};
  return "simulated-disk-" + std::to_string(++made);
}

}  // namespace

DiskVfs::DiskVfs(DiskFiles& files) : name_(next_name()) {
  sqlite3_initialize();
  vfs_.iVersion = 1;
  vfs_.szOsFile = static_cast<int>(sizeof(VfsHandle));
  vfs_.mxPathname = 512;
  vfs_.zName = name_.c_str();
  vfs_.pAppData = &files;
  vfs_.xOpen = open;
  vfs_.xDelete = remove;
  vfs_.xAccess = access;
  vfs_.xFullPathname = full_pathname;
  vfs_.xRandomness = randomness;
  vfs_.xSleep = pass_time;
  vfs_.xCurrentTime = current_time;
  vfs_.xGetLastError = last_error;
  sqlite3_vfs_register(&vfs_, 0);
}

DiskVfs::~DiskVfs() {
  sqlite3_vfs_unregister(&vfs_);
}

}  // namespace consensus::simulator
