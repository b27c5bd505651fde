// Handing leadership to another member (thesis, section 3.10).
#include <algorithm>
#include <utility>

#include "core/state.hpp"
#include "invariant.hpp"

namespace consensus {

void RaftCore::State::on(input::TransferLeadership& input) {
  Leader* leader = leading();
  if (leader == nullptr) return complete(input.request, not_leader_error());
  if (transfer_request_) return refuse(input.request, Errc::change_in_progress, "leadership is being transferred");
  const Peer* target = input.target ? find_peer(*leader, *input.target) : best_successor(*leader);
  if (target == nullptr || target->learner) {
    return refuse(input.request, Errc::invalid_argument, input.target ? input.target->name() : "no other voter");
  }
  if (target->is_self) return complete(input.request, commit_);
  transfer_request_ = TransferRequest{input.request, now_ + options_.election_timeout};
  leader->transfer = Leader::Transfer{.target = target->id, .asked = false};
  find_peer(*leader, target->id)->send_due = true;
}

// The one that needs the least to have everything; one that was heard of lately before one that was not.
const core::Peer* RaftCore::State::best_successor(const Leader& leader) const {
  const Peer* best = nullptr;
  for (const Peer& peer : leader.peers) {
    if (peer.is_self || peer.learner || peer.recovering) continue;
    const auto rank = [](const Peer& each) { return std::pair(each.recently_active, each.match); };
    if (best == nullptr || rank(peer) > rank(*best)) best = &peer;
  }
  return best;
}

void RaftCore::State::ask_successor(Leader& leader) {
  const Peer* target = find_peer(leader, leader.transfer->target);
  if (leader.transfer->asked || target == nullptr || target->match != log_.last().index) return;
  leader.transfer->asked = true;
  leader.lease_forfeited = true;
  send(target->id, TimeoutNow{});
}

// Proposals are taken again, by this leader if it still is one (MS-17).
void RaftCore::State::end_transfer(Errc code) {
  if (Leader* leader = leading()) leader->transfer.reset();
  if (!transfer_request_) return;
  const RequestId request = transfer_request_->request;
  transfer_request_.reset();
  refuse(request, code, "leadership was not taken over");
}

void RaftCore::State::note_leader(const NodeId& leader) {
  if (!transfer_request_ || is_self(leader)) return;
  complete(transfer_request_->request, commit_);
  transfer_request_.reset();
}

}  // namespace consensus
