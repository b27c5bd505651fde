// A directory that is removed with everything in it.
#include "sandbox/temporary_directory.hpp"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace sandbox {
namespace {

namespace fs = std::filesystem;

constexpr const char* prefix = "orchestrator-sandbox-";
constexpr const char* lock_name = ".owner";

// Locks a file; -1 when somebody alive has the lock or the file is not ours.
int try_lock(const fs::path& file, int flags) {
  const int lock = open(file.c_str(), O_RDWR | O_CLOEXEC | flags, 0600);
  if (lock < 0) return -1;
  if (flock(lock, LOCK_EX | LOCK_NB) == 0) return lock;
  close(lock);
  return -1;
}

// The lock appears under its name only when it is held: nobody may find it free and take the directory for abandoned.
int claim(const fs::path& directory) {
  const fs::path unnamed = directory / ".claim";
  const int lock = try_lock(unnamed, O_CREAT);
  fs::rename(unnamed, directory / lock_name);
  return lock;
}

void remove_abandoned(const fs::path& parent) {
  std::error_code ignored;
  for (fs::directory_iterator entry(parent, ignored), end; !ignored && entry != end; entry.increment(ignored)) {
    if (!entry->path().filename().string().starts_with(prefix)) continue;
    struct stat attributes{};
    if (lstat(entry->path().c_str(), &attributes) != 0 || attributes.st_uid != geteuid()) continue;
    const int lock = try_lock(entry->path() / lock_name, 0);
    if (lock < 0) continue;
    std::error_code not_ours;
    fs::remove_all(entry->path(), not_ours);
    close(lock);
  }
}

}  // namespace

TemporaryDirectory::TemporaryDirectory() {
  const fs::path parent = fs::temp_directory_path();
  remove_abandoned(parent);
  std::string pattern = (parent / (std::string(prefix) + "XXXXXX")).string();
  if (mkdtemp(pattern.data()) == nullptr) throw std::system_error(errno, std::generic_category(), "mkdtemp " + pattern);
  path_ = pattern;
  lock_ = claim(path_);
}

TemporaryDirectory::TemporaryDirectory(TemporaryDirectory&& other) noexcept
    : path_(std::exchange(other.path_, {})), lock_(std::exchange(other.lock_, -1)) {}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  if (!path_.empty()) fs::remove_all(path_, ignored);
  if (lock_ >= 0) close(lock_);
}

}  // namespace sandbox
