// Scripted groups.
#include "group.hpp"

#include <algorithm>
#include <stdexcept>

namespace scenario {
namespace {

using namespace consensus;

constexpr std::size_t most_deliveries = 100'000;  // more in one run() is a livelock

SnapshotMeta first_snapshot(const std::vector<std::string>& voters, const std::vector<std::string>& learners) {
  SnapshotMeta meta;
  for (const std::string& name : voters) meta.configuration.voters.push_back({NodeId(name), name});
  for (const std::string& name : learners) meta.configuration.learners.push_back({NodeId(name), name});
  return meta;
}

std::vector<Entry> entries_of(const CommittedRange& range, const Disk& disk) {
  return range.entries.empty() ? disk.read(range.first, range.last) : range.entries;
}

}  // namespace

CoreOptions calm_options() {
  CoreOptions options;
  options.commit_notice_delay = Duration::zero();
  options.snapshot_after_entries = 0;
  options.snapshot_after_bytes = 0;
  options.trailing_entries = 0;
  return options;
}

MemberChange add_voter(const std::string& name) {
  return {MemberAction::add_voter, {NodeId(name), name}};
}
MemberChange add_learner(const std::string& name) {
  return {MemberAction::add_learner, {NodeId(name), name}};
}
MemberChange remove_member(const std::string& name) {
  return {MemberAction::remove, {NodeId(name), name}};
}

Group::Group(const std::vector<std::string>& voters, CoreOptions options, const std::vector<std::string>& learners) {
  const SnapshotMeta beginning = first_snapshot(voters, learners);
  std::vector<std::string> all = voters;
  all.insert(all.end(), learners.begin(), learners.end());
  for (const std::string& name : all) {
    ScriptedNode& made = nodes_[name];
    made.options = options;
    made.options.id = NodeId(name);
    made.seed = nodes_.size();
    made.disk = Disk(beginning);
  }
  for (const std::string& name : all) boot(name, false);
}

void Group::add_blank(const std::string& name) {
  ScriptedNode& made = nodes_[name];
  made.options = nodes_.begin()->second.options;
  made.options.id = NodeId(name);
  made.seed = nodes_.size();
  boot(name, false);
}

void Group::boot(const std::string& name, bool damaged) {
  ScriptedNode& it = node(name);
  BootState state;
  state.log = it.disk.stored();
  state.log.damaged = damaged;
  state.snapshot = it.snapshot;
  state.applied = it.applied;
  it.core = std::make_unique<RaftCore>(it.options, std::move(state), it.seed, now_);
  input(name, input::Tick{});
}

ScriptedNode& Group::node(const std::string& name) {
  return nodes_.at(name);
}

const ScriptedNode& Group::node(const std::string& name) const {
  return nodes_.at(name);
}

CoreStatus Group::status(const std::string& name) const {
  const ScriptedNode& it = node(name);
  if (it.core == nullptr) throw std::logic_error(name + " is down");
  return it.core->status();
}

std::vector<std::string> Group::applied(const std::string& name) const {
  std::vector<std::string> commands;
  for (const auto& [index, entry] : invariants_.committed()) {
    if (index > node(name).applied) break;
    if (entry.kind == EntryKind::command) commands.emplace_back(entry.payload.view());
  }
  return commands;
}

std::optional<std::string> Group::leader() const {
  std::optional<std::string> found;
  Term newest;
  for (const auto& [name, it] : nodes_) {
    if (it.core == nullptr || it.core->role() != Role::leader || it.core->term() < newest) continue;
    newest = it.core->term();
    found = name;
  }
  return found;
}

void Group::input(const std::string& name, Input input) {
  node(name).inputs.push_back(std::move(input));
  step_all(name);
}

void Group::step_all(const std::string& name) {
  ScriptedNode& it = node(name);
  while (!it.inputs.empty() && it.core != nullptr) {
    Input next = std::move(it.inputs.front());
    it.inputs.pop_front();
    Output output = it.core->step(now_, std::move(next));
    carry_out(name, std::move(output));
    check(name);
  }
}

void Group::send(std::vector<Message> messages, const Disk& disk) {
  for (Message& message : messages) {
    invariants_.sent(message, disk);
    sent_.push_back(message);
    in_flight_.push_back(std::move(message));
  }
}

void Group::carry_out(const std::string& name, Output output) {
  ScriptedNode& it = node(name);
  it.deadline = output.next_deadline;
  for (Completion& completion : output.completions) results_.insert_or_assign(completion.request, completion.result);
  send(std::move(output.send), it.disk);
  if (output.write) {
    if (it.write) throw std::logic_error("a second write while one is under way");
    ScriptedNode::HeldWrite held{std::move(*output.write), std::move(output.send_after_write), output.restore};
    if (it.writes_held) {
      it.write = std::move(held);
    } else {
      finish_write(name, std::move(held));
    }
  } else if (!output.send_after_write.empty() || output.restore) {
    throw std::logic_error("something waits for a write that is not there");
  }
  if (output.apply) it.ranges.push_back(std::move(*output.apply));
  if (output.take_snapshot) it.snapshot_wanted = true;
  finish_applies(name);
  for (const LogReadOrder& order : output.log_reads) {
    it.inputs.push_back(input::LogRead{order.peer, it.disk.read(order.first, order.last)});
  }
  std::vector<Message> orders;
  for (SnapshotOrder& order : output.snapshots) orders.push_back(std::move(order.message));
  send(std::move(orders), it.disk);
}

void Group::finish_write(const std::string& name, ScriptedNode::HeldWrite held) {
  ScriptedNode& it = node(name);
  invariants_.before_write(it.options.id, held.write, it.disk);
  it.disk.write(held.write);
  const WriteId id = held.write.id;
  it.writes.push_back(std::move(held.write));
  send(std::move(held.messages), it.disk);
  it.inputs.push_back(input::Written{id});
  if (held.restore) {
    it.ranges.clear();  // of a state that is replaced
    it.applied = held.restore->position.index;
    it.snapshot = held.restore;
    it.restores.push_back(*held.restore);
    it.inputs.push_back(input::Applied{it.applied});
  }
}

void Group::finish_applies(const std::string& name) {
  ScriptedNode& it = node(name);
  // A range after a restore waits for it.
  if (it.applies_held || (it.write && it.write->restore)) return;
  while (!it.ranges.empty()) {
    const CommittedRange range = std::move(it.ranges.front());
    it.ranges.pop_front();
    invariants_.apply(it.options.id, it.applied, entries_of(range, it.disk));
    it.applied = range.last;
    it.inputs.push_back(input::Applied{it.applied});
  }
  if (std::exchange(it.snapshot_wanted, false)) take_snapshot(name);
}

void Group::take_snapshot(const std::string& name) {
  ScriptedNode& it = node(name);
  it.snapshot = it.disk.meta_at(it.applied);
  it.inputs.push_back(input::SnapshotTaken{*it.snapshot});
}

RequestId Group::propose(const std::string& name, const std::string& command) {
  const RequestId request(++requests_);
  input(name, input::Propose{request, Payload(command)});
  return request;
}

RequestId Group::change(const std::string& name, std::vector<MemberChange> changes, Transition transition) {
  const RequestId request(++requests_);
  input(name, input::ChangeConfiguration{request, {transition, std::move(changes)}});
  return request;
}

RequestId Group::read(const std::string& name, ReadMode mode) {
  const RequestId request(++requests_);
  input(name, input::ReadBarrier{request, mode});
  return request;
}

RequestId Group::transfer(const std::string& name, std::optional<std::string> target) {
  const RequestId request(++requests_);
  std::optional<NodeId> id;
  if (target) id = NodeId(*target);
  input(name, input::TransferLeadership{request, id});
  return request;
}

std::optional<Result<Index>> Group::result(RequestId request) const {
  const auto found = results_.find(request);
  if (found == results_.end()) return std::nullopt;
  return found->second;
}

std::string Group::result_text(RequestId request) const {
  const std::optional<Result<Index>> found = result(request);
  if (!found) return "open";
  return found->has_value() ? "done" : found->error().code.message();
}

bool Group::can_arrive(const Message& message) const {
  const auto to = nodes_.find(message.to.name());
  return to == nodes_.end() || !to->second.frozen;
}

void Group::deliver(std::size_t position) {
  Message message = std::move(in_flight_[position]);
  in_flight_.erase(in_flight_.begin() + static_cast<std::ptrdiff_t>(position));
  const std::string from = message.from.name();
  const std::string to = message.to.name();
  const auto receiver = nodes_.find(to);
  const bool is_lost = cuts_.contains({from, to}) || (lossy_ && lossy_(message));
  const bool arrives = receiver != nodes_.end() && receiver->second.core != nullptr && !is_lost;
  const bool is_snapshot = carries<InstallSnapshot>(message);
  if (arrives) input(to, input::Received{std::move(message)});
  if (is_snapshot && node(from).core != nullptr) input(from, input::SnapshotSent{NodeId(to), arrives});
}

void Group::lose_at(std::size_t position) {
  const Message message = std::move(in_flight_[position]);
  in_flight_.erase(in_flight_.begin() + static_cast<std::ptrdiff_t>(position));
  const std::string from = message.from.name();
  if (carries<InstallSnapshot>(message) && node(from).core != nullptr) {
    input(from, input::SnapshotSent{message.to, false});
  }
}

void Group::run() {
  for (std::size_t count = 0; deliver_one([](const Message&) { return true; }); ++count) {
    if (count == most_deliveries) throw std::logic_error("messages without end");
  }
}

void Group::advance(Duration duration) {
  const TimePoint end = now_ + duration;
  run();
  while (now_ < end) {
    TimePoint next = end;
    for (const auto& [name, it] : nodes_) {
      if (it.core != nullptr && !it.frozen) next = std::min(next, it.deadline);
    }
    now_ = std::clamp(next, now_ + std::chrono::milliseconds(1), end);
    for (auto& [name, it] : nodes_) {
      if (it.core != nullptr && !it.frozen && it.deadline <= now_) input(name, input::Tick{});
    }
    run();
  }
}

bool Group::elect(const std::string& name) {
  input(name, input::Campaign{});
  run();
  return status(name).role == Role::leader;
}

void Group::cut(const std::string& from, const std::string& to) {
  cuts_.insert({from, to});
  lose(on_the_way(from, to));
}

void Group::isolate(const std::string& name) {
  for (const auto& [other, it] : nodes_) {
    if (other == name) continue;
    cut(name, other);
    cut(other, name);
  }
}

void Group::release_write(const std::string& name, input::WriteOutcome outcome) {
  ScriptedNode& it = node(name);
  if (!it.write) throw std::logic_error(name + " has no write under way");
  ScriptedNode::HeldWrite held = std::move(*it.write);
  it.write.reset();
  if (outcome == input::WriteOutcome::durable) {
    finish_write(name, std::move(held));
    finish_applies(name);
  } else {
    it.inputs.push_back(input::Written{held.write.id, outcome});
  }
  step_all(name);
}

void Group::let_writes(const std::string& name) {
  node(name).writes_held = false;
  if (node(name).write) release_write(name);
}

void Group::let_applies(const std::string& name) {
  node(name).applies_held = false;
  finish_applies(name);
  step_all(name);
}

void Group::crash(const std::string& name) {
  ScriptedNode& it = node(name);
  it.core.reset();
  it.inputs.clear();
  it.write.reset();
  it.ranges.clear();
  it.snapshot_wanted = false;
  it.deadline = TimePoint::max();
  invariants_.forget(it.options.id);
  lose([&](const Message& message) { return message.from.name() == name || message.to.name() == name; });
}

void Group::restart(const std::string& name, bool damaged) {
  ++node(name).seed;  // another life
  boot(name, damaged);
}

void Group::check(const std::string& name) {
  std::map<NodeId, const Disk*> disks;
  for (const auto& [other, it] : nodes_) disks.emplace(it.options.id, &it.disk);
  const ScriptedNode& it = node(name);
  if (it.core != nullptr) invariants_.stepped(it.core->status(), disks);
}

}  // namespace scenario
