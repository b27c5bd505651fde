// What of a core's state is in its log store, what is being written, and what is still to be written.
#pragma once

#include <optional>

#include "consensus/log_write.hpp"
#include "core/log.hpp"

namespace consensus::core {

// At most one write is under way; what changes meanwhile collects for the next. Rolls back what counts as stored when
// entries are replaced, also those in the write under way (MS-27, MS-33).
class Saving {
 public:
  // What a message that relies on stored state has to wait for.
  enum class Wait { nothing, write_under_way, next_write };

  explicit Saving(Index stored) noexcept : stored_(stored), store_last_(stored), durable_(stored) {}

  // Entries up to here are durable and equal to those in the log.
  [[nodiscard]] Index durable() const noexcept { return durable_; }
  [[nodiscard]] bool is_writing() const noexcept { return flight_.has_value(); }
  // When the write under way that others rely on was begun.
  [[nodiscard]] std::optional<TimePoint> writing_since() const noexcept;
  // A snapshot takes the place of the log and is not durable yet.
  [[nodiscard]] bool is_installing() const noexcept { return install_ || (flight_ && flight_->install); }
  [[nodiscard]] bool has_work(const Log& log) const noexcept;
  // For a message that relies on term and vote as they are, and on entries up to `index`.
  [[nodiscard]] Wait wait_for(Index index) const noexcept;
  // Term and vote are durable as they are now.
  [[nodiscard]] bool is_hard_state_durable() const noexcept;

  void change_hard_state() noexcept { hard_state_ = true; }
  void truncate_from(Index index) noexcept;
  void install(const SnapshotMeta& meta);
  void compact_to(Index index) noexcept { compact_to_ = std::max(compact_to_.value_or(Index()), index); }
  void take_away_damage() noexcept { recovered_ = true; }
  [[nodiscard]] bool takes_away_damage() const noexcept;

  // The write that brings the store to the state of now.
  [[nodiscard]] Write begin(const Log& log, const HardState& hard_state, Index commit, TimePoint now);
  struct Ended {
    bool recovered = false;
  };
  // The write under way is durable.
  Ended end();
  // The write under way has changed nothing: all of it is to be written again.
  void undo();
  [[nodiscard]] std::optional<WriteId> under_way() const noexcept;

 private:
  struct Flight {
    WriteId id;
    TimePoint since;
    bool must_sync = false;
    bool hard_state = false;
    bool recovered = false;
    std::optional<SnapshotMeta> install;
    std::optional<Index> compact_to;
    Index stored_before;
    Index store_last_before;
  };

  // As they are when the write under way has ended well:
  Index stored_;      // the store agrees with the log up to here
  Index store_last_;  // the store has entries up to here
  Index durable_;
  bool hard_state_ = false;
  bool recovered_ = false;
  std::optional<SnapshotMeta> install_;
  std::optional<Index> compact_to_;
  std::optional<Flight> flight_;
  WriteId last_id_;
};

}  // namespace consensus::core
