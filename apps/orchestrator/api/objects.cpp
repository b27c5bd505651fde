// The small JSON objects of the legacy interface.
#include "api/objects.hpp"

#include <algorithm>

#include "api/instance_document.hpp"
#include "api/timestamps.hpp"

namespace orchestrator::api {
namespace {

void write_texts(JsonWriter& out, const std::vector<std::string>& texts) {
  out.begin_array();
  for (const auto& text : texts) {
    out.text(text);
  }
  out.end_array();
}

void write_node(JsonWriter& out, const NodeIdentity& node, topology::SystemTime now) {
  out.begin_object();
  out.key("Hostname").text(node.hostname).key("Token").text(node.token).key("AppVersion").text(node.app_version);
  out.key("FirstSeenActive").text(timestamp(node.started_at)).key("LastSeenActive").text(timestamp(now));
  out.key("ExtraInfo").text("").key("Command").text(node.command).key("DBBackend").text(node.db_backend);
  out.key("LastReported").text(rfc3339(now)).end_object();
}

}  // namespace

std::string_view to_string(GroupRole role) noexcept {
  switch (role) {
    case GroupRole::leader:
      return "Leader";
    case GroupRole::follower:
      return "Follower";
    case GroupRole::candidate:
      return "Candidate";
    case GroupRole::shutdown:
      return "Shutdown";
  }
  return "";
}

GroupStatus group_of_one(const std::string& bind, const std::string& advertise, const std::string& leader_uri) {
  GroupStatus group;
  group.bind = bind;
  group.advertise = advertise;
  group.leader = advertise;
  group.leader_uri = leader_uri;
  group.peers = {advertise};
  group.healthy_members = {advertise};
  return group;
}

std::string health_status_json(const Health& health, const NodeIdentity& node, const GroupStatus& group) {
  JsonWriter out;
  const bool leads = group.role == GroupRole::leader;
  out.begin_object().key("Healthy").boolean(health.trouble.empty());
  out.key("Hostname").text(node.hostname).key("Token").text(node.token).key("IsActiveNode").boolean(leads);
  out.key("ActiveNode");
  write_node(out, node, health.now);
  out.key("Error");
  health.trouble.empty() ? out.null() : out.text(health.trouble);
  out.key("AvailableNodes").begin_array();
  write_node(out, node, health.now);
  out.end_array();
  out.key("RaftLeader").text(group.leader).key("IsRaftLeader").boolean(leads);
  out.key("RaftLeaderURI").text(group.leader_uri).key("RaftAdvertise").text(group.advertise);
  out.key("RaftHealthyMembers");
  write_texts(out, group.healthy_members);
  return out.end_object().take();
}

std::string group_status_json(const GroupStatus& group) {
  JsonWriter out;
  const bool present = group.quorum == GroupStatus::Quorum::present;
  out.begin_object().key("RaftBind").text(group.bind).key("RaftAdvertise").text(group.advertise);
  out.key("State").text(to_string(group.role)).key("Healthy").boolean(present).key("IsPartOfQuorum").boolean(present);
  out.key("Leader").text(group.leader).key("LeaderURI").text(group.leader_uri).key("Peers");
  write_texts(out, group.peers);
  return out.end_object().take();
}

std::string recovery_filters_json(const RecoveryFilters& filters) {
  JsonWriter out;
  out.begin_object().key("RecoverMasterClusterFilters");
  write_texts(out, filters.master_clusters);
  out.key("RecoverIntermediateMasterClusterFilters");
  write_texts(out, filters.intermediate_master_clusters);
  out.key("RecoveryIgnoreHostnameFilters");
  write_texts(out, filters.ignored_hostnames);
  return out.end_object().take();
}

std::string key_json(const topology::InstanceKey& key) {
  JsonWriter out;
  write_key(out, key);
  return out.take();
}

std::string pairs_json(const std::vector<KeyValuePair>& pairs) {
  if (pairs.empty()) {
    return "null";
  }
  JsonWriter out;
  out.begin_array();
  for (const auto& pair : pairs) {
    out.begin_object().key("Key").text(pair.key).key("Value").text(pair.value).end_object();
  }
  return out.end_array().take();
}

std::string texts_json(const std::vector<std::string>& texts) {
  JsonWriter out;
  write_texts(out, texts);
  return out.take();
}

void write_cluster_info(JsonWriter& out, const topology::ClusterInfo& info) {
  out.begin_object().key("ClusterName").text(info.name).key("ClusterAlias").text(info.alias);
  out.key("ClusterDomain").text(info.domain).key("CountInstances").number(info.count_instances);
  out.key("HeuristicLag").number(info.heuristic_lag.count());
  out.key("HasAutomatedMasterRecovery").boolean(info.has_automated_master_recovery);
  out.key("HasAutomatedIntermediateMasterRecovery").boolean(info.has_automated_intermediate_master_recovery);
  out.end_object();
}

}  // namespace orchestrator::api
