// Leading: proposals, commit, contact with a quorum.
#include <algorithm>
#include <utility>

#include "core/state.hpp"
#include "invariant.hpp"

namespace consensus {
namespace {

constexpr int hung_after_election_timeouts = 4;

}  // namespace

void RaftCore::State::become_leader() {
  Leader leader;
  leader.led_since = now_;
  leader.next_heartbeat = now_ + options_.heartbeat_interval;
  leader.next_quorum_check = now_ + options_.election_timeout;
  role_ = std::move(leader);
  Leader& leading_now = std::get<Leader>(role_);
  suspicion_until_ = TimePoint::min();
  arrange_peers(leading_now, log_.last().index.next());
  for (Peer& peer : leading_now.peers) {
    // Seen as active once it answers.
    peer.recently_active = peer.is_self;
  }
  for (Index index = commit_.next(); index <= log_.last().index; index = index.next()) {
    leading_now.uncommitted_bytes += log_.at(index).payload.size();
  }
  if (!configuration().is_voter(options_.id)) leading_now.removal = log_.configuration().index;
  // Entries of earlier terms are committed only by way of one of this term (MS-01).
  leading_now.barrier = append_own(EntryKind::barrier, Payload());
  take_over_reads(leading_now);
  if (transfer_request_) end_transfer(Errc::timeout);
}

Index RaftCore::State::append_own(EntryKind kind, Payload payload) {
  Leader& leader = std::get<Leader>(role_);
  leader.uncommitted_bytes += payload.size();
  log_.append(make_entry(log_.last(), hard_state_.term, kind, std::move(payload)));
  for (Peer& peer : leader.peers) peer.send_due = true;
  return log_.last().index;
}

Index RaftCore::State::append_own(const Configuration& next) {
  Leader& leader = std::get<Leader>(role_);
  Payload payload = encode(next);
  leader.uncommitted_bytes += payload.size();
  const Index before_it = log_.last().index;
  log_.append_configuration(make_entry(log_.last(), hard_state_.term, EntryKind::configuration, std::move(payload)),
                            next);
  on_configuration_appended(leader, before_it);
  for (Peer& peer : leader.peers) peer.send_due = true;
  return log_.last().index;
}

Error RaftCore::State::not_leader_error() const {
  const NodeId* known = leader();
  return make_error(Errc::not_leader, known != nullptr ? known->name() : std::string());
}

std::optional<Error> RaftCore::State::why_not_propose(const Leader& leader, std::size_t bytes) const {
  if (is_removed(leader)) {
    return make_error(Errc::not_member, "this leader was removed");
  }
  if (transfer_request_) return make_error(Errc::change_in_progress, "leadership is being transferred");
  if (space() == Space::low) return make_error(Errc::no_space, options_.id.name());
  const auto has_space = [&](const NodeId& id) -> std::optional<bool> {
    const Peer* peer = find_peer(leader, id);
    return peer == nullptr || peer->is_self || peer->space == Space::enough;
  };
  if (vote_result(configuration(), has_space) != VoteResult::won) {
    return make_error(Errc::no_space, "a quorum of the members");
  }
  if (log_.cached_bytes() > options_.max_cached_bytes + options_.max_uncommitted_bytes) {
    return make_error(Errc::overloaded, "applying is too far behind");
  }
  if (leader.uncommitted_bytes > 0 && leader.uncommitted_bytes + bytes > options_.max_uncommitted_bytes) {
    return make_error(Errc::overloaded, std::to_string(leader.uncommitted_bytes) + " bytes are not committed yet");
  }
  return std::nullopt;
}

void RaftCore::State::on(input::Propose& input) {
  Leader* leader = leading();
  if (leader == nullptr) {
    complete(input.request, not_leader_error());
    return;
  }
  if (std::optional<Error> reason = why_not_propose(*leader, input.payload.size())) {
    complete(input.request, std::move(*reason));
    return;
  }
  const Index index = append_own(EntryKind::command, std::move(input.payload));
  leader->proposals.push_back({index, input.request});
}

// Counts what is durable, on this member too (MS-29), in every half of the configuration in force.
void RaftCore::State::check_commit(Leader& leader) {
  const auto matched = [&](const NodeId& id) {
    const Peer* peer = find_peer(leader, id);
    return peer != nullptr && peer->counts() ? peer->match : Index();
  };
  if (configuration().voters.empty()) return;
  const Index reached = committed_index(configuration(), matched);
  invariant(reached <= log_.last().index, "nobody has more than the leader");
  // Of this term only: an older entry on a majority may still be replaced (MS-01).
  if (reached <= commit_ || log_.term_at(reached) != hard_state_.term) return;
  const Index before = commit_;
  advance_commit(reached);
  on_leader_commit(leader, before);
}

void RaftCore::State::on_leader_commit(Leader& leader, Index before) {
  for (Index index = before.next(); index <= commit_; index = index.next()) {
    leader.uncommitted_bytes -= log_.at(index).payload.size();
  }
  while (!leader.proposals.empty() && leader.proposals.front().index <= commit_) {
    complete(leader.proposals.front().request, leader.proposals.front().index);
    leader.proposals.pop_front();
  }
  // Who steps down now will not be there to tell it later.
  plan_commit_notice(leader, is_removed(leader) ? Duration::zero() : options_.commit_notice_delay);
  leave_joint_if_due(leader);
}

void RaftCore::State::tick_leader() {
  Leader* leader = leading();
  if (leader == nullptr) return;
  if (now_ >= leader->next_quorum_check) {
    leader->next_quorum_check = now_ + options_.election_timeout;
    const bool deposed = options_.check_quorum && !hears_quorum(*leader);
    for (Peer& peer : leader->peers) peer.recently_active = peer.is_self;
    if (deposed) return step_down();
  }
  if (is_disk_hung() && !is_only_voter()) return step_down();
  if (now_ >= leader->next_heartbeat) send_heartbeats(*leader, true);
}

// A leader that cannot store must not keep others from replacing it (MS-48). One that only waits for a checkpoint on a
// busy disk, which may take longer than an election timeout, had better stay: others could not do better.
std::optional<TimePoint> RaftCore::State::disk_counts_as_hung_at() const noexcept {
  const std::optional<TimePoint> since = saving_.writing_since();
  if (!since) return std::nullopt;
  return *since + hung_after_election_timeouts * options_.election_timeout + Duration(1);
}

bool RaftCore::State::is_disk_hung() const noexcept {
  const std::optional<TimePoint> hung_at = disk_counts_as_hung_at();
  return hung_at && now_ >= *hung_at;
}

bool RaftCore::State::hears_quorum(const Leader& leader) const {
  const auto active = [&](const NodeId& id) -> std::optional<bool> {
    const Peer* peer = find_peer(leader, id);
    return peer != nullptr && peer->recently_active && peer->counts();
  };
  return vote_result(configuration(), active) == VoteResult::won;
}

void RaftCore::State::step_down() {
  become_follower(hard_state_.term, std::nullopt);
}

void RaftCore::State::send_heartbeats(Leader& leader, bool timer) {
  const bool lease = now_ < leader.lease_wanted_until;
  const std::uint64_t round = leader.rounds.begin(now_, lease);
  if (timer) {
    leader.timer_round = round;
    leader.next_heartbeat = now_ + options_.heartbeat_interval;
  }
  for (const Peer& peer : leader.peers) {
    if (peer.is_self) continue;
    send(peer.id, Heartbeat{.commit = std::min(peer.match, commit_), .round = round, .lease = lease});
  }
}

}  // namespace consensus
