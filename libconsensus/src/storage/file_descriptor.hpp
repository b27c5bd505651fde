// File descriptors that close themselves, and the few system calls on folders that the stores share.
#pragma once

#include <unistd.h>

#include <filesystem>
#include <utility>

#include "consensus/error.hpp"

namespace consensus {

class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int descriptor) : descriptor_(descriptor) {}
  ~FileDescriptor() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  FileDescriptor(FileDescriptor&& other) noexcept : descriptor_(other.release()) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }

  [[nodiscard]] int get() const noexcept { return descriptor_; }
  int release() noexcept { return std::exchange(descriptor_, -1); }
  explicit operator bool() const noexcept { return descriptor_ >= 0; }

 private:
  int descriptor_ = -1;
};

// "path: doing: text of errno"; Errc::no_space or storage_failed.
[[nodiscard]] Error system_error(const std::filesystem::path& path, const char* doing);
// Makes names in the folder durable.
[[nodiscard]] Result<void> sync_folder(const std::filesystem::path& folder);
// Makes a folder for its owner only, durable, together with those above it; one that is there stays as it is.
[[nodiscard]] Result<void> make_folder(const std::filesystem::path& folder);

}  // namespace consensus
