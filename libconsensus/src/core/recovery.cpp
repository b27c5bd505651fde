// Members whose store lost data: how they are kept from doing harm, and let in again.
#include "core/state.hpp"
#include "invariant.hpp"

namespace consensus {

// An entry that begins after the damage is known and that a quorum without the member commits: whoever won or wins an
// election with a vote the member forgot would need one of that quorum, which would refuse.
void RaftCore::State::begin_recovery_of(Peer& peer) {
  // The append may move the peers only when it changes the configuration, which a barrier does not.
  peer.recovered_by = append_own(EntryKind::barrier, Payload());
}

bool RaftCore::State::is_recovered(const Peer& peer) const noexcept {
  return peer.recovering && !peer.recovered_by.is_zero() && commit_ >= peer.recovered_by &&
         peer.match >= peer.recovered_by;
}

void RaftCore::State::accept_recovery(const NodeId& leader) {
  if (!recovering_ || saving_.takes_away_damage()) return;
  saving_.take_away_damage();
  // It may have voted in this term and forgotten for whom. It can only have been the leader, or somebody who lost.
  if (!hard_state_.vote) {
    hard_state_.vote = leader;
    saving_.change_hard_state();
  }
}

}  // namespace consensus
