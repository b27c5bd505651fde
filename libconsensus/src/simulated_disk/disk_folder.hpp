// A Folder on a simulated disk.
#pragma once

#include <memory>
#include <string>

#include "consensus/folder.hpp"
#include "simulated_disk/disk_files.hpp"

namespace consensus::simulator {

// The files must outlive the folder and what it opened.
[[nodiscard]] std::shared_ptr<Folder> make_disk_folder(DiskFiles& files, std::string prefix);

}  // namespace consensus::simulator
