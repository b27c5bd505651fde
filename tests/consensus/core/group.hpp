// A group of cores without any I/O: the test decides what is delivered, stored, applied and when time passes.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "consensus/raft_core.hpp"

namespace consensus::testing {

using namespace std::chrono_literals;

// A log store in memory: what writes have made of it, for booting again.
class Disk {
 public:
  explicit Disk(Configuration configuration = {});

  void write(const Write& write);
  [[nodiscard]] StoredLog open() const;
  [[nodiscard]] const std::vector<Entry>& entries() const { return entries_; }
  [[nodiscard]] const LogPosition& base() const { return base_; }
  // Entries from `first` on, as a log store gives them.
  [[nodiscard]] std::vector<Entry> read(Index first, Index last) const;
  void damage_from(Index index);
  // As after a disk that lied: back to what it was.
  void mark_damaged(bool damaged) { damaged_ = damaged; }
  HardState hard_state;
  std::size_t tail_limit = 1000000;

 private:
  Index commit_;
  LogPosition base_;
  ConfigurationAt base_configuration_;
  std::vector<Entry> entries_;
  bool damaged_ = false;
};

struct Node {
  CoreOptions options;
  Disk disk;
  std::unique_ptr<RaftCore> core;
  std::optional<SnapshotMeta> snapshot;
  Index applied;
  std::vector<std::string> state;  // "index:payload" of applied commands
  std::map<Index, LogPosition> applied_positions;
  std::optional<Write> write;  // under way
  std::vector<Message> after_write;
  std::optional<SnapshotMeta> restore_after_write;
  std::deque<CommittedRange> applying;
  std::vector<Completion> completions;
  std::vector<LogReadOrder> log_reads;
  std::vector<SnapshotOrder> snapshot_orders;
  TimePoint deadline = TimePoint::max();
  bool take_snapshot = false;
  bool hold_writes = false;  // else every write is durable at once
  bool hold_applying = false;
  bool up = true;
};

// Members are named "a", "b", "c" …; everything is deterministic.
class Group {
 public:
  explicit Group(std::size_t members, CoreOptions options = default_options(), std::size_t voters = 99);
  static CoreOptions default_options();

  Node& node(const std::string& name) { return *nodes_.at(name); }
  RaftCore& core(const std::string& name) { return *node(name).core; }
  CoreStatus status(const std::string& name) { return core(name).status(); }
  Node& add_blank(const std::string& name);

  void step(const std::string& name, Input input);
  RequestId propose(const std::string& name, const std::string& text);
  RequestId change(const std::string& name, ConfigurationChange change);
  RequestId read(const std::string& name, ReadMode mode = ReadMode::quorum);
  RequestId transfer(const std::string& name, std::optional<std::string> target = std::nullopt);
  // The last entry that a proposer was told is committed.
  Index best_acknowledged() const { return acknowledged_; }
  // None: not ended yet.
  std::optional<Result<Index>> outcome(const std::string& name, RequestId request);

  void finish_write(const std::string& name, input::WriteOutcome outcome = input::WriteOutcome::durable);
  void finish_applying(const std::string& name);
  // Delivers what is under way, and what that causes, until there is nothing.
  void settle();
  // Delivers the first message that fits; false when there is none.
  bool deliver_one(const std::function<bool(const Message&)>& fits);
  void deliver(const std::string& from, const std::string& to);
  std::size_t drop(const std::function<bool(const Message&)>& fits);
  // Lets time pass, to every deadline on the way; messages are delivered unless cut.
  void pass(Duration time);
  // Advances the clock only.
  void skip(Duration time) { now_ += time; }
  void cut(const std::string& name) { cut_.insert(name); }
  void heal() { cut_.clear(); }
  void crash(const std::string& name);
  void restart(const std::string& name);
  void elect(const std::string& name);
  std::string leader() const;

  std::deque<Message>& messages() { return messages_; }
  TimePoint now() const { return now_; }

 private:
  void take(const std::string& name, Output output);
  void apply_next(const std::string& name);
  void boot(const std::string& name);

  std::map<std::string, std::unique_ptr<Node>> nodes_;
  std::deque<Message> messages_;
  std::set<std::string> cut_;
  CoreOptions options_;
  TimePoint now_{};
  std::uint64_t next_request_ = 1;
  std::uint64_t boots_ = 0;
  std::set<RequestId> proposals_;
  Index acknowledged_;
};

}  // namespace consensus::testing
