// The group of cores for tests.
#include "group.hpp"

#include <algorithm>
#include <utility>

namespace consensus::testing {
namespace {

[[noreturn]] void fail(const std::string& what) {
  std::fprintf(stderr, "test group: %s\n", what.c_str());
  std::abort();
}

void require(bool holds, const std::string& what) {
  if (!holds) fail(what);
}

}  // namespace

Disk::Disk(Configuration configuration) : base_configuration_{Index(0), std::move(configuration)} {}

void Disk::write(const Write& write) {
  if (write.hard_state) hard_state = *write.hard_state;
  if (write.install) {
    base_ = write.install->position;
    base_configuration_ = {write.install->configuration_index, write.install->configuration};
    entries_.clear();
  }
  if (write.truncate_from) {
    require(*write.truncate_from > base_.index, "truncation above the base");
    while (!entries_.empty() && entries_.back().index >= *write.truncate_from) entries_.pop_back();
  }
  for (const Entry& entry : write.append) {
    require(follows(entry, entries_.empty() ? base_ : entries_.back().position()), "appended entries follow");
    entries_.push_back(entry);
  }
  if (write.compact_to && *write.compact_to > base_.index) {
    while (!entries_.empty() && entries_.front().index <= *write.compact_to) {
      const Entry& entry = entries_.front();
      if (entry.kind == EntryKind::configuration) {
        base_configuration_ = {entry.index, *decode_configuration(entry.payload.view())};
      }
      base_ = entry.position();
      entries_.erase(entries_.begin());
    }
    require(base_.index == *write.compact_to, "compaction within the log");
  }
  if (write.recovered) damaged_ = false;
  commit_ = std::max(commit_, write.commit);
  require(commit_ <= (entries_.empty() ? base_.index : entries_.back().index), "commit is never ahead of the log");
}

StoredLog Disk::open() const {
  StoredLog log;
  log.hard_state = hard_state;
  log.base = base_;
  log.base_configuration = base_configuration_;
  log.last = entries_.empty() ? base_ : entries_.back().position();
  log.commit = std::min(commit_, log.last.index);
  log.damaged = damaged_;
  Term term = base_.term;
  for (const Entry& entry : entries_) {
    if (entry.term != term || log.terms.empty()) log.terms.push_back({entry.index, entry.term});
    term = entry.term;
    if (entry.kind == EntryKind::configuration) {
      log.configurations.push_back({entry.index, *decode_configuration(entry.payload.view())});
    }
    if (entry.index > log.commit || distance(entry.index, log.last.index) < tail_limit) log.tail.push_back(entry);
  }
  return log;
}

std::vector<Entry> Disk::read(Index first, Index last) const {
  std::vector<Entry> found;
  if (first <= base_.index) return found;
  for (const Entry& entry : entries_) {
    if (entry.index >= first && entry.index <= last) found.push_back(entry);
  }
  return found;
}

void Disk::damage_from(Index index) {
  while (!entries_.empty() && entries_.back().index >= index) entries_.pop_back();
  commit_ = std::min(commit_, entries_.empty() ? base_.index : entries_.back().index);
  damaged_ = true;
}

CoreOptions Group::default_options() {
  CoreOptions options;
  options.election_timeout = 300ms;
  options.heartbeat_interval = 100ms;
  options.commit_notice_delay = Duration::zero();
  options.snapshot_after_entries = 0;
  options.snapshot_after_bytes = 0;
  return options;
}

Group::Group(std::size_t members, CoreOptions options, std::size_t voters) : options_(std::move(options)) {
  Configuration configuration;
  for (std::size_t i = 0; i < members; ++i) {
    const std::string name(1, static_cast<char>('a' + i));
    (i < voters ? configuration.voters : configuration.learners).push_back({NodeId(name), name});
  }
  for (const Member& member : configuration.members()) {
    auto node = std::make_unique<Node>();
    node->disk = Disk(configuration);
    nodes_.emplace(member.id.name(), std::move(node));
    boot(member.id.name());
  }
}

Node& Group::add_blank(const std::string& name) {
  nodes_.emplace(name, std::make_unique<Node>());
  boot(name);
  return node(name);
}

void Group::boot(const std::string& name) {
  Node& each = node(name);
  each.options = options_;
  each.options.id = NodeId(name);
  each.core = std::make_unique<RaftCore>(each.options, BootState{each.disk.open(), each.snapshot, each.applied},
                                         ++boots_, now_);
  each.up = true;
  step(name, input::Tick{});
}

void Group::step(const std::string& name, Input input) {
  if (!node(name).up) return;
  if (const auto* received = std::get_if<input::Received>(&input)) {
    // Its bytes are stored and published before the core hears of it.
    const auto* install = std::get_if<InstallSnapshot>(&received->message.body);
    std::optional<SnapshotMeta>& newest = node(name).snapshot;
    if (install != nullptr && (!newest || newest->position.index < install->meta.position.index))
      newest = install->meta;
  }
  take(name, core(name).step(now_, std::move(input)));
}

void Group::take(const std::string& name, Output output) {
  Node& each = node(name);
  for (Message& message : output.send) messages_.push_back(std::move(message));
  require(output.write.has_value() || output.send_after_write.empty(), "messages wait for a write");
  require(!output.write || !each.write, "one write is under way");
  if (output.write) {
    each.write = std::move(output.write);
    each.after_write = std::move(output.send_after_write);
    each.restore_after_write = std::move(output.restore);
  } else if (output.restore) {
    each.applied = output.restore->position.index;
    each.state.assign(1, "snapshot " + std::to_string(each.applied.value()));
  }
  const bool restored = !output.write && output.restore;
  if (output.apply) each.applying.push_back(std::move(*output.apply));
  for (const Completion& completion : output.completions) {
    if (!completion.result.has_value() || proposals_.count(completion.request) == 0) continue;
    acknowledged_ = std::max(acknowledged_, completion.result.value());
  }
  std::move(output.completions.begin(), output.completions.end(), std::back_inserter(each.completions));
  std::move(output.log_reads.begin(), output.log_reads.end(), std::back_inserter(each.log_reads));
  std::move(output.snapshots.begin(), output.snapshots.end(), std::back_inserter(each.snapshot_orders));
  each.take_snapshot = each.take_snapshot || output.take_snapshot;
  each.deadline = output.next_deadline;
  if (each.write && !each.hold_writes) finish_write(name);
  if (restored) step(name, input::Applied{each.applied});
  if (!each.hold_applying) finish_applying(name);
}

void Group::finish_write(const std::string& name, input::WriteOutcome outcome) {
  Node& each = node(name);
  require(each.write.has_value(), "a write is under way");
  const Write write = *std::exchange(each.write, std::nullopt);
  std::vector<Message> after = std::exchange(each.after_write, {});
  const std::optional<SnapshotMeta> restore = std::exchange(each.restore_after_write, std::nullopt);
  if (outcome == input::WriteOutcome::durable) {
    each.disk.write(write);
    for (Message& message : after) messages_.push_back(std::move(message));
    if (restore) {
      each.applying.clear();
      each.applied = restore->position.index;
      each.state.assign(1, "snapshot " + std::to_string(each.applied.value()));
      step(name, input::Applied{each.applied});
    }
  }
  step(name, input::Written{write.id, outcome});
}

void Group::apply_next(const std::string& name) {
  Node& each = node(name);
  CommittedRange range = std::move(each.applying.front());
  each.applying.pop_front();
  require(range.first == each.applied.next(), "ranges are applied without gaps");
  if (range.entries.empty()) range.entries = each.disk.read(range.first, range.last);
  require(range.entries.size() == distance(range.first, range.last) + 1, "a range is whole");
  for (const Entry& entry : range.entries) {
    require(!each.disk.read(entry.index, entry.index).empty(), "only what is durable is applied");
    each.applied_positions[entry.index] = entry.position();
    if (entry.kind == EntryKind::command) {
      each.state.push_back(std::to_string(entry.index.value()) + ":" + std::string(entry.payload.view()));
    }
  }
  each.applied = range.last;
  step(name, input::Applied{each.applied});
}

void Group::finish_applying(const std::string& name) {
  while (!node(name).applying.empty()) apply_next(name);
}

RequestId Group::propose(const std::string& name, const std::string& text) {
  const RequestId request(next_request_++);
  proposals_.insert(request);
  step(name, input::Propose{request, Payload(text)});
  return request;
}

RequestId Group::change(const std::string& name, ConfigurationChange change) {
  const RequestId request(next_request_++);
  step(name, input::ChangeConfiguration{request, std::move(change)});
  return request;
}

RequestId Group::read(const std::string& name, ReadMode mode) {
  const RequestId request(next_request_++);
  step(name, input::ReadBarrier{request, mode});
  return request;
}

RequestId Group::transfer(const std::string& name, std::optional<std::string> target) {
  const RequestId request(next_request_++);
  std::optional<NodeId> id;
  if (target) id = NodeId(*target);
  step(name, input::TransferLeadership{request, id});
  return request;
}

std::optional<Result<Index>> Group::outcome(const std::string& name, RequestId request) {
  for (const Completion& completion : node(name).completions) {
    if (completion.request == request) return completion.result;
  }
  return std::nullopt;
}

bool Group::deliver_one(const std::function<bool(const Message&)>& fits) {
  const auto at = std::find_if(messages_.begin(), messages_.end(), fits);
  if (at == messages_.end()) return false;
  Message message = std::move(*at);
  messages_.erase(at);
  const std::string to = message.to.name();
  if (cut_.count(to) != 0 || cut_.count(message.from.name()) != 0) return true;
  if (nodes_.count(to) != 0 && node(to).up) step(to, input::Received{std::move(message)});
  return true;
}

void Group::deliver(const std::string& from, const std::string& to) {
  std::size_t count = static_cast<std::size_t>(std::count_if(messages_.begin(), messages_.end(), [&](const Message& m) {
    return m.from.name() == from && m.to.name() == to;
  }));
  for (; count > 0; --count) {
    deliver_one([&](const Message& m) { return m.from.name() == from && m.to.name() == to; });
  }
}

std::size_t Group::drop(const std::function<bool(const Message&)>& fits) {
  return std::erase_if(messages_, fits);
}

void Group::settle() {
  for (int rounds = 0;; ++rounds) {
    require(rounds < 100000, "the group comes to rest");
    bool busy = deliver_one([](const Message&) { return true; });
    for (auto& [name, each] : nodes_) {
      if (!each->up) continue;
      for (const LogReadOrder& order : std::exchange(each->log_reads, {})) {
        step(name, input::LogRead{order.peer, each->disk.read(order.first, order.last)});
        busy = true;
      }
      for (SnapshotOrder& order : std::exchange(each->snapshot_orders, {})) {
        const std::string to = order.message.to.name();
        const bool reachable = nodes_.count(to) != 0 && node(to).up && cut_.count(to) == 0 && cut_.count(name) == 0;
        if (reachable) step(to, input::Received{order.message});
        step(name, input::SnapshotSent{order.message.to, reachable});
        busy = true;
      }
    }
    if (!busy) return;
  }
}

void Group::pass(Duration time) {
  const TimePoint end = now_ + time;
  for (;;) {
    settle();
    TimePoint next = end;
    for (const auto& [name, each] : nodes_) {
      if (each->up) next = std::min(next, std::max(each->deadline, now_));
    }
    if (next >= end) break;
    now_ = next;
    for (const auto& [name, each] : nodes_) {
      if (each->up && each->deadline <= now_) step(name, input::Tick{});
    }
    now_ += Duration(1);
  }
  now_ = std::max(now_, end);
  settle();
}

void Group::crash(const std::string& name) {
  Node& each = node(name);
  each.up = false;
  each.core.reset();
  each.write.reset();
  each.after_write.clear();
  each.restore_after_write.reset();
  each.applying.clear();
  each.log_reads.clear();
  each.snapshot_orders.clear();
  each.deadline = TimePoint::max();
}

void Group::restart(const std::string& name) {
  if (node(name).up) crash(name);
  boot(name);
}

void Group::elect(const std::string& name) {
  step(name, input::Campaign{});
  settle();
  require(core(name).role() == Role::leader, name + " is elected");
}

std::string Group::leader() const {
  Term best;
  std::string found;
  for (const auto& [name, each] : nodes_) {
    if (each->up && each->core->role() == Role::leader && each->core->term() > best) {
      best = each->core->term();
      found = name;
    }
  }
  return found;
}

}  // namespace consensus::testing
