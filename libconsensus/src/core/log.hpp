// The log as a core sees it: the newest entries in memory, and the terms and configurations of all.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "consensus/log_write.hpp"

namespace consensus::core {

// Entries from just after `base` to `last`. Those up to `cached_after` are in the store only; their terms are known
// here all the same. Knows nothing of what is committed or durable.
class Log {
 public:
  explicit Log(StoredLog stored);

  [[nodiscard]] const LogPosition& base() const noexcept { return base_; }
  [[nodiscard]] const LogPosition& last() const noexcept { return last_; }
  // Of the base and all entries after it.
  [[nodiscard]] std::optional<Term> term_at(Index index) const noexcept;
  [[nodiscard]] bool matches(Index index, Term term) const noexcept { return term_at(index) == term; }
  // Whether a log that ends there has at least what this one has (Raft paper, section 5.4.1).
  [[nodiscard]] bool is_covered_by(Index last_index, Term last_term) const noexcept;

  struct Place {
    Index index;
    Term term;
  };
  // The last place up to `index` whose term is not after `term`: everything behind it cannot match a log that has
  // `term` at `index`. Its term is zero when it is before the base.
  [[nodiscard]] Place last_not_after(Index index, Term term) const noexcept;

  [[nodiscard]] bool is_cached(Index index) const noexcept { return index > cached_after_ && index <= last_.index; }
  [[nodiscard]] std::size_t cached_bytes() const noexcept { return cached_bytes_; }
  [[nodiscard]] Index cached_after() const noexcept { return cached_after_; }
  // A cached entry.
  [[nodiscard]] const Entry& at(Index index) const noexcept;
  // None where the chain is not known any more.
  [[nodiscard]] std::optional<LogPosition> position_at(Index index) const noexcept;
  // Cached entries from `first`, at least one, at most to `last`, within the limits.
  [[nodiscard]] std::vector<Entry> copy(Index first, Index last, std::size_t max_entries, std::size_t max_bytes) const;

  [[nodiscard]] const ConfigurationAt& configuration() const noexcept { return configurations_.back(); }
  // The one in force after the entry at `index`, which is not before the base.
  [[nodiscard]] const ConfigurationAt& configuration_at(Index index) const noexcept;

  // The entry must follow the last one; a configuration takes effect at once.
  void append(Entry entry);
  void append_configuration(Entry entry, Configuration configuration);
  // Forgets this entry and all after it; the configuration before them is in force again (MS-09).
  void truncate_from(Index index);
  // Forgets entries up to here.
  void compact_to(Index index);
  // Forgets everything; begins after the snapshot (MS-19).
  void reset_to(const SnapshotMeta& meta);
  // Drops the oldest entries up to `through` from memory while they are more than `max_bytes`.
  void trim_cache(Index through, std::size_t max_bytes);

 private:
  void push(Entry entry);
  void drop_front(std::size_t count);
  [[nodiscard]] std::size_t offset(Index index) const noexcept;

  LogPosition base_;
  LogPosition last_;
  std::vector<TermStart> terms_;                 // of the entries after the base
  std::vector<ConfigurationAt> configurations_;  // the first is the one in force at the base

  // entries_[head_] is the one after cached_after_; those before the head are empty and go when they are many.
  std::vector<Entry> entries_;
  std::size_t head_ = 0;
  std::size_t cached_bytes_ = 0;
  Index cached_after_;
  std::optional<std::uint64_t> chain_before_cache_;
};

}  // namespace consensus::core
