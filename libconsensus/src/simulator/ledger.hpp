// What must hold in every run, checked after every step against what all members have said and stored so far.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "consensus/raft_core.hpp"
#include "consensus/simulator/scenario.hpp"
#include "simulator/log_image.hpp"

namespace consensus::simulator {

class SimulatedMember;
class World;

// Knows what no member can know. Source of the invariants: Raft paper, figure 3; what goes beyond it is said there.
class Ledger {
 public:
  explicit Ledger(World& world) : world_(world) {}

  // What all members of the new group have, and what is therefore committed.
  void begin(const LogImage& image);
  // The highest index that a member ever knew to be committed.
  [[nodiscard]] Index committed() const noexcept { return Index(committed_.size()); }
  // The newest that is committed.
  [[nodiscard]] const ConfigurationAt& configuration() const noexcept { return configurations_.back(); }
  [[nodiscard]] std::uint64_t elections() const noexcept { return elections_; }
  [[nodiscard]] Term highest_term() const noexcept { return highest_term_; }

  void started(SimulatedMember& member);
  void stepped(SimulatedMember& member, const Output& output);
  // When the message leaves.
  void sends(const SimulatedMember& member, const Message& message);
  void sends_snapshot(const SimulatedMember& member, const SnapshotOrder& order);
  // When the write begins.
  void writes(const SimulatedMember& member, const Write& write);
  void applies(const SimulatedMember& member, const Entry& entry);
  void answered(const SimulatedMember& member, Index index, std::string_view answer);
  void restores(const SimulatedMember& member, const SnapshotMeta& meta);
  void took_snapshot(const SimulatedMember& member, const SnapshotMeta& meta);

 private:
  struct Leadership {
    MemberNumber member = 0;
    std::uint32_t life = 0;
  };
  // Whether those whose disks lost something count by what they have, or as having had everything.
  enum class Trust : std::uint8_t { present, past };
  struct SeenEntry {
    Term term;
    std::uint64_t chain = 0;
  };

  void fail(const SimulatedMember& member, const char* kind, const std::string& text);
  void check_progress(SimulatedMember& member, const Output& output);
  void check_leader(const SimulatedMember& member);
  void check_window(const SimulatedMember& member);
  void commit(SimulatedMember& member, Index index);
  [[nodiscard]] bool is_durable(const Configuration& configuration, const LogPosition& position, Trust trust) const;
  [[nodiscard]] const SimulatedMember* holder_of(const Configuration& configuration, Index index,
                                                 const SimulatedMember& decider) const;
  void check_hard_state(const SimulatedMember& member, const HardState& next);
  void check_truncation(const SimulatedMember& member, Index from);
  void check_append(const SimulatedMember& member, const Write& write);
  void check_committed_prefix(const SimulatedMember& member, const Write* write);
  void check_recovery(const SimulatedMember& member, const Write& write);
  void check_acknowledgement(const SimulatedMember& member, Term term, const AppendReply& reply);
  void check_configuration(const SimulatedMember& member, const Write& write);
  void check_new_configuration(const SimulatedMember& member, const Write& write, const Entry& entry);
  void check_first_of_term(const SimulatedMember& member, const Write& write, const Entry& entry);
  void check_compaction(const SimulatedMember& member, Index to);
  void check_snapshot(const SimulatedMember& member, const SnapshotMeta& meta, const char* kind);
  void check_granted(const SimulatedMember& member, Term term, const NodeId& to);
  void check_successor(const SimulatedMember& member, const Message& message);
  void check_append_request(const SimulatedMember& member, Term term, const AppendRequest& request);
  void check_leads(const SimulatedMember& member, Term term, Index told_commit);
  [[nodiscard]] SeenEntry* seen(Index index, Term term);

  World& world_;
  std::vector<LogPosition> committed_;                 // by index - 1
  std::vector<Term> committed_in_;                     // by index - 1: the term of the leader that decided it
  std::vector<ConfigurationAt> configurations_;        // committed
  std::vector<std::vector<SeenEntry>> entries_;        // by index: in any log, ever
  std::vector<Leadership> leaders_;                    // by term
  std::vector<bool> begun_terms_;                      // by term: an entry of it was written
  std::vector<std::vector<MemberNumber>> votes_;       // by voter, by term
  std::vector<std::optional<std::uint64_t>> answers_;  // by index: hash
  std::uint64_t elections_ = 0;
  Term highest_term_;
};

}  // namespace consensus::simulator
