// What one probe measures of one server.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "topology/binlog_coordinates.hpp"
#include "topology/instance_key.hpp"
#include "topology/server_version.hpp"

namespace topology {

// The numbers are the legacy values of ReplicationIOThreadState and ReplicationSQLThreadState.
enum class ThreadState { none = -1, stopped = 0, running = 1, other = 2 };

// TLS settings of a replica's connection to its source; they must be repeated when the source is changed.
struct ReplicationTls {
  bool allowed = false;
  std::string ca_file;
  std::string ca_path;
  std::string certificate;
  std::string cipher;
  std::string crl_file;
  std::string crl_path;
  std::string key;
  std::optional<bool> verify_server_certificate;
  std::string tls_version;
  std::string ciphersuites;
  std::string source_public_key_path;
  std::optional<bool> get_source_public_key;

  friend bool operator==(const ReplicationTls&, const ReplicationTls&) = default;
};

// One replication connection: a row of SHOW REPLICA STATUS / SHOW ALL SLAVES STATUS. A multi-source replica has
// several.
struct ReplicationChannel {
  std::string name;  // MySQL channel or MariaDB connection name; "" is the default one
  InstanceKey source;
  std::string source_uuid;  // MySQL only
  std::uint32_t source_server_id = 0;
  std::string user;
  ThreadState io_thread = ThreadState::none;
  ThreadState sql_thread = ThreadState::none;
  BinlogCoordinates read_coordinates;   // in the source's binary log, received
  BinlogCoordinates exec_coordinates;   // in the source's binary log, applied
  BinlogCoordinates relay_coordinates;  // in the own relay log, applied
  std::uint32_t last_io_errno = 0;
  std::string last_io_error;
  std::uint32_t last_sql_errno = 0;
  std::string last_sql_error;
  std::optional<std::chrono::seconds> behind_source;  // Seconds_Behind_Source; nothing when unknown
  std::chrono::seconds sql_delay{0};
  bool auto_position = false;      // MySQL: SOURCE_AUTO_POSITION = 1
  std::string mariadb_using_gtid;  // "No", "Slave_Pos", "Current_Pos"; "" on MySQL
  std::string retrieved_gtid_set;  // MySQL: Retrieved_Gtid_Set; MariaDB: Gtid_IO_Pos
  bool has_filters = false;
  ReplicationTls tls;

  [[nodiscard]] bool uses_mariadb_gtid() const noexcept {
    return !mariadb_using_gtid.empty() && mariadb_using_gtid != "No";
  }
  [[nodiscard]] bool is_replicating() const noexcept {
    return io_thread == ThreadState::running && sql_thread == ThreadState::running;
  }
  friend bool operator==(const ReplicationChannel&, const ReplicationChannel&) = default;
};

struct SemiSync {
  bool available = false;
  bool master_plugin_new_words = false;   // rpl_semi_sync_source_*
  bool replica_plugin_new_words = false;  // rpl_semi_sync_replica_*
  bool master_enabled = false;
  bool replica_enabled = false;
  std::chrono::milliseconds master_timeout{0};
  std::uint32_t master_wait_for_replica_count = 0;
  std::string wait_point;  // AFTER_SYNC or AFTER_COMMIT
  bool master_status = false;
  std::uint32_t master_clients = 0;
  bool replica_status = false;
  std::uint64_t master_no_transactions = 0;  // commits that were not acknowledged (Rpl_semi_sync_*_no_tx)
  std::uint32_t priority = 0;                // DetectSemiSyncEnforcedQuery

  friend bool operator==(const SemiSync&, const SemiSync&) = default;
};

// MySQL Group Replication in single-primary mode, as this member sees it.
struct GroupReplication {
  std::string name;
  bool single_primary = false;
  std::string member_state;  // ONLINE, RECOVERING …
  std::string member_role;   // PRIMARY, SECONDARY
  std::vector<InstanceKey> members;
  InstanceKey primary;

  friend bool operator==(const GroupReplication&, const GroupReplication&) = default;
};

enum class PromotionRule { must, prefer, neutral, prefer_not, must_not };

// "must", "prefer", "neutral", "prefer_not", "must_not".
[[nodiscard]] std::string_view to_string(PromotionRule rule) noexcept;
[[nodiscard]] std::optional<PromotionRule> parse_promotion_rule(std::string_view text) noexcept;

// What operators' queries and patterns say of an instance (legacy Detect*Query, *Pattern).
struct InstanceAttributes {
  std::string instance_alias;
  std::string cluster_alias;   // DetectClusterAliasQuery; counts on a cluster's master
  std::string cluster_domain;  // DetectClusterDomainQuery; counts on a cluster's master
  std::string data_center;
  std::string region;
  std::string physical_environment;
  std::optional<PromotionRule> promotion_rule;
  bool has_pseudo_gtid = false;

  friend bool operator==(const InstanceAttributes&, const InstanceAttributes&) = default;
};

// An immutable measurement of one server, complete or with the fields of failed optional queries left at their
// defaults. A plain value; shared between snapshots through std::shared_ptr<const Instance>.
struct Instance {
  InstanceKey key;

  // Identity
  ServerVersion version;
  std::string server_uuid;  // @@server_uuid; on MariaDB a stand-in that is unique to the server (see the probe)
  std::uint32_t server_id = 0;
  std::string hostname;     // @@hostname
  std::string report_host;  // @@report_host
  std::uint16_t report_port = 0;
  std::chrono::seconds uptime{0};

  // Role and binary log
  bool read_only = false;
  bool super_read_only = false;
  bool log_bin = false;
  bool log_replica_updates = false;
  std::string binlog_format;     // STATEMENT, MIXED, ROW
  std::string binlog_row_image;  // FULL, MINIMAL, NOBLOB
  BinlogCoordinates self_coordinates;

  // GTID
  std::string gtid_mode;          // MySQL: OFF, OFF_PERMISSIVE, ON_PERMISSIVE, ON; "" elsewhere
  std::string executed_gtid_set;  // MySQL: @@gtid_executed; MariaDB: @@gtid_current_pos
  std::string purged_gtid_set;    // MySQL: @@gtid_purged
  std::string gtid_binlog_state;  // MariaDB: @@gtid_binlog_state

  // Replication
  std::vector<ReplicationChannel> channels;  // in the server's order; empty: not a replica
  std::vector<InstanceKey> replicas;         // sorted, without duplicates: who receives from this server
  std::optional<std::chrono::seconds> lag;   // ReplicationLagQuery, else the primary channel's behind_source
  bool replication_credentials_available = false;
  bool has_replication_credentials = false;

  SemiSync semi_sync;
  GroupReplication group;
  InstanceAttributes attributes;

  // The channel that decides the instance's place in the tree: the default one, else the first that has a valid or
  // detached source. Null when the instance replicates from nowhere.
  [[nodiscard]] const ReplicationChannel* primary_channel() const noexcept;
  // The primary channel's source; an empty key when there is none.
  [[nodiscard]] InstanceKey master_key() const;
  [[nodiscard]] bool is_replica() const noexcept { return primary_channel() != nullptr; }
  // MySQL GTIDs are switched on (@@gtid_mode = ON).
  [[nodiscard]] bool supports_mysql_gtid() const noexcept { return gtid_mode == "ON"; }

  friend bool operator==(const Instance&, const Instance&) = default;
};

}  // namespace topology
