// Who is in the group: voters and learners, plain or joint, and how one configuration becomes the next.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "consensus/entry.hpp"
#include "consensus/error.hpp"
#include "consensus/ids.hpp"

namespace consensus {

// The address is for the transport; the core hands it on unread. It may change while the id stays.
struct Member {
  NodeId id;
  std::string address;

  friend auto operator<=>(const Member&, const Member&) = default;
};

// Sorted by id, without duplicates. In a joint configuration (`outgoing` not empty) every decision needs a majority of
// `voters` and one of `outgoing`. A voter that shall become a learner waits in `learners_next` until the joint
// configuration is left. Source: Raft paper, section 6.
struct Configuration {
  std::vector<Member> voters;
  std::vector<Member> outgoing;
  std::vector<Member> learners;
  std::vector<Member> learners_next;
  bool auto_leave = false;  // the leader leaves the joint configuration by itself once it is committed

  [[nodiscard]] bool is_joint() const noexcept { return !outgoing.empty(); }
  // In either majority.
  [[nodiscard]] bool is_voter(const NodeId& id) const noexcept;
  [[nodiscard]] bool is_learner(const NodeId& id) const noexcept;
  [[nodiscard]] bool contains(const NodeId& id) const noexcept;
  // All members once, sorted by id.
  [[nodiscard]] std::vector<Member> members() const;
  // "voters=(a b)&&(a) learners=(c) learners_next=(d) autoleave".
  [[nodiscard]] std::string to_string() const;

  friend bool operator==(const Configuration&, const Configuration&) = default;
};

enum class MemberAction { add_voter, add_learner, remove, update_address };

struct MemberChange {
  MemberAction action = MemberAction::add_voter;
  Member member;

  friend bool operator==(const MemberChange&, const MemberChange&) = default;
};

// How the group gets from one configuration to the next.
enum class Transition {
  automatic,       // in one step if one voter changes at most, else joint and left automatically
  implicit_joint,  // joint, left automatically
  explicit_joint,  // joint, left by a request without changes
};

struct ConfigurationChange {
  Transition transition = Transition::automatic;
  std::vector<MemberChange> changes;  // empty: leave the joint configuration

  friend bool operator==(const ConfigurationChange&, const ConfigurationChange&) = default;
};

// The three elementary moves; pure. Changes without an id are ignored; a change without an address keeps the one that
// is known. Errors: Errc::invalid_argument for a change of more than one voter in a simple move, for removing all
// voters, and for a joint move in the wrong state.
[[nodiscard]] Result<Configuration> change_simply(const Configuration& now, std::span<const MemberChange> changes);
[[nodiscard]] Result<Configuration> enter_joint(const Configuration& now, std::span<const MemberChange> changes,
                                                Transition transition);
[[nodiscard]] Result<Configuration> leave_joint(const Configuration& now);
// Picks the move that the change asks for.
[[nodiscard]] Result<Configuration> apply(const Configuration& now, const ConfigurationChange& change);

enum class VoteResult { pending, lost, won };

// Majority arithmetic over one half (a list of members); an empty list agrees to everything.
// `matched` tells how far a member is known to have the log; nothing known counts as zero.
template <class Matched>  // Index(const NodeId&)
[[nodiscard]] Index committed_index(std::span<const Member> half, Matched matched);
template <class Voted>  // std::optional<bool>(const NodeId&)
[[nodiscard]] VoteResult vote_result(std::span<const Member> half, Voted voted);

// The same over both halves.
template <class Matched>
[[nodiscard]] Index committed_index(const Configuration& configuration, Matched matched);
template <class Voted>
[[nodiscard]] VoteResult vote_result(const Configuration& configuration, Voted voted);

// The payload of an EntryKind::configuration entry. Versioned; errors of reading: Errc::malformed, also for what is in
// the right form but cannot have come about by changes.
[[nodiscard]] Payload encode(const Configuration& configuration);
[[nodiscard]] Result<Configuration> decode_configuration(std::string_view bytes);

}  // namespace consensus

#include "consensus/detail/quorum.hpp"
