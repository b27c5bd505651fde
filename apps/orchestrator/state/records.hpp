// What the state remembers.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "topology/instance.hpp"
#include "topology/instance_key.hpp"

namespace orchestrator::state {

using topology::InstanceKey;
using topology::PromotionRule;
// Kept to the microsecond; the epoch itself stands for "not yet" or "never".
using Time = std::chrono::time_point<std::chrono::system_clock, std::chrono::microseconds>;

// --- The fleet --------------------------------------------------------------------------------------------------

// One known instance. Its master is default-made when it has none.
struct InstanceRecord {
  InstanceKey key{};
  std::string cluster_id{};
  InstanceKey master_key{};
  std::string server_uuid{};
  Time last_seen{};
  std::string record{};  // all that was measured, as text that only the caller understands

  friend bool operator==(const InstanceRecord&, const InstanceRecord&) = default;
};

// The id stays when the name, that of the master, changes.
struct ClusterRecord {
  std::string id{};
  std::string name{};
  std::string alias{};
  std::string domain{};

  friend bool operator==(const ClusterRecord&, const ClusterRecord&) = default;
};

// An alias that a person gave; it wins over the one that was detected.
struct ClusterAlias {
  std::string cluster_id{};
  std::string alias{};

  friend bool operator==(const ClusterAlias&, const ClusterAlias&) = default;
};

struct HostnameResolve {
  std::string hostname{};
  std::string resolved{};
  Time resolved_at{};

  friend bool operator==(const HostnameResolve&, const HostnameResolve&) = default;
};

// The name that replicas are told to use for a host.
struct HostnameUnresolve {
  std::string hostname{};
  std::string unresolved{};
  Time registered_at{};

  friend bool operator==(const HostnameUnresolve&, const HostnameUnresolve&) = default;
};

// A pair of the internal key-value map.
struct KeyValue {
  std::string key{};
  std::string value{};

  friend bool operator==(const KeyValue&, const KeyValue&) = default;
};

// One instance's place in a picture of all topologies that was taken at a time.
struct PastInstance {
  Time taken_at{};
  InstanceKey key{};
  InstanceKey master_key{};
  std::string cluster_id{};
  std::string cluster_name{};

  friend bool operator==(const PastInstance&, const PastInstance&) = default;
};

// --- What operators say about instances -------------------------------------------------------------------------

struct Candidate {
  InstanceKey key{};
  PromotionRule rule = PromotionRule::neutral;
  Time registered_at{};
  Time expires_at{};

  friend bool operator==(const Candidate&, const Candidate&) = default;
};

struct Downtime {
  InstanceKey key{};
  std::string owner{};
  std::string reason{};
  Time begins_at{};
  Time ends_at{};

  friend bool operator==(const Downtime&, const Downtime&) = default;
};

// A lock on an instance; while it is active the instance is left out of failure analysis. Ended ones are kept a while.
struct Maintenance {
  std::uint64_t id = 0;
  InstanceKey key{};
  std::string owner{};
  std::string reason{};
  Time begins_at{};
  Time expires_at{};
  Time ended_at{};
  bool active = false;

  friend bool operator==(const Maintenance&, const Maintenance&) = default;
};

struct Tag {
  InstanceKey key{};
  std::string name{};
  std::string value{};

  friend bool operator==(const Tag&, const Tag&) = default;
};

struct PoolInstance {
  std::string pool{};
  InstanceKey key{};
  Time registered_at{};

  friend bool operator==(const PoolInstance&, const PoolInstance&) = default;
};

// --- Failures and recoveries ------------------------------------------------------------------------------------

// A failure that was noticed. While it is active, the same failure is not registered again.
struct Detection {
  std::uint64_t id = 0;
  InstanceKey key{};  // of the failed instance
  std::string cluster_id{};
  std::string cluster_name{};
  std::string cluster_alias{};
  std::string analysis{};        // the code
  std::string analysis_entry{};  // all of the analysis, as text that only the caller understands
  bool actionable = false;
  bool active = false;
  Time detected_at{};
  Time ended_at{};  // the active period
  std::string node_hostname{};
  std::string node_token{};

  friend bool operator==(const Detection&, const Detection&) = default;
};

struct Acknowledgement {
  bool given = false;
  Time at{};
  std::string by{};
  std::string comment{};

  friend bool operator==(const Acknowledgement&, const Acknowledgement&) = default;
};

// A recovery and what became of it. The epoch is the index of the command that claimed it.
struct Recovery {
  std::uint64_t id = 0;
  std::string uid{};
  std::uint64_t epoch = 0;
  InstanceKey key{};  // of the failed instance
  std::string cluster_id{};
  std::string cluster_name{};
  std::string cluster_alias{};
  std::string analysis{};
  std::string analysis_entry{};
  std::string type{};           // MasterRecovery, IntermediateMasterRecovery …
  std::string recovery_type{};  // MasterRecoveryGTID, NotMasterRecovery …
  std::string plan{};           // as text that only the caller understands
  std::string certificate{};    // likewise
  Time started_at{};
  Time ended_at{};  // the epoch while it runs
  bool successful = false;
  InstanceKey successor{};
  std::string successor_alias{};
  std::string successor_coordinates{};
  std::vector<InstanceKey> lost_replicas{};
  std::vector<InstanceKey> participants{};
  std::vector<std::string> errors{};
  std::string node_hostname{};
  std::string node_token{};
  std::uint64_t detection_id = 0;
  std::uint64_t related_recovery_id = 0;
  Acknowledgement acknowledgement{};

  [[nodiscard]] bool is_running() const { return ended_at == Time{}; }
  friend bool operator==(const Recovery&, const Recovery&) = default;
};

struct RecoveryStep {
  std::string recovery_uid{};
  std::uint64_t id = 0;
  std::uint64_t epoch = 0;
  Time at{};
  std::string name{};     // of the step of the plan; "" for a remark
  std::string phase{};    // as the workflow says it
  std::string message{};  // for people
  std::string record{};   // as text that only the caller understands

  friend bool operator==(const RecoveryStep&, const RecoveryStep&) = default;
};

// A recovery that was wanted and not allowed.
struct BlockedRecovery {
  InstanceKey key{};
  std::string cluster_id{};
  std::string cluster_name{};
  std::string analysis{};
  Time blocked_at{};
  std::uint64_t blocking_recovery_id = 0;

  friend bool operator==(const BlockedRecovery&, const BlockedRecovery&) = default;
};

// --- Records of use ---------------------------------------------------------------------------------------------

struct Audit {
  std::uint64_t id = 0;
  Time at{};
  std::string type{};
  InstanceKey key{};
  std::string cluster_name{};
  std::string message{};

  friend bool operator==(const Audit&, const Audit&) = default;
};

// The secret itself is not kept, only a digest of it, which is empty until the token is acquired.
struct AccessToken {
  std::string public_token{};
  std::string secret_digest{};
  std::string owner{};
  Time generated_at{};
  Time acquired_at{};

  friend bool operator==(const AccessToken&, const AccessToken&) = default;
};

// What a node of the group has said of itself, so that every other one knows where it serves HTTP and what it can read.
struct GroupNode {
  std::string name;  // in the group
  std::string uri;   // "http://host:port"
  std::string hostname;
  std::string program_version;
  std::uint64_t state_version = 0;

  friend bool operator==(const GroupNode&, const GroupNode&) = default;
};

// A number that the state keeps for itself: the group's version, the latest id of a table, a switch.
struct Number {
  std::string name{};
  std::uint64_t value = 0;

  friend bool operator==(const Number&, const Number&) = default;
};

}  // namespace orchestrator::state
