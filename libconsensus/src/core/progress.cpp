// Progress of one member.
#include "core/progress.hpp"

#include <algorithm>

#include "invariant.hpp"

namespace consensus::core {

void InflightWindow::add(Index last, std::size_t bytes) {
  invariant(!is_full(), "nothing is added to a full window");
  requests_.push_back({last, bytes});
  bytes_ += bytes;
}

void InflightWindow::free_through(Index index) noexcept {
  auto end = requests_.begin();
  for (; end != requests_.end() && end->last <= index; ++end) bytes_ -= end->bytes;
  requests_.erase(requests_.begin(), end);
}

void InflightWindow::clear() noexcept {
  requests_.clear();
  bytes_ = 0;
}

bool Peer::is_paused() const noexcept {
  switch (state) {
    case ReplicationState::probe:
    case ReplicationState::replicate:
      return flow_paused;
    case ReplicationState::snapshot:
      return true;
  }
  return true;
}

void Peer::enter(ReplicationState entered) {
  state = entered;
  flow_paused = false;
  pending_snapshot = Index();
  window.clear();
}

void Peer::become_probe() {
  // After a snapshot was delivered, what comes behind it is tried; not what is known from before.
  next = std::max(match, state == ReplicationState::snapshot ? pending_snapshot : Index()).next();
  enter(ReplicationState::probe);
  sent_commit = std::min(sent_commit, next.previous());
}

void Peer::become_replicate() {
  enter(ReplicationState::replicate);
  next = match.next();
}

void Peer::become_snapshot(Index snapshot) {
  enter(ReplicationState::snapshot);
  pending_snapshot = snapshot;
  next = snapshot.next();
  sent_commit = snapshot;
}

void Peer::forget(Index last) {
  match = Index();
  become_probe();
  next = last.next();
  sent_commit = Index();
  recovered_by = Index();
  lease_from.reset();
}

void Peer::sent_entries(std::size_t count, std::size_t bytes) {
  switch (state) {
    case ReplicationState::replicate:
      if (count > 0) {
        next = next + count;
        window.add(next.previous(), bytes);
      }
      // Checked also after an empty request: a full window sends one for each heartbeat answered (MS-25).
      flow_paused = window.is_full();
      return;
    case ReplicationState::probe:
      if (count > 0) flow_paused = true;
      return;
    case ReplicationState::snapshot:
      invariant(false, "nothing is sent to a member that waits for a snapshot");
  }
}

bool Peer::acknowledge(Index index) {
  if (index <= match) return false;
  match = index;
  next = std::max(next, index.next());
  flow_paused = false;
  return true;
}

bool Peer::back_off(Index rejected, Index match_hint) {
  if (state == ReplicationState::replicate) {
    if (rejected <= match) return false;
    next = match.next();
    sent_commit = std::min(sent_commit, next.previous());
    return true;
  }
  // A probe is answered for the request that was sent last, or the answer is stale.
  if (next.previous() != rejected) return false;
  next = std::max(std::min(rejected, match_hint.next()), match.next());
  sent_commit = std::min(sent_commit, next.previous());
  flow_paused = false;
  return true;
}

bool Peer::can_bump_commit(Index commit) const noexcept {
  return commit > sent_commit && sent_commit < next.previous();
}

}  // namespace consensus::core
