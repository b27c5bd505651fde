// How a core begins: what the log store, the snapshot store and the state machine kept need not agree.
#include <algorithm>
#include <utility>

#include "core/state.hpp"
#include "invariant.hpp"

namespace consensus {
namespace {

// A number that no other life of any member has, as far as chance allows.
std::uint64_t draw_identity(core::Random& random) {
  const std::uint64_t drawn = random.next();
  return drawn == 0 ? 1 : drawn;
}

core::Random mix(std::uint64_t seed, TimePoint now, Term term, const NodeId& id) {
  core::Random random(seed ^ crc32c(id.name()));
  random = core::Random(random.next() ^ static_cast<std::uint64_t>(now.time_since_epoch().count()));
  return core::Random(random.next() ^ term.value());
}

}  // namespace

RaftCore::State::State(CoreOptions options, BootState boot, std::uint64_t seed, TimePoint now)
    : options_(std::move(options)),
      random_(mix(seed, now, boot.log.hard_state.term, options_.id)),
      now_(now),
      log_(boot.log),
      saving_(boot.log.last.index),
      hard_state_(boot.log.hard_state),
      recovering_(boot.log.damaged) {
  invariant(!options_.id.empty(), "a core has an id");
  invariant(options_.max_inflight_requests > 0 && options_.max_request_entries > 0, "a leader may send something");
  life_ = draw_identity(random_);
  // Also chosen at random: an answer to a question of an earlier life must not be taken for one of this life (MS-41).
  next_batch_ = draw_identity(random_);
  // What the state machine has was committed; but a damaged log may have something older in that place.
  const Index known = recovering_ ? boot.log.commit : std::max(boot.log.commit, boot.applied);
  commit_ = std::min(std::max(known, log_.base().index), log_.last().index);
  applied_ = handed_out_ = boot.applied;
  take_snapshot_of_boot(std::move(boot.snapshot));
  // The state machine has what the log does not have: the log has lost something, whatever the store says.
  if (applied_ > log_.last().index) recovering_ = true;
  verified_ = commit_;
  snapshot_asked_at_ = snapshot_ ? snapshot_->position.index : Index();
  // An earlier life may have promised a leader not to vote for others; that promise is not stored.
  if (!hard_state_.term.is_zero()) promised_until_ = now_ + options_.election_timeout;
  restart_election_timer();
  note_changes();
}

// A snapshot is published before the log is told; a crash in between is made good here (MS-34).
void RaftCore::State::take_snapshot_of_boot(std::optional<SnapshotMeta> snapshot) {
  if (!snapshot) {
    invariant(handed_out_ >= log_.base().index, "the log begins where the state machine ends, or there is a snapshot");
    return;
  }
  const LogPosition position = snapshot->position;
  if (position.index >= log_.base().index && !log_.matches(position.index, position.term)) {
    log_.reset_to(*snapshot);
    saving_.install(*snapshot);
    commit_ = position.index;
  }
  commit_ = std::max(commit_, std::min(position.index, log_.last().index));
  if (handed_out_ < position.index) {
    handed_out_ = position.index;
    restore_ = snapshot;
  }
  invariant(handed_out_ >= log_.base().index, "a snapshot reaches to where the log begins");
  snapshot_ = std::move(snapshot);
}

}  // namespace consensus
