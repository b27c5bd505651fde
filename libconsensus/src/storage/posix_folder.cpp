// A folder of the operating system.
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <system_error>
#include <utility>

#include "consensus/folder.hpp"
#include "storage/file_descriptor.hpp"

namespace consensus {
namespace {

// Smaller writes are left to the final sync.
constexpr std::size_t least_writeback_bytes = 256U << 10U;

class PosixFile final : public FolderFile {
 public:
  PosixFile(FileDescriptor file, std::string path) : file_(std::move(file)), path_(std::move(path)) {}

  Result<void> write(std::uint64_t offset, std::string_view bytes) override {
    const std::uint64_t begin = offset;
    const std::size_t size = bytes.size();
    while (!bytes.empty()) {
      const ::ssize_t done = ::pwrite(file_.get(), bytes.data(), bytes.size(), static_cast<::off_t>(offset));
      if (done < 0 && errno == EINTR) continue;
      if (done < 0) return system_error(path_, "writing");
      bytes.remove_prefix(static_cast<std::size_t>(done));
      offset += static_cast<std::uint64_t>(done);
    }
    // Begins to write back now; only a hint, the result does not matter.
    if (size >= least_writeback_bytes) {
      static_cast<void>(::sync_file_range(file_.get(), static_cast<::off_t>(begin), static_cast<::off_t>(size),
                                          SYNC_FILE_RANGE_WRITE));
    }
    return {};
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
  FileDescriptor file_;
  std::string path_;
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
