// SQL texts by dialect. Sources: the manuals of MySQL 5.7 to 9.x and of MariaDB 10.4 to 11.x.
#include "mysql/dialect.hpp"

#include <array>

namespace topology::mysql {
namespace {

// A held connection must outlive long poll intervals, read fresh data, and never wait long for anybody's lock.
constexpr std::string_view mysql_settings =
    "SET SESSION wait_timeout = 3600, lock_wait_timeout = 5, max_execution_time = 10000";
constexpr std::string_view mariadb_settings =
    "SET SESSION wait_timeout = 3600, lock_wait_timeout = 5, max_statement_time = 10";

constexpr std::string_view old_dump_threads =
    "SELECT HOST FROM information_schema.PROCESSLIST WHERE COMMAND LIKE 'Binlog Dump%'";
constexpr std::string_view new_dump_threads =
    "SELECT HOST FROM performance_schema.processlist WHERE COMMAND LIKE 'Binlog Dump%'";
constexpr std::string_view group_members_text =
    "SELECT MEMBER_ID, MEMBER_HOST, MEMBER_PORT, MEMBER_STATE, MEMBER_ROLE "
    "FROM performance_schema.replication_group_members";
constexpr std::string_view ndb_sql_nodes_text =
    "SELECT node_id, service_URI FROM ndbinfo.processes WHERE process_name = 'mysqld'";
constexpr std::string_view stored_credentials_text =
    "SELECT COUNT(*) FROM mysql.slave_master_info WHERE User_name <> ''";

constexpr std::string_view mysql_client_grant = "REPLICATION CLIENT ON *.*";
constexpr std::string_view mysql_replica_grant = "REPLICATION SLAVE ON *.*";

constexpr Dialect mariadb{
    .name = "MariaDB",
    .session_settings = mariadb_settings,
    .channels = "SHOW ALL SLAVES STATUS",
    .binlog_position = "SHOW MASTER STATUS",
    .replicas = "SHOW SLAVE HOSTS",
    .dump_threads = old_dump_threads,
    .group_members = "",
    .ndb_sql_nodes = "",
    .stored_credentials = "",
    .channels_grant = "SLAVE MONITOR ON *.*",
    .binlog_position_grant = "BINLOG MONITOR ON *.*",
    .replicas_grant = "REPLICATION MASTER ADMIN ON *.*",
};

// Before 10.5 MariaDB had MySQL's coarser privileges.
constexpr Dialect mariadb_10_4{
    .name = "MariaDB before 10.5",
    .session_settings = mariadb_settings,
    .channels = mariadb.channels,
    .binlog_position = mariadb.binlog_position,
    .replicas = mariadb.replicas,
    .dump_threads = mariadb.dump_threads,
    .group_members = "",
    .ndb_sql_nodes = "",
    .stored_credentials = "",
    .channels_grant = mysql_client_grant,
    .binlog_position_grant = mysql_client_grant,
    .replicas_grant = mysql_replica_grant,
};

constexpr Dialect mysql_5_7{
    .name = "MySQL before 8.0",
    .session_settings = mysql_settings,
    .channels = "SHOW SLAVE STATUS",
    .binlog_position = "SHOW MASTER STATUS",
    .replicas = "SHOW SLAVE HOSTS",
    .dump_threads = old_dump_threads,
    .group_members = "",
    .ndb_sql_nodes = ndb_sql_nodes_text,
    .stored_credentials = stored_credentials_text,
    .channels_grant = mysql_client_grant,
    .binlog_position_grant = mysql_client_grant,
    .replicas_grant = mysql_replica_grant,
};

constexpr Dialect mysql_8_0_early{
    .name = "MySQL 8.0 before 8.0.26",
    .session_settings = mysql_settings,
    .channels = mysql_5_7.channels,
    .binlog_position = mysql_5_7.binlog_position,
    .replicas = mysql_5_7.replicas,
    .dump_threads = old_dump_threads,
    .group_members = group_members_text,
    .ndb_sql_nodes = ndb_sql_nodes_text,
    .stored_credentials = stored_credentials_text,
    .channels_grant = mysql_client_grant,
    .binlog_position_grant = mysql_client_grant,
    .replicas_grant = mysql_replica_grant,
};

constexpr Dialect mysql_8_0{
    .name = "MySQL 8.0.26 to 8.3",
    .session_settings = mysql_settings,
    .channels = "SHOW REPLICA STATUS",
    .binlog_position = "SHOW MASTER STATUS",
    .replicas = "SHOW REPLICAS",
    .dump_threads = new_dump_threads,
    .group_members = group_members_text,
    .ndb_sql_nodes = ndb_sql_nodes_text,
    .stored_credentials = stored_credentials_text,
    .channels_grant = mysql_client_grant,
    .binlog_position_grant = mysql_client_grant,
    .replicas_grant = mysql_replica_grant,
};

constexpr Dialect mysql_8_4{
    .name = "MySQL 8.4 and later",
    .session_settings = mysql_settings,
    .channels = mysql_8_0.channels,
    .binlog_position = "SHOW BINARY LOG STATUS",
    .replicas = mysql_8_0.replicas,
    .dump_threads = new_dump_threads,
    .group_members = group_members_text,
    .ndb_sql_nodes = ndb_sql_nodes_text,
    .stored_credentials = stored_credentials_text,
    .channels_grant = mysql_client_grant,
    .binlog_position_grant = mysql_client_grant,
    .replicas_grant = mysql_replica_grant,
};

// A binlog router knows a fixed list of texts, one statement at a time, and has neither variables nor threads to show.
constexpr Dialect maxscale{
    .name = "MaxScale binlog server",
    .sending = Sending::one_by_one,
    .session_settings = "",
    .channels = "SHOW SLAVE STATUS",
    .binlog_position = "SHOW MASTER STATUS",
    .replicas = "SHOW SLAVE HOSTS",
    .dump_threads = "",
    .group_members = "",
    .ndb_sql_nodes = "",
    .stored_credentials = "",
    .channels_grant = "",
    .binlog_position_grant = "",
    .replicas_grant = "",
};

constexpr std::array variable_names{
    // Identity; @@server_uid is MariaDB's
    "hostname", "report_host", "report_port", "port", "server_id", "server_uuid", "server_uid", "datadir",
    // Role and binary log
    "read_only", "super_read_only", "log_bin", "log_slave_updates", "log_replica_updates", "binlog_format",
    "binlog_row_image", "master_info_repository",
    // GTID
    "gtid_mode", "gtid_executed", "gtid_purged", "gtid_current_pos", "gtid_binlog_state",
    // Semi-synchronous replication, in old and new words
    "rpl_semi_sync_master_enabled", "rpl_semi_sync_master_timeout", "rpl_semi_sync_master_wait_point",
    "rpl_semi_sync_master_wait_for_slave_count", "rpl_semi_sync_slave_enabled", "rpl_semi_sync_source_enabled",
    "rpl_semi_sync_source_timeout", "rpl_semi_sync_source_wait_point", "rpl_semi_sync_source_wait_for_replica_count",
    "rpl_semi_sync_replica_enabled",
    // Group replication
    "group_replication_group_name", "group_replication_single_primary_mode"};

constexpr std::array status_names{"Uptime",
                                  "Rpl_semi_sync_master_status",
                                  "Rpl_semi_sync_master_clients",
                                  "Rpl_semi_sync_master_no_tx",
                                  "Rpl_semi_sync_slave_status",
                                  "Rpl_semi_sync_source_status",
                                  "Rpl_semi_sync_source_clients",
                                  "Rpl_semi_sync_source_no_tx",
                                  "Rpl_semi_sync_replica_status",
                                  "Ndb_cluster_node_id"};

template <class Names>
std::string quoted_list(const Names& names) {
  std::string list;
  for (const std::string_view name : names) {
    list += list.empty() ? "'" : ", '";
    list += name;
    list += '\'';
  }
  return list;
}

constexpr std::string_view grant_of(Part part, const Dialect& dialect) noexcept {
  switch (part) {
    case Part::channels:
      return dialect.channels_grant;
    case Part::binlog_position:
      return dialect.binlog_position_grant;
    case Part::replicas:
      return dialect.replicas_grant;
    case Part::dump_threads:
      return "PROCESS ON *.*";
    case Part::group_members:
      return "SELECT ON performance_schema.replication_group_members";
    case Part::ndb_sql_nodes:
      return "SELECT ON ndbinfo.processes";
    case Part::stored_credentials:
      return "SELECT ON mysql.slave_master_info";
    case Part::maxscale_version:
    case Part::session_settings:
    case Part::version:
    case Part::variable_names:
    case Part::variables:
    case Part::status:
    case Part::lag:
    case Part::data_center:
    case Part::region:
    case Part::physical_environment:
    case Part::instance_alias:
    case Part::cluster_alias:
    case Part::cluster_domain:
    case Part::promotion_rule:
    case Part::semi_sync_priority:
    case Part::pseudo_gtid:
      return "";
  }
  return "";
}

}  // namespace

const Dialect& dialect_for(const ServerVersion& version) noexcept {
  if (version.is_binlog_server()) {
    return maxscale;
  }
  if (version.is_mariadb()) {
    return version.number < VersionNumber{10, 5, 0} ? mariadb_10_4 : mariadb;
  }
  if (version.has_binary_log_status()) {
    return mysql_8_4;
  }
  if (version.has_replica_words()) {
    return mysql_8_0;
  }
  return version.has_group_replication() ? mysql_8_0_early : mysql_5_7;
}

std::string_view version_statement() noexcept {
  return "SELECT @@GLOBAL.version AS version, @@GLOBAL.version_comment AS version_comment";
}

std::string_view maxscale_version_statement() noexcept {
  return "SHOW VARIABLES LIKE 'MAXSCALE%'";
}

std::string_view status_statement() {
  static const std::string statement = "SHOW GLOBAL STATUS WHERE Variable_name IN (" + quoted_list(status_names) + ")";
  return statement;
}

std::string_view variable_names_statement() {
  static const std::string statement =
      "SHOW GLOBAL VARIABLES WHERE Variable_name IN (" + quoted_list(variable_names) + ")";
  return statement;
}

std::string variables_statement(const std::set<std::string, std::less<>>& existing) {
  std::string statement = "SELECT ";
  std::string_view separator = "";
  for (const std::string_view name : variable_names) {
    if (existing.contains(name)) {
      statement.append(separator).append("@@GLOBAL.").append(name).append(" AS ").append(name);
      separator = ", ";
    }
  }
  return statement;
}

std::string_view statement_of(Part part, const Dialect& dialect) noexcept {
  switch (part) {
    case Part::session_settings:
      return dialect.session_settings;
    case Part::version:
      return version_statement();
    case Part::channels:
      return dialect.channels;
    case Part::binlog_position:
      return dialect.binlog_position;
    case Part::replicas:
      return dialect.replicas;
    case Part::dump_threads:
      return dialect.dump_threads;
    case Part::group_members:
      return dialect.group_members;
    case Part::ndb_sql_nodes:
      return dialect.ndb_sql_nodes;
    case Part::stored_credentials:
      return dialect.stored_credentials;
    case Part::maxscale_version:
      return maxscale_version_statement();
    case Part::variable_names:
    case Part::variables:
    case Part::status:
    case Part::lag:
    case Part::data_center:
    case Part::region:
    case Part::physical_environment:
    case Part::instance_alias:
    case Part::cluster_alias:
    case Part::cluster_domain:
    case Part::promotion_rule:
    case Part::semi_sync_priority:
    case Part::pseudo_gtid:
      return "";
  }
  return "";
}

std::string grant_for(Part part, const Dialect& dialect, std::string_view user) {
  const auto grant = grant_of(part, dialect);
  return grant.empty() ? "" : "GRANT " + std::string(grant) + " TO '" + std::string(user) + "'@'%'";
}

}  // namespace topology::mysql
