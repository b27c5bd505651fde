// Takes possession of a state file before it is opened as a database.
#pragma once

#include <filesystem>
#include <string>

#include "state/error.hpp"

namespace orchestrator::state {

// Holds FILE-lock locked as long as it lives, so that two servers never work on one file; the system takes the lock
// away from a process that dies. Other programs may still read the database.
class OwnedFile {
 public:
  // Creates the file, readable by its owner only, if it is missing. Does not block.
  // Errors: in_use, read_only, disk_full, cannot_open.
  static Result<OwnedFile> take(const std::filesystem::path& path);

  OwnedFile(OwnedFile&& other) noexcept : lock_(std::exchange(other.lock_, -1)) {}
  OwnedFile& operator=(OwnedFile&& other) noexcept;
  ~OwnedFile();

 private:
  explicit OwnedFile(int lock) : lock_(lock) {}
  int lock_ = -1;
};

}  // namespace orchestrator::state
