// The public face of a core: takes inputs one after the other, then does once what they made due.
#include <algorithm>
#include <utility>

#include "core/state.hpp"
#include "invariant.hpp"

namespace consensus {

RaftCore::RaftCore(CoreOptions options, BootState boot, std::uint64_t seed, TimePoint now)
    : state_(std::make_unique<State>(std::move(options), std::move(boot), seed, now)) {}
RaftCore::~RaftCore() = default;
RaftCore::RaftCore(RaftCore&&) noexcept = default;
RaftCore& RaftCore::operator=(RaftCore&&) noexcept = default;

Output RaftCore::step(TimePoint now, std::span<Input> inputs) {
  return state_->step(now, inputs);
}

Output RaftCore::step(TimePoint now, Input input) {
  return state_->step(now, std::span<Input>(&input, 1));
}

CoreStatus RaftCore::status() const {
  return state_->status();
}

const NodeId& RaftCore::id() const noexcept {
  return state_->id();
}

Role RaftCore::role() const noexcept {
  return state_->role();
}

Term RaftCore::term() const noexcept {
  return state_->term();
}

Index RaftCore::commit() const noexcept {
  return state_->commit();
}

const Configuration& RaftCore::configuration() const noexcept {
  return state_->configuration();
}

Output RaftCore::State::step(TimePoint now, std::span<Input> inputs) {
  invariant(now >= now_, "time does not go back");
  now_ = now;
  for (Input& input : inputs) {
    std::visit([this](auto& each) { on(each); }, input);
  }
  finish();
  return std::exchange(out_, Output{});
}

void RaftCore::State::on(input::Tick) {
  tick_leader();
  if (leading() == nullptr && now_ >= election_at_ && is_promotable()) {
    restart_election_timer();
    campaign(options_.pre_vote ? CampaignKind::pre_vote : CampaignKind::election);
  }
  if (transfer_request_ && now_ >= transfer_request_->deadline) end_transfer(Errc::timeout);
  expire_reads();
}

void RaftCore::State::on(input::Received& input) {
  Message& message = input.message;
  if (!is_self(message.to) || is_self(message.from)) return;
  if (!settle_term(message)) return;
  const NodeId from = std::move(message.from);
  std::visit([&](auto& body) { receive(from, message.term, body); }, message.body);
}

void RaftCore::State::finish() {
  if (Leader* leader = leading()) {
    if (std::exchange(commit_may_advance_, false)) check_commit(*leader);
  }
  if (Leader* leader = leading()) {
    if (leader->transfer) ask_successor(*leader);
    begin_read_round(*leader);
    replicate(*leader);
    step_down_if_removed(*leader);
  }
  if (leading() == nullptr && (query_ || !waiting_reads_.empty())) ask_leader_for_reads();
  begin_write();
  hand_out_committed();
  ask_for_snapshot();
  log_.trim_cache(std::min({applied_, commit_, saving_.durable()}), options_.max_cached_bytes);
  note_changes();
  out_.next_deadline = next_deadline();
}

void RaftCore::State::note_changes() {
  const Index configuration = log_.configuration().index;
  const NodeId* known = leader();
  const bool same_leader = known == nullptr ? !seen_.leader : seen_.leader == *known;
  if (same_leader && seen_.role == role_.index() && seen_.term == hard_state_.term &&
      seen_.configuration == configuration) {
    return;
  }
  seen_ = {role_.index(), hard_state_.term, known != nullptr ? std::optional(*known) : std::nullopt, configuration};
  out_.changed = true;
}

TimePoint RaftCore::State::next_deadline() const {
  TimePoint next = TimePoint::max();
  if (const Leader* leader = leading()) {
    if (leader->peers.size() > 1 || (leader->peers.size() == 1 && !leader->peers.front().is_self)) {
      next = std::min({leader->next_heartbeat, leader->next_quorum_check, leader->commit_notice_at});
      if (const auto hung_at = disk_counts_as_hung_at(); hung_at && !is_only_voter()) next = std::min(next, *hung_at);
    }
  } else if (is_promotable()) {
    next = election_at_;
  }
  if (retry_write_at_ && !saving_.is_writing()) next = std::min(next, *retry_write_at_);
  if (transfer_request_) next = std::min(next, transfer_request_->deadline);
  if (query_) next = std::min(next, query_->retry_at);
  if (!waiting_reads_.empty()) {
    next = std::min(next, waiting_reads_.front().expires);
    if (!query_ && next_query_at_ > now_) next = std::min(next, next_query_at_);
  }
  return next;
}

const NodeId* RaftCore::State::leader() const noexcept {
  if (leading() != nullptr) return &options_.id;
  const auto* follower = std::get_if<core::Follower>(&role_);
  return follower != nullptr && follower->leader ? &*follower->leader : nullptr;
}

void RaftCore::State::complete(RequestId request, Result<Index> result) {
  out_.completions.push_back({request, std::move(result)});
}

void RaftCore::State::refuse(RequestId request, Errc code, std::string context) {
  complete(request, make_error(code, std::move(context)));
}

CoreStatus RaftCore::State::status() const {
  CoreStatus status{.id = options_.id,
                    .role = role(),
                    .term = hard_state_.term,
                    .vote = hard_state_.vote,
                    .leader = leader() != nullptr ? std::optional(*leader()) : std::nullopt,
                    .commit = commit_,
                    .applied = applied_,
                    .durable = saving_.durable(),
                    .first = log_.base(),
                    .last = log_.last(),
                    .configuration = configuration(),
                    .configuration_index = log_.configuration().index,
                    .recovering = recovering_,
                    .peers = {}};
  const Leader* leading_now = leading();
  if (leading_now == nullptr) return status;
  for (const Peer& peer : leading_now->peers) {
    status.peers.push_back({.id = peer.id,
                            .state = peer.state,
                            .match = peer.match,
                            .next = peer.is_self ? log_.last().index.next() : peer.next,
                            .learner = peer.learner,
                            .recently_active = peer.recently_active,
                            .paused = peer.is_paused(),
                            .recovering = peer.recovering,
                            .inflight_requests = peer.window.size(),
                            .pending_snapshot = peer.pending_snapshot,
                            .space = peer.is_self ? space() : peer.space});
  }
  return status;
}

}  // namespace consensus
