// The Raft algorithm as a pure state machine: inputs and the time in; messages, one write and decisions out.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "consensus/error.hpp"
#include "consensus/ids.hpp"
#include "consensus/log_write.hpp"
#include "consensus/message.hpp"

namespace consensus {

enum class ReadMode {
  quorum,  // a round of heartbeats confirms the leader (ReadIndex; thesis, section 6.4)
  lease,   // trusts clocks to run at rates within CoreOptions::clock_drift_percent of each other
};

struct CoreOptions {
  NodeId id;
  // A follower that hears nothing campaigns after a random time in [election_timeout, 2 * election_timeout).
  Duration election_timeout = std::chrono::milliseconds(500);
  Duration heartbeat_interval = std::chrono::milliseconds(100);
  // The news of a commit waits so long for entries to go with, which spares every busy group half of its messages;
  // zero: not at all. Reads on followers do not wait for it.
  Duration commit_notice_delay = std::chrono::milliseconds(2);
  bool pre_vote = true;
  bool check_quorum =
      true;  // a leader that hears no majority for an election timeout steps down; also protects leaders
  // A leader that is no longer a voter once the configuration that says so is committed steps down.
  bool step_down_on_removal = true;
  unsigned clock_drift_percent = 10;

  // One append request; at least one entry goes, whatever its size.
  std::size_t max_request_entries = 4096;
  std::size_t max_request_bytes = 1U << 20U;
  // Append requests to one follower that are not answered yet.
  std::size_t max_inflight_requests = 8;
  std::size_t max_inflight_bytes = 8U << 20U;
  // Proposals beyond this many uncommitted bytes are refused as overloaded (one is always admitted).
  std::size_t max_uncommitted_bytes = 64U << 20U;
  // Newest entries kept in memory for followers; entries that are not committed and applied are always kept.
  std::size_t max_cached_bytes = 16U << 20U;

