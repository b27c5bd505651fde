// SQLite's file methods for a database that is shared within a process.
#include "storage/shared_wal_vfs.hpp"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <new>

namespace consensus {
namespace {

// The locks 4 to 7 of the index are those of the readers of the log itself; who has all of them lets it begin anew.
constexpr unsigned log_readers = 0xf0U;
constexpr std::size_t alignment = alignof(std::max_align_t);

std::string next_name() {
  static std::atomic<std::uint64_t> made{0};
  return "consensus-shared-wal-" + std::to_string(++made);
}

constexpr std::size_t aligned(std::size_t size) {
  return (size + alignment - 1) / alignment * alignment;
}

}  // namespace

// The database's file of one connection; the base's file follows it in the memory that SQLite gives.
struct SharedWalVfs::File {
  sqlite3_file base{};
  SharedWalVfs* owner = nullptr;
  bool is_holder = false;  // of the lock against everybody else
  bool is_held = false;
  unsigned shared = 0;  // locks of the index, as bits
  unsigned exclusive = 0;

  [[nodiscard]] sqlite3_file* real() {
    return reinterpret_cast<sqlite3_file*>(reinterpret_cast<char*>(this) + aligned(sizeof(File)));
  }
  [[nodiscard]] const sqlite3_io_methods& real_methods() { return *real()->pMethods; }

  int hold() {
    if (!is_holder || is_held) return SQLITE_OK;
    int code = real_methods().xLock(real(), SQLITE_LOCK_SHARED);
    if (code == SQLITE_OK) code = real_methods().xLock(real(), SQLITE_LOCK_EXCLUSIVE);
    is_held = code == SQLITE_OK;
    return code;
  }
};

struct SharedWalVfs::Methods {
  static SharedWalVfs& owner(sqlite3_vfs* vfs) { return *static_cast<SharedWalVfs*>(vfs->pAppData); }
  static File& file(sqlite3_file* raw) { return *reinterpret_cast<File*>(raw); }

  static int open(sqlite3_vfs* vfs, sqlite3_filename name, sqlite3_file* raw, int flags, int* flags_out) {
    SharedWalVfs& self = owner(vfs);
    if ((flags & SQLITE_OPEN_MAIN_DB) == 0) return self.base_.xOpen(&self.base_, name, raw, flags, flags_out);
    File* opened = new (raw) File;
    opened->owner = &self;
    const int code = self.base_.xOpen(&self.base_, name, opened->real(), flags, flags_out);
    if (opened->real()->pMethods == nullptr) {
      opened->~File();
      raw->pMethods = nullptr;
      return code;
    }
    opened->base.pMethods = &methods;
    const std::lock_guard lock(self.mutex_);
    opened->is_holder = self.files_.empty();
    self.files_.push_back(opened);
    return code;
  }

  static int close(sqlite3_file* raw) {
    File& self = file(raw);
    {
      const std::lock_guard lock(self.owner->mutex_);
      std::erase(self.owner->files_, &self);
    }
    const int code = self.real_methods().xClose(self.real());
    self.~File();
    return code;
  }

  static int read(sqlite3_file* raw, void* into, int bytes, sqlite3_int64 offset) {
    return file(raw).real_methods().xRead(file(raw).real(), into, bytes, offset);
  }
  static int write(sqlite3_file* raw, const void* from, int bytes, sqlite3_int64 offset) {
    return file(raw).real_methods().xWrite(file(raw).real(), from, bytes, offset);
  }
  static int truncate(sqlite3_file* raw, sqlite3_int64 size) {
    return file(raw).real_methods().xTruncate(file(raw).real(), size);
  }
  static int sync(sqlite3_file* raw, int flags) { return file(raw).real_methods().xSync(file(raw).real(), flags); }
  static int file_size(sqlite3_file* raw, sqlite3_int64* size) {
    return file(raw).real_methods().xFileSize(file(raw).real(), size);
  }

  // Among the connections the locks of the index are enough.
  static int lock(sqlite3_file* raw, int) { return file(raw).hold(); }
  static int lower_lock(sqlite3_file*, int) { return SQLITE_OK; }
  static int check_reserved_lock(sqlite3_file*, int* is_reserved) {
    *is_reserved = 0;
    return SQLITE_OK;
  }

  static int control(sqlite3_file* raw, int operation, void* argument) {
    return file(raw).real_methods().xFileControl(file(raw).real(), operation, argument);
  }
  static int sector_size(sqlite3_file* raw) { return file(raw).real_methods().xSectorSize(file(raw).real()); }
  static int characteristics(sqlite3_file* raw) {
    return file(raw).real_methods().xDeviceCharacteristics(file(raw).real());
  }

