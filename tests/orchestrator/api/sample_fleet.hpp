// Topologies made from values, for tests.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "topology/topology.hpp"

namespace sample {

inline const topology::SystemTime now = std::chrono::system_clock::from_time_t(1795498500);  // 2026-11-24 05:35:00 UTC

inline topology::Instance instance(const std::string& host, std::uint32_t server_id) {
  topology::Instance made;
  made.key = {host, 3306};
  made.version = topology::parse_server_version("8.0.36", "MySQL Community Server - GPL");
  made.server_id = server_id;
  made.server_uuid = "00000000-0000-0000-0000-00000000000" + std::to_string(server_id);
  made.uptime = std::chrono::seconds(3600);
  made.log_bin = true;
  made.log_replica_updates = true;
  made.binlog_format = "ROW";
  made.binlog_row_image = "FULL";
  made.self_coordinates = {"binlog.000002", 157, topology::LogType::binary};
  made.gtid_mode = "ON";
  made.executed_gtid_set = "00000000-0000-0000-0000-000000000001:1-5";
  return made;
}

inline topology::Instance replica(const std::string& host, std::uint32_t server_id, const std::string& master) {
  auto made = instance(host, server_id);
  made.read_only = true;
  topology::ReplicationChannel channel;
  channel.source = {master, 3306};
  channel.source_uuid = "00000000-0000-0000-0000-000000000001";
  channel.io_thread = topology::ThreadState::running;
  channel.sql_thread = topology::ThreadState::running;
  channel.read_coordinates = {"binlog.000002", 157, topology::LogType::binary};
  channel.exec_coordinates = {"binlog.000002", 157, topology::LogType::binary};
  channel.relay_coordinates = {"relay.000003", 367, topology::LogType::relay};
  channel.behind_source = std::chrono::seconds(0);
  channel.auto_position = true;
  made.channels.push_back(channel);
  made.lag = std::chrono::seconds(0);
  return made;
}

inline std::shared_ptr<const topology::Observation> observed(topology::Instance instance) {
  auto made = std::make_shared<topology::Observation>();
  made->key = instance.key;
  made->check.last_attempted = now;
  made->check.last_checked = now;
  made->check.last_seen = now;
  made->check.last_check_valid = true;
  made->check.latency = std::chrono::milliseconds(2);
  made->instance = std::make_shared<const topology::Instance>(std::move(instance));
  return made;
}

inline std::shared_ptr<const topology::Observation> unreachable(topology::Instance instance) {
  auto made = std::make_shared<topology::Observation>(*observed(std::move(instance)));
  made->check.last_seen = now - std::chrono::minutes(5);
  made->check.last_check_valid = false;
  made->check.error = "cannot connect";
  return made;
}

inline std::shared_ptr<const topology::Observation> never_seen(const std::string& host) {
  auto made = std::make_shared<topology::Observation>();
  made->key = {host, 3306};
  return made;
}

inline std::shared_ptr<const topology::Topology> topology_of(
    std::vector<std::shared_ptr<const topology::Observation>> observations) {
  topology::TopologyInputs inputs;
  inputs.observations = std::move(observations);
  return std::make_shared<const topology::Topology>(topology::Topology::build(inputs));
}

// db1 with the alias "shop" <- db2, db3 (unreachable); other1 alone, read-only.
inline std::shared_ptr<const topology::Topology> two_clusters() {
  auto master = instance("db1.example.com", 1);
  master.replicas = {{"db2.example.com", 3306}, {"db3.example.com", 3306}};
  master.attributes.cluster_alias = "shop";
  master.attributes.cluster_domain = "shop.example.com";
  auto other = instance("other1.example.com", 4);
  other.read_only = true;
  return topology_of({observed(std::move(master)), observed(replica("db2.example.com", 2, "db1.example.com")),
                      unreachable(replica("db3.example.com", 3, "db1.example.com")), observed(std::move(other))});
}

}  // namespace sample
