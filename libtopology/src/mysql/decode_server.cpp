// Decodes system and status variables: identity, role, binary log, GTID, semi-synchronous and group replication, kinds
// of servers.
#include <algorithm>
#include <string_view>

#include "mysql/decode.hpp"
#include "mysql/server_identity.hpp"

namespace topology::mysql {
namespace {

std::string without_newlines(std::string_view text) {
  std::string result(text);
  std::erase(result, '\n');
  return result;
}

// Newer servers may have more than two values ("NO_LOCK" …); all but OFF keep writers out.
bool is_read_only(std::string_view value) noexcept {
  return !value.empty() && value != "0" && value != "OFF";
}

std::string_view status_value(const ResultSet& status, std::string_view name) noexcept {
  for (std::size_t i = 0; i < status.size(); ++i) {
    if (const auto row = status.row(i); row.text(std::size_t{0}) == name) {
      return row.text(std::size_t{1});
    }
  }
  return "";
}

template <class Number>
Number to_number(std::string_view text) noexcept {
  Number value{};
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

}  // namespace

Instance decode_server(const Row& variables) {
  Instance instance;
  instance.server_uuid = server_uuid_of(variables);
  instance.server_id = variables.number<std::uint32_t>("server_id").value_or(0);
  instance.hostname = variables.text("hostname");
  instance.report_host = variables.text("report_host");
  instance.report_port = variables.number<std::uint16_t>("report_port").value_or(0);
  instance.read_only = is_read_only(variables.text("read_only"));
  instance.super_read_only = is_read_only(variables.text("super_read_only"));
  instance.log_bin = variables.flag("log_bin");
  instance.log_replica_updates = variables.flag("log_replica_updates") || variables.flag("log_slave_updates");
  instance.binlog_format = variables.text("binlog_format");
  instance.binlog_row_image = variables.text("binlog_row_image");
  instance.gtid_mode = variables.text("gtid_mode");
  const auto executed = variables.get("gtid_executed");
  instance.executed_gtid_set = without_newlines(executed ? *executed : variables.text("gtid_current_pos"));
  instance.purged_gtid_set = without_newlines(variables.text("gtid_purged"));
  instance.gtid_binlog_state = variables.text("gtid_binlog_state");
  return instance;
}

SemiSync decode_semi_sync(const ResultSet& variables, const ResultSet& status) {
  SemiSync semi_sync;
  semi_sync.master_plugin_new_words = variables.find_column("rpl_semi_sync_source_enabled").has_value();
  semi_sync.replica_plugin_new_words = variables.find_column("rpl_semi_sync_replica_enabled").has_value();
  const bool new_master = semi_sync.master_plugin_new_words;
  const bool new_replica = semi_sync.replica_plugin_new_words;
  semi_sync.available = new_master || new_replica ||
                        variables.find_column("rpl_semi_sync_master_enabled").has_value() ||
                        variables.find_column("rpl_semi_sync_slave_enabled").has_value();
  if (!semi_sync.available || variables.empty()) {
    return semi_sync;
  }
  const auto row = variables.row(0);
  const auto master = std::string(new_master ? "rpl_semi_sync_source_" : "rpl_semi_sync_master_");
  semi_sync.master_enabled = row.flag(master + "enabled");
  semi_sync.replica_enabled = row.flag(new_replica ? "rpl_semi_sync_replica_enabled" : "rpl_semi_sync_slave_enabled");
  semi_sync.master_timeout = std::chrono::milliseconds(row.number<std::int64_t>(master + "timeout").value_or(0));
  // MariaDB has no such variable: it waits for one replica.
  const auto wait_for = master + (new_master ? "wait_for_replica_count" : "wait_for_slave_count");
  semi_sync.master_wait_for_replica_count = row.number<std::uint32_t>(wait_for).value_or(1);
  semi_sync.wait_point = row.text(master + "wait_point");

  const auto master_status = std::string(new_master ? "Rpl_semi_sync_source_" : "Rpl_semi_sync_master_");
  semi_sync.master_status = status_value(status, master_status + "status") == "ON";
  semi_sync.master_clients = to_number<std::uint32_t>(status_value(status, master_status + "clients"));
  semi_sync.master_no_transactions = to_number<std::uint64_t>(status_value(status, master_status + "no_tx"));
  semi_sync.replica_status =
      status_value(status, new_replica ? "Rpl_semi_sync_replica_status" : "Rpl_semi_sync_slave_status") == "ON";
  return semi_sync;
}

GroupReplication decode_group(const Row& variables, const ResultSet& members, std::string_view own_uuid) {
  GroupReplication group;
  for (std::size_t i = 0; i < members.size(); ++i) {
    const auto row = members.row(i);
    const auto state = row.text("MEMBER_STATE");
    InstanceKey key{std::string(row.text("MEMBER_HOST")), row.number<std::uint16_t>("MEMBER_PORT").value_or(0)};
    if (state == "OFFLINE" || !key.is_valid()) {
      continue;
    }
    if (row.text("MEMBER_ID") == own_uuid) {
      group.name = variables.text("group_replication_group_name");
      group.member_state = state;
      group.member_role = row.text("MEMBER_ROLE");
    }
    if (row.text("MEMBER_ROLE") == "PRIMARY") {
      group.primary = key;
    }
    group.members.push_back(std::move(key));
  }
  if (group.name.empty()) {
    return {};
  }
  std::ranges::sort(group.members);
  group.single_primary = variables.flag("group_replication_single_primary_mode");
  if (!group.single_primary) {
    group.primary = {};
  }
  return group;
}

std::optional<ServerVersion> decode_maxscale_version(const ResultSet& rows) {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (const auto row = rows.row(i); row.text(std::size_t{0}) == "MAXSCALE_VERSION") {
      return parse_server_version(std::string(row.text(std::size_t{1})) + "-maxscale", "");
    }
  }
  return std::nullopt;
}

// A service is "mysql://host:port", with "?server-id=n" behind it in newer versions.
std::vector<InstanceKey> decode_ndb_sql_nodes(const ResultSet& nodes, const ResultSet& status) {
  constexpr std::string_view scheme = "mysql://";
  const auto own_node = status_value(status, "Ndb_cluster_node_id");
  std::vector<InstanceKey> keys;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const auto row = nodes.row(i);
    auto service = row.text("service_URI");
    if (!service.starts_with(scheme) || row.text("node_id") == own_node) {
      continue;
    }
    service.remove_prefix(scheme.size());
    if (auto key = parse_instance_key(service.substr(0, service.find_first_of("/?"))); key && key->is_valid()) {
      keys.push_back(std::move(*key));
    }
  }
  return keys;
}

std::set<std::string, std::less<>> decode_names(const ResultSet& rows) {
  std::set<std::string, std::less<>> names;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    names.emplace(rows.row(i).text(std::size_t{0}));
  }
  return names;
}

}  // namespace topology::mysql
