// What must hold of a group of cores after every step, whatever the script does.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "consensus/raft_core.hpp"
#include "disk.hpp"

namespace scenario {

// What the invariants look at of one node.
struct Observed {
  const consensus::CoreStatus& status;
  const Disk& disk;
};

// Remembers the history. The first thing that breaks throws std::logic_error with what it was.
class Invariants {
 public:
  // A write before it is carried out, with what is stored now.
  void before_write(const consensus::NodeId& node, const consensus::Write& write, const Disk& disk);
  // A message that leaves a node, with what is durable there.
  void sent(const consensus::Message& message, const Disk& disk);
  // Committed entries given to a state machine, which has everything up to `applied`.
  void apply(const consensus::NodeId& node, consensus::Index applied, const std::vector<consensus::Entry>& entries);
  // After a step; `all` also has the nodes that are down, for what is on their disks.
  void stepped(const consensus::CoreStatus& status, const std::map<consensus::NodeId, const Disk*>& all);
  // A node that lost something has another life.
  void forget(const consensus::NodeId& node);

  [[nodiscard]] const std::map<consensus::Index, consensus::Entry>& committed() const { return committed_; }

 private:
  void check_leader(const consensus::CoreStatus& status, const std::map<consensus::NodeId, const Disk*>& all);

  std::map<consensus::Term, consensus::NodeId> leaders_;
  std::map<std::pair<consensus::NodeId, consensus::Term>, consensus::NodeId> votes_;
  std::map<consensus::NodeId, consensus::Term> terms_;
  std::map<consensus::NodeId, consensus::Index> commits_;
  std::map<consensus::Index, consensus::Entry> committed_;  // as applied somewhere
};

}  // namespace scenario
