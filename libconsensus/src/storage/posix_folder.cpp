// A folder of the operating system.
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <system_error>
#include <utility>

#include "consensus/folder.hpp"
#include "storage/file_descriptor.hpp"

namespace consensus {
namespace {

// Smaller writes are left to the final sync.
constexpr std::size_t least_writeback_bytes = 256U << 10U;
// What goes past the cache is aligned to this, in memory, in the file and in size.
constexpr std::size_t block_bytes = 4096;
constexpr std::size_t direct_bytes = 1U << 20U;

class PosixFile final : public FolderFile {
 public:
  PosixFile(FileDescriptor file, std::string path) : file_(std::move(file)), path_(std::move(path)) {}

  Result<void> write(std::uint64_t offset, std::string_view bytes) override {
    if (!write_all(file_.get(), offset, bytes)) return system_error(path_, "writing");
    // Begins to write back now; only a hint, the result does not matter.
    if (bytes.size() >= least_writeback_bytes) {
      static_cast<void>(::sync_file_range(file_.get(), static_cast<::off_t>(offset), static_cast<::off_t>(bytes.size()),
                                          SYNC_FILE_RANGE_WRITE));
    }
    return {};
  }

  // Whole blocks go from a buffer of ours straight to the disk; the rest, and what the file system does not take that
  // way, goes through the cache.
  Result<void> write_past_cache(std::uint64_t offset, std::string_view bytes) override {
    if (offset % block_bytes == 0 && can_go_directly()) {
      while (bytes.size() >= block_bytes) {
        const std::size_t size = std::min(bytes.size() / block_bytes * block_bytes, direct_bytes);
        std::memcpy(buffer_.get(), bytes.data(), size);
        if (!write_all(direct_.get(), offset, {buffer_.get(), size})) {
          if (errno != EINVAL) return system_error(path_, "writing");
          is_direct_refused_ = true;
          break;
        }
        bytes.remove_prefix(size);
        offset += size;
      }
    }
    return bytes.empty() ? Result<void>() : write(offset, bytes);
  }

  Result<std::string> read(std::uint64_t offset, std::size_t wanted) override {
    std::string bytes(wanted, '\0');
    std::size_t got = 0;
    while (got < wanted) {
      const ::ssize_t done = ::pread(file_.get(), bytes.data() + got, wanted - got, static_cast<::off_t>(offset + got));
      if (done < 0 && errno == EINTR) continue;
      if (done < 0) return system_error(path_, "reading");
      if (done == 0) break;
      got += static_cast<std::size_t>(done);
    }
    bytes.resize(got);
    return bytes;
  }

  Result<std::string> read_past_cache(std::uint64_t offset, std::size_t wanted) override {
    if (offset % block_bytes != 0 || !can_go_directly()) return read(offset, wanted);
    std::string bytes;
    bytes.reserve(wanted);
    while (bytes.size() < wanted) {
      const std::size_t left = wanted - bytes.size();
      const std::size_t size = std::min((left + block_bytes - 1) / block_bytes * block_bytes, direct_bytes);
      const auto at = static_cast<::off_t>(offset + bytes.size());
      const ::ssize_t got = ::pread(direct_.get(), buffer_.get(), size, at);
      if (got < 0 && errno == EINTR) continue;
      if (got < 0 && errno != EINVAL) return system_error(path_, "reading");
      if (got < 0) return read(offset, wanted);
      bytes.append(buffer_.get(), std::min(static_cast<std::size_t>(got), left));
      if (static_cast<std::size_t>(got) < size) break;
    }
    return bytes;
  }

  Result<std::uint64_t> size() override {
    struct ::stat status{};
    if (::fstat(file_.get(), &status) != 0) return system_error(path_, "looking at");
    return static_cast<std::uint64_t>(status.st_size);
  }

  Result<void> sync() override {
    if (::fsync(file_.get()) != 0) return system_error(path_, "syncing");
    return {};
  }