  // A snapshot is asked for when this much was applied since the last one; zero: never.
  std::uint64_t snapshot_after_entries = 100'000;
  std::size_t snapshot_after_bytes = 64U << 20U;
  // Entries kept behind a snapshot, so that a follower that is a little late needs no snapshot.
  std::uint64_t trailing_entries = 10'000;
};

// What a core starts from: empty members for a blank node.
struct BootState {
  StoredLog log;
  std::optional<SnapshotMeta> snapshot;  // the newest that is published here
  Index applied;                         // what the state machine has
};

namespace input {

// Time has passed; needed at Output::next_deadline at the latest.
struct Tick {};
struct Received {
  Message message;
};
struct Propose {
  RequestId request;
  Payload payload;
};
// Completed with the index that must be applied before a read here is linearizable.
struct ReadBarrier {
  RequestId request;
  ReadMode mode = ReadMode::quorum;
};
struct ChangeConfiguration {
  RequestId request;
  ConfigurationChange change;
};
// To a named member, or to the one with the longest log. Completed when another leader is known; refused proposals and
// an end by itself after an election timeout otherwise (Errc::timeout).
struct TransferLeadership {
  RequestId request;
  std::optional<NodeId> target;
};
// Campaign at once.
struct Campaign {};
// Forget who leads without touching the term, as when its connection is known to be gone.
struct ForgetLeader {};
// The connection to a peer was refused or reset: suspect it at once.
struct PeerLost {
  NodeId peer;
};
enum class WriteOutcome { durable, no_space };
// Answers Output::write. Nothing answers a write that failed otherwise: the core must then be thrown away and made anew
// from what the store says after it was opened again.
struct Written {
  WriteId id;
  WriteOutcome outcome = WriteOutcome::durable;
};
// The state machine has everything up to here.
struct Applied {
  Index index;
};
// Answers Output::log_reads; without entries: no longer in the log.
struct LogRead {
  NodeId peer;
  std::vector<Entry> entries;
};
// A snapshot of the state machine was published here; it may be older than what is applied by now.
struct SnapshotTaken {
  SnapshotMeta meta;
};
// How the sending of a snapshot to a peer ended.
struct SnapshotSent {
  NodeId peer;
  bool delivered = false;
};
struct SpaceChanged {
  Space space = Space::enough;
};

}  // namespace input

using Input =
    std::variant<input::Tick, input::Received, input::Propose, input::ReadBarrier, input::ChangeConfiguration,
                 input::TransferLeadership, input::Campaign, input::ForgetLeader, input::PeerLost, input::Written,
                 input::Applied, input::LogRead, input::SnapshotTaken, input::SnapshotSent, input::SpaceChanged>;

// How a request ended. Index: of the committed entry, or what must be applied before reading.
struct Completion {
  RequestId request;
  Result<Index> result;
};

// Committed entries that are durable here, in order and without gaps. When `entries` is empty, they are to be read from
// the log store; if they are no longer there, a snapshot has been installed meanwhile whose restore was ordered after
// this range; it and what follows up to the restore is to be skipped.
struct CommittedRange {
  Index first;
  Index last;
  std::vector<Entry> entries;
};

// Entries that a follower needs and that are no longer in memory.
struct LogReadOrder {
  NodeId peer;
  Index first;
  Index last;
  std::size_t max_bytes = 0;
};

// A peer needs the newest published snapshot. When its bytes have arrived and been verified there, the message is given
// to the peer's core; in any case the sender's core gets SnapshotSent.
struct SnapshotOrder {
  Message message;
};

enum class Role { follower, pre_candidate, candidate, leader };

struct Output {
  std::vector<Message> send;              // may leave at once
  std::optional<Write> write;             // at most one is under way
  std::vector<Message> send_after_write;  // only after `write` is durable (there is one if this is not empty)
  std::optional<SnapshotMeta> restore;    // once `write` is durable: the state machine becomes this snapshot
  std::optional<CommittedRange> apply;    // after the restore, if there is one
  std::vector<Completion> completions;
  std::vector<LogReadOrder> log_reads;
  std::vector<SnapshotOrder> snapshots;
  bool take_snapshot = false;  // of the state machine as it is after all that was given to apply
  bool changed = false;        // role, term, leader or configuration are not what they were
  TimePoint next_deadline = TimePoint::max();
};

enum class ReplicationState { probe, replicate, snapshot };

// What a leader knows of a member.
struct PeerStatus {
  NodeId id;
  ReplicationState state = ReplicationState::probe;
  Index match;
  Index next;
  bool learner = false;
  bool recently_active = false;
  bool paused = false;
  bool recovering = false;
  std::size_t inflight_requests = 0;
  Index pending_snapshot;
  Space space = Space::enough;
};

struct CoreStatus {
  NodeId id;
  Role role = Role::follower;
  Term term;
  std::optional<NodeId> vote;
  std::optional<NodeId> leader;
  Index commit;
  Index applied;
  Index durable;
  LogPosition first;  // the position before the first entry
  LogPosition last;
  Configuration configuration;  // in force: the newest in the log, committed or not
  Index configuration_index;
  bool recovering = false;
  std::vector<PeerStatus> peers;  // of a leader: all members, itself included
};

// One member of one group. Not thread-safe; does no I/O, reads no clock, throws nothing but std::bad_alloc; the same
// options, seed, boot state and inputs give the same outputs everywhere. A broken invariant ends the process.
//
// The caller carries out each Output completely before the next one's send, write and apply, except that it need not
// wait for the write: it goes on stepping and reports it by input::Written. Applying may also lag; it is reported by
// input::Applied. Inputs that arrive while a write is under way collect in the core and go into the next write, so
// batches grow with the load and nothing ever waits for a timer.
//
// Source: Ongaro, "Consensus: Bridging Theory and Practice" (2014). Configurations are joint and in force when
// appended. What differs from the paper: a member whose store lost data ("recovering") neither votes nor campaigns, and
// its acknowledgements do not count, until a quorum without it has committed an entry of the current leader; then every
// quorum that may have counted on what it lost overlaps that one.
class RaftCore {
 public:
  RaftCore(CoreOptions options, BootState boot, std::uint64_t seed, TimePoint now);
  ~RaftCore();
  RaftCore(RaftCore&&) noexcept;
  RaftCore& operator=(RaftCore&&) noexcept;

  // Takes the inputs in their order. `now` never goes back.
  [[nodiscard]] Output step(TimePoint now, std::span<Input> inputs);
  [[nodiscard]] Output step(TimePoint now, Input input);

  [[nodiscard]] CoreStatus status() const;
  [[nodiscard]] const NodeId& id() const noexcept;
  [[nodiscard]] Role role() const noexcept;
  [[nodiscard]] Term term() const noexcept;
  [[nodiscard]] Index commit() const noexcept;
  // In force, as in CoreStatus; valid until the next step.
  [[nodiscard]] const Configuration& configuration() const noexcept;

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace consensus
