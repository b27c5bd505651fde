// Writes, syncs that may be lies, and crashes.
#include "simulator/disk.hpp"

#include <algorithm>
#include <utility>

namespace consensus::simulator {

void Disk::finish() {
  if (lying_ || !under_way_->must_sync) {
    if (unsynced_.empty()) synced_ = image_;
    unsynced_.push_back(*under_way_);
  } else {
    unsynced_.clear();
  }
  image_.apply(*under_way_);
  under_way_.reset();
}

bool Disk::would_be_damaged(std::uint64_t kept) const noexcept {
  for (std::size_t place = static_cast<std::size_t>(kept); place < unsynced_.size(); ++place) {
    if (unsynced_[place].must_sync) return true;
  }
  return false;
}

void Disk::crash(std::uint64_t kept_writes, bool keep_write_under_way) {
  const bool all = kept_writes >= unsynced_.size();
  if (!all) {
    const bool damaged = would_be_damaged(kept_writes);
    image_ = std::move(synced_);
    for (std::size_t place = 0; place < kept_writes; ++place) image_.apply(unsynced_[place]);
    if (damaged) image_.mark_damaged();
  }
  unsynced_.clear();
  if (all && keep_write_under_way && under_way_ && !full_) image_.apply(*under_way_);
  under_way_.reset();
}

void Disk::publish(PublishedSnapshot snapshot) {
  constexpr std::size_t retained = 2;
  const auto behind = std::find_if(snapshots_.begin(), snapshots_.end(), [&](const PublishedSnapshot& other) {
    return other.meta.position.index > snapshot.meta.position.index;
  });
  snapshots_.insert(behind, std::move(snapshot));
  if (snapshots_.size() > retained) snapshots_.erase(snapshots_.begin());
}

const PublishedSnapshot* Disk::newest_snapshot() const noexcept {
  return snapshots_.empty() ? nullptr : &snapshots_.back();
}

const PublishedSnapshot* Disk::snapshot(const SnapshotMeta& meta) const noexcept {
  for (const PublishedSnapshot& one : snapshots_) {
    if (one.meta.position == meta.position) return &one;
  }
  return nullptr;
}

void Disk::set_lying(bool lying) {
  lying_ = lying;
  if (!lying) unsynced_.clear();  // the next sync is a real one; taken as done at once
}

}  // namespace consensus::simulator
