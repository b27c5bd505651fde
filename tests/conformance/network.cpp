// The list of what is in flight.
#include "network.hpp"

#include <algorithm>

namespace conformance {
namespace {

using namespace consensus;

struct TypeOfBody {
  std::string_view operator()(const VoteRequest& body) const {
    return body.kind == CampaignKind::pre_vote ? "MsgPreVote" : "MsgVote";
  }
  std::string_view operator()(const VoteReply& body) const {
    return body.kind == CampaignKind::pre_vote ? "MsgPreVoteResp" : "MsgVoteResp";
  }
  std::string_view operator()(const AppendRequest&) const { return "MsgApp"; }
  std::string_view operator()(const AppendReply&) const { return "MsgAppResp"; }
  std::string_view operator()(const Heartbeat&) const { return "MsgHeartbeat"; }
  std::string_view operator()(const HeartbeatReply&) const { return "MsgHeartbeatResp"; }
  std::string_view operator()(const InstallSnapshot&) const { return "MsgSnap"; }
  std::string_view operator()(const TimeoutNow&) const { return "MsgTimeoutNow"; }
  std::string_view operator()(const ReadQuery&) const { return "MsgReadIndex"; }
  std::string_view operator()(const ReadAnswer&) const { return "MsgReadIndexResp"; }
};

struct TypeOfCargo {
  std::string_view operator()(const Message& message) const { return std::visit(TypeOfBody{}, message.body); }
  std::string_view operator()(const ForwardedProposal&) const { return "MsgProp"; }
  std::string_view operator()(const ForwardedChange&) const { return "MsgProp"; }
  std::string_view operator()(const ForwardedTransfer&) const { return "MsgTransferLeader"; }
  std::string_view operator()(const LocalCompletion& completion) const {
    return std::holds_alternative<input::Applied>(completion.input) ? "MsgStorageApplyResp" : "MsgStorageAppendResp";
  }
};

bool fits(const Envelope& envelope, unsigned to, std::string_view type) {
  return envelope.to == to && (type.empty() || type_of(envelope) == type);
}

}  // namespace

std::string_view type_of(const Envelope& envelope) {
  return std::visit(TypeOfCargo{}, envelope.cargo);
}

bool Network::has_for(unsigned to) const {
  return std::any_of(in_flight_.begin(), in_flight_.end(), [&](const Envelope& one) { return one.to == to; });
}

std::vector<Envelope> Network::take(unsigned to, std::string_view type) {
  std::vector<Envelope> taken;
  std::vector<Envelope> rest;
  for (Envelope& one : in_flight_) (fits(one, to, type) ? taken : rest).push_back(std::move(one));
  in_flight_ = std::move(rest);
  return taken;
}

void Network::drop(unsigned to, std::string_view type) {
  std::erase_if(in_flight_, [&](const Envelope& one) { return fits(one, to, type) && !is_local(one); });
}

}  // namespace conformance
