// Keeps a node's name in a small file.
#include "group/node_name.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <system_error>

namespace orchestrator::group {
namespace {

constexpr std::size_t longest_name = 255;

consensus::Error failure(const std::filesystem::path& path, int number) {
  return consensus::make_error(consensus::Errc::storage_failed,
                               path.string() + ": " + std::generic_category().message(number));
}

// Synced before it has its place, so that a crash leaves the file whole or absent.
consensus::Result<void> write_file(const std::filesystem::path& path, const std::string& text) {
  const std::string unfinished = path.string() + ".new";
  const int file = ::open(unfinished.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) return failure(path, errno);
  const bool written =
      ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && ::fsync(file) == 0;
  const int number = errno;
  ::close(file);
  if (!written) return failure(path, number);
  if (::rename(unfinished.c_str(), path.c_str()) != 0) return failure(path, errno);
  return {};
}

}  // namespace

bool is_node_name(const std::string& text) noexcept {
  const auto fits = [](char letter) { return letter > ' ' && letter < '\x7f' && letter != '/'; };
  return !text.empty() && text.size() <= longest_name && std::all_of(text.begin(), text.end(), fits);
}

consensus::Result<std::string> kept_node_name(const std::filesystem::path& folder, const std::string& proposal) {
  std::error_code code;
  std::filesystem::create_directories(folder, code);
  if (code) return failure(folder, code.value());
  const std::filesystem::path path = folder / "node-name";
  std::ifstream file(path);
  if (!file && errno != ENOENT) return failure(path, errno);
  if (!file) {
    const consensus::Result<void> written = write_file(path, proposal + "\n");
    if (!written) return written.error();
    return proposal;
  }
  std::string name(std::istreambuf_iterator<char>(file), {});
  while (name.ends_with('\n')) name.pop_back();
  if (!is_node_name(name)) {
    return consensus::make_error(consensus::Errc::invalid_argument, path.string() + " holds no name of a node");
  }
  return name;
}

}  // namespace orchestrator::group
