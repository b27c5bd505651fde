// What the members of a group say to each other.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "consensus/configuration.hpp"
#include "consensus/entry.hpp"
#include "consensus/ids.hpp"

namespace consensus {

// What a snapshot stands for: the state after `position`, and the configuration in force there.
struct SnapshotMeta {
  LogPosition position;
  Configuration configuration;
  Index configuration_index;

  friend bool operator==(const SnapshotMeta&, const SnapshotMeta&) = default;
};

enum class CampaignKind : std::uint8_t {
  pre_vote = 1,  // asks whether an election could be won; changes nobody's term (thesis, section 9.6)
  election = 2,
  transfer = 3,  // an election the leader itself asked for: granted although there is a leader
};

// For a pre-vote the message's term is the one that the sender would campaign in.
struct VoteRequest {
  CampaignKind kind = CampaignKind::election;
  Index last_index;
  Term last_term;

  friend bool operator==(const VoteRequest&, const VoteRequest&) = default;
};

struct VoteReply {
  CampaignKind kind = CampaignKind::election;
  bool granted = false;

  friend bool operator==(const VoteReply&, const VoteReply&) = default;
};

struct AppendRequest {
  Index previous_index;
  Term previous_term;
  Index commit;
  std::vector<Entry> entries;  // contiguous
  // To a member whose log was damaged, else zero: the life (see AppendReply) of which a quorum without it has committed
  // an entry since, and the member has everything up to there; it may vote again once this message is stored.
  std::uint64_t recovered_life = 0;

  friend bool operator==(const AppendRequest&, const AppendRequest&) = default;
};

// Free space of a member's disk, as the leader's admission control needs it.
enum class Space : std::uint8_t { enough = 0, low = 1 };

struct AppendReply {
  bool accepted = false;
  Index match;              // accepted: everything up to here is durable and equals the leader's log
  Index rejected;           // refused: the previous_index that did not fit
  Index hint_index;         // refused: the largest index that may fit
  Term hint_term;           //   and its term here
  bool recovering = false;  // this member's log was damaged; its acknowledgements must not count
  Space space = Space::enough;
  // Another number each time the member's core is made, never zero. What an earlier life has acknowledged may have been
  // lost with its disk, so the leader begins anew with it.
  std::uint64_t life = 0;

  friend bool operator==(const AppendReply&, const AppendReply&) = default;
};

// Sent every heartbeat interval. The round makes the reply an answer to a ReadIndex question of that round or earlier.
struct Heartbeat {
  Index commit;  // never more than the receiver is known to have
  std::uint64_t round = 0;
  // Asks for a promise: whatever happens, no vote for anyone else within an election timeout. Only when lease reads are
  // wanted, because it keeps the members from replacing a leader whose connections are seen to break.
  bool lease = false;

  friend bool operator==(const Heartbeat&, const Heartbeat&) = default;
};

struct HeartbeatReply {
  std::uint64_t round = 0;
  bool recovering = false;
  Space space = Space::enough;
  std::uint64_t life = 0;  // as in AppendReply

  friend bool operator==(const HeartbeatReply&, const HeartbeatReply&) = default;
};

// Delivered to a core once the snapshot's bytes are stored and verified by the receiver; answered by an AppendReply.
struct InstallSnapshot {
  SnapshotMeta meta;

  friend bool operator==(const InstallSnapshot&, const InstallSnapshot&) = default;
};

// "Campaign now": the last step of a leadership transfer.
struct TimeoutNow {
  friend bool operator==(const TimeoutNow&, const TimeoutNow&) = default;
};

// A member other than the leader asks up to where it must have applied to read linearizably; the batch is its own.
struct ReadQuery {
  std::uint64_t batch = 0;

  friend bool operator==(const ReadQuery&, const ReadQuery&) = default;
};

struct ReadAnswer {
  std::uint64_t batch = 0;
  std::optional<Index> index;  // none: the receiver does not lead

  friend bool operator==(const ReadAnswer&, const ReadAnswer&) = default;
};

using MessageBody = std::variant<VoteRequest, VoteReply, AppendRequest, AppendReply, Heartbeat, HeartbeatReply,
                                 InstallSnapshot, TimeoutNow, ReadQuery, ReadAnswer>;

struct Message {
  NodeId from;
  NodeId to;
  Term term;
  MessageBody body;

  friend bool operator==(const Message&, const Message&) = default;
};

// The kind of a message in one word, for logs: "vote_request", "append_reply" ….
[[nodiscard]] std::string_view kind_name(const Message& message) noexcept;

}  // namespace consensus
