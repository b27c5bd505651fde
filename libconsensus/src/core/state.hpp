// Everything a core knows, and the parts of the algorithm that work on it; each part is a file of its own.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "consensus/raft_core.hpp"
#include "core/log.hpp"
#include "core/random.hpp"
#include "core/roles.hpp"
#include "core/saving.hpp"

namespace consensus {

class RaftCore::State {
 public:
  State(CoreOptions options, BootState boot, std::uint64_t seed, TimePoint now);

  [[nodiscard]] Output step(TimePoint now, std::span<Input> inputs);
  [[nodiscard]] CoreStatus status() const;
  [[nodiscard]] const NodeId& id() const noexcept { return options_.id; }
  [[nodiscard]] Role role() const noexcept { return static_cast<Role>(role_.index()); }
  [[nodiscard]] Term term() const noexcept { return hard_state_.term; }
  [[nodiscard]] Index commit() const noexcept { return commit_; }
  [[nodiscard]] const Configuration& configuration() const noexcept { return log_.configuration().configuration; }

 private:
  using Leader = core::Leader;
  using Peer = core::Peer;

  // A read that this node asked for while it does not lead.
  struct LocalRead {
    RequestId request;
    TimePoint expires;
  };
  // The question to a leader that is under way.
  struct Query {
    std::uint64_t batch = 0;
    NodeId leader;
    TimePoint retry_at;
    std::vector<LocalRead> reads;
  };
  struct Seen {
    std::size_t role = 0;
    Term term;
    std::optional<NodeId> leader;
    Index configuration;
    friend bool operator==(const Seen&, const Seen&) = default;
  };

  // boot.cpp
  void take_snapshot_of_boot(std::optional<SnapshotMeta> snapshot);

  // step.cpp
  void on(input::Tick input);
  void on(input::Received& input);
  void on(input::Propose& input);
  void on(input::ReadBarrier& input);
  void on(input::ChangeConfiguration& input);
  void on(input::TransferLeadership& input);
  void on(input::Campaign input);
  void on(input::ForgetLeader input);
  void on(input::PeerLost& input);
  void on(input::Written& input);
  void on(input::Applied& input);
  void on(input::LogRead& input);
  void on(input::SnapshotTaken& input);
  void on(input::SnapshotSent& input);
  void on(input::SpaceChanged input);
  void finish();
  void note_changes();
  [[nodiscard]] TimePoint next_deadline() const;
  void complete(RequestId request, Result<Index> result);
  void refuse(RequestId request, Errc code, std::string context);
  [[nodiscard]] bool is_self(const NodeId& node) const noexcept { return node == options_.id; }
  [[nodiscard]] Leader* leading() noexcept { return std::get_if<Leader>(&role_); }
  [[nodiscard]] const Leader* leading() const noexcept { return std::get_if<Leader>(&role_); }
  // Null when unknown.
  [[nodiscard]] const NodeId* leader() const noexcept;

  // outbox.cpp: messages now or when what they rely on is stored
  void send(const NodeId& to, MessageBody body);
  void send_when_saved(const NodeId& to, MessageBody body, Index relied_on = {});
  void queue(std::vector<Message>& waiting, Message message);
  void begin_write();
  void hand_out_committed();
  void ask_for_snapshot();
  // The last write found no space, and none has succeeded since.
  [[nodiscard]] bool failed_for_space() const noexcept { return retry_delay_ > Duration::zero(); }
  [[nodiscard]] Space space() const noexcept { return failed_for_space() ? Space::low : own_space_; }

  // election.cpp
  [[nodiscard]] bool is_promotable() const noexcept;
  [[nodiscard]] bool is_only_voter() const noexcept;
  [[nodiscard]] bool is_bound(const NodeId& candidate) const noexcept;
  [[nodiscard]] bool settle_term(Message& message);
  void answer_outdated(Message& message);
  void follow(const NodeId& leader);
  void become_follower(Term term, std::optional<NodeId> leader);
  void leave_role();
  void campaign(CampaignKind kind);
  void become_candidate(CampaignKind kind);
  void request_votes(CampaignKind kind, Term term);
  void count_votes();
  void restart_election_timer();
  void hurry_after_loss();
  void receive(const NodeId& from, Term term, VoteRequest& request);
  void receive(const NodeId& from, Term term, VoteReply& reply);
  void receive(const NodeId& from, Term term, TimeoutNow& request);

  // follower.cpp
  void receive(const NodeId& from, Term term, AppendRequest& request);
  void receive(const NodeId& from, Term term, Heartbeat& heartbeat);
  void receive(const NodeId& from, Term term, InstallSnapshot& install);
  void append_received(std::span<Entry> entries);
  [[nodiscard]] AppendReply blank_reply() const;
  void reply_accepted(const NodeId& to, Index match);
  void reply_refused(const NodeId& to, const AppendRequest& request);
  void install(const SnapshotMeta& meta);
  void advance_commit(Index index);

