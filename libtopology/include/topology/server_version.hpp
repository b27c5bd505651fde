// What a server is: flavour, version as numbers, and the capabilities that follow from them.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "topology/error.hpp"

namespace topology {

// maxscale is a MaxScale binlog server (binlogrouter), which relays a log and answers few of the servers' statements.
enum class Flavour { mysql, percona, mariadb, maxscale };

// "MySQL", "Percona", "MariaDB", "MaxScale": the legacy FlavorName.
[[nodiscard]] std::string_view to_string(Flavour flavour) noexcept;

struct VersionNumber {
  std::uint16_t major = 0;
  std::uint16_t minor = 0;
  std::uint16_t patch = 0;

  friend auto operator<=>(const VersionNumber&, const VersionNumber&) = default;
};

// A value; capabilities are decided from numbers, never by comparing text.
struct ServerVersion {
  Flavour flavour = Flavour::mysql;
  VersionNumber number;
  std::string text;     // @@version, e.g. "10.11.6-MariaDB-0+deb12u1-log"
  std::string comment;  // @@version_comment

  // "10.11", "8.4": the legacy major version.
  [[nodiscard]] std::string major_version() const;
  [[nodiscard]] bool is_mariadb() const noexcept { return flavour == Flavour::mariadb; }
  // A relay of binary logs without data of its own: the legacy "binlog server".
  [[nodiscard]] bool is_binlog_server() const noexcept { return flavour == Flavour::maxscale; }
  // A mysqld of an NDB cluster.
  [[nodiscard]] bool is_ndb_cluster() const noexcept;
  // SHOW REPLICA STATUS, SHOW REPLICAS, @@log_replica_updates … (MySQL 8.0.26+; MariaDB keeps the old words valid).
  [[nodiscard]] bool has_replica_words() const noexcept;
  // SHOW BINARY LOG STATUS instead of SHOW MASTER STATUS (MySQL 8.4+).
  [[nodiscard]] bool has_binary_log_status() const noexcept;
  // performance_schema.processlist (MySQL 8.0.22+).
  [[nodiscard]] bool has_performance_schema_processlist() const noexcept;
  // MySQL GTIDs: @@gtid_mode, @@gtid_executed (MySQL and Percona 5.6+).
  [[nodiscard]] bool has_mysql_gtid() const noexcept;
  // GTIDs with tags, uuid:tag:1-5 (MySQL 8.3+).
  [[nodiscard]] bool has_tagged_gtid() const noexcept;
  // Group Replication tables with the columns the probe reads (MySQL 8.0+).
  [[nodiscard]] bool has_group_replication() const noexcept;

  friend bool operator==(const ServerVersion&, const ServerVersion&) = default;
};

// Never fails on what a server sends: text without numbers gives 0.0.0. Flavour is decided from both texts, as the
// legacy interface does, without regard to case; the "5.5.5-" prefix that MariaDB 10 sends in its handshake is skipped.
[[nodiscard]] ServerVersion parse_server_version(std::string_view version, std::string_view version_comment);

}  // namespace topology
