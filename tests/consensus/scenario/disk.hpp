// What a scripted node has stored: its log after a base, and the configurations in it.
#pragma once

#include <map>
#include <vector>

#include "consensus/log_write.hpp"

namespace scenario {

class Disk {
 public:
  Disk() = default;
  // Begins after a snapshot.
  explicit Disk(const consensus::SnapshotMeta& snapshot);

  void write(const consensus::Write& write);
  // Loses the entry and what follows, as a disk does that lies about what it has kept.
  void lose_from(consensus::Index index);
  [[nodiscard]] const std::vector<consensus::Entry>& entries() const { return entries_; }
  [[nodiscard]] consensus::LogPosition base() const { return base_; }
  // What a snapshot of the state after this entry stands for.
  [[nodiscard]] consensus::SnapshotMeta meta_at(consensus::Index index) const;
  [[nodiscard]] std::vector<consensus::Entry> read(consensus::Index first, consensus::Index last) const;
  // What a core starts from.
  [[nodiscard]] consensus::StoredLog stored() const;

 private:
  void remember_configurations();

  consensus::HardState hard_state_;
  consensus::Index commit_;
  consensus::LogPosition base_;
  std::vector<consensus::Entry> entries_;
  std::map<consensus::Index, consensus::Configuration> configurations_;  // by the entry that brought them
};

}  // namespace scenario
