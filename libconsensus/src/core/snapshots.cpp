// Snapshots of the state machine: when one is due, what of the log may go, and who needs one.
#include <algorithm>
#include <utility>

#include "core/state.hpp"
#include "invariant.hpp"

namespace consensus {

void RaftCore::State::ask_for_snapshot() {
  const std::uint64_t entries = distance(snapshot_asked_at_, handed_out_);
  const bool many = options_.snapshot_after_entries > 0 && entries >= options_.snapshot_after_entries;
  const bool much = options_.snapshot_after_bytes > 0 && bytes_since_snapshot_ >= options_.snapshot_after_bytes;
  if ((!many && !much) || entries == 0) return;
  // The state machine is ahead of a damaged log, which cannot tell yet what it was made from.
  if (handed_out_ > commit_) return;
  // Asked again after as much again, should this one fail.
  snapshot_asked_at_ = handed_out_;
  bytes_since_snapshot_ = 0;
  out_.take_snapshot = true;
}

void RaftCore::State::on(input::SnapshotTaken& input) {
  const Index index = input.meta.position.index;
  invariant(index <= handed_out_, "a snapshot has only what was applied");
  if (snapshot_ && snapshot_->position.index >= index) return;
  snapshot_ = std::move(input.meta);
  const Index keep_from = Index(index.value() - std::min(index.value(), options_.trailing_entries));
  const Index to = std::min({keep_from, applied_, saving_.durable()});
  if (to <= log_.base().index) return;
  log_.compact_to(to);
  saving_.compact_to(to);
}

void RaftCore::State::order_snapshot(Peer& peer) {
  // One that does not answer would not take it.
  if (!peer.recently_active) return;
  if (!snapshot_ || snapshot_->position.index < log_.base().index) return;
  peer.become_snapshot(snapshot_->position.index);
  out_.snapshots.push_back({Message{options_.id, peer.id, hard_state_.term, InstallSnapshot{*snapshot_}}});
}

void RaftCore::State::on(input::SnapshotSent& input) {
  Leader* leader = leading();
  Peer* peer = leader != nullptr ? find_peer(*leader, input.peer) : nullptr;
  if (peer == nullptr || peer->state != ReplicationState::snapshot) return;
  if (!input.delivered) peer->pending_snapshot = Index();
  peer->become_probe();
  // Its acknowledgement or the next answered heartbeat tells how to go on; not at once, which would be a busy loop.
  peer->flow_paused = true;
}

}  // namespace consensus
