// A SnapshotStore that keeps everything in memory: for tests, simulations and groups that may forget.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "consensus/snapshot_format.hpp"
#include "consensus/snapshot_store.hpp"

namespace consensus {

// What a MemorySnapshotStore keeps. It outlives the store, as a disk does.
class MemorySnapshots {
 public:
  struct Published {
    SnapshotManifest manifest;
    std::vector<std::string> chunks;
  };
  // Chunks that were received so far; empty ones are missing.
  using Partial = std::vector<std::optional<std::string>>;

  void publish(Published snapshot);
  [[nodiscard]] std::shared_ptr<const Published> find(const std::string& id) const;
  [[nodiscard]] std::vector<SnapshotManifest> list() const;
  void retain(std::size_t count);

  [[nodiscard]] Partial take_partial(const std::string& id);
  void keep_partial(const std::string& id, Partial chunks);

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::shared_ptr<const Published>> published_;
  std::map<std::string, Partial> partial_;
};

class MemorySnapshotStore final : public SnapshotStore {
 public:
  explicit MemorySnapshotStore(const SnapshotFormat& format = {.compression_level = 0});
  MemorySnapshotStore(std::shared_ptr<MemorySnapshots> snapshots, const SnapshotFormat& format);

  [[nodiscard]] const std::shared_ptr<MemorySnapshots>& snapshots() const noexcept { return snapshots_; }

  [[nodiscard]] Result<std::optional<SnapshotManifest>> open() override;
  [[nodiscard]] Result<std::unique_ptr<SnapshotWriter>> create(const SnapshotMeta& meta) override;
  [[nodiscard]] Result<std::unique_ptr<SnapshotReceiver>> receive(const SnapshotManifest& manifest) override;
  [[nodiscard]] Result<std::unique_ptr<SnapshotReader>> read(const std::string& id) override;
  [[nodiscard]] Result<std::vector<SnapshotManifest>> list() override;
  [[nodiscard]] Result<void> retain(std::size_t count) override;

 private:
  std::shared_ptr<MemorySnapshots> snapshots_;
  SnapshotFormat format_;
};

}  // namespace consensus
