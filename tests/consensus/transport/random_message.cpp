// Random messages of every kind, the same for the same seed.
#include "random_message.hpp"

namespace consensus_test {

using namespace consensus;

std::uint64_t RandomMessages::number() {
  state_ += 0x9e3779b97f4a7c15U;
  std::uint64_t value = state_;
  value = (value ^ (value >> 30U)) * 0xbf58476d1ce4e5b9U;
  value = (value ^ (value >> 27U)) * 0x94d049bb133111ebU;
  return value ^ (value >> 31U);
}

std::string RandomMessages::bytes(std::uint64_t length) {
  std::string text;
  for (std::uint64_t i = 0; i < length; ++i) text.push_back(static_cast<char>(below(256)));
  return text;
}

AppendRequest RandomMessages::append() {
  AppendRequest request;
  request.previous_index = Index(size());
  request.previous_term = Term(size());
  request.commit = Index(size());
  request.recovered_life = coin() ? 0 : number();
  LogPosition previous{request.previous_index, request.previous_term, number()};
  for (std::uint64_t left = below(9); left > 0; --left) {
    const auto kind = static_cast<EntryKind>(1 + below(3));
    // Empty ones, small ones that are copied and large ones that are referred to.
    const std::uint64_t length = coin() ? below(40) : below(4) * 700;
    request.entries.push_back(make_entry(previous, Term(size()), kind, Payload(bytes(length))));
    previous = request.entries.back().position();
  }
  return request;
}

AppendReply RandomMessages::append_reply() {
  AppendReply reply;
  reply.accepted = coin();
  reply.match = Index(size());
  reply.rejected = Index(size());
  reply.hint_index = Index(size());
  reply.hint_term = Term(size());
  reply.recovering = coin();
  reply.space = coin() ? Space::low : Space::enough;
  reply.life = number();
  return reply;
}

std::vector<Member> RandomMessages::members(const std::string& prefix) {
  std::vector<Member> members;
  for (std::uint64_t i = 0, count = below(4); i < count; ++i) {
    members.push_back({NodeId(prefix + std::to_string(i) + bytes(below(4))), bytes(below(12))});
  }
  return members;
}

Configuration RandomMessages::configuration() {
  Configuration made;
  made.voters = members("v");
  if (made.voters.empty()) return made;
  made.outgoing = members("o");
  made.learners = members("l");
  for (const Member& member : made.outgoing) {
    if (coin()) made.learners_next.push_back(member);
  }
  made.auto_leave = made.is_joint() && coin();
  return made;
}

MessageBody RandomMessages::body(std::uint64_t kind) {
  const auto campaign = static_cast<CampaignKind>(1 + below(3));
  switch (kind) {
    case 0:
      return VoteRequest{campaign, Index(size()), Term(size())};
    case 1:
      return VoteReply{campaign, coin()};
    case 2:
      return append();
    case 3:
      return append_reply();
    case 4:
      return Heartbeat{Index(size()), size(), coin()};
    case 5:
      return HeartbeatReply{size(), coin(), coin() ? Space::low : Space::enough, number()};
    case 6:
      return InstallSnapshot{{{Index(size()), Term(size()), number()}, configuration(), Index(size())}};
    case 7:
      return TimeoutNow{};
    case 8:
      return ReadQuery{size()};
    default:
      return ReadAnswer{size(), coin() ? std::optional<Index>(Index(size())) : std::nullopt};
  }
}

Message RandomMessages::next() {
  Message message;
  message.from = NodeId(bytes(below(30)));
  message.to = NodeId(bytes(below(30)));
  message.term = Term(size());
  message.body = body(below(10));
  return message;
}

}  // namespace consensus_test
