// What nodes ask each other outside of Raft's messages: to be let in, to be promoted, to pass a command on.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "consensus/configuration.hpp"
#include "consensus/error.hpp"
#include "consensus/ids.hpp"

namespace consensus {

// Let this member in as a learner (in place of one of the same name whose store is gone), or note its new address.
struct JoinRequest {
  Member member;
};
// Make this learner a voter; answered when it is one, or when it is too far behind.
struct PromoteRequest {
  NodeId id;
};
struct RemoveRequest {
  std::string name;
};
// Apply this command; the answer is that of the state machine.
struct ForwardedCommand {
  std::string key;
  std::string command;
};

// Do you belong to a group? Answered by whoever is asked.
struct MembershipQuestion {};

struct NodeRequest {
  std::variant<JoinRequest, PromoteRequest, RemoveRequest, ForwardedCommand, MembershipQuestion> body;
  bool passed_on = false;  // by a node that does not lead: not to be passed on again
  Duration patience = {};  // how long the asker will wait
};

[[nodiscard]] std::string encode(const NodeRequest& request);
// Errors: Errc::malformed.
[[nodiscard]] Result<NodeRequest> decode_request(std::string_view bytes);

// The answer to a JoinRequest: who is in the group.
[[nodiscard]] std::string encode_members(const std::vector<Member>& members);
[[nodiscard]] Result<std::vector<Member>> decode_members(std::string_view bytes);

// The answer to a MembershipQuestion: true for a member.
[[nodiscard]] std::string encode_membership(bool member);
[[nodiscard]] Result<bool> decode_membership(std::string_view bytes);

// The answer to a ForwardedCommand.
[[nodiscard]] std::string encode_applied(Index index, std::string_view answer);
struct AppliedAnswer {
  Index index;
  std::string answer;
};
[[nodiscard]] Result<AppliedAnswer> decode_applied(std::string_view bytes);

}  // namespace consensus
