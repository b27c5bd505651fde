// The files of published, written and received snapshots in one folder.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "consensus/folder.hpp"
#include "consensus/snapshot_store.hpp"

namespace consensus {

// Shared by a store and the writers and receivers it gave away; may be used from several threads.
class SnapshotFiles {
 public:
  explicit SnapshotFiles(std::shared_ptr<Folder> folder) : folder_(std::move(folder)) {}

  [[nodiscard]] Folder& folder() noexcept { return *folder_; }
  // Removes remains and finds what is published.
  [[nodiscard]] Result<void> load();
  // Newest first.
  [[nodiscard]] std::vector<SnapshotManifest> list() const;
  [[nodiscard]] std::optional<SnapshotManifest> find(const std::string& id) const;
  [[nodiscard]] Result<void> retain(std::size_t count);

  // A name for a file that is being written.
  [[nodiscard]] std::string next_name();
  // The file is written and synced; from now on it is the snapshot's. Durable when it returns.
  [[nodiscard]] Result<void> publish(const std::string& name, const SnapshotManifest& manifest);

  // At most one receiver has a snapshot at a time: false when there is one.
  [[nodiscard]] bool begin_receiving(const std::string& id);
  void end_receiving(const std::string& id);

  [[nodiscard]] static std::string data_name(const std::string& id) { return id + ".data"; }
  [[nodiscard]] static std::string manifest_name(const std::string& id) { return id + ".manifest"; }
  [[nodiscard]] static std::string partial_name(const std::string& id) { return id + ".partial"; }

 private:
  [[nodiscard]] Result<std::optional<SnapshotManifest>> load_manifest(const std::string& name);
  [[nodiscard]] Result<void> write_manifest(const SnapshotManifest& manifest);
  [[nodiscard]] Result<void> remove_partials();

  mutable std::mutex mutex_;
  std::shared_ptr<Folder> folder_;
  std::map<std::string, SnapshotManifest> published_;
  std::set<std::string> receiving_;
  std::uint64_t names_ = 0;
};

}  // namespace consensus