  static int map_index(sqlite3_file* raw, int region, int bytes, int must_extend, void volatile** address) {
    SharedWalVfs& self = *file(raw).owner;
    const std::lock_guard lock(self.mutex_);
    const auto number = static_cast<std::size_t>(region);
    *address = nullptr;
    if (number >= self.index_.size() && must_extend == 0) return SQLITE_OK;
    while (number >= self.index_.size()) {
      self.index_.push_back(std::make_unique<std::uint64_t[]>(static_cast<std::size_t>(bytes) / sizeof(std::uint64_t)));
    }
    *address = self.index_[number].get();
    return SQLITE_OK;
  }

  static int lock_index(sqlite3_file* raw, int first, int count, int flags) {
    File& self = file(raw);
    const unsigned wanted = ((1U << static_cast<unsigned>(count)) - 1) << static_cast<unsigned>(first);
    const std::lock_guard lock(self.owner->mutex_);
    if ((flags & SQLITE_SHM_UNLOCK) != 0) {
      ((flags & SQLITE_SHM_SHARED) != 0 ? self.shared : self.exclusive) &= ~wanted;
      return SQLITE_OK;
    }
    const bool is_exclusive = (flags & SQLITE_SHM_EXCLUSIVE) != 0;
    if (is_exclusive && wanted == log_readers && self.owner->permits_ == 0) return SQLITE_BUSY;
    for (const File* other : self.owner->files_) {
      if (other == &self) continue;
      const unsigned taken = is_exclusive ? other->shared | other->exclusive : other->exclusive;
      if ((taken & wanted) != 0) return SQLITE_BUSY;
    }
    (is_exclusive ? self.exclusive : self.shared) |= wanted;
    return SQLITE_OK;
  }

  static void barrier(sqlite3_file* raw) { const std::lock_guard lock(file(raw).owner->mutex_); }

  // The index stays for the other connections.
  static int unmap_index(sqlite3_file* raw, int) {
    const std::lock_guard lock(file(raw).owner->mutex_);
    file(raw).shared = file(raw).exclusive = 0;
    return SQLITE_OK;
  }

  static constexpr sqlite3_io_methods methods{.iVersion = 2,
                                              .xClose = close,
                                              .xRead = read,
                                              .xWrite = write,
                                              .xTruncate = truncate,
                                              .xSync = sync,
                                              .xFileSize = file_size,
                                              .xLock = lock,
                                              .xUnlock = lower_lock,
                                              .xCheckReservedLock = check_reserved_lock,
                                              .xFileControl = control,
                                              .xSectorSize = sector_size,
                                              .xDeviceCharacteristics = characteristics,
                                              .xShmMap = map_index,
                                              .xShmLock = lock_index,
                                              .xShmBarrier = barrier,
                                              .xShmUnmap = unmap_index,
                                              .xFetch = nullptr,
                                              .xUnfetch = nullptr};

  // The rest is the base's affair.
  static int remove(sqlite3_vfs* vfs, const char* name, int must_sync) {
    return owner(vfs).base_.xDelete(&owner(vfs).base_, name, must_sync);
  }
  static int access(sqlite3_vfs* vfs, const char* name, int flags, int* result) {
    return owner(vfs).base_.xAccess(&owner(vfs).base_, name, flags, result);
  }
  static int full_pathname(sqlite3_vfs* vfs, const char* name, int bytes, char* full) {
    return owner(vfs).base_.xFullPathname(&owner(vfs).base_, name, bytes, full);
  }
  static int randomness(sqlite3_vfs* vfs, int bytes, char* out) {
    return owner(vfs).base_.xRandomness(&owner(vfs).base_, bytes, out);
  }
  static int pass_time(sqlite3_vfs* vfs, int microseconds) {
    return owner(vfs).base_.xSleep(&owner(vfs).base_, microseconds);
  }
  static int current_time(sqlite3_vfs* vfs, double* julian_day) {
    return owner(vfs).base_.xCurrentTime(&owner(vfs).base_, julian_day);
  }
  static int last_error(sqlite3_vfs* vfs, int bytes, char* text) {
    return owner(vfs).base_.xGetLastError(&owner(vfs).base_, bytes, text);
  }
};

SharedWalVfs::SharedWalVfs(sqlite3_vfs& base) : base_(base), name_(next_name()) {
  vfs_.iVersion = 1;
  vfs_.szOsFile = static_cast<int>(aligned(sizeof(File))) + base.szOsFile;
  vfs_.mxPathname = base.mxPathname;
  vfs_.zName = name_.c_str();
  vfs_.pAppData = this;
  vfs_.xOpen = Methods::open;
  vfs_.xDelete = Methods::remove;
  vfs_.xAccess = Methods::access;
  vfs_.xFullPathname = Methods::full_pathname;
  vfs_.xRandomness = Methods::randomness;
  vfs_.xSleep = Methods::pass_time;
  vfs_.xCurrentTime = Methods::current_time;
  vfs_.xGetLastError = Methods::last_error;
  sqlite3_vfs_register(&vfs_, 0);
}

SharedWalVfs::~SharedWalVfs() {
  sqlite3_vfs_unregister(&vfs_);
}

void SharedWalVfs::permit(int change) {
  const std::lock_guard lock(mutex_);
  permits_ += change;
}

}  // namespace consensus
