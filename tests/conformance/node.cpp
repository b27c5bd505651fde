// A scripted node.
#include "node.hpp"

#include <algorithm>

#include "changes.hpp"

namespace conformance {
namespace {

using namespace consensus;

// The scripts count in ticks: three without a leader are an election timeout, one is a heartbeat.
constexpr Duration tick_length = std::chrono::seconds(1);

BootState boot(const scenario::Disk& disk, const std::optional<SnapshotMeta>& snapshot) {
  BootState state;
  state.log = disk.stored();
  state.snapshot = snapshot;
  state.applied = disk.base().index;
  return state;
}

CoreOptions core_options(unsigned number, CoreOptions options) {
  options.id = node_id(number);
  options.heartbeat_interval = tick_length;
  options.election_timeout = 3 * tick_length;
  options.commit_notice_delay = Duration::zero();
  // The scripts' log is never cut but by their own command.
  options.snapshot_after_entries = 0;
  options.snapshot_after_bytes = 0;
  options.trailing_entries = 0;
  return options;
}

// The scripts send these before the own vote is stored, ours wait for it: they would never leave in time.
bool asks_for_votes(const std::vector<Message>& messages) {
  return std::any_of(messages.begin(), messages.end(),
                     [](const Message& message) { return std::holds_alternative<VoteRequest>(message.body); });
}

bool is_empty(const Output& output) {
  return output.send.empty() && !output.write && output.send_after_write.empty() && !output.restore && !output.apply &&
         output.log_reads.empty() && output.snapshots.empty();
}

}  // namespace

Node::Node(unsigned number, const NodeOptions& options, const std::optional<SnapshotMeta>& snapshot)
    : number_(number),
      options_(options),
      disk_(snapshot ? scenario::Disk(*snapshot) : scenario::Disk()),
      core_(core_options(number, options.core), boot(disk_, snapshot), number, now_),
      applied_(disk_.base().index) {}

Output Node::raw_step(Input input) {
  return core_.step(now_, std::move(input));
}

void Node::keep(Output output) {
  if (!is_empty(output)) pending_.push_back(std::move(output));
}

void Node::step(Input input) {
  keep(raw_step(std::move(input)));
}

void Node::tick() {
  now_ += tick_length;
  ++ticks_without_leader_;
  const CoreStatus before = status();
  step(input::Tick{});
  const bool due = election_ticks_ != 0 && ticks_without_leader_ >= election_ticks_;
  if (due && before.role != Role::leader && status().term == before.term && status().role == before.role) {
    ticks_without_leader_ = 0;
    step(input::Campaign{});
  }
}

void Node::note_contact(const Message& message) {
  if (std::holds_alternative<AppendRequest>(message.body) || std::holds_alternative<Heartbeat>(message.body) ||
      std::holds_alternative<InstallSnapshot>(message.body)) {
    ticks_without_leader_ = 0;
  }
}

void Node::deliver(Envelope envelope) {
  if (auto* message = std::get_if<Message>(&envelope.cargo)) {
    note_contact(*message);
    step(input::Received{std::move(*message)});
  } else if (const auto* proposal = std::get_if<ForwardedProposal>(&envelope.cargo)) {
    propose(proposal->data);
  } else if (const auto* forwarded = std::get_if<ForwardedChange>(&envelope.cargo)) {
    change(forwarded->change, forwarded->text);
  } else if (const auto* wanted = std::get_if<ForwardedTransfer>(&envelope.cargo)) {
    transfer(wanted->target);
  } else {
    step(std::move(std::get<LocalCompletion>(envelope.cargo).input));
  }
}

void Node::propose(const std::string& data) {
  const CoreStatus now = status();
  if (now.role == Role::leader) {
    step(input::Propose{RequestId(++requests_), Payload(data)});
  } else if (now.leader) {
    forwarded_.push_back({number_, number_of(*now.leader), ForwardedProposal{data}});
  }
}

void Node::change(const ConfigurationChange& change, const std::string& text) {
  const CoreStatus before = status();
  if (before.role != Role::leader) {
    if (before.leader) forwarded_.push_back({number_, number_of(*before.leader), ForwardedChange{change, text}});
    return;
  }
  Output output = raw_step(input::ChangeConfiguration{RequestId(++requests_), change});
  const bool refused = std::any_of(output.completions.begin(), output.completions.end(),
                                   [](const Completion& completion) { return !completion.result; });
  keep(std::move(output));
  if (refused) {
    // The scripts' log has an empty entry for every change that is refused.
    step(input::Propose{RequestId(++requests_), Payload()});
    return;
  }
  const CoreStatus after = status();
  change_texts_[{after.term.value(), after.configuration_index.value()}] = text;
}

void Node::transfer(unsigned target) {
  const CoreStatus now = status();
  if (now.role == Role::leader) {
    step(input::TransferLeadership{RequestId(++requests_), node_id(target)});
  } else if (now.leader) {
    forwarded_.push_back({number_, number_of(*now.leader), ForwardedTransfer{target}});
  }
}

void Node::forget_leader() {
  // With lease reads a follower must not help to elect another leader before its lease is over.
  if (!options_.lease_reads) step(input::ForgetLeader{});
}

void Node::compact(Index index, Network& network) {
  const bool was_idle = !has_ready() && !has_append_work();
  step(input::SnapshotTaken{disk_.meta_at(index)});
  if (!was_idle) return;
  process_ready(network);
  while (has_append_work()) process_append(network);
}

void Node::send_snapshot(unsigned to, Network& network) {
  const Message message{node_id(number_), node_id(to), status().term, InstallSnapshot{disk_.meta_at(applied_)}};
  network.add({number_, to, message});
}

void Node::process_ready(Network& network) {
  for (Envelope& envelope : std::exchange(forwarded_, {})) network.add(std::move(envelope));
  for (Output& output : std::exchange(pending_, {})) carry_out(std::move(output), network);
  while (written_) {
    // What came in while the write was under way is one more write, which the scripts' nodes make at once.
    Output next = raw_step(input::Written{*std::exchange(written_, std::nullopt)});
    if (next.write) {
      AppendWork work{std::move(*next.write), std::move(next.send_after_write), next.restore};
      next.write.reset();
      next.send_after_write.clear();
      next.restore.reset();
      finish_write(std::move(work), network);
    }
    keep(std::move(next));
  }
  // The disk tells first that the write is durable, then the state machine what it has.
  for (const Index index : std::exchange(applied_notes_, {})) step(input::Applied{index});
}

void Node::carry_out(Output output, Network& network) {
  for (Message& message : output.send) {
    const unsigned to = number_of(message.to);
    network.add({number_, to, std::move(message)});
  }
  for (SnapshotOrder& order : output.snapshots) {
    const unsigned to = number_of(order.message.to);
    network.add({number_, to, std::move(order.message)});
  }
  for (const LogReadOrder& order : output.log_reads) {
    step(input::LogRead{order.peer, disk_.read(order.first, order.last)});
  }
  if (output.write) {
    AppendWork work{std::move(*output.write), std::move(output.send_after_write), output.restore};
    if (options_.asynchronous && !asks_for_votes(work.messages)) {
      append_work_.push_back(std::move(work));
    } else {
      finish_write(std::move(work), network);
    }
  }
  if (output.apply) {
    if (options_.asynchronous) {
      apply_work_.push_back(output.apply->last);
    } else {
      applied_ = output.apply->last;
      applied_notes_.push_back(applied_);
    }
  }
}

void Node::finish_write(AppendWork work, Network& network) {
  disk_.write(work.write);
  for (Message& message : work.messages) {
    const unsigned to = number_of(message.to);
    network.add({number_, to, std::move(message)});
  }
  if (options_.asynchronous) {
    network.add({number_, number_, LocalCompletion{input::Written{work.write.id}}});
  } else {
    written_ = work.write.id;
  }
  if (work.restore) {
    applied_ = work.restore->position.index;
    if (options_.asynchronous) {
      network.add({number_, number_, LocalCompletion{input::Applied{applied_}}});
    } else {
      applied_notes_.push_back(applied_);
    }
  }
}

void Node::process_append(Network& network) {
  // The core hands out a write when the one before it is durable, which is later than the scripts release it.
  if (append_work_.empty()) process_ready(network);
  if (append_work_.empty()) return;
  AppendWork work = std::move(append_work_.front());
  append_work_.pop_front();
  finish_write(std::move(work), network);
}

void Node::process_apply(Network& network) {
  if (apply_work_.empty()) return;
  applied_ = apply_work_.front();
  apply_work_.pop_front();
  network.add({number_, number_, LocalCompletion{input::Applied{applied_}}});
}

}  // namespace conformance
