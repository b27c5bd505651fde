// Scripts of whole groups: carries out their commands and compares the state that they show.
#include <algorithm>
#include <limits>
#include <map>
#include <memory>
#include <stdexcept>

#include "changes.hpp"
#include "differences.hpp"
#include "gate.hpp"
#include "outcome.hpp"

namespace conformance {
namespace {

using namespace consensus;

// A fixed point must be reached within this many rounds.
constexpr unsigned most_rounds = 1000;

class Group {
 public:
  // Carries out one command; gives the lines of state that it shows.
  std::vector<std::string> carry_out(const Command& command, const std::string& data);
  [[nodiscard]] const Node& node(unsigned number) const;
  [[nodiscard]] bool quiet() const { return quiet_; }

 private:
  using Handler = void (Group::*)(const Command&);

  Node& node(unsigned number);
  [[nodiscard]] std::vector<unsigned> chosen(const Command& command) const;
  Node& first(const Command& command);

  void add_nodes(const Command& command);
  void deliver(const Command& command);
  void stabilize(const Command& command);
  bool stabilize_once(const std::vector<unsigned>& numbers);
  void change(const Command& command, const std::string& data);
  void simple(const Command& command);
  [[nodiscard]] ChangeTexts change_texts() const;

  std::vector<std::unique_ptr<Node>> nodes_;
  Network network_;
  bool quiet_ = false;
};

Node& Group::node(unsigned number) {
  if (number == 0 || number > nodes_.size()) throw std::runtime_error("no node " + std::to_string(number));
  return *nodes_[number - 1];
}

const Node& Group::node(unsigned number) const {
  return const_cast<Group*>(this)->node(number);
}

std::vector<unsigned> Group::chosen(const Command& command) const {
  std::vector<unsigned> numbers = command.numbers();
  if (!numbers.empty()) return numbers;
  for (unsigned number = 1; number <= nodes_.size(); ++number) numbers.push_back(number);
  return numbers;
}

// The node that a command names first; what follows may be anything.
Node& Group::first(const Command& command) {
  if (command.arguments.empty()) throw std::runtime_error(command.name + " needs a node");
  return node(to_number(command.arguments.front().key));
}

std::size_t size_of(const Command& command, std::string_view key, std::size_t otherwise) {
  const std::optional<std::string> value = command.value(key);
  return value ? to_number(*value) : otherwise;
}

std::vector<Member> members_of(const Command& command, std::string_view key) {
  std::vector<Member> members;
  const std::vector<std::string>* values = command.find(key);
  if (values == nullptr) return members;
  for (const std::string& value : *values) members.push_back({node_id(to_number(value)), ""});
  std::sort(members.begin(), members.end());
  return members;
}

NodeOptions node_options(const Command& command) {
  constexpr std::size_t unlimited = std::numeric_limits<std::size_t>::max() / 4;
  NodeOptions options;
  options.asynchronous = command.value("async-storage-writes") == "true";
  options.lease_reads = command.value("read-only") == "lease-based";
  options.core.pre_vote = command.value("prevote") == "true";
  options.core.check_quorum = command.value("checkquorum") == "true";
  options.core.step_down_on_removal = command.value("step-down-on-removal") == "true";
  options.core.max_inflight_requests = size_of(command, "inflight", unlimited);
  options.core.max_inflight_bytes = unlimited;
  options.core.max_request_entries = unlimited;
  options.core.max_request_bytes = unlimited;
  options.core.max_uncommitted_bytes = unlimited;
  options.core.max_cached_bytes = unlimited;
  return options;
}

void Group::add_nodes(const Command& command) {
  std::optional<SnapshotMeta> snapshot;
  if (const std::optional<std::string> index = command.value("index")) {
    snapshot = SnapshotMeta{};
    // The scripts' nodes start in term zero with a log that ends in term one, which no real node does.
    snapshot->position = {Index(to_number(*index)), Term(0), 1000 + to_number(*index)};
    snapshot->configuration.voters = members_of(command, "voters");
    snapshot->configuration.learners = members_of(command, "learners");
    snapshot->configuration_index = snapshot->position.index;
  }
  const std::vector<unsigned> numbers = command.numbers();
  for (unsigned count = numbers.empty() ? 0 : numbers.front(); count > 0; --count) {
    const auto number = static_cast<unsigned>(nodes_.size() + 1);
    nodes_.push_back(std::make_unique<Node>(number, node_options(command), snapshot));
  }
}

void Group::deliver(const Command& command) {
  const std::string type = command.value("type").value_or("");
  for (const unsigned number : command.numbers()) {
    for (Envelope& envelope : network_.take(number, type)) node(number).deliver(std::move(envelope));
  }
  if (const std::vector<std::string>* dropped = command.find("drop")) {
    for (const std::string& number : *dropped) network_.drop(to_number(number), type);
  }
}

bool Group::stabilize_once(const std::vector<unsigned>& numbers) {
  bool busy = false;
  for (const unsigned number : numbers) {
    if (!node(number).has_ready()) continue;
    node(number).process_ready(network_);
    busy = true;
  }
  for (const unsigned number : numbers) {
    for (Envelope& envelope : network_.take(number, "")) {
      node(number).deliver(std::move(envelope));
      busy = true;
    }
  }
  for (const unsigned number : numbers) {
    for (; node(number).has_append_work(); busy = true) node(number).process_append(network_);
  }
  for (const unsigned number : numbers) {
    for (; node(number).has_apply_work(); busy = true) node(number).process_apply(network_);
  }
  return busy;
}

void Group::stabilize(const Command& command) {
  const std::vector<unsigned> numbers = chosen(command);
  for (unsigned round = 0; stabilize_once(numbers); ++round) {
    if (round == most_rounds) throw std::runtime_error("no fixed point");
  }
}

void Group::change(const Command& command, const std::string& data) {
  ConfigurationChange change;
  change.changes = parse_changes(data);
  const std::string transition = command.value("transition").value_or("auto");
  // The scripts' automatic transition is joint for every change of more than one member.
  if (transition == "implicit" || (transition == "auto" && change.changes.size() > 1)) {
    change.transition = Transition::implicit_joint;
  }
  if (transition == "explicit") change.transition = Transition::explicit_joint;
  first(command).change(change, data);
}

void Group::simple(const Command& command) {
  static const std::map<std::string_view, void (*)(Group&, const Command&)> handlers{
      {"campaign", [](Group& group, const Command& it) { group.first(it).step(input::Campaign{}); }},
      {"forget-leader", [](Group& group, const Command& it) { group.first(it).forget_leader(); }},
      {"tick-heartbeat", [](Group& group, const Command& it) { group.first(it).tick(); }},
      {"tick-election",
       [](Group& group, const Command& it) {
         for (int tick = 0; tick < 3; ++tick) group.first(it).tick();
       }},
      {"process-ready",
       [](Group& group, const Command& it) {
         for (const unsigned number : it.numbers()) group.node(number).process_ready(group.network_);
       }},
      {"process-append-thread",
       [](Group& group, const Command& it) {
         for (const unsigned number : it.numbers()) group.node(number).process_append(group.network_);
       }},
      {"process-apply-thread",
       [](Group& group, const Command& it) {
         for (const unsigned number : it.numbers()) group.node(number).process_apply(group.network_);
       }},
      {"set-randomized-election-timeout",
       [](Group& group, const Command& it) {
         group.first(it).set_election_ticks(to_number(it.value("timeout").value_or("")));
       }},
      {"transfer-leadership",
       [](Group& group, const Command& it) {
         group.node(to_number(it.value("from").value_or(""))).transfer(to_number(it.value("to").value_or("")));
       }},
      {"send-snapshot",
       [](Group& group, const Command& it) { group.first(it).send_snapshot(it.numbers().at(1), group.network_); }},
      {"report-unreachable",
       [](Group& group, const Command& it) { group.first(it).step(input::PeerLost{node_id(it.numbers().at(1))}); }},
      {"compact",
       [](Group& group, const Command& it) { group.first(it).compact(Index(it.numbers().at(1)), group.network_); }},
      {"add-nodes", [](Group& group, const Command& it) { group.add_nodes(it); }},
      {"deliver-msgs", [](Group& group, const Command& it) { group.deliver(it); }},
      {"stabilize", [](Group& group, const Command& it) { group.stabilize(it); }},
      {"_breakpoint", [](Group&, const Command&) {}},
  };
  const auto handler = handlers.find(command.name);
  if (handler == handlers.end()) throw std::runtime_error("unknown command: " + command.name);
  handler->second(*this, command);
}

ChangeTexts Group::change_texts() const {
  ChangeTexts all;
  for (const auto& one : nodes_) all.insert(one->change_texts().begin(), one->change_texts().end());
  return all;
}

std::vector<std::string> Group::carry_out(const Command& command, const std::string& data) {
  std::vector<std::string> lines;
  if (command.name == "raft-state") {
    for (const auto& one : nodes_) lines.push_back(raft_state_line(*one));
  } else if (command.name == "status") {
    lines = status_lines(first(command));
  } else if (command.name == "raft-log") {
    lines = raft_log_lines(first(command), change_texts());
  } else if (command.name == "log-level") {
    const std::string level = command.arguments.empty() ? "" : command.arguments.front().key;
    quiet_ = level == "none" || level == "NONE";
  } else if (command.name == "propose") {
    const bool has_data = command.arguments.size() > 1;
    first(command).propose(has_data ? command.arguments[1].key : "");
  } else if (command.name == "propose-conf-change") {
    change(command, data);
  } else if (command.name == "compact") {
    simple(command);
    lines = raft_log_lines(first(command), change_texts());
  } else {
    simple(command);
  }
  return lines;
}

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + '\n';
  return text;
}

// Runs the blocks of one script and compares them.
class Run {
 public:
  explicit Run(std::string file) : file_(std::move(file)) {}

