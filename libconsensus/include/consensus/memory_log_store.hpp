// A LogStore that keeps everything in memory: for tests, simulations and groups that may forget.
#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <vector>

#include "consensus/log_store.hpp"

namespace consensus {

// A log as a value: what a MemoryLogStore keeps, and what tests compare other stores with. Copies share the payloads.
class MemoryLog {
 public:
  MemoryLog() = default;

  // As LogStore::write; refuses (Errc::invalid_argument, nothing changed) what does not fit the log.
  [[nodiscard]] Result<void> apply(const Write& write);
  // As LogStore::read.
  [[nodiscard]] Result<std::vector<Entry>> read(Index first, Index last, std::size_t max_bytes) const;
  // As LogStore::open; the tail is what lies after the commit index.
  [[nodiscard]] StoredLog stored() const;

  // Loses the entry and what follows, as a bad disk would: damaged until a write with `recovered`.
  void damage_from(Index index);

 private:
  [[nodiscard]] LogPosition last() const { return entries_.empty() ? base_ : entries_.back().position(); }
  [[nodiscard]] const Entry& at(Index index) const { return entries_[distance(base_.index, index) - 1]; }
  void erase_from(Index index);
  void move_base(Index index);

  HardState hard_state_;
  Index commit_;
  LogPosition base_;
  ConfigurationAt base_configuration_;
  std::deque<Entry> entries_;
  std::deque<ConfigurationAt> configurations_;  // of entries_
  bool damaged_ = false;
};

// The log outlives the store, as a disk does: a new store on it finds what the former one has written.
class MemoryLogStore final : public LogStore {
 public:
  explicit MemoryLogStore(Incarnation incarnation = {1});
  MemoryLogStore(std::shared_ptr<MemoryLog> log, Incarnation incarnation);

  [[nodiscard]] const std::shared_ptr<MemoryLog>& log() const noexcept { return log_; }

  [[nodiscard]] Result<StoredLog> open() override;
  [[nodiscard]] Incarnation incarnation() const override { return incarnation_; }
  [[nodiscard]] Result<void> write(const Write& write) override;
  [[nodiscard]] Result<std::vector<Entry>> read(Index first, Index last, std::size_t max_bytes) override;
  // There is always room.
  [[nodiscard]] Result<std::uint64_t> free_bytes() const override;
  [[nodiscard]] Result<void> maintain() override;

 private:
  std::shared_ptr<MemoryLog> log_;
  Incarnation incarnation_;
  std::mutex mutex_;  // read() may run beside write()
};

}  // namespace consensus
