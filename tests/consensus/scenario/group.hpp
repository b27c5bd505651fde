// A group of cores in one thread: the script decides what is delivered, stored and applied, and when time passes.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "consensus/raft_core.hpp"
#include "disk.hpp"
#include "invariants.hpp"

namespace scenario {

// Half a second to an election, a tenth to a heartbeat; no snapshots by themselves.
[[nodiscard]] consensus::CoreOptions calm_options();

// One member. What a write or an application needs is kept here while the script holds it back.
struct ScriptedNode {
  struct HeldWrite {
    consensus::Write write;
    std::vector<consensus::Message> messages;
    std::optional<consensus::SnapshotMeta> restore;
  };

  consensus::CoreOptions options;
  std::uint64_t seed = 0;
  Disk disk;
  std::optional<consensus::SnapshotMeta> snapshot;  // the newest published one
  std::unique_ptr<consensus::RaftCore> core;        // none while it is down
  std::deque<consensus::Input> inputs;
  consensus::TimePoint deadline = consensus::TimePoint::max();
  consensus::Index applied;
  bool writes_held = false;
  bool applies_held = false;
  bool frozen = false;
  bool snapshot_wanted = false;
  std::optional<HeldWrite> write;
  std::deque<consensus::CommittedRange> ranges;
  std::vector<consensus::Write> writes;           // all that were carried out
  std::vector<consensus::SnapshotMeta> restores;  // likewise
};

class Group {
 public:
  // Voters and learners that begin with the same configuration.
  explicit Group(const std::vector<std::string>& voters, consensus::CoreOptions options = calm_options(),
                 const std::vector<std::string>& learners = {});

  // A node that is in no configuration.
  void add_blank(const std::string& name);

  [[nodiscard]] consensus::CoreStatus status(const std::string& name) const;
  [[nodiscard]] ScriptedNode& node(const std::string& name);
  [[nodiscard]] const ScriptedNode& node(const std::string& name) const;
  // The commands that a node's state machine has.
  [[nodiscard]] std::vector<std::string> applied(const std::string& name) const;
  [[nodiscard]] std::optional<std::string> leader() const;
  [[nodiscard]] consensus::TimePoint now() const { return now_; }

  // Gives a node an input and carries out what comes of it, apart from what is held back; delivers nothing.
  void input(const std::string& name, consensus::Input input);
  consensus::RequestId propose(const std::string& name, const std::string& command);
  consensus::RequestId change(const std::string& name, std::vector<consensus::MemberChange> changes,
                              consensus::Transition transition = consensus::Transition::automatic);
  consensus::RequestId read(const std::string& name, consensus::ReadMode mode = consensus::ReadMode::quorum);
  consensus::RequestId transfer(const std::string& name, std::optional<std::string> target = std::nullopt);
  // How a request ended, if it has.
  [[nodiscard]] std::optional<consensus::Result<consensus::Index>> result(consensus::RequestId request) const;
  [[nodiscard]] std::string result_text(consensus::RequestId request) const;

  // Delivers until nothing is in flight that can be.
  void run();
  // Delivers the first message that fits, if there is one.
  template <class Fits>
  bool deliver_one(Fits fits);
  // Loses what fits.
  template <class Fits>
  void lose(Fits fits);
  // Time passes, with everything that becomes due and is sent meanwhile.
  void advance(consensus::Duration duration);
  // Campaigns and lets the group settle; true when it leads.
  bool elect(const std::string& name);

  // Loses what is sent between the two from now on, also what is in flight.
  void cut(const std::string& from, const std::string& to);
  void isolate(const std::string& name);
  void heal() { cuts_.clear(); }
  // From now on these do not arrive; an empty function ends it.
  void lose_always(std::function<bool(const consensus::Message&)> fits) { lossy_ = std::move(fits); }

  void hold_writes(const std::string& name) { node(name).writes_held = true; }
  // Carries out the write that is held back, and none after it.
  void release_write(const std::string& name,
                     consensus::input::WriteOutcome outcome = consensus::input::WriteOutcome::durable);
  // Carries it out, and all after it.
  void let_writes(const std::string& name);
  void hold_applies(const std::string& name) { node(name).applies_held = true; }
  void let_applies(const std::string& name);

  // Memory, and a write that is held back, are lost.
  void crash(const std::string& name);
  void restart(const std::string& name, bool damaged = false);
  // Stops and goes on, as by SIGSTOP; messages wait.
  void freeze(const std::string& name) { node(name).frozen = true; }
  void thaw(const std::string& name) { node(name).frozen = false; }
  // A snapshot of the state as it is now.
  void take_snapshot(const std::string& name);

  [[nodiscard]] std::vector<consensus::Message>& in_flight() { return in_flight_; }
  // Everything sent so far, for looking back.
  [[nodiscard]] const std::vector<consensus::Message>& sent() const { return sent_; }

 private:
  void step_all(const std::string& name);
  void carry_out(const std::string& name, consensus::Output output);
  void send(std::vector<consensus::Message> messages, const Disk& disk);
  void finish_write(const std::string& name, ScriptedNode::HeldWrite held);
  void finish_applies(const std::string& name);
  void deliver(std::size_t position);
  void lose_at(std::size_t position);
  [[nodiscard]] bool can_arrive(const consensus::Message& message) const;
  void check(const std::string& name);
  void boot(const std::string& name, bool damaged);

  std::map<std::string, ScriptedNode> nodes_;
  std::vector<consensus::Message> in_flight_;
  std::vector<consensus::Message> sent_;
  std::set<std::pair<std::string, std::string>> cuts_;
  std::function<bool(const consensus::Message&)> lossy_;
  std::map<consensus::RequestId, consensus::Result<consensus::Index>> results_;
  Invariants invariants_;
  consensus::TimePoint now_{std::chrono::seconds(1)};
  std::uint64_t requests_ = 0;
};

template <class Fits>
bool Group::deliver_one(Fits fits) {
  for (std::size_t position = 0; position < in_flight_.size(); ++position) {
    if (!fits(in_flight_[position]) || !can_arrive(in_flight_[position])) continue;
    deliver(position);
    return true;
  }
  return false;
}

template <class Fits>
void Group::lose(Fits fits) {
  for (std::size_t position = 0; position < in_flight_.size();) {
    if (fits(in_flight_[position])) {
      lose_at(position);
    } else {
      ++position;
    }
  }
}

// True for messages with this body.
template <class Body>
[[nodiscard]] bool carries(const consensus::Message& message) {
  return std::holds_alternative<Body>(message.body);
}

// Chooses messages by their way.
[[nodiscard]] inline auto on_the_way(std::string from, std::string to) {
  return [from = std::move(from), to = std::move(to)](const consensus::Message& message) {
    return message.from.name() == from && message.to.name() == to;
  };
}

[[nodiscard]] consensus::MemberChange add_voter(const std::string& name);
[[nodiscard]] consensus::MemberChange add_learner(const std::string& name);
[[nodiscard]] consensus::MemberChange remove_member(const std::string& name);

}  // namespace scenario
