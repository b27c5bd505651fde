// Opens, checks and reads a file with a limit on its size and on the wait.
#include "configuration/text_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <vector>

namespace orchestrator {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int descriptor) : descriptor_(descriptor) {}
  ~Descriptor() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int get() const { return descriptor_; }

 private:
  int descriptor_;
};

TextFile failure(std::string reason) {
  return {ReadStatus::failed, {}, std::move(reason), false};
}
TextFile failure_of_errno(const char* what) {
  return failure(fmt::format("cannot {}: {}", what, std::generic_category().message(errno)));
}

// True when there is something to read, or the end; false when the deadline passed.
bool wait_readable(int descriptor, std::chrono::steady_clock::time_point deadline) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
  pollfd entry{descriptor, POLLIN, 0};
  return left.count() > 0 && ::poll(&entry, 1, static_cast<int>(left.count())) > 0;
}

TextFile read_all(int descriptor, const ReadLimits& limits) {
  const auto deadline = std::chrono::steady_clock::now() + limits.pipe_wait;
  TextFile file;
  std::vector<char> buffer(64 * 1024);
  for (;;) {
    const auto count = ::read(descriptor, buffer.data(), buffer.size());
    if (count == 0) break;
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) {
      if (!wait_readable(descriptor, deadline)) return failure("cannot read: nothing was written to the pipe in time");
      continue;
    }
    if (count < 0) return failure_of_errno("read");
    file.text.append(buffer.data(), static_cast<std::size_t>(count));
    if (file.text.size() > limits.bytes) return failure(fmt::format("is larger than {} bytes", limits.bytes));
  }
  file.status = ReadStatus::ok;
  return file;
}

}  // namespace

TextFile read_text_file(const std::filesystem::path& path, const ReadLimits& limits) {
  // Without O_NONBLOCK, opening a named pipe that nobody writes to would wait for ever.
  const Descriptor descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (descriptor.get() < 0) {
    const bool missing = errno == ENOENT || errno == ENOTDIR;
    auto file = failure_of_errno("open");
    if (missing) file.status = ReadStatus::missing;
    return file;
  }
  struct stat status{};
  if (::fstat(descriptor.get(), &status) != 0) return failure_of_errno("examine");
  if (S_ISDIR(status.st_mode)) return failure("is a directory");
  if (!S_ISREG(status.st_mode) && !S_ISFIFO(status.st_mode)) return failure("is neither a file nor a pipe");
  if (S_ISREG(status.st_mode) && static_cast<std::size_t>(status.st_size) > limits.bytes) {
    return failure(fmt::format("has {} bytes, more than the {} allowed", status.st_size, limits.bytes));
  }
  auto file = read_all(descriptor.get(), limits);
  file.world_readable = S_ISREG(status.st_mode) && (status.st_mode & S_IROTH) != 0;
  return file;
}

}  // namespace orchestrator