  // leader.cpp
  void become_leader();
  Index append_own(EntryKind kind, Payload payload);
  Index append_own(const Configuration& next);
  void check_commit(Leader& leader);
  void on_leader_commit(Leader& leader, Index before);
  void tick_leader();
  [[nodiscard]] std::optional<TimePoint> disk_counts_as_hung_at() const noexcept;
  [[nodiscard]] bool is_disk_hung() const noexcept;
  [[nodiscard]] bool hears_quorum(const Leader& leader) const;
  void step_down();
  void send_heartbeats(Leader& leader, bool timer);
  [[nodiscard]] std::optional<Error> why_not_propose(const Leader& leader, std::size_t bytes) const;
  [[nodiscard]] Error not_leader_error() const;

  // replication.cpp
  [[nodiscard]] Peer* find_peer(Leader& leader, const NodeId& id) noexcept;
  [[nodiscard]] const Peer* find_peer(const Leader& leader, const NodeId& id) const noexcept;
  void arrange_peers(Leader& leader, Index next);
  void plan_commit_notice(Leader& leader, Duration delay);
  void replicate(Leader& leader);
  bool send_append(Peer& peer, bool allow_empty);
  void send_entries(Peer& peer, Term previous_term, std::vector<Entry> entries);
  void order_log_read(Peer& peer);
  void order_snapshot(Peer& peer);
  void hear(Peer& peer, std::uint64_t life, bool recovering, Space space);
  void on_accepted(Leader& leader, Peer& peer, Index match);
  void on_refused(Peer& peer, const AppendReply& reply);
  void receive(const NodeId& from, Term term, AppendReply& reply);
  void receive(const NodeId& from, Term term, HeartbeatReply& reply);

  // reads.cpp
  void receive(const NodeId& from, Term term, ReadQuery& query);
  void receive(const NodeId& from, Term term, ReadAnswer& answer);
  void begin_read_round(Leader& leader);
  void confirm_reads(Leader& leader);
  void answer_read(const core::LeaderRead& read);
  void give_back_reads(Leader& leader);
  void take_over_reads(Leader& leader);
  void ask_leader_for_reads();
  void expire_reads();
  [[nodiscard]] bool has_lease(const Leader& leader) const;
  [[nodiscard]] bool is_barrier_committed(const Leader& leader) const noexcept { return commit_ >= leader.barrier; }

  // membership.cpp
  void on_configuration_appended(Leader& leader, Index last_before);
  void leave_joint_if_due(Leader& leader);
  void step_down_if_removed(Leader& leader);
  [[nodiscard]] bool is_removed(const Leader& leader) const noexcept;

  // transfer.cpp
  [[nodiscard]] const Peer* best_successor(const Leader& leader) const;
  void ask_successor(Leader& leader);
  void end_transfer(Errc code);
  void note_leader(const NodeId& leader);

  // recovery.cpp
  void begin_recovery_of(Peer& peer);
  [[nodiscard]] bool is_recovered(const Peer& peer) const noexcept;
  void accept_recovery(const NodeId& leader);

  CoreOptions options_;
  core::Random random_;
  TimePoint now_;
  core::Log log_;
  core::Saving saving_;
  HardState hard_state_;
  core::RoleState role_;
  Index commit_;
  Index verified_;  // up to here the log equals that of the leader of this term, or is committed (MS-21, MS-31)
  std::uint64_t life_ = 0;
  bool recovering_ = false;

  // Election.
  TimePoint heard_at_;  // the leader, or whom was voted for
  Duration randomized_timeout_{};
  TimePoint election_at_;
  TimePoint suspicion_until_ = TimePoint::min();  // a leader's connection broke: hurry
  std::optional<NodeId> promised_to_;
  TimePoint promised_until_ = TimePoint::min();

  // Storage.
  std::vector<Message> after_write_under_way_;
  std::vector<Message> after_next_write_;
  std::optional<TimePoint> retry_write_at_;
  Duration retry_delay_{};
  Space own_space_ = Space::enough;

  // Applying.
  Index handed_out_;
  Index applied_;
  std::deque<Index> handed_ranges_;  // the ends of those that are not applied yet
  std::optional<SnapshotMeta> snapshot_;
  std::optional<SnapshotMeta> restore_;
  Index snapshot_asked_at_;
  std::size_t bytes_since_snapshot_ = 0;

  // Requests.
  std::vector<LocalRead> waiting_reads_;
  std::optional<Query> query_;
  TimePoint next_query_at_ = TimePoint::min();
  std::uint64_t next_batch_ = 0;
  struct TransferRequest {
    RequestId request;
    TimePoint deadline;
  };
  std::optional<TransferRequest> transfer_request_;

  bool commit_may_advance_ = false;
  Seen seen_;
  Output out_;
};

}  // namespace consensus
