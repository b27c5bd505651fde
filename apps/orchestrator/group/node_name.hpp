// The name by which the group knows this node, also after its address has changed.
#pragma once

#include <filesystem>
#include <string>

#include "consensus/error.hpp"

namespace orchestrator::group {

// The name that is kept in the folder; the first time, the one given is put there. Blocks for the disk.
// Errors: storage_failed, invalid_argument for a file that holds no name.
[[nodiscard]] consensus::Result<std::string> kept_node_name(const std::filesystem::path& folder,
                                                            const std::string& proposal);

// Not empty, at most 255 characters, printable, without '/' and blanks.
[[nodiscard]] bool is_node_name(const std::string& text) noexcept;

}  // namespace orchestrator::group
