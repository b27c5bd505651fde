// The changes of the state: every change is one of these, applied in order.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "state/records.hpp"

namespace orchestrator::state {

// Commands are plain values and hold all that their effect depends on, times included, so that applying the same
// commands in the same order gives the same state on every node. "Record" puts a row in or replaces it; forgetting what
// is not known changes nothing. What a command answers is said where it is more than "done" (state/answer.hpp).

// A cluster that loses its last instance by this is forgotten too.
struct RecordInstance {
  InstanceRecord instance{};
};
struct ForgetInstance {
  InstanceKey key{};
};
struct RecordCluster {
  ClusterRecord cluster{};
};
// The cluster with all its instances.
struct ForgetCluster {
  std::string id{};
};
// "" takes the alias away.
struct SetClusterAlias {
  ClusterAlias alias{};
};
struct RecordHostnameResolve {
  HostnameResolve resolve{};
};
struct ForgetHostnameResolve {
  std::string hostname{};
};
struct RegisterHostnameUnresolve {
  HostnameUnresolve unresolve{};
};
struct DeregisterHostnameUnresolve {
  std::string hostname{};
};
struct PutKeyValue {
  KeyValue pair{};
};
struct DeleteKeyValue {
  std::string key{};
};
// Keeps where every known instance is now; pictures taken before a time are forgotten.
struct TakeTopologyPicture {
  Time at{};
  Time forget_before{};
};

// Answers existed: whether it had been registered already.
struct RegisterCandidate {
  Candidate candidate{};
};
// Answers existed: whether it was downtimed already; the new downtime replaces that one.
struct BeginDowntime {
  Downtime downtime{};
};
struct EndDowntime {
  InstanceKey key{};
};
// Answers the id (the maintenance key); refused, with the id of the active one, while the instance is in maintenance.
struct BeginMaintenance {
  Maintenance maintenance{};  // without id; becomes active
};
// By its id or, when that is 0, by the instance.
struct EndMaintenance {
  std::uint64_t id = 0;
  InstanceKey key{};
  Time at{};
};
// Answers existed: whether the instance had a tag of that name.
struct PutTag {
  Tag tag{};
};
enum class TagMatch { name, name_and_value };
// Of one instance or, when the key is default-made, of all. Answers the keys of the instances that had it.
struct DeleteTag {
  InstanceKey key{};
  std::string name{};
  std::string value{};
  TagMatch match = TagMatch::name;
};
// Takes the place of what the pool had.
struct SubmitPool {
  std::string pool{};
  std::vector<InstanceKey> instances{};
  Time at{};
};

// Answers unchanged when it was so already.
struct SwitchRecoveries {
  bool disabled = false;
};
// Answers the id; unchanged, with the id of the active one, while the same instance has an active detection of the same
// actionability.
struct RegisterDetection {
  Detection detection{};  // without id; becomes active
};
// Makes the recovery the only running one of its cluster. Answers its id; its epoch is the index of this command. With
// the uid of a recovery that runs already it is claimed anew, in a new epoch, and answers existed. Refused with the id
// of the recovery in the way, which is one of the same cluster that runs or, unless this is forced, one that was
// successful, ended after blocks_since and is not acknowledged; then a BlockedRecovery is kept.
struct ClaimRecovery {
  Recovery recovery{};  // without id, epoch and acknowledgement
  Time blocks_since{};
  bool forced = false;
};
// Replaces all but id, epoch and acknowledgement; an ended_at ends it. Refused when the epoch is not that of the
// recovery (a leader that was deposed), or there is none of that uid.
struct UpdateRecovery {
  Recovery recovery{};
};
// Answers the id. Refused as above, unless the step has no epoch: then it is a remark.
struct RecordRecoveryStep {
  RecoveryStep step{};  // without id
};
enum class AckScope { id, uid, instance, cluster, all };
// Answers how many. Those of an instance or a cluster also end its active detections.
struct AcknowledgeRecoveries {
  AckScope scope = AckScope::id;
  std::uint64_t id = 0;
  std::string uid{};
  InstanceKey key{};
  std::string cluster_id{};
  Time at{};
  std::string by{};
  std::string comment{};
};

// Answers the id.
struct RecordAudit {
  Audit audit{};  // without id
};
struct AddAccessToken {
  AccessToken token{};
};
// Only once, and only a token generated at or after the time: refused otherwise.
struct AcquireAccessToken {
  std::string public_token{};
  std::string secret_digest{};
  Time at{};
  Time generated_since{};
};
// Forgets what has had its time; a default-made time forgets nothing of the kind. Answers how many rows.
struct Expire {
  Time now{};  // downtimes, candidates; maintenance that has expired ends
  Time resolves_before{};
  Time unresolves_before{};
  Time pools_before{};
  Time tokens_before{};
  Time detections_before{};  // end to be active
  Time blocked_before{};
  Time audit_before{};
  Time history_before{};  // detections, recoveries with their steps, ended maintenance
};
// Lets the group use what came with a version of the state. Refused for a version that is lower than the present one.
struct RaiseVersion {
  std::uint64_t version = 0;
};
// Answers unchanged when it was known already.
struct RecordNode {
  GroupNode node;
};
struct ForgetNode {
  std::string name;
};

using Command =
    std::variant<RecordInstance, ForgetInstance, RecordCluster, ForgetCluster, RecordHostnameResolve,
                 ForgetHostnameResolve, PutKeyValue, DeleteKeyValue, SetClusterAlias, RegisterHostnameUnresolve,
                 DeregisterHostnameUnresolve, TakeTopologyPicture, RegisterCandidate, BeginDowntime, EndDowntime,
                 BeginMaintenance, EndMaintenance, PutTag, DeleteTag, SubmitPool, SwitchRecoveries, RegisterDetection,
                 ClaimRecovery, UpdateRecovery, RecordRecoveryStep, AcknowledgeRecoveries, RecordAudit, AddAccessToken,
                 AcquireAccessToken, Expire, RaiseVersion, RecordNode, ForgetNode>;

}  // namespace orchestrator::state
