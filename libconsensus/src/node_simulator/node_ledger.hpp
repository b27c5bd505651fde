// What must hold in every run of whole nodes, checked against what all of them have stored, sent and applied so far.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "consensus/log_store.hpp"
#include "consensus/raft_core.hpp"
#include "consensus/simulator/scenario.hpp"

namespace consensus::simulator {

// Knows what no node can know. Members are told apart by their ids, so one whose data are gone is another one. Source
// of the invariants: Raft paper, figure 3.
class NodeLedger {
 public:
  using Complaint = std::function<void(std::string kind, std::string text)>;

  explicit NodeLedger(Complaint complain) : complain_(std::move(complain)) {}

  // What a host's disk may have done since its log was last opened.
  enum class Suspicion : std::uint8_t { none, spoiled };
  enum class Verdict : std::uint8_t { as_it_was, damaged, rolled_back };

  // The log was opened, with these entries. A rollback is a failure, too, unless the disk is suspected.
  Verdict opened(const NodeId& id, const StoredLog& log, const std::vector<Entry>& entries, Suspicion suspicion);
  void writes(const NodeId& id, const Write& write);
  // How the last one ended.
  void wrote(const NodeId& id, const Result<void>& result);

  // After each of its handlers. `life` tells one start of the node from another.
  void observe(const CoreStatus& status, std::uint64_t life);
  void sends(const Message& message);

  void applies(const NodeId& id, Index after, std::span<const std::pair<Index, std::uint64_t>> commands);
  void answers(const NodeId& id, Index index, std::uint64_t answer);
  // The bytes of the state at this index, taken or restored.
  void has_state(const NodeId& id, Index index, std::uint64_t bytes);

  [[nodiscard]] Index committed() const noexcept { return highest_commit_; }
  [[nodiscard]] std::uint64_t elections() const noexcept { return leaders_.size(); }
  // The newest one that a leader knew to be committed.
  [[nodiscard]] const Configuration& configuration() const noexcept { return configuration_; }

 private:
  struct Mark {
    LogPosition last;
    HardState hard_state;
    friend bool operator==(const Mark&, const Mark&) = default;
  };
  struct Log {
    LogPosition base;
    std::map<Index, LogPosition> entries;
    HardState hard_state;

    void apply(const Write& write);
    [[nodiscard]] LogPosition last() const { return entries.empty() ? base : entries.rbegin()->second; }
    [[nodiscard]] const LogPosition* find(Index index) const;
  };
  struct Record {
    Log log;                       // acknowledged by the store
    std::optional<Write> pending;  // neither acknowledged nor refused
    std::vector<Mark> acceptable;  // after a loss of power
    std::map<Index, LogPosition> lost;
    bool damaged = false;
    Term term;
    std::uint64_t life = 0;
    Index commit;                  // in this life
    Index verified;                // up to where its log was compared with what is committed
    Configuration configuration;   // before the last handler
    std::map<Term, NodeId> votes;  // granted, as others were told
  };
  struct Leader {
    NodeId id;
    std::uint64_t life = 0;
  };

  void complain(const NodeId& id, const char* kind, const std::string& text) const;
  void complain_of_loss(const NodeId& id, const Record& record, const StoredLog& stored) const;
  void check_leader(const CoreStatus& status, std::uint64_t life);
  void check_quorum(const Record& record, const CoreStatus& status);
  [[nodiscard]] std::optional<LogPosition> held_by_quorum(const Configuration& configuration, Index index) const;
  void compare_log(Record& record, const CoreStatus& status);

  Complaint complain_;
  std::map<NodeId, Record> records_;
  std::map<Term, Leader> leaders_;
  std::map<Index, LogPosition> committed_;
  Index highest_commit_;
  Index highest_applied_;
  Configuration configuration_;
  Term configuration_term_;
  std::map<Index, std::uint64_t> commands_;
  std::map<Index, std::uint64_t> answers_;
  std::map<Index, std::uint64_t> states_;
};

}  // namespace consensus::simulator
