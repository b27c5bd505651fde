// Reads small text files whose path comes from outside.
#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <string>

namespace orchestrator {

enum class ReadStatus {
  ok,
  missing,  // there is no such file, and nothing else was wrong on the way to it
  failed,
};

struct TextFile {
  ReadStatus status = ReadStatus::failed;
  std::string text;
  std::string error;            // why, for people; empty when ok
  bool world_readable = false;  // the permission bits allow everybody to read it
};

struct ReadLimits {
  std::size_t bytes;
  // How long a pipe (as in <(command)) may take; regular files do not wait.
  std::chrono::milliseconds pipe_wait{5000};
};

// Blocks for the file system, and for a pipe at most limits.pipe_wait. Directories and devices are errors, and so is a
// file of more than limits.bytes, of which no more than that is read.
[[nodiscard]] TextFile read_text_file(const std::filesystem::path& path, const ReadLimits& limits);

}  // namespace orchestrator
