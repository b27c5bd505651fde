// The log as a value in memory.
#include "consensus/memory_log_store.hpp"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "storage/write_check.hpp"

namespace consensus {

Result<void> MemoryLog::apply(const Write& write) {
  const auto position_of = [this](Index index) -> Result<LogPosition> {
    return index == base_.index ? base_ : at(index).position();
  };
  const Result<WritePlan> plan = plan_write(write, {.base = base_, .last = last()}, position_of);
  if (!plan) return plan.error();
  std::vector<ConfigurationAt> brought;
  for (const Entry& entry : write.append) {
    if (entry.kind != EntryKind::configuration) continue;
    Result<Configuration> configuration = decode_configuration(entry.payload.view());
    if (!configuration) return configuration.error();
    brought.push_back({entry.index, std::move(*configuration)});
  }

  if (write.hard_state) hard_state_ = *write.hard_state;
  if (write.install) {
    entries_.clear();
    configurations_.clear();
    base_ = write.install->position;
    base_configuration_ = {write.install->configuration_index, write.install->configuration};
  }
  if (plan->truncate) erase_from(*plan->truncate);
  entries_.insert(entries_.end(), write.append.begin(), write.append.end());
  configurations_.insert(configurations_.end(), brought.begin(), brought.end());
  if (plan->compact) move_base(*plan->compact);
  commit_ = std::min(std::max({commit_, write.commit, base_.index}), last().index);
  if (write.recovered) damaged_ = false;
  return {};
}

void MemoryLog::erase_from(Index index) {
  while (!entries_.empty() && entries_.back().index >= index) entries_.pop_back();
  while (!configurations_.empty() && configurations_.back().index >= index) configurations_.pop_back();
}

void MemoryLog::move_base(Index index) {
  base_ = at(index).position();
  while (!entries_.empty() && entries_.front().index <= index) entries_.pop_front();
  while (!configurations_.empty() && configurations_.front().index <= index) {
    base_configuration_ = std::move(configurations_.front());
    configurations_.pop_front();
  }
}

Result<std::vector<Entry>> MemoryLog::read(Index first, Index last_wanted, std::size_t max_bytes) const {
  if (first <= base_.index) return make_error(Errc::compacted, "log index " + std::to_string(first.value()));
  if (first > last().index || last_wanted < first) {
    return make_error(Errc::invalid_argument, "log index " + std::to_string(first.value()) + " is not there");
  }
  std::vector<Entry> entries;
  std::size_t bytes = 0;
  for (Index index = first; index <= std::min(last_wanted, last().index); index = index.next()) {
    const Entry& entry = at(index);
    bytes += entry.payload.size();
    if (!entries.empty() && bytes > max_bytes) break;
    entries.push_back(entry);
  }
  return entries;
}

StoredLog MemoryLog::stored() const {
  StoredLog stored{.hard_state = hard_state_,
                   .commit = commit_,
                   .base = base_,
                   .base_configuration = base_configuration_,
                   .last = last(),
                   .terms = {},
                   .configurations = {configurations_.begin(), configurations_.end()},
                   .tail = {},
                   .damaged = damaged_,
                   .damage = damaged_ ? "everything behind " + std::to_string(last().index.value()) : std::string()};
  for (const Entry& entry : entries_) {
    if (stored.terms.empty() || stored.terms.back().term != entry.term) {
      stored.terms.push_back({entry.index, entry.term});
    }
    if (entry.index > commit_) stored.tail.push_back(entry);
  }
  return stored;
}

void MemoryLog::damage_from(Index index) {
  damaged_ = true;
  erase_from(index);
  commit_ = std::min(commit_, last().index);
}

MemoryLogStore::MemoryLogStore(Incarnation incarnation) : MemoryLogStore(std::make_shared<MemoryLog>(), incarnation) {}

MemoryLogStore::MemoryLogStore(std::shared_ptr<MemoryLog> log, Incarnation incarnation)
    : log_(std::move(log)), incarnation_(incarnation) {}

Result<StoredLog> MemoryLogStore::open() {
  const std::lock_guard lock(mutex_);
  return log_->stored();
}

Result<void> MemoryLogStore::write(const Write& write) {
  const std::lock_guard lock(mutex_);
  return log_->apply(write);
}

Result<std::vector<Entry>> MemoryLogStore::read(Index first, Index last, std::size_t max_bytes) {
  const std::lock_guard lock(mutex_);
  return log_->read(first, last, max_bytes);
}

Result<std::uint64_t> MemoryLogStore::free_bytes() const {
  return std::numeric_limits<std::uint64_t>::max();
}

Result<void> MemoryLogStore::maintain() {
  return {};
}

}  // namespace consensus
