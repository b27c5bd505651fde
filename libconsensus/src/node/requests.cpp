// The binary forms of what nodes ask each other.
#include "node/requests.hpp"

#include <utility>

#include "bytes.hpp"

namespace consensus {
namespace {

constexpr std::uint8_t version = 1;

// On the wire as these numbers; never renumber.
enum class Kind : std::uint8_t { join = 1, promote = 2, remove = 3, command = 4, membership = 5 };

struct BodyWriter {
  ByteWriter& writer;

  void kind(Kind value) const { writer.u8(static_cast<std::uint8_t>(value)); }
  void operator()(const JoinRequest& request) const {
    kind(Kind::join);
    writer.text(request.member.id.name());
    writer.text(request.member.address);
  }
  void operator()(const PromoteRequest& request) const {
    kind(Kind::promote);
    writer.text(request.id.name());
  }
  void operator()(const RemoveRequest& request) const {
    kind(Kind::remove);
    writer.text(request.name);
  }
  void operator()(const ForwardedCommand& request) const {
    kind(Kind::command);
    writer.text(request.key);
    writer.text(request.command);
  }
  void operator()(const MembershipQuestion&) const { kind(Kind::membership); }
};

NodeId read_id(ByteReader& reader) {
  return NodeId(std::string(reader.text()));
}

}  // namespace

std::string encode(const NodeRequest& request) {
  ByteWriter writer;
  writer.u8(version);
  writer.u8(request.passed_on ? 1 : 0);
  writer.number(static_cast<std::uint64_t>(request.patience.count()));
  std::visit(BodyWriter{writer}, request.body);
  return writer.take();
}

Result<NodeRequest> decode_request(std::string_view bytes) {
  ByteReader reader(bytes);
  if (reader.u8() != version) return make_error(Errc::incompatible, "request of an unknown version");
  NodeRequest request;
  request.passed_on = reader.u8() != 0;
  request.patience = Duration(static_cast<Duration::rep>(reader.number() & 0x7fffffffffffffffU));
  switch (static_cast<Kind>(reader.u8())) {
    case Kind::join: {
      JoinRequest join;
      join.member.id = read_id(reader);
      join.member.address = reader.text();
      request.body = std::move(join);
      break;
    }
    case Kind::promote:
      request.body = PromoteRequest{read_id(reader)};
      break;
    case Kind::remove:
      request.body = RemoveRequest{std::string(reader.text())};
      break;
    case Kind::command: {
      ForwardedCommand command;
      command.key = reader.text();
      command.command = reader.text();
      request.body = std::move(command);
      break;
    }
    case Kind::membership:
      request.body = MembershipQuestion{};
      break;
    default:  // a number from the wire
      reader.fail();
  }
  if (!reader.finished()) return make_error(Errc::malformed, "request of a node");
  return request;
}

std::string encode_members(const std::vector<Member>& members) {
  ByteWriter writer;
  writer.number(members.size());
  for (const Member& member : members) {
    writer.text(member.id.name());
    writer.text(member.address);
  }
  return writer.take();
}

Result<std::vector<Member>> decode_members(std::string_view bytes) {
  ByteReader reader(bytes);
  std::vector<Member> members(reader.count(2));
  for (Member& member : members) {
    member.id = read_id(reader);
    member.address = reader.text();
  }
  if (!reader.finished()) return make_error(Errc::malformed, "list of members");
  return members;
}

std::string encode_membership(bool member) {
  ByteWriter writer;
  writer.u8(member ? 1 : 0);
  return writer.take();
}

Result<bool> decode_membership(std::string_view bytes) {
  ByteReader reader(bytes);
  const std::uint8_t member = reader.u8();
  if (!reader.finished() || member > 1) return make_error(Errc::malformed, "answer about membership");
  return member == 1;
}

std::string encode_applied(Index index, std::string_view answer) {
  ByteWriter writer;
  writer.number(index.value());
  writer.text(answer);
  return writer.take();
}

Result<AppliedAnswer> decode_applied(std::string_view bytes) {
  ByteReader reader(bytes);
  AppliedAnswer applied;
  applied.index = Index(reader.number());
  applied.answer = reader.text();
  if (!reader.finished()) return make_error(Errc::malformed, "answer to a command");
  return applied;
}

}  // namespace consensus
