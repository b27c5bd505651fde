// System calls on folders.
#include "storage/file_descriptor.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <system_error>

namespace consensus {

Error system_error(const std::filesystem::path& path, const char* doing) {
  const int code = errno;
  return make_error(code == ENOSPC || code == EDQUOT ? Errc::no_space : Errc::storage_failed,
                    path.string() + ": " + doing + ": " + std::generic_category().message(code));
}

Result<void> sync_folder(const std::filesystem::path& folder) {
  const FileDescriptor open(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!open) return system_error(folder, "opening");
  if (::fsync(open.get()) != 0) return system_error(folder, "syncing");
  return {};
}

Result<void> make_folder(const std::filesystem::path& folder) {
  const std::filesystem::path path = std::filesystem::absolute(folder).lexically_normal();
  if (::access(path.c_str(), F_OK) == 0) return {};
  const std::filesystem::path above = path.has_filename() ? path.parent_path() : path.parent_path().parent_path();
  if (above != path) {
    Result<void> made = make_folder(above);
    if (!made) return made;
  }
  if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) return system_error(path, "making");
  return sync_folder(above);
}

}  // namespace consensus
