// The names of all fields of an observation, for its stored form.
#pragma once

#include <concepts>
#include <type_traits>

#include "topology/observation.hpp"

namespace orchestrator::stored {

template <class T, class Of>
concept Is = std::same_as<std::remove_const_t<T>, Of>;

// each_field(value, visit) calls visit(name, member) for every member, const as the value is. The structured bindings
// refuse to compile when a member was added that is not listed.

void each_field(Is<topology::InstanceKey> auto& value, auto&& visit) {
  auto& [hostname, port] = value;
  visit("hostname", hostname);
  visit("port", port);
}

void each_field(Is<topology::BinlogCoordinates> auto& value, auto&& visit) {
  auto& [file, position, type] = value;
  visit("file", file);
  visit("position", position);
  visit("type", type);
}

void each_field(Is<topology::VersionNumber> auto& value, auto&& visit) {
  auto& [major_number, minor_number, patch] = value;
  visit("major", major_number);
  visit("minor", minor_number);
  visit("patch", patch);
}

void each_field(Is<topology::ServerVersion> auto& value, auto&& visit) {
  auto& [flavour, number, text, comment] = value;
  visit("flavour", flavour);
  visit("number", number);
  visit("text", text);
  visit("comment", comment);
}

void each_field(Is<topology::ReplicationTls> auto& value, auto&& visit) {
  auto& [allowed, ca_file, ca_path, certificate, cipher, crl_file, crl_path, key, verify_server_certificate,
         tls_version, ciphersuites, source_public_key_path, get_source_public_key] = value;
  visit("allowed", allowed);
  visit("ca_file", ca_file);
  visit("ca_path", ca_path);
  visit("certificate", certificate);
  visit("cipher", cipher);
  visit("crl_file", crl_file);
  visit("crl_path", crl_path);
  visit("key", key);
  visit("verify_server_certificate", verify_server_certificate);
  visit("tls_version", tls_version);
  visit("ciphersuites", ciphersuites);
  visit("source_public_key_path", source_public_key_path);
  visit("get_source_public_key", get_source_public_key);
}

void each_field(Is<topology::ReplicationChannel> auto& value, auto&& visit) {
  auto& [name, source, source_uuid, source_server_id, user, io_thread, sql_thread, read_coordinates, exec_coordinates,
         relay_coordinates, last_io_errno, last_io_error, last_sql_errno, last_sql_error, behind_source, sql_delay,
         auto_position, mariadb_using_gtid, retrieved_gtid_set, has_filters, tls] = value;
  visit("name", name);
  visit("source", source);
  visit("source_uuid", source_uuid);
  visit("source_server_id", source_server_id);
  visit("user", user);
  visit("io_thread", io_thread);
  visit("sql_thread", sql_thread);
  visit("read_coordinates", read_coordinates);
  visit("exec_coordinates", exec_coordinates);
  visit("relay_coordinates", relay_coordinates);
  visit("last_io_errno", last_io_errno);
  visit("last_io_error", last_io_error);
  visit("last_sql_errno", last_sql_errno);
  visit("last_sql_error", last_sql_error);
  visit("behind_source", behind_source);
  visit("sql_delay", sql_delay);
  visit("auto_position", auto_position);
  visit("mariadb_using_gtid", mariadb_using_gtid);
  visit("retrieved_gtid_set", retrieved_gtid_set);
  visit("has_filters", has_filters);
  visit("tls", tls);
}

void each_field(Is<topology::SemiSync> auto& value, auto&& visit) {
  auto& [available, master_plugin_new_words, replica_plugin_new_words, master_enabled, replica_enabled, master_timeout,
         master_wait_for_replica_count, wait_point, master_status, master_clients, replica_status,
         master_no_transactions, priority] = value;
  visit("available", available);
  visit("master_plugin_new_words", master_plugin_new_words);
  visit("replica_plugin_new_words", replica_plugin_new_words);
  visit("master_enabled", master_enabled);
  visit("replica_enabled", replica_enabled);
  visit("master_timeout", master_timeout);
  visit("master_wait_for_replica_count", master_wait_for_replica_count);
  visit("wait_point", wait_point);
  visit("master_status", master_status);
  visit("master_clients", master_clients);
  visit("replica_status", replica_status);
  visit("master_no_transactions", master_no_transactions);
  visit("priority", priority);
}

void each_field(Is<topology::GroupReplication> auto& value, auto&& visit) {
  auto& [name, single_primary, member_state, member_role, members, primary] = value;
  visit("name", name);
  visit("single_primary", single_primary);
  visit("member_state", member_state);
  visit("member_role", member_role);
  visit("members", members);
  visit("primary", primary);
}

void each_field(Is<topology::InstanceAttributes> auto& value, auto&& visit) {
  auto& [instance_alias, cluster_alias, cluster_domain, data_center, region, physical_environment, promotion_rule,
         has_pseudo_gtid] = value;
  visit("instance_alias", instance_alias);
  visit("cluster_alias", cluster_alias);
  visit("cluster_domain", cluster_domain);
  visit("data_center", data_center);
  visit("region", region);
  visit("physical_environment", physical_environment);
  visit("promotion_rule", promotion_rule);
  visit("has_pseudo_gtid", has_pseudo_gtid);
}

void each_field(Is<topology::Instance> auto& value, auto&& visit) {
  auto& [key, version, server_uuid, server_id, hostname, report_host, report_port, uptime, read_only, super_read_only,
         log_bin, log_replica_updates, binlog_format, binlog_row_image, self_coordinates, gtid_mode, executed_gtid_set,
         purged_gtid_set, gtid_binlog_state, channels, replicas, lag, replication_credentials_available,
         has_replication_credentials, semi_sync, group, attributes] = value;
  visit("key", key);
  visit("version", version);
  visit("server_uuid", server_uuid);
  visit("server_id", server_id);
  visit("hostname", hostname);
  visit("report_host", report_host);
  visit("report_port", report_port);
  visit("uptime", uptime);
  visit("read_only", read_only);
  visit("super_read_only", super_read_only);
  visit("log_bin", log_bin);
  visit("log_replica_updates", log_replica_updates);
  visit("binlog_format", binlog_format);
  visit("binlog_row_image", binlog_row_image);
  visit("self_coordinates", self_coordinates);
  visit("gtid_mode", gtid_mode);
  visit("executed_gtid_set", executed_gtid_set);
  visit("purged_gtid_set", purged_gtid_set);
  visit("gtid_binlog_state", gtid_binlog_state);
  visit("channels", channels);
  visit("replicas", replicas);
  visit("lag", lag);
  visit("replication_credentials_available", replication_credentials_available);
  visit("has_replication_credentials", has_replication_credentials);
  visit("semi_sync", semi_sync);
  visit("group", group);
  visit("attributes", attributes);
}

void each_field(Is<topology::ProbeWarning> auto& value, auto&& visit) {
  auto& [part, message] = value;
  visit("part", part);
  visit("message", message);
}

}  // namespace orchestrator::stored
