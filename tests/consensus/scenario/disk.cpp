// A scripted node's stored log.
#include "disk.hpp"

#include <algorithm>
#include <stdexcept>

namespace scenario {

using namespace consensus;

Disk::Disk(const SnapshotMeta& snapshot) : commit_(snapshot.position.index), base_(snapshot.position) {
  configurations_[snapshot.configuration_index] = snapshot.configuration;
}

void Disk::write(const Write& write) {
  if (write.hard_state) hard_state_ = *write.hard_state;
  if (write.install) {
    base_ = write.install->position;
    entries_.clear();
    configurations_ = {{write.install->configuration_index, write.install->configuration}};
  }
  if (write.truncate_from) {
    std::erase_if(entries_, [&](const Entry& entry) { return entry.index >= *write.truncate_from; });
    configurations_.erase(configurations_.lower_bound(*write.truncate_from), configurations_.end());
  }
  for (const Entry& entry : write.append) {
    const LogPosition last = entries_.empty() ? base_ : entries_.back().position();
    if (!follows(entry, last)) throw std::runtime_error("a write that does not follow what is stored");
    entries_.push_back(entry);
  }
  remember_configurations();
  if (write.compact_to && *write.compact_to > base_.index) {
    const auto end = std::find_if(entries_.begin(), entries_.end(),
                                  [&](const Entry& entry) { return entry.index > *write.compact_to; });
    if (end == entries_.begin()) throw std::runtime_error("a compaction to what is not there");
    base_ = std::prev(end)->position();
    entries_.erase(entries_.begin(), end);
  }
  commit_ = std::max(commit_, write.commit);
}

void Disk::lose_from(Index index) {
  std::erase_if(entries_, [&](const Entry& entry) { return entry.index >= index; });
  configurations_.erase(configurations_.lower_bound(index), configurations_.end());
  commit_ = std::min(commit_, entries_.empty() ? base_.index : entries_.back().index);
}

void Disk::remember_configurations() {
  for (const Entry& entry : entries_) {
    if (entry.kind == EntryKind::configuration) {
      configurations_[entry.index] = decode_configuration(entry.payload.view()).value();
    }
  }
}

SnapshotMeta Disk::meta_at(Index index) const {
  SnapshotMeta meta;
  meta.position = base_;
  for (const Entry& entry : entries_) {
    if (entry.index <= index) meta.position = entry.position();
  }
  for (const auto& [at, configuration] : configurations_) {
    if (at > index) break;
    meta.configuration_index = at;
    meta.configuration = configuration;
  }
  return meta;
}

std::vector<Entry> Disk::read(Index first, Index last) const {
  std::vector<Entry> found;
  for (const Entry& entry : entries_) {
    if (entry.index >= first && entry.index <= last) found.push_back(entry);
  }
  if (found.empty() || found.front().index != first) return {};
  return found;
}

StoredLog Disk::stored() const {
  StoredLog log;
  log.hard_state = hard_state_;
  log.commit = commit_;
  log.base = base_;
  log.last = entries_.empty() ? base_ : entries_.back().position();
  log.tail = entries_;
  for (const auto& [index, configuration] : configurations_) {
    if (index <= base_.index) {
      log.base_configuration = {index, configuration};
    } else {
      log.configurations.push_back({index, configuration});
    }
  }
  for (const Entry& entry : entries_) {
    if (log.terms.empty() || log.terms.back().term != entry.term) log.terms.push_back({entry.index, entry.term});
  }
  return log;
}

}  // namespace scenario