 private:
  struct Free {
    void operator()(char* buffer) const { std::free(buffer); }
  };

  // False: errno says why.
  static bool write_all(int file, std::uint64_t offset, std::string_view bytes) {
    while (!bytes.empty()) {
      const ::ssize_t done = ::pwrite(file, bytes.data(), bytes.size(), static_cast<::off_t>(offset));
      if (done < 0 && errno == EINTR) continue;
      if (done < 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(done));
      offset += static_cast<std::uint64_t>(done);
    }
    return true;
  }

  // The same file once more, because what goes past the cache wants another flag.
  bool can_go_directly() {
    if (is_direct_refused_ || direct_) return !is_direct_refused_;
    const std::string self = "/proc/self/fd/" + std::to_string(file_.get());
    direct_ = FileDescriptor(::open(self.c_str(), O_RDWR | O_DIRECT | O_CLOEXEC));
    if (direct_) buffer_.reset(static_cast<char*>(std::aligned_alloc(block_bytes, direct_bytes)));
    is_direct_refused_ = !direct_ || buffer_ == nullptr;
    return !is_direct_refused_;
  }

  FileDescriptor file_;
  std::string path_;
  FileDescriptor direct_;
  std::unique_ptr<char, Free> buffer_;
  bool is_direct_refused_ = false;
};

class PosixFolder final : public Folder {
 public:
  PosixFolder(FileDescriptor folder, std::string path) : folder_(std::move(folder)), path_(std::move(path)) {}

  Result<std::unique_ptr<FolderFile>> open(const std::string& name, FileOpening opening) override {
    int flags = O_RDWR | O_CLOEXEC | O_NOFOLLOW;
    switch (opening) {
      case FileOpening::make_new:
        flags |= O_CREAT | O_TRUNC;
        break;
      case FileOpening::existing:
        break;
      case FileOpening::either:
        flags |= O_CREAT;
        break;
    }
    FileDescriptor file(::openat(folder_.get(), name.c_str(), flags, 0600));
    if (!file) return system_error(path_ + "/" + name, "opening");
    return std::unique_ptr<FolderFile>(std::make_unique<PosixFile>(std::move(file), path_ + "/" + name));
  }

  Result<void> rename(const std::string& from, const std::string& to) override {
    if (::renameat(folder_.get(), from.c_str(), folder_.get(), to.c_str()) != 0) {
      return system_error(path_ + "/" + from, "renaming");
    }
    return {};
  }

  Result<void> remove(const std::string& name) override {
    if (::unlinkat(folder_.get(), name.c_str(), 0) != 0 && errno != ENOENT) {
      return system_error(path_ + "/" + name, "removing");
    }
    return {};
  }

  Result<std::vector<std::string>> list() override {
    FileDescriptor own(::openat(folder_.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!own) return system_error(path_, "listing");
    ::DIR* entries = ::fdopendir(own.get());
    if (entries == nullptr) return system_error(path_, "listing");
    own.release();
    std::vector<std::string> names;
    errno = 0;
    while (const ::dirent* entry = ::readdir(entries)) {
      const std::string_view name = entry->d_name;
      if (name != "." && name != "..") names.emplace_back(name);
      errno = 0;
    }
    const bool failed = errno != 0;
    Error error = failed ? system_error(path_, "listing") : Error{};
    ::closedir(entries);
    if (failed) return error;
    std::sort(names.begin(), names.end());
    return names;
  }

  Result<void> sync() override {
    if (::fsync(folder_.get()) != 0) return system_error(path_, "syncing");
    return {};
  }

 private:
  FileDescriptor folder_;
  std::string path_;
};

}  // namespace

Result<std::unique_ptr<Folder>> open_folder(const std::filesystem::path& path) {
  const Result<void> made = make_folder(path);
  if (!made) return made.error();
  FileDescriptor folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder) return system_error(path, "opening");
  return std::unique_ptr<Folder>(std::make_unique<PosixFolder>(std::move(folder), path.string()));
}

}  // namespace consensus
