// The index of a stored log.
#include "storage/log_index.hpp"

#include <algorithm>
#include <utility>

namespace consensus {

const LogSegment& LogIndex::segment_of(Index index) const {
  return *std::prev(std::upper_bound(segments_.begin(), segments_.end(), index,
                                     [](Index wanted, const LogSegment& segment) { return wanted < segment.first; }));
}

void LogIndex::truncate_after(const LogPosition& keep) {
  last_ = keep;
  while (!segments_.empty() && segments_.back().first > keep.index) segments_.pop_back();
  if (!segments_.empty()) segments_.back().last = std::min(segments_.back().last, keep.index);
  while (!terms_.empty() && terms_.back().index > keep.index) terms_.pop_back();
  while (!configurations_.empty() && configurations_.back().index > keep.index) configurations_.pop_back();
}

void LogIndex::append(std::uint64_t record, std::span<const Entry> entries,
                      std::vector<ConfigurationAt> configurations) {
  const auto first = std::find_if(entries.begin(), entries.end(),
                                  [this](const Entry& entry) { return entry.index > anchor_.base.index; });
  if (first == entries.end()) return;
  segments_.push_back({first->index, entries.back().index, record});
  for (auto entry = first; entry != entries.end(); ++entry) {
    if (terms_.empty() || terms_.back().term != entry->term) terms_.push_back({entry->index, entry->term});
  }
  for (ConfigurationAt& configuration : configurations) {
    if (configuration.index > anchor_.base.index) configurations_.push_back(std::move(configuration));
  }
  last_ = entries.back().position();
}

void LogIndex::compact(const LogPosition& base, std::uint64_t next_record) {
  anchor_.base = base;
  while (!segments_.empty() && segments_.front().last <= base.index) segments_.pop_front();
  if (!segments_.empty()) segments_.front().first = std::max(segments_.front().first, base.index.next());
  while (terms_.size() > 1 && terms_[1].index <= base.index.next()) terms_.pop_front();
  if (segments_.empty()) {
    terms_.clear();
  } else if (terms_.front().index <= base.index) {
    terms_.front().index = base.index.next();
  }
  while (!configurations_.empty() && configurations_.front().index <= base.index) {
    anchor_.configuration = std::move(configurations_.front());
    configurations_.pop_front();
  }
  anchor_.first_record = segments_.empty() ? next_record : segments_.front().record;
}

Result<std::vector<ConfigurationAt>> configurations_of(std::span<const Entry> entries) {
  std::vector<ConfigurationAt> found;
  for (const Entry& entry : entries) {
    if (entry.kind != EntryKind::configuration) continue;
    Result<Configuration> configuration = decode_configuration(entry.payload.view());
    if (!configuration) return configuration.error();
    found.push_back({entry.index, std::move(*configuration)});
  }
  return found;
}

}  // namespace consensus
