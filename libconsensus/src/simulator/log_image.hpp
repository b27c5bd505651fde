// What a log store holds, without the store: writes change it as a whole.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "consensus/log_write.hpp"

namespace consensus::simulator {

class LogImage {
 public:
  LogImage() = default;
  // A member of a new group: its first entry is the configuration.
  explicit LogImage(const Configuration& first);

  void apply(const Write& write);
  // What a store would say when it is opened. The tail has `extra` entries more than it must.
  [[nodiscard]] StoredLog boot(std::uint64_t extra) const;
  // As LogStore::read; empty when `first` is not there.
  [[nodiscard]] std::vector<Entry> read(Index first, Index last, std::size_t max_bytes) const;

  // Null if it is not there.
  [[nodiscard]] const Entry* entry(Index index) const noexcept;
  // Of the base or of an entry.
  [[nodiscard]] std::optional<LogPosition> position(Index index) const noexcept;
  [[nodiscard]] const LogPosition& base() const noexcept { return base_; }
  [[nodiscard]] LogPosition last() const noexcept { return entries_.empty() ? base_ : entries_.back().position(); }
  [[nodiscard]] const HardState& hard_state() const noexcept { return hard_state_; }
  [[nodiscard]] const ConfigurationAt& configuration() const noexcept;
  // The newest of an entry before `index`, or at the base.
  [[nodiscard]] const ConfigurationAt& configuration_before(Index index) const noexcept;
  [[nodiscard]] bool damaged() const noexcept { return damaged_; }
  void mark_damaged() noexcept { damaged_ = true; }

 private:
  void truncate(Index from);
  void compact(Index to);

  HardState hard_state_;
  Index commit_;
  LogPosition base_;
  ConfigurationAt base_configuration_;
  std::deque<Entry> entries_;
  std::vector<ConfigurationAt> configurations_;  // of the entries
  bool damaged_ = false;
};

}  // namespace consensus::simulator
