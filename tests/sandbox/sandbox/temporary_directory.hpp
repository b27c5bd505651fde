// A directory that is removed with everything in it.
#pragma once

#include <filesystem>
#include <string>

namespace sandbox {

// Made under $TMPDIR (or /tmp), readable by this user only, removed by the destructor. If the owner is killed before
// that, the next one that is made removes what was left behind: the owner's lock on it tells whether it still lives.
class TemporaryDirectory {
 public:
  TemporaryDirectory();
  TemporaryDirectory(TemporaryDirectory&& other) noexcept;
  TemporaryDirectory& operator=(TemporaryDirectory&&) = delete;
  ~TemporaryDirectory();

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
  int lock_ = -1;
};

}  // namespace sandbox
