// Creates and locks files with the system's calls.
#include "state/owned_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace orchestrator::state {
namespace {

Error error_of_errno(const std::filesystem::path& path) {
  const int cause = errno;
  Errc code = Errc::cannot_open;
  if (cause == EROFS) code = Errc::read_only;
  if (cause == ENOSPC || cause == EDQUOT) code = Errc::disk_full;
  return make_error(code, path.string() + ": " + std::generic_category().message(cause));
}

// A descriptor of the file, created with mode 0600 if it is missing; -1 and errno otherwise.
int open_private(const std::filesystem::path& path) {
  return ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, S_IRUSR | S_IWUSR);
}

}  // namespace

Result<OwnedFile> OwnedFile::take(const std::filesystem::path& path) {
  std::error_code ignored;
  const auto status = std::filesystem::status(path, ignored);
  if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status)) {
    return make_error(Errc::cannot_open, path.string() + ": not a regular file");
  }
  // The lock comes first: closing a descriptor of the database would end the locks that SQLite holds on it in this
  // process.
  auto lock_path = path;
  lock_path += "-lock";
  const int lock = open_private(lock_path);
  if (lock < 0) return error_of_errno(lock_path);
  OwnedFile owned(lock);
  if (::flock(lock, LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) return make_error(Errc::in_use, path.string());
    return error_of_errno(lock_path);
  }
  const int file = open_private(path);
  if (file < 0) return error_of_errno(path);
  ::close(file);
  return owned;
}

OwnedFile& OwnedFile::operator=(OwnedFile&& other) noexcept {
  std::swap(lock_, other.lock_);
  return *this;
}

OwnedFile::~OwnedFile() {
  if (lock_ >= 0) ::close(lock_);
}

}  // namespace orchestrator::state
