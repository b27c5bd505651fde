// Examines the folders that a node writes to.
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <set>
#include <system_error>

#include "doctor/examination.hpp"

namespace orchestrator::doctor {
namespace {

constexpr std::uintmax_t mebibyte = 1U << 20U;
// With less the group commits nothing more.
constexpr std::uintmax_t too_little = 16 * mebibyte;
constexpr std::uintmax_t little = 1024 * mebibyte;

std::string try_to_write(const std::filesystem::path& folder) {
  const auto file = folder / fmt::format(".doctor-{}", ::getpid());
  const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (descriptor < 0) {
    return std::generic_category().message(errno);
  }
  const bool written = ::write(descriptor, "x", 1) == 1 && ::fsync(descriptor) == 0;
  const int number = errno;
  ::close(descriptor);
  ::unlink(file.c_str());
  return written ? std::string() : std::generic_category().message(number);
}

// The folder itself, or the nearest one above it that is there.
std::filesystem::path existing(std::filesystem::path folder) {
  std::error_code code;
  while (!std::filesystem::exists(folder, code) && folder.has_relative_path()) {
    folder = folder.parent_path();
  }
  return folder;
}

void examine_folder(const std::filesystem::path& folder, Findings& findings) {
  const auto place = existing(std::filesystem::absolute(folder));
  const auto subject = "disk of " + folder.string();
  const auto refusal = try_to_write(place);
  if (!refusal.empty()) {
    findings.push_back({Grade::bad, subject, fmt::format("{} cannot be written: {}", place.string(), refusal),
                        "give the server's user the right to, or name another directory"});
    return;
  }
  std::error_code code;
  const auto space = std::filesystem::space(place, code);
  if (code) {
    findings.push_back({Grade::doubtful, subject, "how much is free is not known: " + code.message(), ""});
    return;
  }
  const auto free = fmt::format("{} MiB are free", space.available / mebibyte);
  if (space.available < too_little) {
    findings.push_back({Grade::bad, subject, free, "make room: with less than 16 MiB nothing more is committed"});
  } else if (space.available < little) {
    findings.push_back({Grade::doubtful, subject, free, "keep 1 GiB for log and snapshots"});
  } else {
    findings.push_back({Grade::good, subject, free, ""});
  }
}

}  // namespace

void examine_disks(const Configuration& configuration, Findings& findings) {
  std::set<std::filesystem::path> folders;
  const auto& backend = configuration.backend;
  if (backend.kind == BackendKind::sqlite && backend.sqlite_file != ":memory:") {
    folders.insert(std::filesystem::absolute(backend.sqlite_file).parent_path());
  }
  if (configuration.raft.enabled) {
    folders.insert(configuration.raft.data_dir);
  }
  for (const auto& folder : folders) {
    examine_folder(folder, findings);
  }
}

}  // namespace orchestrator::doctor
