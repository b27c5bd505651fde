// From the domain's instances to their legacy JSON form.
#include "api/instance_json.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "api/quoted_message.hpp"
#include "api/timestamps.hpp"

namespace orchestrator::api {
namespace {

using namespace topology;

constexpr std::string_view detached_prefix = "//";

std::optional<std::int64_t> count_of(const std::optional<std::chrono::seconds>& duration) {
  return duration ? std::optional<std::int64_t>(duration->count()) : std::nullopt;
}

void add_identity(InstanceDocument& to, const Instance& from) {
  to.instance_alias = from.attributes.instance_alias;
  to.uptime = from.uptime.count();
  to.server_id = from.server_id;
  to.server_uuid = from.server_uuid;
  to.version = from.version.text;
  to.version_comment = from.version.comment;
  to.flavor_name = to_string(from.version.flavour);
  to.read_only = from.read_only;
  to.binlog_format = from.binlog_format;
  to.binlog_row_image = from.binlog_row_image;
  to.log_bin_enabled = from.log_bin;
  to.log_replication_updates_enabled = from.log_replica_updates;
  to.self_binlog_coordinates = from.self_coordinates;
  to.gtid_mode = from.gtid_mode;
  to.supports_oracle_gtid = !from.gtid_mode.empty() && from.gtid_mode != "OFF";
  to.using_pseudo_gtid = from.attributes.has_pseudo_gtid;
  to.executed_gtid_set = from.executed_gtid_set;
  to.gtid_purged = from.purged_gtid_set;
  to.replication_lag_seconds = count_of(from.lag);
  to.replicas = from.replicas;
  to.data_center = from.attributes.data_center;
  to.region = from.attributes.region;
  to.physical_environment = from.attributes.physical_environment;
  to.has_replication_credentials = from.has_replication_credentials;
  to.replication_credentials_available = from.replication_credentials_available;
  to.suggested_cluster_alias = from.attributes.cluster_alias;
}

void add_tls(InstanceDocument& to, const ReplicationTls& from) {
  to.allow_tls = from.allowed;
  to.replication_ssl_ca_file = from.ca_file;
  to.replication_ssl_ca_path = from.ca_path;
  to.replication_ssl_cert = from.certificate;
  to.replication_ssl_cipher = from.cipher;
  to.replication_ssl_crl_file = from.crl_file;
  to.replication_ssl_crl_path = from.crl_path;
  to.replication_ssl_key = from.key;
  to.replication_ssl_verify_server_cert = from.verify_server_certificate;
  to.replication_tls_version = from.tls_version;
  to.replication_tls_ciphersuites = from.ciphersuites;
  to.replication_source_public_key_path = from.source_public_key_path;
  to.replication_get_source_public_key = from.get_source_public_key;
}

void add_channel(InstanceDocument& to, const ReplicationChannel& from) {
  to.master_key = from.source;
  to.master_uuid = from.source_uuid;
  to.is_detached_master = from.source.is_detached();
  to.replication_sql_thread_running = from.sql_thread == ThreadState::running;
  to.replication_io_thread_running = from.io_thread == ThreadState::running;
  to.replication_sql_thread_state = static_cast<int>(from.sql_thread);
  to.replication_io_thread_state = static_cast<int>(from.io_thread);
  to.has_replication_filters = from.has_filters;
  to.using_oracle_gtid = from.auto_position;
  to.using_mariadb_gtid = from.uses_mariadb_gtid();
  to.read_binlog_coordinates = from.read_coordinates;
  to.exec_binlog_coordinates = from.exec_coordinates;
  to.is_detached = from.exec_coordinates.file.starts_with(detached_prefix);
  to.relaylog_coordinates = from.relay_coordinates;
  to.relaylog_coordinates.type = LogType::relay;
  to.last_sql_error = quoted_message(from.last_sql_error);
  to.last_io_error = quoted_message(from.last_io_error);
  to.seconds_behind_master = count_of(from.behind_source);
  to.sql_delay = from.sql_delay.count();
  add_tls(to, from.tls);
}

ChannelDocument to_document(const ReplicationChannel& from) {
  return {.name = from.name,
          .master_key = from.source,
          .master_uuid = from.source_uuid,
          .user = from.user,
          .replication_io_thread_state = static_cast<int>(from.io_thread),
          .replication_sql_thread_state = static_cast<int>(from.sql_thread),
          .read_binlog_coordinates = from.read_coordinates,
          .exec_binlog_coordinates = from.exec_coordinates,
          .last_io_error = quoted_message(from.last_io_error),
          .last_sql_error = quoted_message(from.last_sql_error),
          .seconds_behind_master = count_of(from.behind_source),
          .sql_delay = from.sql_delay.count(),
          .using_oracle_gtid = from.auto_position,
          .mariadb_using_gtid = from.mariadb_using_gtid,
          .retrieved_gtid_set = from.retrieved_gtid_set,
          .has_replication_filters = from.has_filters};
}

void add_semi_sync(InstanceDocument& to, const SemiSync& from) {
  to.semi_sync_available = from.available;
  to.semi_sync_priority = from.priority;
  to.semi_sync_master_plugin_new_version = from.master_plugin_new_words;
  to.semi_sync_replica_plugin_new_version = from.replica_plugin_new_words;
  to.semi_sync_master_enabled = from.master_enabled;
  to.semi_sync_replica_enabled = from.replica_enabled;
  to.semi_sync_master_timeout = from.master_timeout.count();
  to.semi_sync_master_wait_for_replica_count = from.master_wait_for_replica_count;
  to.semi_sync_master_status = from.master_status;
  to.semi_sync_master_clients = from.master_clients;
  to.semi_sync_replica_status = from.replica_status;
}

void add_group(InstanceDocument& to, const GroupReplication& from) {
  to.replication_group_name = from.name;
  to.replication_group_is_single_primary = from.single_primary;
  to.replication_group_member_state = from.member_state;
  to.replication_group_member_role = from.member_role;
  to.replication_group_members = from.members;
  to.replication_group_primary_instance_key = from.primary;
}

void add_instance(InstanceDocument& to, const Instance& from) {
  add_identity(to, from);
  if (const auto* channel = from.primary_channel()) {
    add_channel(to, *channel);
  }
  for (const auto& channel : from.channels) {
    to.replication_channels.push_back(to_document(channel));
  }
  add_semi_sync(to, from.semi_sync);
  add_group(to, from.group);
}

void add_annotations(InstanceDocument& to, const Observation& observation, const InstanceView& view) {
  const auto& annotations = *view.annotations;
  const auto rule = promotion_rule_of(annotations, observation.key, observation.instance.get(), view.now);
  to.promotion_rule = to_string(rule);
  to.is_candidate = rule == PromotionRule::must || rule == PromotionRule::prefer;
  if (const auto* downtime = downtime_of(annotations, observation.key, view.now)) {
    // In whole seconds, as the legacy backend counts.
    const auto elapsed = std::chrono::floor<std::chrono::seconds>(view.now - downtime->begins_at);
    to.is_downtimed = true;
    to.downtime_reason = downtime->reason;
    to.downtime_owner = downtime->owner;
    to.downtime_end_timestamp = timestamp(downtime->ends_at);
    to.elapsed_downtime = std::chrono::nanoseconds(elapsed).count();
  }
  const auto unresolved = annotations.unresolved_hostnames.find(observation.key.hostname);
  if (unresolved != annotations.unresolved_hostnames.end()) {
    to.unresolved_hostname = unresolved->second.unresolved;
  }
}

std::string joined(const std::vector<std::string>& texts) {
  std::string all;
  for (const auto& text : texts) {
    all += (all.empty() ? "" : ",") + text;
  }
  return all;
}

}  // namespace

InstanceDocument to_document(const Observation& observation, const InstanceView& view) {
  InstanceDocument document;
  document.key = observation.key;
  if (observation.instance) {
    add_instance(document, *observation.instance);
  }
  add_annotations(document, observation, view);
  const auto& check = observation.check;
  const auto fresh = freshness(check, view.now, view.policy);
  document.last_seen_timestamp = timestamp(check.last_seen);
  document.is_last_check_valid = fresh.last_check_valid;
  document.is_up_to_date = fresh.up_to_date;
  document.is_recently_checked = fresh.recently_checked;
  document.seconds_since_last_seen = count_of(fresh.since_last_seen);
  document.last_discovery_latency = check.latency.count();
  document.last_check_error = check.error;
  for (const auto& warning : observation.warnings) {
    document.probe_warnings.push_back(warning.part + ": " + warning.message);
  }
  return document;
}

InstanceDocument to_document(const Topology& topology, NodeIndex index, const InstanceView& view) {
  const auto& node = topology.node(index);
  const auto& cluster = topology.cluster_of(node);
  auto document = to_document(*node.observation, view);
  document.ancestry_uuid = joined(topology.ancestry_uuids(index));
  document.gtid_errant = node.errant_gtid_set;
  document.cluster_name = cluster.name;
  document.cluster_id = cluster.id;
  for (const auto other : node.same_server) {
    document.same_server.push_back(topology.node(other).key());
  }
  document.suggested_cluster_alias = cluster.alias == cluster.name ? std::string() : cluster.alias;
  document.replication_depth = static_cast<std::int64_t>(node.depth);
  document.is_co_master = node.is_co_master;
  for (const auto problem : problems(node, view.now, view.policy)) {
    document.problems.emplace_back(to_string(problem));
  }
  return document;
}

std::string observation_json(const Observation& observation, const InstanceView& view) {
  JsonWriter out;
  write_document(out, to_document(observation, view));
  return out.take();
}

std::string instance_json(const Topology& topology, NodeIndex index, const InstanceView& view) {
  JsonWriter out;
  write_document(out, to_document(topology, index, view));
  return out.take();
}

std::string instances_json(const Topology& topology, const std::vector<NodeIndex>& indexes, const InstanceView& view) {
  JsonWriter out;
  out.begin_array();
  for (const auto index : indexes) {
    write_document(out, to_document(topology, index, view));
  }
  out.end_array();
  return out.take();
}

}  // namespace orchestrator::api
