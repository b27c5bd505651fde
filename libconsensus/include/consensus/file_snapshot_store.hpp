// A SnapshotStore in files of a folder of its own.
#pragma once

#include <filesystem>
#include <memory>

#include "consensus/folder.hpp"
#include "consensus/snapshot_format.hpp"
#include "consensus/snapshot_store.hpp"

namespace consensus {

struct FileSnapshotOptions {
  std::filesystem::path folder;  // made by open() when it is not there
  SnapshotFormat format = {};
};

// Of each snapshot "<id>.data" and "<id>.manifest"; the manifest is put there last, so that a snapshot without one is a
// remainder. A snapshot that is being received is "<id>.partial"; after a break its chunks are found again by their
// checksums. What is being written syncs in the background, and what is being received goes past the system's cache, so
// that the sync at the end does not hold up others.
//
// Errors: Errc::no_space (what was begun is removed; try again later), corrupt, storage_failed.
class FileSnapshotStore final : public SnapshotStore {
 public:
  explicit FileSnapshotStore(FileSnapshotOptions options);
  // In a folder that is already open.
  FileSnapshotStore(std::shared_ptr<Folder> folder, const SnapshotFormat& format);
  ~FileSnapshotStore() override;
  FileSnapshotStore(const FileSnapshotStore&) = delete;
  FileSnapshotStore& operator=(const FileSnapshotStore&) = delete;

  [[nodiscard]] Result<std::optional<SnapshotManifest>> open() override;
  [[nodiscard]] Result<std::unique_ptr<SnapshotWriter>> create(const SnapshotMeta& meta) override;
  [[nodiscard]] Result<std::unique_ptr<SnapshotReceiver>> receive(const SnapshotManifest& manifest) override;
  [[nodiscard]] Result<std::unique_ptr<SnapshotReader>> read(const std::string& id) override;
  [[nodiscard]] Result<std::vector<SnapshotManifest>> list() override;
  [[nodiscard]] Result<void> retain(std::size_t count) override;

 private:
  FileSnapshotOptions options_;
  std::shared_ptr<class SnapshotFiles> files_;
};

}  // namespace consensus
