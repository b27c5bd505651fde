// Scripts of majority arithmetic: committed indexes and votes of plain and joint configurations.
#include <algorithm>
#include <cstdio>
#include <limits>
#include <map>
#include <stdexcept>

#include "changes.hpp"
#include "consensus/configuration.hpp"
#include "outcome.hpp"

namespace conformance {
namespace {

using consensus::Configuration;
using consensus::Index;
using consensus::Member;
using consensus::NodeId;
using consensus::VoteResult;

std::vector<unsigned> numbers_of(const Command& command, std::string_view key) {
  std::vector<unsigned> numbers;
  const std::vector<std::string>* values = command.find(key);
  if (values == nullptr) return numbers;
  for (const std::string& value : *values) {
    if (value != "zero") numbers.push_back(to_number(value));
  }
  return numbers;
}

std::vector<Member> members_of(std::vector<unsigned> numbers) {
  std::sort(numbers.begin(), numbers.end());
  std::vector<Member> members;
  for (const unsigned number : numbers) members.push_back({node_id(number), ""});
  return members;
}

struct Question {
  Configuration configuration;
  std::vector<unsigned> ids;                         // sorted
  std::map<unsigned, std::optional<unsigned>> told;  // what each said; votes: one and zero
};

// The values go to the members in the order in which the two halves name them first.
Question parse_question(const Command& command, std::string_view key) {
  Question question;
  const std::vector<unsigned> incoming = numbers_of(command, "cfg");
  const std::vector<unsigned> outgoing = numbers_of(command, "cfgj");
  question.configuration.voters = members_of(incoming);
  question.configuration.outgoing = members_of(outgoing);
  std::vector<unsigned> order = incoming;
  for (const unsigned id : outgoing) {
    if (std::find(order.begin(), order.end(), id) == order.end()) order.push_back(id);
  }
  const std::vector<std::string>* values = command.find(key);
  const std::vector<std::string> none;
  if (values == nullptr) values = &none;
  if (values->size() != order.size()) throw std::runtime_error("not as many values as voters");
  for (std::size_t i = 0; i < order.size(); ++i) {
    const std::string& value = values->at(i);
    std::optional<unsigned>& told = question.told[order[i]];
    if (value == "_") continue;
    told = value == "y" ? 1U : value == "n" ? 0U : to_number(value);
  }
  question.ids = order;
  std::sort(question.ids.begin(), question.ids.end());
  return question;
}

// A table of who has what; the bar is as long as the number of members that have less.
std::string picture(const Question& question) {
  if (question.ids.empty()) return "<empty majority quorum>";
  const std::size_t width = question.ids.size();
  std::string text = std::string(width, ' ') + "    idx\n";
  for (const unsigned id : question.ids) {
    const std::optional<unsigned>& told = question.told.at(id);
    const auto less =
        static_cast<std::size_t>(std::count_if(question.told.begin(), question.told.end(), [&](const auto& other) {
          return other.second.value_or(0) < told.value_or(0);
        }));
    const std::string bar =
        told ? std::string(less, 'x') + '>' + std::string(width - less, ' ') : '?' + std::string(width, ' ');
    char row[64];
    std::snprintf(row, sizeof row, " %5u    (id=%u)\n", told.value_or(0), id);
    text += bar + row;
  }
  return text;
}

std::string answer_committed(const Command& command) {
  const Question question = parse_question(command, "idx");
  const Index index = committed_index(
      question.configuration, [&](const NodeId& id) { return Index(question.told.at(number_of(id)).value_or(0)); });
  const bool everything = index == Index(std::numeric_limits<std::uint64_t>::max());
  return picture(question) + (everything ? "∞" : std::to_string(index.value())) + '\n';
}

std::string answer_vote(const Command& command) {
  const Question question = parse_question(command, "votes");
  const VoteResult result = vote_result(question.configuration, [&](const NodeId& id) -> std::optional<bool> {
    const std::optional<unsigned>& told = question.told.at(number_of(id));
    if (!told) return std::nullopt;
    return *told == 1;
  });
  switch (result) {
    case VoteResult::pending:
      return "VotePending\n";
    case VoteResult::lost:
      return "VoteLost\n";
    case VoteResult::won:
      return "VoteWon\n";
  }
  return {};
}

}  // namespace

Outcome run_quorum_script(const std::vector<Block>& blocks) {
  return compare_exactly(blocks, [](const Block& block) -> std::string {
    const Command command = parse_command(block.input.front());
    if (command.name == "committed") return answer_committed(command);
    if (command.name == "vote") return answer_vote(command);
    return "unknown command: " + command.name + '\n';
  });
}

}  // namespace conformance
