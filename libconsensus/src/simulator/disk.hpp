// A member's disk: what is on it, what of that would not survive a crash, and what ails it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "simulator/log_image.hpp"

namespace consensus::simulator {

struct PublishedSnapshot {
  SnapshotMeta meta;
  std::shared_ptr<const std::string> bytes;
};

class Disk {
 public:
  Disk() = default;
  explicit Disk(LogImage image) : image_(std::move(image)) {}

  // As readers see it.
  [[nodiscard]] const LogImage& image() const noexcept { return image_; }

  void begin(Write write) { under_way_ = std::move(write); }
  [[nodiscard]] bool is_writing() const noexcept { return under_way_.has_value(); }
  [[nodiscard]] const Write& under_way() const noexcept { return *under_way_; }
  // The write under way is there.
  void finish();
  // It failed as a whole.
  void give_up() { under_way_.reset(); }

  // What a crash would take away that had been called durable, if only so many unsynced writes survived.
  [[nodiscard]] bool would_be_damaged(std::uint64_t kept) const noexcept;
  [[nodiscard]] std::uint64_t unsynced() const noexcept { return unsynced_.size(); }
  void crash(std::uint64_t kept_writes, bool keep_write_under_way);

  void publish(PublishedSnapshot snapshot);
  [[nodiscard]] const PublishedSnapshot* newest_snapshot() const noexcept;
  // Null if it is not there (any more).
  [[nodiscard]] const PublishedSnapshot* snapshot(const SnapshotMeta& meta) const noexcept;

  void set_lying(bool lying);
  void set_full(bool full) noexcept { full_ = full; }
  [[nodiscard]] bool full() const noexcept { return full_; }
  TimePoint stalled_until;

 private:
  LogImage image_;
  std::optional<Write> under_way_;
  LogImage synced_;  // only meaningful while there are unsynced writes
  std::vector<Write> unsynced_;
  std::vector<PublishedSnapshot> snapshots_;  // by index
  bool lying_ = false;
  bool full_ = false;
};

}  // namespace consensus::simulator
