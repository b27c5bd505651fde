// The four roles of a member: each holds what only it needs, so that a follower cannot have a leader's state.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "consensus/raft_core.hpp"
#include "core/progress.hpp"

namespace consensus::core {

struct Follower {
  std::optional<NodeId> leader;
};

// Answers to a campaign; the first of each member counts.
class Votes {
 public:
  void record(const NodeId& id, bool granted) {
    if (!of(id)) votes_.emplace_back(id, granted);
  }
  [[nodiscard]] std::optional<bool> of(const NodeId& id) const noexcept {
    for (const auto& [voter, granted] : votes_) {
      if (voter == id) return granted;
    }
    return std::nullopt;
  }

 private:
  std::vector<std::pair<NodeId, bool>> votes_;
};

struct PreCandidate {
  Votes votes;
};

struct Candidate {
  Votes votes;
};

// A read that waits for the proof that nobody else leads.
struct LeaderRead {
  struct Remote {
    NodeId peer;
    std::uint64_t batch = 0;
  };
  std::variant<RequestId, Remote> asker;
  TimePoint expires;
  std::uint64_t round = 0;  // of heartbeats, begun after the read had arrived; zero: not begun yet
  Index index;
};

// When the newest rounds of heartbeats were sent.
class Rounds {
 public:
  struct Start {
    std::uint64_t round = 0;
    TimePoint at;
    bool lease = false;
  };

  std::uint64_t begin(TimePoint now, bool lease) noexcept {
    ++newest_;
    starts_[newest_ % starts_.size()] = {newest_, now, lease};
    return newest_;
  }
  [[nodiscard]] std::uint64_t newest() const noexcept { return newest_; }
  // None for one that was too long ago.
  [[nodiscard]] std::optional<Start> find(std::uint64_t round) const noexcept {
    const Start& start = starts_[round % starts_.size()];
    if (round == 0 || start.round != round) return std::nullopt;
    return start;
  }

 private:
  std::uint64_t newest_ = 0;
  std::array<Start, 32> starts_{};
};

struct Leader {
  std::vector<Peer> peers;  // all members, sorted by id
  Index barrier;            // the first entry of this term; nothing before its commit is known to be committed (MS-40)
  TimePoint next_heartbeat;
  TimePoint commit_notice_at = TimePoint::max();
  TimePoint next_quorum_check;
  TimePoint led_since;

  struct Proposal {
    Index index;
    RequestId request;
  };
  std::deque<Proposal> proposals;
  std::size_t uncommitted_bytes = 0;
  Index removal;  // the configuration without this leader, when that is the newest

  Rounds rounds;
  std::uint64_t timer_round = 0;  // the newest that was begun because the heartbeat interval was over
  std::vector<LeaderRead> reads;
  TimePoint lease_wanted_until = TimePoint::min();

  struct Transfer {
    NodeId target;
    bool asked = false;  // TimeoutNow was sent
  };
  std::optional<Transfer> transfer;
  // Once a member was asked to campaign, a late copy of that message may unseat this leader at any time: no lease.
  bool lease_forfeited = false;
};

using RoleState = std::variant<Follower, PreCandidate, Candidate, Leader>;

}  // namespace consensus::core
