// Linearizable reads: rounds of heartbeats, leases, and questions to the leader.
#include <algorithm>
#include <utility>

#include "core/state.hpp"
#include "invariant.hpp"

namespace consensus {
namespace {

// How long a read waits before it is refused, in election timeouts: enough for some elections.
constexpr int read_patience = 10;
// How long after a lease read heartbeats ask for the promise, in election timeouts.
constexpr int lease_patience = 10;
constexpr std::size_t max_waiting_reads = 100'000;

}  // namespace

void RaftCore::State::on(input::ReadBarrier& input) {
  const TimePoint expires = now_ + options_.election_timeout * read_patience;
  Leader* leader = leading();
  if (leader == nullptr) {
    if (waiting_reads_.size() >= max_waiting_reads) return refuse(input.request, Errc::overloaded, "waiting reads");
    waiting_reads_.push_back({input.request, expires});
    return;
  }
  if (input.mode == ReadMode::lease) {
    leader->lease_wanted_until = now_ + options_.election_timeout * lease_patience;
    if (has_lease(*leader) && is_barrier_committed(*leader)) {
      complete(input.request, commit_);
      return;
    }
  }
  if (leader->reads.size() >= max_waiting_reads) return refuse(input.request, Errc::overloaded, "waiting reads");
  leader->reads.push_back({.asker = input.request, .expires = expires, .round = 0, .index = {}});
}

// A majority promised not to vote for others for an election timeout of theirs; by our clock, that may be shorter.
bool RaftCore::State::has_lease(const Leader& leader) const {
  if (leader.lease_forfeited || leader.transfer || options_.clock_drift_percent >= 100) return false;
  // As a number for the majority's arithmetic; zero is for who promised nothing.
  const auto since_led = [&](TimePoint at) {
    return Index(static_cast<std::uint64_t>((at - leader.led_since).count()) + 1);
  };
  const auto promised_from = [&](const NodeId& id) {
    const Peer* peer = find_peer(leader, id);
    if (peer == nullptr || !peer->counts()) return Index();
    if (peer->is_self) return since_led(now_);
    return peer->lease_from ? since_led(*peer->lease_from) : Index();
  };
  const Index held_from = committed_index(configuration(), promised_from);
  if (held_from.is_zero()) return false;
  const TimePoint from = leader.led_since + Duration(static_cast<Duration::rep>(held_from.value() - 1));
  return now_ < from + options_.election_timeout * (100 - static_cast<int>(options_.clock_drift_percent)) / 100;
}

// One round at a time: what arrives meanwhile shares the next one.
void RaftCore::State::begin_read_round(Leader& leader) {
  if (leader.reads.empty() || leader.reads.front().round != 0 || !is_barrier_committed(leader)) return;
  send_heartbeats(leader, false);
  for (core::LeaderRead& read : leader.reads) {
    read.round = leader.rounds.newest();
    read.index = commit_;
  }
  confirm_reads(leader);
}

void RaftCore::State::confirm_reads(Leader& leader) {
  if (leader.reads.empty() || leader.reads.front().round == 0) return;
  const auto answered = [&](const NodeId& id) {
    const Peer* peer = find_peer(leader, id);
    if (peer == nullptr || !peer->counts()) return Index();
    return Index(peer->is_self ? leader.rounds.newest() : peer->answered_round);
  };
  const std::uint64_t confirmed = committed_index(configuration(), answered).value();
  auto read = leader.reads.begin();
  for (; read != leader.reads.end() && read->round != 0 && read->round <= confirmed; ++read) answer_read(*read);
  leader.reads.erase(leader.reads.begin(), read);
}

void RaftCore::State::answer_read(const core::LeaderRead& read) {
  if (const auto* request = std::get_if<RequestId>(&read.asker)) {
    complete(*request, read.index);
  } else {
    const auto& remote = std::get<core::LeaderRead::Remote>(read.asker);
    send(remote.peer, ReadAnswer{.batch = remote.batch, .index = read.index});
  }
}

// A leader no longer: its own reads go to the next one, those of others are told to.
void RaftCore::State::give_back_reads(Leader& leader) {
  for (const core::LeaderRead& read : leader.reads) {
    if (const auto* request = std::get_if<RequestId>(&read.asker)) {
      waiting_reads_.push_back({*request, read.expires});
    } else {
      const auto& remote = std::get<core::LeaderRead::Remote>(read.asker);
      send(remote.peer, ReadAnswer{.batch = remote.batch, .index = std::nullopt});
    }
  }
  leader.reads.clear();
}

// What waited for a leader is this one's own affair now.
void RaftCore::State::take_over_reads(Leader& leader) {
  if (query_) waiting_reads_.insert(waiting_reads_.begin(), query_->reads.begin(), query_->reads.end());
  query_.reset();
  for (const LocalRead& read : std::exchange(waiting_reads_, {})) {
    leader.reads.push_back({.asker = read.request, .expires = read.expires, .round = 0, .index = {}});
  }
}

void RaftCore::State::receive(const NodeId& from, Term, ReadQuery& query) {
  Leader* leader = leading();
  if (leader == nullptr || leader->reads.size() >= max_waiting_reads) {
    send_when_saved(from, ReadAnswer{.batch = query.batch, .index = std::nullopt});
    return;
  }
  leader->reads.push_back({.asker = core::LeaderRead::Remote{from, query.batch},
                           .expires = now_ + options_.election_timeout * read_patience,
                           .round = 0,
                           .index = {}});
}

void RaftCore::State::ask_leader_for_reads() {
  const NodeId* known = leader();
  if (query_ && (known == nullptr || query_->leader != *known)) {
    // Another leader: ask again, under another number, so that a late answer is not taken for this question (MS-41).
    waiting_reads_.insert(waiting_reads_.begin(), query_->reads.begin(), query_->reads.end());
    query_.reset();
  }
  if (known == nullptr || query_ || waiting_reads_.empty() || now_ < next_query_at_) return;
  query_ = Query{.batch = next_batch_++,
                 .leader = *known,
                 .retry_at = now_ + options_.election_timeout / 2,
                 .reads = std::exchange(waiting_reads_, {})};
  send_when_saved(*known, ReadQuery{.batch = query_->batch});
}

void RaftCore::State::receive(const NodeId& from, Term, ReadAnswer& answer) {
  if (!query_ || query_->batch != answer.batch || query_->leader != from) return;
  Query query = std::move(*query_);
  query_.reset();
  if (answer.index) {
    for (const LocalRead& read : query.reads) complete(read.request, *answer.index);
    return;
  }
  waiting_reads_.insert(waiting_reads_.begin(), query.reads.begin(), query.reads.end());
  next_query_at_ = now_ + options_.heartbeat_interval;
}

void RaftCore::State::expire_reads() {
  if (query_ && now_ >= query_->retry_at) {
    waiting_reads_.insert(waiting_reads_.begin(), query_->reads.begin(), query_->reads.end());
    query_.reset();
  }
  const auto expire = [&](const LocalRead& read) {
    if (now_ < read.expires) return false;
    refuse(read.request, Errc::timeout, "no leader confirmed the read");
    return true;
  };
  std::erase_if(waiting_reads_, expire);
  if (Leader* leader = leading()) {
    std::erase_if(leader->reads, [&](const core::LeaderRead& read) {
      if (now_ < read.expires) return false;
      if (const auto* request = std::get_if<RequestId>(&read.asker)) {
        refuse(*request, Errc::timeout, "no quorum confirmed the read");
      }
      return true;
    });
  }
}

}  // namespace consensus