  // False at the first difference.
  bool block(const Block& block, Outcome& outcome) {
    std::vector<std::string> shown = carry_out(block);
    ++outcome.blocks;
    const std::string name = parse_command(block.input.back()).name;
    if (group_.quiet()) return true;
    std::vector<std::string> expected;
    if (shows_state(block)) expected = state_lines(block.expected);
    if (name == "stabilize" && block.input.size() == 1) {
      expected = settled_lines(block.expected);
      shown = settled(expected);
    }
    if (expected.empty() && shown.empty()) return true;
    ++outcome.compared;
    if (expected == shown) return true;
    if (is_our_own(name, joined(expected), joined(shown), outcome)) return true;
    outcome.difference = Difference{block.line, block.input.back(), joined(expected), joined(shown)};
    return false;
  }

 private:
  std::vector<std::string> carry_out(const Block& block) {
    const Command head = parse_command(block.input.front());
    if (head.name == "propose-conf-change") {
      std::string data;
      for (std::size_t i = 1; i < block.input.size(); ++i) data += (i > 1 ? " " : "") + block.input[i];
      return group_.carry_out(head, data);
    }
    std::vector<std::string> shown;
    for (const std::string& line : block.input) {
      const std::vector<std::string> more = group_.carry_out(parse_command(line), "");
      if (!group_.quiet()) shown.insert(shown.end(), more.begin(), more.end());
    }
    return shown;
  }

