// What "in a folder" means for list().
#pragma once

#include <string>
#include <string_view>

namespace kvstore {

inline std::string_view without_trailing_slashes(std::string_view folder) {
  while (!folder.empty() && folder.back() == '/') folder.remove_suffix(1);
  return folder;
}

// `folder` has no trailing slash.
inline bool is_in_folder(std::string_view key, std::string_view folder) {
  if (folder.empty()) return true;
  return key.starts_with(folder) && (key.size() == folder.size() || key[folder.size()] == '/');
}

}  // namespace kvstore
