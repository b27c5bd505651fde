// One node of a script: a core, its disk, and the work between them that the script releases step by step.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "consensus/raft_core.hpp"
#include "network.hpp"
#include "scenario/disk.hpp"

namespace conformance {

struct NodeOptions {
  consensus::CoreOptions core;
  bool asynchronous = false;  // the script also releases what the disk and the state machine do
  bool lease_reads = false;
};

// What the scripts call a change, by the entry that carries it.
using ChangeTexts = std::map<std::pair<std::uint64_t, std::uint64_t>, std::string>;

class Node {
 public:
  // Blank without a snapshot, else started from it.
  Node(unsigned number, const NodeOptions& options, const std::optional<consensus::SnapshotMeta>& snapshot);

  // Hands the core an input. What comes out waits for process_ready().
  void step(consensus::Input input);
  // One unit of the scripts' time.
  void tick();
  void deliver(Envelope envelope);
  void propose(const std::string& data);
  void change(const consensus::ConfigurationChange& change, const std::string& text);
  void transfer(unsigned target);
  void forget_leader();
  void set_election_ticks(unsigned ticks) { election_ticks_ = ticks; }
  // A snapshot at `index`, and the log forgotten up to there.
  void compact(consensus::Index index, Network& network);
  void send_snapshot(unsigned to, Network& network);

  [[nodiscard]] bool has_ready() const { return !pending_.empty() || !forwarded_.empty(); }
  // Carries out what the core has asked for; with asynchronous writes, hands the work on to the two threads.
  void process_ready(Network& network);
  [[nodiscard]] bool has_append_work() const { return !append_work_.empty(); }
  void process_append(Network& network);
  [[nodiscard]] bool has_apply_work() const { return !apply_work_.empty(); }
  void process_apply(Network& network);

  [[nodiscard]] unsigned number() const { return number_; }
  [[nodiscard]] consensus::CoreStatus status() const { return core_.status(); }
  [[nodiscard]] const scenario::Disk& disk() const { return disk_; }
  [[nodiscard]] const ChangeTexts& change_texts() const { return change_texts_; }
  // How many requests to one follower may be unanswered.
  [[nodiscard]] std::size_t window() const { return options_.core.max_inflight_requests; }

 private:
  struct AppendWork {
    consensus::Write write;
    std::vector<consensus::Message> messages;
    std::optional<consensus::SnapshotMeta> restore;
  };

  consensus::Output raw_step(consensus::Input input);
  void keep(consensus::Output output);
  void carry_out(consensus::Output output, Network& network);
  void finish_write(AppendWork work, Network& network);
  void note_contact(const consensus::Message& message);

  unsigned number_;
  NodeOptions options_;
  scenario::Disk disk_;
  consensus::TimePoint now_;
  consensus::RaftCore core_;
  consensus::Index applied_;
  std::uint64_t requests_ = 0;
  unsigned ticks_without_leader_ = 0;
  unsigned election_ticks_ = 0;  // zero: the core's own random time
  std::deque<consensus::Output> pending_;
  std::vector<Envelope> forwarded_;
  std::deque<AppendWork> append_work_;
  std::deque<consensus::Index> apply_work_;
  std::optional<consensus::WriteId> written_;    // carried out, not yet told to the core
  std::vector<consensus::Index> applied_notes_;  // likewise
  ChangeTexts change_texts_;
};

}  // namespace conformance