  static bool shows_state(const Block& block) {
    static const std::vector<std::string> showing{"raft-state", "status", "raft-log", "compact"};
    return std::any_of(block.input.begin(), block.input.end(), [](const std::string& line) {
      return std::find(showing.begin(), showing.end(), parse_command(line).name) != showing.end();
    });
  }

  // Our lines for the nodes and kinds of state that the expected ones are about.
  std::vector<std::string> settled(const std::vector<std::string>& expected) const {
    std::vector<std::string> lines;
    for (const std::string& line : expected) {
      const Node& node = group_.node(to_number(line.substr(0, line.find(':'))));
      lines.push_back(line.find(" Lead:") == std::string::npos ? hard_state_line(node) : soft_state_line(node));
    }
    return lines;
  }

  bool is_our_own(const std::string& command, const std::string& expected, const std::string& shown,
                  Outcome& outcome) const {
    for (const OwnSemantics& own : own_semantics()) {
      if (own.file == file_ && own.command == command && own.theirs == expected && own.ours == shown) {
        outcome.own_semantics.emplace_back(own.reason);
        return true;
      }
    }
    return false;
  }

  std::string file_;
  Group group_;
};

}  // namespace

Outcome run_interaction_script(const std::string& file, const std::vector<Block>& blocks) {
  Outcome outcome;
  Run run(file);
  for (const Block& block : blocks) {
    try {
      if (!run.block(block, outcome)) return outcome;
    } catch (const std::exception& error) {
      outcome.difference =
          Difference{block.line, block.input.front(), block.expected, error.what() + std::string("\n")};
      return outcome;
    }
  }
  return outcome;
}

}  // namespace conformance
