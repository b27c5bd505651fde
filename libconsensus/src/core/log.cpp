// The log of a core.
#include "core/log.hpp"

#include <algorithm>
#include <utility>

#include "invariant.hpp"

namespace consensus::core {

Log::Log(StoredLog stored)
    : base_(stored.base),
      last_(stored.last),
      terms_(std::move(stored.terms)),
      configurations_(std::move(stored.configurations)),
      entries_(std::move(stored.tail)) {
  configurations_.insert(configurations_.begin(), std::move(stored.base_configuration));
  for (const Entry& entry : entries_) cached_bytes_ += entry.payload.size();
  cached_after_ = entries_.empty() ? last_.index : entries_.front().index.previous();
  if (cached_after_ == last_.index) {
    chain_before_cache_ = last_.chain;
  } else if (cached_after_ == base_.index) {
    chain_before_cache_ = base_.chain;
  }
  invariant(base_.index <= cached_after_, "the tail of a stored log begins after its base");
  invariant(entries_.empty() || entries_.back().position() == last_, "the tail of a stored log ends at its last entry");
}

std::optional<Term> Log::term_at(Index index) const noexcept {
  if (index > last_.index || index < base_.index) return std::nullopt;
  if (index == last_.index) return last_.term;
  if (index == base_.index) return base_.term;
  const auto after = std::upper_bound(terms_.begin(), terms_.end(), index,
                                      [](Index wanted, const TermStart& start) { return wanted < start.index; });
  return after == terms_.begin() ? base_.term : std::prev(after)->term;
}

bool Log::is_covered_by(Index last_index, Term last_term) const noexcept {
  return last_term > last_.term || (last_term == last_.term && last_index >= last_.index);
}

Log::Place Log::last_not_after(Index index, Term term) const noexcept {
  Index at = std::min(index, last_.index);
  // From term to term, not from entry to entry.
  for (auto start = terms_.rbegin(); start != terms_.rend(); ++start) {
    if (start->index > at) continue;
    if (start->term <= term) return {at, start->term};
    at = start->index.previous();
  }
  if (at >= base_.index && base_.term <= term) return {at, base_.term};
  return {std::min(at, base_.index.previous()), Term()};
}

std::size_t Log::offset(Index index) const noexcept {
  return head_ + static_cast<std::size_t>(distance(cached_after_, index)) - 1;
}

const Entry& Log::at(Index index) const noexcept {
  invariant(is_cached(index), "the entry is in memory");
  return entries_[offset(index)];
}

std::optional<LogPosition> Log::position_at(Index index) const noexcept {
  if (index == last_.index) return last_;
  if (is_cached(index)) return entries_[offset(index)].position();
  if (index == base_.index) return base_;
  if (index != cached_after_ || !chain_before_cache_ || index < base_.index) return std::nullopt;
  return LogPosition{index, *term_at(index), *chain_before_cache_};
}

std::vector<Entry> Log::copy(Index first, Index last, std::size_t max_entries, std::size_t max_bytes) const {
  invariant(is_cached(first), "entries to copy are in memory");
  const auto available = static_cast<std::size_t>(distance(first, std::min(last, last_.index))) + 1;
  const auto begin = entries_.begin() + static_cast<std::ptrdiff_t>(offset(first));
  std::size_t count = 1;
  std::size_t bytes = begin->payload.size();
  while (count < std::min(available, max_entries)) {
    bytes += (begin + static_cast<std::ptrdiff_t>(count))->payload.size();
    if (bytes > max_bytes) break;
    ++count;
  }
  return {begin, begin + static_cast<std::ptrdiff_t>(count)};
}

const ConfigurationAt& Log::configuration_at(Index index) const noexcept {
  auto at = configurations_.rbegin();
  while (at->index > index && std::next(at) != configurations_.rend()) ++at;
  return *at;
}

void Log::push(Entry entry) {
  invariant(entry.index == last_.index.next() && entry.term >= last_.term, "an entry follows the last one");
  if (entry.term != last_.term) terms_.push_back({entry.index, entry.term});
  last_ = entry.position();
  cached_bytes_ += entry.payload.size();
  entries_.push_back(std::move(entry));
}

void Log::append(Entry entry) {
  invariant(entry.kind != EntryKind::configuration, "configurations are appended as such");
  push(std::move(entry));
}

void Log::append_configuration(Entry entry, Configuration configuration) {
  configurations_.push_back({entry.index, std::move(configuration)});
  push(std::move(entry));
}

void Log::truncate_from(Index index) {
  invariant(index > base_.index && index > cached_after_ && index <= last_.index, "what is truncated is in memory");
  const std::size_t keep = offset(index);
  for (std::size_t i = keep; i < entries_.size(); ++i) cached_bytes_ -= entries_[i].payload.size();
  const Index before = index.previous();
  const std::optional<Term> term = term_at(before);
  const std::optional<LogPosition> position = position_at(before);
  entries_.erase(entries_.begin() + static_cast<std::ptrdiff_t>(keep), entries_.end());
  while (!terms_.empty() && terms_.back().index >= index) terms_.pop_back();
  while (configurations_.size() > 1 && configurations_.back().index >= index) configurations_.pop_back();
  // The chain is unknown only for the entry before a stored tail; the caller then goes on by the leader's word.
  last_ = position.value_or(LogPosition{before, *term, 0});
}

void Log::drop_front(std::size_t count) {
  if (count == 0) return;
  for (std::size_t i = head_; i < head_ + count; ++i) cached_bytes_ -= entries_[i].payload.size();
  chain_before_cache_ = entries_[head_ + count - 1].chain;
  cached_after_ = entries_[head_ + count - 1].index;
  for (std::size_t i = head_; i < head_ + count; ++i) entries_[i].payload = Payload();
  head_ += count;
  if (head_ * 2 >= entries_.size()) {
    entries_.erase(entries_.begin(), entries_.begin() + static_cast<std::ptrdiff_t>(head_));
    head_ = 0;
  }
}

void Log::compact_to(Index index) {
  invariant(index >= base_.index && index <= last_.index, "compaction stays within the log");
  if (index == base_.index) return;
  const LogPosition to = position_at(index).value_or(LogPosition{index, *term_at(index), 0});
  if (index > cached_after_) drop_front(static_cast<std::size_t>(distance(cached_after_, index)));
  const auto starts_later = [&](const TermStart& start) { return start.index > index; };
  terms_.erase(terms_.begin(), std::find_if(terms_.begin(), terms_.end(), starts_later));
  while (configurations_.size() > 1 && configurations_[1].index <= index) {
    configurations_.erase(configurations_.begin());
  }
  base_ = to;
}

void Log::reset_to(const SnapshotMeta& meta) {
  base_ = last_ = meta.position;
  terms_.clear();
  configurations_.assign(1, {meta.configuration_index, meta.configuration});
  entries_.clear();
  head_ = 0;
  cached_bytes_ = 0;
  cached_after_ = base_.index;
  chain_before_cache_ = base_.chain;
}

void Log::trim_cache(Index through, std::size_t max_bytes) {
  if (cached_bytes_ <= max_bytes) return;
  std::size_t count = 0;
  std::size_t bytes = cached_bytes_;
  while (bytes > max_bytes && head_ + count < entries_.size() && entries_[head_ + count].index <= through) {
    bytes -= entries_[head_ + count].payload.size();
    ++count;
  }
  drop_front(count);
}

}  // namespace consensus::core
