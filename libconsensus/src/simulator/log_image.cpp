// How writes change what a log store holds.
#include "simulator/log_image.hpp"

#include <algorithm>
#include <utility>

namespace consensus::simulator {

LogImage::LogImage(const Configuration& first) {
  hard_state_.term = Term(1);
  commit_ = Index(1);
  entries_.push_back(make_entry({}, Term(1), EntryKind::configuration, encode(first)));
  configurations_.push_back({Index(1), first});
}

void LogImage::apply(const Write& write) {
  if (write.hard_state) hard_state_ = *write.hard_state;
  if (write.install) {
    entries_.clear();
    configurations_.clear();
    base_ = write.install->position;
    base_configuration_ = {write.install->configuration_index, write.install->configuration};
  }
  if (write.truncate_from) truncate(*write.truncate_from);
  for (const Entry& entry : write.append) {
    if (entry.kind == EntryKind::configuration) {
      if (auto configuration = decode_configuration(entry.payload.view())) {
        configurations_.push_back({entry.index, std::move(*configuration)});
      }
    }
    entries_.push_back(entry);
  }
  if (write.compact_to) compact(*write.compact_to);
  commit_ = std::max(commit_, write.commit);
  if (write.recovered) damaged_ = false;
}

void LogImage::truncate(Index from) {
  while (!entries_.empty() && entries_.back().index >= from) entries_.pop_back();
  while (!configurations_.empty() && configurations_.back().index >= from) configurations_.pop_back();
}

void LogImage::compact(Index to) {
  while (!entries_.empty() && entries_.front().index <= to) {
    base_ = entries_.front().position();
    entries_.pop_front();
  }
  const auto behind = std::find_if(configurations_.begin(), configurations_.end(),
                                   [&](const ConfigurationAt& at) { return at.index > base_.index; });
  if (behind == configurations_.begin()) return;
  base_configuration_ = std::move(*std::prev(behind));
  configurations_.erase(configurations_.begin(), behind);
}

StoredLog LogImage::boot(std::uint64_t extra) const {
  StoredLog log;
  log.hard_state = hard_state_;
  log.commit = std::min(commit_, last().index);
  log.base = base_;
  log.base_configuration = base_configuration_;
  log.last = last();
  log.configurations = configurations_;
  log.damaged = damaged_;
  for (const Entry& entry : entries_) {
    if (log.terms.empty() || log.terms.back().term != entry.term) log.terms.push_back({entry.index, entry.term});
    if (entry.index + extra > log.commit) log.tail.push_back(entry);
  }
  return log;
}

std::vector<Entry> LogImage::read(Index first, Index last, std::size_t max_bytes) const {
  std::vector<Entry> found;
  std::size_t bytes = 0;
  for (Index index = first; index <= last; index = index.next()) {
    const Entry* one = entry(index);
    if (one == nullptr) break;
    bytes += one->payload.size();
    if (!found.empty() && bytes > max_bytes) break;
    found.push_back(*one);
  }
  return found;
}

const Entry* LogImage::entry(Index index) const noexcept {
  if (index <= base_.index || index > last().index) return nullptr;
  return &entries_[static_cast<std::size_t>(distance(base_.index, index) - 1)];
}

std::optional<LogPosition> LogImage::position(Index index) const noexcept {
  if (index == base_.index) return base_;
  const Entry* found = entry(index);
  if (found == nullptr) return std::nullopt;
  return found->position();
}

const ConfigurationAt& LogImage::configuration_before(Index index) const noexcept {
  for (auto at = configurations_.rbegin(); at != configurations_.rend(); ++at) {
    if (at->index < index) return *at;
  }
  return base_configuration_;
}

const ConfigurationAt& LogImage::configuration() const noexcept {
  return configurations_.empty() ? base_configuration_ : configurations_.back();
}

}  // namespace consensus::simulator
