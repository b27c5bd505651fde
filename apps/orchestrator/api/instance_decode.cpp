// From the legacy JSON form back to the domain's instances.
#include <algorithm>
#include <limits>
#include <utility>

#include "api/instance_json.hpp"
#include "api/quoted_message.hpp"
#include "api/timestamps.hpp"

namespace orchestrator::api {
namespace {

using namespace topology;

// A number of the form within the range of the domain's type.
template <class Number>
Number within(std::int64_t value) {
  constexpr auto largest = static_cast<std::int64_t>(std::numeric_limits<Number>::max());
  return static_cast<Number>(std::clamp<std::int64_t>(value, 0, largest));
}

std::optional<std::chrono::seconds> seconds_of(const std::optional<std::int64_t>& value) {
  return value ? std::optional(std::chrono::seconds(*value)) : std::nullopt;
}

// Writers older than the thread states tell only whether the thread runs.
ThreadState thread_state(std::int64_t state, bool running) {
  switch (state) {
    case 0:
      return ThreadState::stopped;
    case 1:
      return ThreadState::running;
    case 2:
      return ThreadState::other;
    default:
      return running ? ThreadState::running : ThreadState::none;
  }
}

ReplicationTls tls_of(const InstanceDocument& from) {
  ReplicationTls to;
  to.allowed = from.allow_tls;
  to.ca_file = from.replication_ssl_ca_file;
  to.ca_path = from.replication_ssl_ca_path;
  to.certificate = from.replication_ssl_cert;
  to.cipher = from.replication_ssl_cipher;
  to.crl_file = from.replication_ssl_crl_file;
  to.crl_path = from.replication_ssl_crl_path;
  to.key = from.replication_ssl_key;
  to.verify_server_certificate = from.replication_ssl_verify_server_cert;
  to.tls_version = from.replication_tls_version;
  to.ciphersuites = from.replication_tls_ciphersuites;
  to.source_public_key_path = from.replication_source_public_key_path;
  to.get_source_public_key = from.replication_get_source_public_key;
  return to;
}

bool has_source(const InstanceDocument& from) {
  return from.master_key.is_valid() || from.master_key.is_detached();
}

ReplicationChannel channel_of(const InstanceDocument& from) {
  ReplicationChannel to;
  to.source = from.master_key;
  to.source_uuid = from.master_uuid;
  to.io_thread = thread_state(from.replication_io_thread_state, from.replication_io_thread_running);
  to.sql_thread = thread_state(from.replication_sql_thread_state, from.replication_sql_thread_running);
  to.read_coordinates = from.read_binlog_coordinates;
  to.exec_coordinates = from.exec_binlog_coordinates;
  to.relay_coordinates = from.relaylog_coordinates;
  to.last_io_error = unquoted_message(from.last_io_error);
  to.last_sql_error = unquoted_message(from.last_sql_error);
  to.behind_source = seconds_of(from.seconds_behind_master);
  to.sql_delay = std::chrono::seconds(from.sql_delay);
  to.auto_position = from.using_oracle_gtid;
  to.mariadb_using_gtid = from.using_mariadb_gtid ? "Slave_Pos" : "";
  to.has_filters = from.has_replication_filters;
  to.tls = tls_of(from);
  return to;
}

// The legacy keys carry the primary channel and its TLS settings; the list, where there is one, the name and the
// others.
std::vector<ReplicationChannel> channels_of(const InstanceDocument& from) {
  std::vector<ReplicationChannel> channels;
  for (const auto& item : from.replication_channels) {
    auto& to = channels.emplace_back();
    if (item.master_key == from.master_key) {
      to = channel_of(from);
    }
    to.name = item.name;
    to.source = item.master_key;
    to.source_uuid = item.master_uuid;
    to.user = item.user;
    to.io_thread = thread_state(item.replication_io_thread_state, false);
    to.sql_thread = thread_state(item.replication_sql_thread_state, false);
    to.read_coordinates = item.read_binlog_coordinates;
    to.exec_coordinates = item.exec_binlog_coordinates;
    to.last_io_error = unquoted_message(item.last_io_error);
    to.last_sql_error = unquoted_message(item.last_sql_error);
    to.behind_source = seconds_of(item.seconds_behind_master);
    to.sql_delay = std::chrono::seconds(item.sql_delay);
    to.auto_position = item.using_oracle_gtid;
    to.mariadb_using_gtid = item.mariadb_using_gtid;
    to.retrieved_gtid_set = item.retrieved_gtid_set;
    to.has_filters = item.has_replication_filters;
  }
  if (channels.empty() && has_source(from)) {
    channels.push_back(channel_of(from));
  }
  return channels;
}

SemiSync semi_sync_of(const InstanceDocument& from) {
  SemiSync to;
  to.available = from.semi_sync_available;
  to.priority = within<std::uint32_t>(from.semi_sync_priority);
  to.master_plugin_new_words = from.semi_sync_master_plugin_new_version;
  to.replica_plugin_new_words = from.semi_sync_replica_plugin_new_version;
  to.master_enabled = from.semi_sync_master_enabled;
  to.replica_enabled = from.semi_sync_replica_enabled;
  to.master_timeout = std::chrono::milliseconds(from.semi_sync_master_timeout);
  to.master_wait_for_replica_count = within<std::uint32_t>(from.semi_sync_master_wait_for_replica_count);
  to.master_status = from.semi_sync_master_status;
  to.master_clients = within<std::uint32_t>(from.semi_sync_master_clients);
  to.replica_status = from.semi_sync_replica_status;
  return to;
}

GroupReplication group_of(const InstanceDocument& from) {
  GroupReplication to;
  to.name = from.replication_group_name;
  to.single_primary = from.replication_group_is_single_primary;
  to.member_state = from.replication_group_member_state;
  to.member_role = from.replication_group_member_role;
  to.members = from.replication_group_members;
  to.primary = from.replication_group_primary_instance_key;
  return to;
}

InstanceAttributes attributes_of(const InstanceDocument& from) {
  InstanceAttributes to;
  to.instance_alias = from.instance_alias;
  to.cluster_alias = from.suggested_cluster_alias;
  to.data_center = from.data_center;
  to.region = from.region;
  to.physical_environment = from.physical_environment;
  to.has_pseudo_gtid = from.using_pseudo_gtid;
  const auto rule = parse_promotion_rule(from.promotion_rule);
  to.promotion_rule = rule == PromotionRule::neutral ? std::nullopt : rule;
  return to;
}

std::shared_ptr<const Instance> instance_of(const InstanceDocument& from) {
  auto to = std::make_shared<Instance>();
  to->key = from.key;
  to->version = parse_server_version(from.version, from.version_comment);
  to->server_uuid = from.server_uuid;
  to->server_id = within<std::uint32_t>(from.server_id);
  to->uptime = std::chrono::seconds(from.uptime);
  to->read_only = from.read_only;
  to->log_bin = from.log_bin_enabled;
  to->log_replica_updates = from.log_replication_updates_enabled;
  to->binlog_format = from.binlog_format;
  to->binlog_row_image = from.binlog_row_image;
  to->self_coordinates = from.self_binlog_coordinates;
  to->gtid_mode = from.gtid_mode;
  to->executed_gtid_set = from.executed_gtid_set;
  to->purged_gtid_set = from.gtid_purged;
  to->channels = channels_of(from);
  to->replicas = from.replicas;
  std::sort(to->replicas.begin(), to->replicas.end());
  to->replicas.erase(std::unique(to->replicas.begin(), to->replicas.end()), to->replicas.end());
  to->lag = seconds_of(from.replication_lag_seconds);
  to->replication_credentials_available = from.replication_credentials_available;
  to->has_replication_credentials = from.has_replication_credentials;
  to->semi_sync = semi_sync_of(from);
  to->group = group_of(from);
  to->attributes = attributes_of(from);
  return to;
}

// The form tells how old the last check is only in three steps; a time within the right step stands for it.
SystemTime last_checked_of(const InstanceDocument& from, SystemTime taken_at, const ViewPolicy& policy) {
  if (from.is_up_to_date) {
    return taken_at;
  }
  return taken_at - policy.poll_interval * (from.is_recently_checked ? 2 : 6);
}

DecodedInstance decoded(const InstanceDocument& from, const ViewPolicy& policy) {
  DecodedInstance to;
  to.observation.key = from.key;
  to.cluster_name = from.cluster_name;
  to.cluster_alias = from.suggested_cluster_alias;
  const bool was_measured = !from.version.empty() || from.server_id != 0;
  if (was_measured) {
    to.observation.instance = instance_of(from);
  }
  auto& check = to.observation.check;
  check.last_seen = parse_timestamp(from.last_seen_timestamp).value_or(SystemTime{});
  check.last_check_valid = from.is_last_check_valid;
  check.error = from.last_check_error;
  check.latency = std::chrono::nanoseconds(from.last_discovery_latency);
  if (check.last_seen != SystemTime{} && from.seconds_since_last_seen) {
    to.taken_at = check.last_seen + std::chrono::seconds(*from.seconds_since_last_seen);
    check.last_checked = last_checked_of(from, to.taken_at, policy);
    check.last_attempted = check.last_checked;
  }
  return to;
}

}  // namespace

Result<DecodedInstance> decode_instance(std::string_view json, const ViewPolicy& policy) {
  const auto document = parse_document(json);
  if (!document) {
    return document.error();
  }
  return decoded(*document, policy);
}

Result<std::vector<DecodedInstance>> decode_instances(std::string_view json, const ViewPolicy& policy) {
  const auto documents = parse_documents(json);
  if (!documents) {
    return documents.error();
  }
  std::vector<DecodedInstance> instances;
  instances.reserve(documents->size());
  for (const auto& document : *documents) {
    instances.push_back(decoded(document, policy));
  }
  return instances;
}

}  // namespace orchestrator::api
