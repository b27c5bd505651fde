// The legacy JSON form of an instance as a plain value: one member for each key.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "api/json_writer.hpp"
#include "topology/binlog_coordinates.hpp"
#include "topology/instance_key.hpp"

namespace orchestrator::api {

// One replication channel, of which the legacy form shows only the primary one.
struct ChannelDocument {
  std::string name;  // "" is the default channel
  topology::InstanceKey master_key;
  std::string master_uuid;
  std::string user;
  std::int64_t replication_io_thread_state = -1;
  std::int64_t replication_sql_thread_state = -1;
  topology::BinlogCoordinates read_binlog_coordinates;
  topology::BinlogCoordinates exec_binlog_coordinates;
  std::string last_io_error;
  std::string last_sql_error;
  std::optional<std::int64_t> seconds_behind_master;
  std::int64_t sql_delay = 0;  // seconds
  bool using_oracle_gtid = false;
  std::string mariadb_using_gtid;
  std::string retrieved_gtid_set;
  bool has_replication_filters = false;

  friend bool operator==(const ChannelDocument&, const ChannelDocument&) = default;
};

// Members bear the names of the JSON keys. Names, order and types of the keys are in one table in the .cpp file;
// keys that say the same twice (Slave_IO_Running, SlaveHosts …) share a member.
struct InstanceDocument {
  topology::InstanceKey key;
  std::string instance_alias;
  std::int64_t uptime = 0;  // seconds
  std::int64_t server_id = 0;
  std::string server_uuid;
  std::string version;
  std::string version_comment;
  std::string flavor_name;
  bool read_only = false;
  std::string binlog_format;
  std::string binlog_row_image;
  bool log_bin_enabled = false;
  bool log_replication_updates_enabled = false;
  topology::BinlogCoordinates self_binlog_coordinates;
  topology::InstanceKey master_key;
  std::string master_uuid;
  std::string ancestry_uuid;  // separated by commas
  bool is_detached_master = false;
  bool replication_sql_thread_running = false;
  bool replication_io_thread_running = false;
  std::int64_t replication_sql_thread_state = -1;
  std::int64_t replication_io_thread_state = -1;
  bool has_replication_filters = false;
  std::string gtid_mode;
  bool supports_oracle_gtid = false;
  bool using_oracle_gtid = false;
  bool using_mariadb_gtid = false;
  bool using_pseudo_gtid = false;
  topology::BinlogCoordinates read_binlog_coordinates;
  topology::BinlogCoordinates exec_binlog_coordinates;
  bool is_detached = false;
  topology::BinlogCoordinates relaylog_coordinates{"", 0, topology::LogType::relay};
  std::string last_sql_error;
  std::string last_io_error;
  std::optional<std::int64_t> seconds_behind_master;
  std::int64_t sql_delay = 0;  // seconds
  std::string executed_gtid_set;
  std::string gtid_purged;
  std::string gtid_errant;
  std::optional<std::int64_t> replication_lag_seconds;
  std::vector<topology::InstanceKey> replicas;
  std::string cluster_name;
  std::string suggested_cluster_alias;
  std::string data_center;
  std::string region;
  std::string physical_environment;
  std::int64_t replication_depth = 0;
  bool is_co_master = false;
  bool has_replication_credentials = false;
  bool replication_credentials_available = false;
  bool semi_sync_available = false;
  std::int64_t semi_sync_priority = 0;
  bool semi_sync_master_plugin_new_version = false;
  bool semi_sync_replica_plugin_new_version = false;
  bool semi_sync_master_enabled = false;
  bool semi_sync_replica_enabled = false;
  std::int64_t semi_sync_master_timeout = 0;  // milliseconds
  std::int64_t semi_sync_master_wait_for_replica_count = 0;
  bool semi_sync_master_status = false;
  std::int64_t semi_sync_master_clients = 0;
  bool semi_sync_replica_status = false;
  std::string last_seen_timestamp;
  bool is_last_check_valid = false;
  bool is_up_to_date = false;
  bool is_recently_checked = false;
  std::optional<std::int64_t> seconds_since_last_seen;
  std::int64_t count_mysql_snapshots = 0;
  bool is_candidate = false;
  std::string promotion_rule = "neutral";
  bool is_downtimed = false;
  std::string downtime_reason;
  std::string downtime_owner;
  std::string downtime_end_timestamp;
  std::int64_t elapsed_downtime = 0;  // nanoseconds
  std::string unresolved_hostname;
  bool allow_tls = false;
  std::string replication_ssl_ca_file;
  std::string replication_ssl_ca_path;
  std::string replication_ssl_cert;
  std::string replication_ssl_cipher;
  std::string replication_ssl_crl_file;
  std::string replication_ssl_crl_path;
  std::string replication_ssl_key;
  std::optional<bool> replication_ssl_verify_server_cert;
  std::string replication_tls_version;
  std::string replication_tls_ciphersuites;
  std::string replication_source_public_key_path;
  std::optional<bool> replication_get_source_public_key;
  std::vector<std::string> problems;
  std::int64_t last_discovery_latency = 0;  // nanoseconds
  std::string replication_group_name;
  bool replication_group_is_single_primary = false;
  std::string replication_group_member_state;
  std::string replication_group_member_role;
  std::vector<topology::InstanceKey> replication_group_members;
  topology::InstanceKey replication_group_primary_instance_key;
  // What the legacy form has no keys for stands behind it.
  std::string cluster_id;
  std::string last_check_error;                    // why the latest probe failed; "" when it did not
  std::vector<std::string> probe_warnings;         // "part: message" for each optional part that failed
  std::vector<topology::InstanceKey> same_server;  // other names of this server
  std::vector<ChannelDocument> replication_channels;

  friend bool operator==(const InstanceDocument&, const InstanceDocument&) = default;
};

void write_document(JsonWriter& out, const InstanceDocument& document);

void write_key(JsonWriter& out, const topology::InstanceKey& key);
void write_keys(JsonWriter& out, const std::vector<topology::InstanceKey>& keys);

}  // namespace orchestrator::api
