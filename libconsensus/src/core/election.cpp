// Terms, votes and campaigns.
#include <algorithm>
#include <utility>

#include "core/state.hpp"
#include "invariant.hpp"

namespace consensus {
namespace {

using core::Candidate;
using core::Follower;
using core::PreCandidate;

bool comes_from_leader(const MessageBody& body) noexcept {
  return std::holds_alternative<AppendRequest>(body) || std::holds_alternative<Heartbeat>(body) ||
         std::holds_alternative<InstallSnapshot>(body);
}

// The longest wait between a leader's connection breaking and the first campaign.
constexpr Duration max_suspicion_delay = std::chrono::milliseconds(25);

}  // namespace

// Also a voter that a configuration which is not committed leaves out: it may be the only one with a log that can win,
// and is needed until that configuration is committed (thesis, section 4.2.2).
bool RaftCore::State::is_promotable() const noexcept {
  if (recovering_) return false;
  if (configuration().is_voter(options_.id)) return true;
  return log_.configuration().index > commit_ && log_.configuration_at(commit_).configuration.is_voter(options_.id);
}

bool RaftCore::State::is_only_voter() const noexcept {
  const std::vector<Member>& voters = configuration().voters;
  return voters.size() == 1 && is_self(voters.front().id) && !configuration().is_joint();
}

// A member that hears its leader, or promised to stand by it, does not listen to candidates: a removed or partitioned
// one must not disturb (MS-12; thesis, section 4.2.3). The leader itself may stand again after it stepped down (MS-15).
bool RaftCore::State::is_bound(const NodeId& candidate) const noexcept {
  if (now_ < promised_until_ && promised_to_ != candidate) return true;
  if (const Leader* own = leading()) return options_.check_quorum || now_ < own->lease_wanted_until;
  if (!options_.check_quorum || now_ - heard_at_ >= options_.election_timeout) return false;
  const auto* follower = std::get_if<Follower>(&role_);
  return follower != nullptr && follower->leader && *follower->leader != candidate;
}

// True when the message is to be handled in the term that then is ours.
bool RaftCore::State::settle_term(Message& message) {
  if (message.term < hard_state_.term) {
    answer_outdated(message);
    return false;
  }
  if (message.term > hard_state_.term) {
    const auto* request = std::get_if<VoteRequest>(&message.body);
    if (request != nullptr) {
      if (request->kind != CampaignKind::transfer && is_bound(message.from)) return false;
      if (request->kind == CampaignKind::pre_vote) return true;  // changes nobody's term
    }
    const auto* reply = std::get_if<VoteReply>(&message.body);
    // A granted pre-vote has the term that would be campaigned in.
    if (reply != nullptr && reply->kind == CampaignKind::pre_vote && reply->granted) return true;
    std::optional<NodeId> leads;
    if (comes_from_leader(message.body)) leads = message.from;
    become_follower(message.term, std::move(leads));
  }
  if (comes_from_leader(message.body)) follow(message.from);
  return true;
}

void RaftCore::State::answer_outdated(Message& message) {
  const auto* request = std::get_if<VoteRequest>(&message.body);
  if (request != nullptr && request->kind == CampaignKind::pre_vote) {
    // Tells the term: else a member with a longer log and a lower term could never win (MS-14).
    send(message.from, VoteReply{.kind = CampaignKind::pre_vote, .granted = false});
  } else if (request != nullptr) {
    // Likewise, where a candidate's configuration is newer than that of whoever raises the terms.
    send_when_saved(message.from, VoteReply{.kind = request->kind, .granted = false});
  } else if (std::holds_alternative<AppendRequest>(message.body) || std::holds_alternative<Heartbeat>(message.body)) {
    // A leader that does not know that it was replaced, or whose followers have a higher term that nobody leads in.
    send_when_saved(message.from, blank_reply());
  } else if (auto* snapshot = std::get_if<InstallSnapshot>(&message.body)) {
    // What was committed stays so, whoever leads by now: the transfer was not in vain (MS-38).
    install(snapshot->meta);
  } else if (auto* query = std::get_if<ReadQuery>(&message.body)) {
    receive(message.from, message.term, *query);
  }
}

// A message that only the leader of this term can have sent.
void RaftCore::State::follow(const NodeId& leader) {
  invariant(leading() == nullptr, "nobody else leads in the term of a leader");
  auto* follower = std::get_if<Follower>(&role_);
  if (follower == nullptr) {
    become_follower(hard_state_.term, leader);
  } else {
    invariant(!follower->leader || *follower->leader == leader, "a term has one leader");
    if (!follower->leader) follower->leader = leader;
  }
  note_leader(leader);
  suspicion_until_ = TimePoint::min();
  heard_at_ = now_;
  election_at_ = now_ + randomized_timeout_;
}

void RaftCore::State::leave_role() {
  Leader* leader = leading();
  if (leader == nullptr) return;
  // They were appended: whether a later leader commits them is open (MS-44).
  for (const Leader::Proposal& proposal : leader->proposals) {
    refuse(proposal.request, Errc::outcome_unknown, "leadership was lost");
  }
  give_back_reads(*leader);
  commit_may_advance_ = false;
}

void RaftCore::State::become_follower(Term term, std::optional<NodeId> leader) {
  invariant(term >= hard_state_.term, "terms only rise");
  leave_role();
  if (term > hard_state_.term) {
    hard_state_ = {term, std::nullopt};
    saving_.change_hard_state();
    // Acknowledgements and votes of an earlier term help nobody, and what they rely on may be replaced before it is
    // stored (MS-33).
    after_write_under_way_.clear();
    after_next_write_.clear();
    verified_ = commit_;
  }
  role_ = Follower{std::move(leader)};
  restart_election_timer();
}

void RaftCore::State::restart_election_timer() {
  randomized_timeout_ = options_.election_timeout + random_.below(options_.election_timeout);
  heard_at_ = now_;
  election_at_ = now_ + randomized_timeout_;
}

// While a broken connection says that the leader is gone, lost rounds are repeated soon.
void RaftCore::State::hurry_after_loss() {
  if (now_ >= suspicion_until_) return;
  const Duration tenth = options_.election_timeout / 10;
  election_at_ = now_ + tenth + random_.below(tenth);
}

void RaftCore::State::campaign(CampaignKind kind) {
  if (leading() != nullptr || !is_promotable()) return;
  if (kind != CampaignKind::transfer && now_ < promised_until_ && !is_only_voter()) {
    // The own vote is also one that was promised not to be given.
    election_at_ = promised_until_ + random_.below(options_.election_timeout / 10);
    return;
  }
  if (kind != CampaignKind::pre_vote) {
    become_candidate(kind);
    return;
  }
  PreCandidate candidate;
  candidate.votes.record(options_.id, true);
  role_ = std::move(candidate);
  hurry_after_loss();
  Term next = hard_state_.term.next();
  request_votes(kind, next);
  count_votes();
}

void RaftCore::State::become_candidate(CampaignKind kind) {
  const bool hurry = now_ < suspicion_until_;
  become_follower(hard_state_.term.next(), std::nullopt);
  hard_state_.vote = options_.id;
  role_ = Candidate{};
  if (hurry) hurry_after_loss();
  request_votes(kind, hard_state_.term);
}

void RaftCore::State::request_votes(CampaignKind kind, Term term) {
  const VoteRequest request{.kind = kind, .last_index = log_.last().index, .last_term = log_.last().term};
  for (const Member& member : configuration().members()) {
    if (is_self(member.id) || !configuration().is_voter(member.id)) continue;
    if (kind == CampaignKind::pre_vote) {
      out_.send.push_back({options_.id, member.id, term, request});
    } else {
      // Only when the own vote is stored: else a vote for this term could be counted in a later life, whose log is
      // shorter.
      send_when_saved(member.id, request);
    }
  }
}

void RaftCore::State::count_votes() {
  if (auto* pre = std::get_if<PreCandidate>(&role_)) {
    switch (vote_result(configuration(), [&](const NodeId& id) { return pre->votes.of(id); })) {
      case VoteResult::pending:
        return;
      case VoteResult::won:
        become_candidate(CampaignKind::election);
        return;
      case VoteResult::lost:
        become_follower(hard_state_.term, std::nullopt);
        hurry_after_loss();
        return;
    }
  }
  auto* candidate = std::get_if<Candidate>(&role_);
  if (candidate == nullptr) return;
  // The own vote counts like any other: when it is durable.
  if (saving_.is_hard_state_durable()) candidate->votes.record(options_.id, true);
  switch (vote_result(configuration(), [&](const NodeId& id) { return candidate->votes.of(id); })) {
    case VoteResult::pending:
      return;
    case VoteResult::won:
      become_leader();
      return;
    case VoteResult::lost:
      become_follower(hard_state_.term, std::nullopt);
      hurry_after_loss();
      return;
  }
}

// Also from someone who is no member here, and if this node takes itself for a learner: the candidate may know a newer
// configuration (MS-10).
void RaftCore::State::receive(const NodeId& from, Term term, VoteRequest& request) {
  const bool is_pre_vote = request.kind == CampaignKind::pre_vote;
  const bool is_free = hard_state_.vote == from || (!hard_state_.vote && leader() == nullptr) ||
                       (is_pre_vote && term > hard_state_.term);
  const bool granted = is_free && !recovering_ && log_.is_covered_by(request.last_index, request.last_term);
  const VoteReply reply{.kind = request.kind, .granted = granted};
  if (is_pre_vote) {
    // Not contact with a leader: the election timer goes on (MS-15).
    out_.send.push_back({options_.id, from, granted ? term : hard_state_.term, reply});
    return;
  }
  if (granted) {
    if (hard_state_.vote != from) {
      hard_state_.vote = from;
      saving_.change_hard_state();
    }
    heard_at_ = now_;
    election_at_ = now_ + randomized_timeout_;
  }
  send_when_saved(from, reply);
}

void RaftCore::State::receive(const NodeId& from, Term term, VoteReply& reply) {
  if (auto* pre = std::get_if<PreCandidate>(&role_); pre != nullptr && reply.kind == CampaignKind::pre_vote) {
    if (reply.granted && term != hard_state_.term.next()) return;
    pre->votes.record(from, reply.granted);
  } else if (auto* candidate = std::get_if<Candidate>(&role_);
             candidate != nullptr && reply.kind != CampaignKind::pre_vote) {
    candidate->votes.record(from, reply.granted);
  } else {
    return;
  }
  count_votes();
}

void RaftCore::State::on(input::Campaign) {
  campaign(options_.pre_vote ? CampaignKind::pre_vote : CampaignKind::election);
}

void RaftCore::State::receive(const NodeId&, Term, TimeoutNow&) {
  if (std::holds_alternative<Follower>(role_)) campaign(CampaignKind::transfer);
}

void RaftCore::State::on(input::ForgetLeader) {
  if (auto* follower = std::get_if<Follower>(&role_)) follower->leader.reset();
}

void RaftCore::State::on(input::PeerLost& input) {
  if (Leader* leader = leading()) {
    Peer* peer = find_peer(*leader, input.peer);
    if (peer != nullptr && peer->state == ReplicationState::replicate) peer->become_probe();
    return;
  }
  auto* follower = std::get_if<Follower>(&role_);
  // Without pre-votes a suspicion that is wrong would depose a leader.
  if (follower == nullptr || follower->leader != input.peer || !options_.pre_vote) return;
  follower->leader.reset();
  // The others were promised to as well: when the promises end, not all may campaign at the same moment.
  const TimePoint free_at = std::max(now_, promised_until_);
  suspicion_until_ = free_at + options_.election_timeout;
  election_at_ = free_at + random_.below(std::min(max_suspicion_delay, options_.election_timeout / 10));
}

}  // namespace consensus
