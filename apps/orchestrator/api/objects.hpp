// The small JSON objects of the legacy interface.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "api/json_writer.hpp"
#include "topology/cluster_info.hpp"
#include "topology/observation.hpp"

namespace orchestrator::api {

struct KeyValuePair {
  std::string key;
  std::string value;
};

// This process as a member of a fleet of servers.
struct NodeIdentity {
  std::string hostname;
  std::string token;  // made anew at each start
  std::string app_version;
  std::string command;     // "http"
  std::string db_backend;  // what keeps the state, e.g. the SQLite file
  topology::SystemTime started_at{};
};

enum class GroupRole { leader, follower, candidate, shutdown };

// The Raft group as this node sees it; a server by itself is the leader of a group of one.
struct GroupStatus {
  GroupRole role = GroupRole::leader;
  std::string bind;       // RaftBind
  std::string advertise;  // RaftAdvertise
  std::string leader;     // address; "" when none is known
  std::string leader_uri;
  std::vector<std::string> peers;
  std::vector<std::string> healthy_members;
  enum class Quorum { lost, present } quorum = Quorum::present;
};

[[nodiscard]] std::string_view to_string(GroupRole role) noexcept;  // "Leader" …

// Answers for a server by itself: the leader, its only peer, all healthy.
[[nodiscard]] GroupStatus group_of_one(const std::string& bind, const std::string& advertise,
                                       const std::string& leader_uri);

struct Health {
  std::string trouble;  // "" when healthy
  topology::SystemTime now{};
};

// What a configuration says of automated recoveries.
struct RecoveryFilters {
  std::vector<std::string> master_clusters;
  std::vector<std::string> intermediate_master_clusters;
  std::vector<std::string> ignored_hostnames;
};

[[nodiscard]] std::string health_status_json(const Health& health, const NodeIdentity& node, const GroupStatus& group);
[[nodiscard]] std::string group_status_json(const GroupStatus& group);
[[nodiscard]] std::string recovery_filters_json(const RecoveryFilters& filters);
[[nodiscard]] std::string key_json(const topology::InstanceKey& key);
// null when there are none.
[[nodiscard]] std::string pairs_json(const std::vector<KeyValuePair>& pairs);
[[nodiscard]] std::string texts_json(const std::vector<std::string>& texts);
void write_cluster_info(JsonWriter& out, const topology::ClusterInfo& info);

}  // namespace orchestrator::api
