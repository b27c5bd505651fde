// Questions to a configuration, and its stored form.
#include "consensus/configuration.hpp"

#include <algorithm>

#include "bytes.hpp"

namespace consensus {
namespace {

constexpr std::uint8_t stored_version = 1;

bool has(const std::vector<Member>& members, const NodeId& id) noexcept {
  const auto at = std::lower_bound(members.begin(), members.end(), id,
                                   [](const Member& member, const NodeId& wanted) { return member.id < wanted; });
  return at != members.end() && at->id == id;
}

std::string names(const std::vector<Member>& members) {
  std::string text;
  for (const Member& member : members) {
    if (!text.empty()) text += ' ';
    text += member.id.name();
  }
  return '(' + text + ')';
}

void write_members(ByteWriter& writer, const std::vector<Member>& members) {
  writer.number(members.size());
  for (const Member& member : members) {
    writer.text(member.id.name());
    writer.text(member.address);
  }
}

std::vector<Member> read_members(ByteReader& reader) {
  std::vector<Member> members(reader.count(2));
  for (Member& member : members) {
    member.id = NodeId(std::string(reader.text()));
    member.address = reader.text();
  }
  const auto out_of_order = [](const Member& left, const Member& right) { return left.id >= right.id; };
  if (std::adjacent_find(members.begin(), members.end(), out_of_order) != members.end()) reader.fail();
  if (!members.empty() && members.front().id.empty()) reader.fail();
  return members;
}

// Could a sequence of changes have led to it?
bool is_sound(const Configuration& configuration) noexcept {
  const auto votes = [&](const Member& member) { return configuration.is_voter(member.id); };
  const auto waits = [&](const Member& member) {
    return has(configuration.outgoing, member.id) && !has(configuration.voters, member.id);
  };
  if (configuration.voters.empty()) return configuration == Configuration();
  if (configuration.auto_leave && !configuration.is_joint()) return false;
  return std::none_of(configuration.learners.begin(), configuration.learners.end(), votes) &&
         std::all_of(configuration.learners_next.begin(), configuration.learners_next.end(), waits);
}

}  // namespace

bool Configuration::is_voter(const NodeId& id) const noexcept {
  return has(voters, id) || has(outgoing, id);
}

bool Configuration::is_learner(const NodeId& id) const noexcept {
  return has(learners, id);
}

bool Configuration::contains(const NodeId& id) const noexcept {
  return is_voter(id) || is_learner(id);
}

std::vector<Member> Configuration::members() const {
  std::vector<Member> all;
  all.reserve(voters.size() + outgoing.size() + learners.size());
  for (const auto* part : {&voters, &outgoing, &learners}) {
    for (const Member& member : *part) {
      const auto at = std::lower_bound(all.begin(), all.end(), member.id,
                                       [](const Member& one, const NodeId& wanted) { return one.id < wanted; });
      if (at == all.end() || at->id != member.id) all.insert(at, member);
    }
  }
  return all;
}

std::string Configuration::to_string() const {
  std::string text = "voters=" + names(voters);
  if (is_joint()) text += "&&" + names(outgoing);
  if (!learners.empty()) text += " learners=" + names(learners);
  if (!learners_next.empty()) text += " learners_next=" + names(learners_next);
  if (auto_leave) text += " autoleave";
  return text;
}

Payload encode(const Configuration& configuration) {
  ByteWriter writer;
  writer.u8(stored_version);
  write_members(writer, configuration.voters);
  write_members(writer, configuration.outgoing);
  write_members(writer, configuration.learners);
  write_members(writer, configuration.learners_next);
  writer.u8(configuration.auto_leave ? 1 : 0);
  return Payload(writer.take());
}

Result<Configuration> decode_configuration(std::string_view bytes) {
  ByteReader reader(bytes);
  if (reader.u8() != stored_version) return make_error(Errc::malformed, "group configuration of an unknown version");
  Configuration configuration;
  configuration.voters = read_members(reader);
  configuration.outgoing = read_members(reader);
  configuration.learners = read_members(reader);
  configuration.learners_next = read_members(reader);
  configuration.auto_leave = reader.flag();
  if (!reader.finished() || !is_sound(configuration)) return make_error(Errc::malformed, "group configuration");
  return configuration;
}

}  // namespace consensus
