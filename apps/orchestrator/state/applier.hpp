// Carries out commands on the tables.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "state/answer.hpp"
#include "state/command.hpp"
#include "state/record_store.hpp"

namespace orchestrator::state {

// The group's version as the state has it.
[[nodiscard]] int version_of(RecordStore& store);

// Works within the transaction of its caller, whose failure it throws. What it does depends on nothing but the
// commands, their index and the tables.
class Applier {
 public:
  // The commands at one index of the log.
  Applier(RecordStore& store, std::uint64_t index) : store_(store), index_(index) {}

  [[nodiscard]] Answer apply(const Command& command);

  Answer operator()(const RecordInstance& command);
  Answer operator()(const ForgetInstance& command);
  Answer operator()(const RecordCluster& command);
  Answer operator()(const ForgetCluster& command);
  Answer operator()(const RecordHostnameResolve& command);
  Answer operator()(const ForgetHostnameResolve& command);
  Answer operator()(const PutKeyValue& command);
  Answer operator()(const DeleteKeyValue& command);
  Answer operator()(const SetClusterAlias& command);
  Answer operator()(const RegisterHostnameUnresolve& command);
  Answer operator()(const DeregisterHostnameUnresolve& command);
  Answer operator()(const TakeTopologyPicture& command);
  Answer operator()(const RegisterCandidate& command);
  Answer operator()(const BeginDowntime& command);
  Answer operator()(const EndDowntime& command);
  Answer operator()(const BeginMaintenance& command);
  Answer operator()(const EndMaintenance& command);
  Answer operator()(const PutTag& command);
  Answer operator()(const DeleteTag& command);
  Answer operator()(const SubmitPool& command);
  Answer operator()(const SwitchRecoveries& command);
  Answer operator()(const RegisterDetection& command);
  Answer operator()(const ClaimRecovery& command);
  Answer operator()(const UpdateRecovery& command);
  Answer operator()(const RecordRecoveryStep& command);
  Answer operator()(const AcknowledgeRecoveries& command);
  Answer operator()(const RecordAudit& command);
  Answer operator()(const AddAccessToken& command);
  Answer operator()(const AcquireAccessToken& command);
  Answer operator()(const Expire& command);
  Answer operator()(const RaiseVersion& command);
  Answer operator()(const RecordNode& command);
  Answer operator()(const ForgetNode& command);

 private:
  // Puts the row; says whether one with that key was there.
  template <class Row>
  Answer put(const Row& row, const std::vector<Value>& key);
  // Takes the row away; unchanged if it was not there.
  template <class Row>
  Answer erase(const std::vector<Value>& key);
  template <class Row>
  std::uint64_t erase_counted(std::string_view condition, const std::vector<Value>& parameters);
  // Unless the time is default-made.
  template <class Row>
  std::uint64_t erase_before(std::string_view column, Time time);

  [[nodiscard]] std::uint64_t next_id(const std::string& table);
  void forget_cluster_if_empty(const std::string& id);
  [[nodiscard]] std::vector<Recovery> recoveries_to_acknowledge(const AcknowledgeRecoveries& command);
  std::uint64_t end_detections(std::string_view condition, const std::vector<Value>& parameters, Time at);
  std::uint64_t expire_history(Time before);

  RecordStore& store_;
  std::uint64_t index_;
};

}  // namespace orchestrator::state
