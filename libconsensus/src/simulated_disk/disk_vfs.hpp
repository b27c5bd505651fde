// A simulated disk as an sqlite3_vfs.
#pragma once

#include <sqlite3.h>

#include <string>

#include "simulated_disk/disk_files.hpp"

namespace consensus::simulator {

// Registered with SQLite for as long as it lives.
class DiskVfs {
 public:
  explicit DiskVfs(DiskFiles& files);
  ~DiskVfs();
  DiskVfs(const DiskVfs&) = delete;
  DiskVfs& operator=(const DiskVfs&) = delete;

  [[nodiscard]] const std::string& name() const noexcept { return name_; }

 private:
  std::string name_;
  sqlite3_vfs vfs_{};
};

}  // namespace consensus::simulator
