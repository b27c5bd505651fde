// How a leader brings every member's log to its own.
#include <algorithm>
#include <utility>

#include "core/state.hpp"
#include "invariant.hpp"

namespace consensus {

using core::Peer;

const core::Peer* RaftCore::State::find_peer(const Leader& leader, const NodeId& id) const noexcept {
  const auto at = std::lower_bound(leader.peers.begin(), leader.peers.end(), id,
                                   [](const Peer& peer, const NodeId& wanted) { return peer.id < wanted; });
  return at != leader.peers.end() && at->id == id ? &*at : nullptr;
}

core::Peer* RaftCore::State::find_peer(Leader& leader, const NodeId& id) noexcept {
  return const_cast<Peer*>(find_peer(std::as_const(leader), id));
}

// Makes the peers those of the configuration in force; what is known of those that stay is kept.
void RaftCore::State::arrange_peers(Leader& leader, Index next) {
  std::vector<Peer> arranged;
  auto known = leader.peers.begin();  // both are sorted by id
  for (const Member& member : configuration().members()) {
    while (known != leader.peers.end() && known->id < member.id) ++known;
    if (known != leader.peers.end() && known->id == member.id) {
      arranged.push_back(std::move(*known));
      ++known;
    } else {
      Peer& added = arranged.emplace_back(member.id, next, options_);
      // Given an election timeout to make itself heard, and a snapshot if it needs one.
      added.recently_active = true;
      if (is_self(member.id)) {
        added.is_self = true;
        added.match = saving_.durable();
        added.become_replicate();
      }
    }
    arranged.back().learner = !configuration().is_voter(member.id);
  }
  leader.peers = std::move(arranged);
}

// Entries that go meanwhile bring the news along.
void RaftCore::State::plan_commit_notice(Leader& leader, Duration delay) {
  leader.commit_notice_at = std::min(leader.commit_notice_at, now_ + delay);
}

void RaftCore::State::replicate(Leader& leader) {
  const Index last = log_.last().index;
  const bool tells_commit = now_ >= leader.commit_notice_at;
  if (tells_commit) leader.commit_notice_at = TimePoint::max();
  for (Peer& peer : leader.peers) {
    if (peer.is_self) continue;
    if (tells_commit && peer.can_bump_commit(commit_)) peer.send_due = true;
    if (std::exchange(peer.send_due, false)) send_append(peer, true);
    while (peer.next <= last && send_append(peer, false)) {
    }
  }
}

bool RaftCore::State::send_append(Peer& peer, bool allow_empty) {
  if (peer.is_paused()) return false;
  const Index previous = peer.next.previous();
  const std::optional<Term> previous_term = log_.term_at(previous);
  if (!previous_term) {
    // Before the base there is nothing to send, and nothing that would match (MS-24).
    order_snapshot(peer);
    return false;
  }
  std::vector<Entry> entries;
  // A full window lets empty requests through, so that the member learns of commits and of what it lost (MS-25).
  const bool may_carry = peer.state != ReplicationState::replicate || !peer.window.is_full();
  if (may_carry && peer.next <= log_.last().index) {
    if (!log_.is_cached(peer.next)) {
      order_log_read(peer);
      return false;
    }
    entries = log_.copy(peer.next, log_.last().index, options_.max_request_entries, options_.max_request_bytes);
  }
  if (entries.empty() && !allow_empty) return false;
  send_entries(peer, *previous_term, std::move(entries));
  return true;
}

void RaftCore::State::send_entries(Peer& peer, Term previous_term, std::vector<Entry> entries) {
  std::size_t bytes = 0;
  for (const Entry& entry : entries) bytes += entry.payload.size();
  const std::size_t count = entries.size();
  send(peer.id, AppendRequest{.previous_index = peer.next.previous(),
                              .previous_term = previous_term,
                              .commit = commit_,
                              .entries = std::move(entries),
                              .recovered_life = is_recovered(peer) ? peer.life : 0});
  peer.sent_entries(count, bytes);
  peer.sent_commit = std::max(peer.sent_commit, std::min(commit_, peer.next.previous()));
}

void RaftCore::State::order_log_read(Peer& peer) {
  if (peer.reading) return;
  peer.reading = true;
  out_.log_reads.push_back({.peer = peer.id,
                            .first = peer.next,
                            .last = std::min(log_.cached_after(), peer.next + (options_.max_request_entries - 1)),
                            .max_bytes = options_.max_request_bytes});
}

void RaftCore::State::on(input::LogRead& input) {
  Leader* leader = leading();
  Peer* peer = leader != nullptr ? find_peer(*leader, input.peer) : nullptr;
  if (peer == nullptr || !peer->reading) return;
  peer->reading = false;
  if (input.entries.empty()) {
    // Compacted meanwhile, which a new request will find out; or it cannot be read: not again before the next sign of
    // life.
    if (log_.term_at(peer->next.previous()))
      peer->flow_paused = true;
    else
      peer->send_due = true;
    return;
  }
  const std::optional<Term> previous_term = log_.term_at(peer->next.previous());
  if (peer->is_paused() || !previous_term || input.entries.front().index != peer->next) return;
  if (peer->state == ReplicationState::replicate && peer->window.is_full()) return;
  send_entries(*peer, *previous_term, std::move(input.entries));
}

// Whatever a member answers says this much.
void RaftCore::State::hear(Peer& peer, std::uint64_t life, bool recovering, Space space) {
  if (peer.life != life) {
    if (peer.life != 0) peer.forget(log_.last().index);
    peer.life = life;
    peer.recovering = false;
  }
  peer.recently_active = true;
  peer.space = space;
  if (recovering == peer.recovering) return;
  peer.recovering = recovering;
  if (recovering) begin_recovery_of(peer);
  commit_may_advance_ = true;
}

void RaftCore::State::receive(const NodeId& from, Term, AppendReply& reply) {
  Leader* leader = leading();
  Peer* peer = leader != nullptr ? find_peer(*leader, from) : nullptr;
  if (peer == nullptr || reply.match > log_.last().index) return;
  hear(*peer, reply.life, reply.recovering, reply.space);
  if (reply.accepted) {
    on_accepted(*leader, *peer, reply.match);
  } else {
    on_refused(*peer, reply);
  }
  if (is_recovered(*peer)) peer->send_due = true;
}

void RaftCore::State::on_accepted(Leader& leader, Peer& peer, Index match) {
  const bool news = peer.acknowledge(match);
  if (!news && !(peer.match == match && peer.state == ReplicationState::probe)) return;
  switch (peer.state) {
    case ReplicationState::probe:
      peer.become_replicate();
      break;
    case ReplicationState::snapshot:
      // Also when what it has now is older than the snapshot on its way: it can be brought up from the log.
      if (peer.match >= log_.base().index) {
        peer.become_probe();
        peer.become_replicate();
      }
      break;
    case ReplicationState::replicate:
      peer.window.free_through(match);
      break;
  }
  commit_may_advance_ = true;
  if (peer.can_bump_commit(commit_)) plan_commit_notice(leader, options_.commit_notice_delay);
}

void RaftCore::State::on_refused(Peer& peer, const AppendReply& reply) {
  Index match_hint = reply.hint_index;
  // Everything of a later term than the hint's cannot match either: skips whole terms on this side, too.
  if (!reply.hint_term.is_zero()) match_hint = log_.last_not_after(reply.hint_index, reply.hint_term).index;
  if (!peer.back_off(reply.rejected, match_hint)) return;
  if (peer.state == ReplicationState::replicate) peer.become_probe();
  peer.send_due = true;
}

void RaftCore::State::receive(const NodeId& from, Term, HeartbeatReply& reply) {
  Leader* leader = leading();
  Peer* peer = leader != nullptr ? find_peer(*leader, from) : nullptr;
  if (peer == nullptr) return;
  hear(*peer, reply.life, reply.recovering, reply.space);
  peer->answered_round = std::max(peer->answered_round, std::min(reply.round, leader->rounds.newest()));
  if (const auto start = leader->rounds.find(reply.round); start && start->lease) {
    peer->lease_from = std::max(peer->lease_from.value_or(start->at), start->at);
  }
  // Once for each heartbeat interval, not for each read round.
  if (reply.round >= leader->timer_round && peer->nudged_round < leader->timer_round) {
    peer->nudged_round = leader->timer_round;
    peer->flow_paused = false;
    if (peer->match < log_.last().index || peer->state == ReplicationState::probe) peer->send_due = true;
  }
  confirm_reads(*leader);
}

}  // namespace consensus
