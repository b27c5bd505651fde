// The scripts' way to write members and changes.
#include "changes.hpp"

#include <cstdio>
#include <stdexcept>

#include "script.hpp"

namespace conformance {

using namespace consensus;

NodeId node_id(unsigned number) {
  if (number == 0) return {};
  char name[16];
  std::snprintf(name, sizeof name, "%08u", number);
  return NodeId(name);
}

unsigned number_of(const NodeId& id) {
  return id.empty() ? 0 : to_number(id.name());
}

std::vector<MemberChange> parse_changes(std::string_view text) {
  std::vector<MemberChange> changes;
  for (const std::string& word : split_words(text)) {
    MemberChange change;
    change.member.id = node_id(to_number(word.substr(1)));
    switch (word.front()) {
      case 'v':
        change.action = MemberAction::add_voter;
        break;
      case 'l':
        change.action = MemberAction::add_learner;
        break;
      case 'r':
        change.action = MemberAction::remove;
        break;
      case 'u':
        change.action = MemberAction::update_address;
        break;
      default:
        throw std::runtime_error("not a change: " + word);
    }
    changes.push_back(change);
  }
  return changes;
}

std::string print(const Configuration& configuration) {
  const auto list = [](const std::vector<Member>& members) {
    std::string text;
    for (const Member& member : members) {
      if (!text.empty()) text += ' ';
      text += std::to_string(number_of(member.id));
    }
    return '(' + text + ')';
  };
  std::string text = "voters=" + list(configuration.voters);
  if (configuration.is_joint()) text += "&&" + list(configuration.outgoing);
  if (!configuration.learners.empty()) text += " learners=" + list(configuration.learners);
  if (!configuration.learners_next.empty()) text += " learners_next=" + list(configuration.learners_next);
  if (configuration.auto_leave) text += " autoleave";
  return text;
}

}  // namespace conformance
