// The door to the files of one folder: the operating system's, or a simulated disk's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "consensus/error.hpp"

namespace consensus {

// An open file; stays readable and writable when it is renamed or removed. Used from one thread at a time.
// Errors: Errc::no_space, Errc::storage_failed.
class FolderFile {
 public:
  virtual ~FolderFile() = default;
  [[nodiscard]] virtual Result<void> write(std::uint64_t offset, std::string_view bytes) = 0;
  // The same for many bytes that are not read again soon: past the system's cache where that is possible, so that what
  // others sync meanwhile does not wait behind them.
  [[nodiscard]] virtual Result<void> write_past_cache(std::uint64_t offset, std::string_view bytes) {
    return write(offset, bytes);
  }
  // Fewer bytes only at the end of the file.
  [[nodiscard]] virtual Result<std::string> read(std::uint64_t offset, std::size_t bytes) = 0;
  [[nodiscard]] virtual Result<std::string> read_past_cache(std::uint64_t offset, std::size_t bytes) {
    return read(offset, bytes);
  }
  [[nodiscard]] virtual Result<std::uint64_t> size() = 0;
  // Makes what was written durable. After an error nobody knows what is.
  [[nodiscard]] virtual Result<void> sync() = 0;
};

enum class FileOpening {
  make_new,  // empty; a former file of that name is gone
  existing,  // an error when it is not there
  either,
};

// Names are plain file names. May be used from several threads.
class Folder {
 public:
  virtual ~Folder() = default;
  [[nodiscard]] virtual Result<std::unique_ptr<FolderFile>> open(const std::string& name, FileOpening opening) = 0;
  // Atomic; takes the place of a file that has the new name. Durable after sync().
  [[nodiscard]] virtual Result<void> rename(const std::string& from, const std::string& to) = 0;
  // Nothing happens when it is not there.
  [[nodiscard]] virtual Result<void> remove(const std::string& name) = 0;
  // Sorted.
  [[nodiscard]] virtual Result<std::vector<std::string>> list() = 0;
  // Makes names durable.
  [[nodiscard]] virtual Result<void> sync() = 0;
};

// Makes the folder, for its owner only, when it is not there. Files are for their owner only, too.
[[nodiscard]] Result<std::unique_ptr<Folder>> open_folder(const std::filesystem::path& path);

}  // namespace consensus
