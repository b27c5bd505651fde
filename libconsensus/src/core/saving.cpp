// Writes to the log store, one at a time.
#include "core/saving.hpp"

#include <algorithm>
#include <utility>

#include "invariant.hpp"

namespace consensus::core {

std::optional<TimePoint> Saving::writing_since() const noexcept {
  if (!flight_ || !flight_->must_sync) return std::nullopt;
  return flight_->since;
}

std::optional<WriteId> Saving::under_way() const noexcept {
  if (!flight_) return std::nullopt;
  return flight_->id;
}

bool Saving::has_work(const Log& log) const noexcept {
  return hard_state_ || recovered_ || install_ || compact_to_ || store_last_ > stored_ || log.last().index > stored_;
}

Saving::Wait Saving::wait_for(Index index) const noexcept {
  if (hard_state_ || recovered_ || install_ || index > stored_) return Wait::next_write;
  if (!flight_) return Wait::nothing;
  const bool relies = flight_->hard_state || flight_->recovered || flight_->install || index > durable_;
  return relies ? Wait::write_under_way : Wait::nothing;
}

bool Saving::is_hard_state_durable() const noexcept {
  return !hard_state_ && (!flight_ || !flight_->hard_state);
}

bool Saving::takes_away_damage() const noexcept {
  return recovered_ || (flight_ && flight_->recovered);
}

void Saving::truncate_from(Index index) noexcept {
  stored_ = std::min(stored_, index.previous());
  durable_ = std::min(durable_, index.previous());
}

void Saving::install(const SnapshotMeta& meta) {
  install_ = meta;
  compact_to_.reset();
  stored_ = store_last_ = meta.position.index;
  // Nothing of the new log is durable before the write that installs it.
  durable_ = std::min(durable_, meta.position.index.previous());
}

Write Saving::begin(const Log& log, const HardState& hard_state, Index commit, TimePoint now) {
  invariant(!flight_, "one write is under way at most");
  last_id_ = last_id_.next();
  Write write;
  write.id = last_id_;
  if (hard_state_) write.hard_state = hard_state;
  write.install = install_;
  if (store_last_ > stored_) write.truncate_from = stored_.next();
  if (log.last().index > stored_) {
    constexpr auto no_limit = static_cast<std::size_t>(-1);
    write.append = log.copy(stored_.next(), log.last().index, no_limit, no_limit);
  }
  write.compact_to = compact_to_;
  write.commit = commit;
  write.recovered = recovered_;
  write.must_sync = hard_state_ || install_ || write.truncate_from || !write.append.empty() || recovered_;

  flight_ = Flight{.id = last_id_,
                   .since = now,
                   .must_sync = write.must_sync,
                   .hard_state = std::exchange(hard_state_, false),
                   .recovered = std::exchange(recovered_, false),
                   .install = std::exchange(install_, std::nullopt),
                   .compact_to = std::exchange(compact_to_, std::nullopt),
                   .stored_before = stored_,
                   .store_last_before = store_last_};
  stored_ = store_last_ = log.last().index;
  return write;
}

Saving::Ended Saving::end() {
  const Ended ended{.recovered = flight_->recovered};
  flight_.reset();
  // Truncations meanwhile have lowered it; with a newer installation pending nothing of the new log is durable yet.
  if (!install_) durable_ = stored_;
  return ended;
}

void Saving::undo() {
  Flight flight = std::move(*flight_);
  flight_.reset();
  hard_state_ = hard_state_ || flight.hard_state;
  recovered_ = recovered_ || flight.recovered;
  if (flight.compact_to && !install_) compact_to(*flight.compact_to);
  if (install_) return;  // a newer snapshot replaces whatever the store has
  install_ = std::move(flight.install);
  stored_ = std::min(stored_, flight.stored_before);
  store_last_ = flight.store_last_before;
}

}  // namespace consensus::core
