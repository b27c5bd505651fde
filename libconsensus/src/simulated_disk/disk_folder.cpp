// A folder of a simulated disk.
#include "simulated_disk/disk_folder.hpp"

#include <utility>

namespace consensus::simulator {
namespace {

Result<void> result(DiskStatus status, const std::string& what) {
  switch (status) {
    case DiskStatus::done:
      return {};
    case DiskStatus::failed:
      return make_error(Errc::storage_failed, what + ": input/output error");
    case DiskStatus::no_space:
      return make_error(Errc::no_space, what);
  }
  return {};
}

class File final : public FolderFile {
 public:
  File(DiskFiles& files, OpenFile open, std::string name)
      : files_(files), open_(std::move(open)), name_(std::move(name)) {}

  Result<void> write(std::uint64_t offset, std::string_view bytes) override {
    return result(files_.write(open_, offset, bytes), name_);
  }
  Result<std::string> read(std::uint64_t offset, std::size_t bytes) override {
    std::optional<std::string> read = files_.read(open_, offset, bytes);
    if (!read) return make_error(Errc::storage_failed, name_ + ": input/output error");
    return std::move(*read);
  }
  Result<std::uint64_t> size() override { return open_.file->seen.size(); }
  Result<void> sync() override { return result(files_.sync(open_), name_); }

 private:
  DiskFiles& files_;
  OpenFile open_;
  std::string name_;
};

class DiskFolder final : public Folder {
 public:
  DiskFolder(DiskFiles& files, std::string prefix) : files_(files), prefix_(std::move(prefix)) {}

  Result<std::unique_ptr<FolderFile>> open(const std::string& name, FileOpening opening) override {
    const std::string full = prefix_ + name;
    if (opening == FileOpening::existing && !files_.exists(full)) {
      return make_error(Errc::storage_failed, full + ": no such file");
    }
    const DiskFilePointer file = files_.make(full);
    if (!file) return make_error(Errc::storage_failed, full + ": input/output error");
    auto open = std::make_unique<File>(files_, files_.opened(file), full);
    if (opening == FileOpening::make_new && !file->seen.empty()) {
      const Result<void> emptied = result(files_.truncate(files_.opened(file), 0), full);
      if (!emptied) return emptied.error();
    }
    return std::unique_ptr<FolderFile>(std::move(open));
  }
  Result<void> rename(const std::string& from, const std::string& to) override {
    return result(files_.rename(prefix_ + from, prefix_ + to), prefix_ + from);
  }
  Result<void> remove(const std::string& name) override {
    return result(files_.remove(prefix_ + name), prefix_ + name);
  }
  Result<std::vector<std::string>> list() override {
    std::vector<std::string> names;
    for (const std::string& name : files_.names()) {
      if (name.starts_with(prefix_)) names.push_back(name.substr(prefix_.size()));
    }
    return names;
  }
  Result<void> sync() override { return result(files_.sync_names(), prefix_); }

 private:
  DiskFiles& files_;
  std::string prefix_;
};

}  // namespace

std::shared_ptr<Folder> make_disk_folder(DiskFiles& files, std::string prefix) {
  return std::make_shared<DiskFolder>(files, std::move(prefix));
}

}  // namespace consensus::simulator
