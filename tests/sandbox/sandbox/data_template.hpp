// Initialised data directories, made once and then copied.
#pragma once

#include <filesystem>

#include "sandbox/programs.hpp"

namespace sandbox {

// The data directory of a fresh server of these programs, with the sandbox's accounts; made on first use and kept in
// the user's cache under a name that holds the server's version and the statements run in it. Several processes may
// ask at once. Throws std::runtime_error with the server's last words when it cannot be made.
[[nodiscard]] std::filesystem::path data_template(const DatabasePrograms& programs);

// Copies a directory tree; shares the blocks where the file system can. `target` must not exist.
void copy_directory(const std::filesystem::path& source, const std::filesystem::path& target);

}  // namespace sandbox
