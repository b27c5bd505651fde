// The table of an instance's JSON keys, from which its text follows.
#include "api/instance_document.hpp"

#include <array>
#include <variant>

namespace orchestrator::api {
namespace {

using topology::BinlogCoordinates;
using topology::InstanceKey;

struct EmptyObject {};  // an internal object of the Go program that leaks

template <class D>
using Member =
    std::variant<std::string D::*, bool D::*, std::int64_t D::*, std::optional<std::int64_t> D::*,
                 std::optional<bool> D::*, InstanceKey D::*, BinlogCoordinates D::*, std::vector<InstanceKey> D::*,
                 std::vector<std::string> D::*, std::vector<ChannelDocument> D::*, EmptyObject>;

template <class D>
struct Field {
  std::string_view name;
  Member<D> member;
};

const auto& fields_of(const ChannelDocument&) {
  using D = ChannelDocument;
  static const auto table = std::to_array<Field<D>>({
      {"Name", &D::name},
      {"MasterKey", &D::master_key},
      {"MasterUUID", &D::master_uuid},
      {"User", &D::user},
      {"ReplicationIOThreadState", &D::replication_io_thread_state},
      {"ReplicationSQLThreadState", &D::replication_sql_thread_state},
      {"ReadBinlogCoordinates", &D::read_binlog_coordinates},
      {"ExecBinlogCoordinates", &D::exec_binlog_coordinates},
      {"LastIOError", &D::last_io_error},
      {"LastSQLError", &D::last_sql_error},
      {"SecondsBehindMaster", &D::seconds_behind_master},
      {"SQLDelay", &D::sql_delay},
      {"UsingOracleGTID", &D::using_oracle_gtid},
      {"MariaDBUsingGTID", &D::mariadb_using_gtid},
      {"RetrievedGtidSet", &D::retrieved_gtid_set},
      {"HasReplicationFilters", &D::has_replication_filters},
  });
  return table;
}

const auto& fields_of(const InstanceDocument&) {
  using D = InstanceDocument;
  static const auto table = std::to_array<Field<D>>({
      {"Key", &D::key},
      {"InstanceAlias", &D::instance_alias},
      {"Uptime", &D::uptime},
      {"ServerID", &D::server_id},
      {"ServerUUID", &D::server_uuid},
      {"Version", &D::version},
      {"VersionComment", &D::version_comment},
      {"FlavorName", &D::flavor_name},
      {"ReadOnly", &D::read_only},
      {"Binlog_format", &D::binlog_format},
      {"BinlogRowImage", &D::binlog_row_image},
      {"LogBinEnabled", &D::log_bin_enabled},
      {"LogSlaveUpdatesEnabled", &D::log_replication_updates_enabled},
      {"LogReplicationUpdatesEnabled", &D::log_replication_updates_enabled},
      {"SelfBinlogCoordinates", &D::self_binlog_coordinates},
      {"MasterKey", &D::master_key},
      {"MasterUUID", &D::master_uuid},
      {"AncestryUUID", &D::ancestry_uuid},
      {"IsDetachedMaster", &D::is_detached_master},
      {"Slave_SQL_Running", &D::replication_sql_thread_running},
      {"ReplicationSQLThreadRuning", &D::replication_sql_thread_running},
      {"Slave_IO_Running", &D::replication_io_thread_running},
      {"ReplicationIOThreadRuning", &D::replication_io_thread_running},
      {"ReplicationSQLThreadState", &D::replication_sql_thread_state},
      {"ReplicationIOThreadState", &D::replication_io_thread_state},
      {"HasReplicationFilters", &D::has_replication_filters},
      {"GTIDMode", &D::gtid_mode},
      {"SupportsOracleGTID", &D::supports_oracle_gtid},
      {"UsingOracleGTID", &D::using_oracle_gtid},
      {"UsingMariaDBGTID", &D::using_mariadb_gtid},
      {"UsingPseudoGTID", &D::using_pseudo_gtid},
      {"ReadBinlogCoordinates", &D::read_binlog_coordinates},
      {"ExecBinlogCoordinates", &D::exec_binlog_coordinates},
      {"IsDetached", &D::is_detached},
      {"RelaylogCoordinates", &D::relaylog_coordinates},
      {"LastSQLError", &D::last_sql_error},
      {"LastIOError", &D::last_io_error},
      {"SecondsBehindMaster", &D::seconds_behind_master},
      {"SQLDelay", &D::sql_delay},
      {"ExecutedGtidSet", &D::executed_gtid_set},
      {"GtidPurged", &D::gtid_purged},
      {"GtidErrant", &D::gtid_errant},
      {"SlaveLagSeconds", &D::replication_lag_seconds},
      {"ReplicationLagSeconds", &D::replication_lag_seconds},
      {"SlaveHosts", &D::replicas},
      {"Replicas", &D::replicas},
      {"ClusterName", &D::cluster_name},
      {"SuggestedClusterAlias", &D::suggested_cluster_alias},
      {"DataCenter", &D::data_center},
      {"Region", &D::region},
      {"PhysicalEnvironment", &D::physical_environment},
      {"ReplicationDepth", &D::replication_depth},
      {"IsCoMaster", &D::is_co_master},
      {"HasReplicationCredentials", &D::has_replication_credentials},
      {"ReplicationCredentialsAvailable", &D::replication_credentials_available},
      {"SemiSyncAvailable", &D::semi_sync_available},
      {"SemiSyncPriority", &D::semi_sync_priority},
      {"SemiSyncMasterPluginNewVersion", &D::semi_sync_master_plugin_new_version},
      {"SemiSyncReplicaPluginNewVersion", &D::semi_sync_replica_plugin_new_version},
      {"SemiSyncMasterEnabled", &D::semi_sync_master_enabled},
      {"SemiSyncReplicaEnabled", &D::semi_sync_replica_enabled},
      {"SemiSyncMasterTimeout", &D::semi_sync_master_timeout},
      {"SemiSyncMasterWaitForReplicaCount", &D::semi_sync_master_wait_for_replica_count},
      {"SemiSyncMasterStatus", &D::semi_sync_master_status},
      {"SemiSyncMasterClients", &D::semi_sync_master_clients},
      {"SemiSyncReplicaStatus", &D::semi_sync_replica_status},
      {"LastSeenTimestamp", &D::last_seen_timestamp},
      {"IsLastCheckValid", &D::is_last_check_valid},
      {"IsUpToDate", &D::is_up_to_date},
      {"IsRecentlyChecked", &D::is_recently_checked},
      {"SecondsSinceLastSeen", &D::seconds_since_last_seen},
      {"CountMySQLSnapshots", &D::count_mysql_snapshots},
      {"IsCandidate", &D::is_candidate},
      {"PromotionRule", &D::promotion_rule},
      {"IsDowntimed", &D::is_downtimed},
      {"DowntimeReason", &D::downtime_reason},
      {"DowntimeOwner", &D::downtime_owner},
      {"DowntimeEndTimestamp", &D::downtime_end_timestamp},
      {"ElapsedDowntime", &D::elapsed_downtime},
      {"UnresolvedHostname", &D::unresolved_hostname},
      {"AllowTLS", &D::allow_tls},
      {"ReplicationSSLCAFile", &D::replication_ssl_ca_file},
      {"ReplicationSSLCAPath", &D::replication_ssl_ca_path},
      {"ReplicationSSLCert", &D::replication_ssl_cert},
      {"ReplicationSSLCipher", &D::replication_ssl_cipher},
      {"ReplicationSSLCRLFile", &D::replication_ssl_crl_file},
      {"ReplicationSSLCRLPath", &D::replication_ssl_crl_path},
      {"ReplicationSSLKey", &D::replication_ssl_key},
      {"ReplicationSSLVerifyServerCert", &D::replication_ssl_verify_server_cert},
      {"ReplicationTLSVersion", &D::replication_tls_version},
      {"ReplicationTLSCiphersuites", &D::replication_tls_ciphersuites},
      {"ReplicationSourcePublicKeyPath", &D::replication_source_public_key_path},
      {"ReplicationGetSourcePublicKey", &D::replication_get_source_public_key},
      {"Problems", &D::problems},
      {"LastDiscoveryLatency", &D::last_discovery_latency},
      {"ReplicationGroupName", &D::replication_group_name},
      {"ReplicationGroupIsSinglePrimary", &D::replication_group_is_single_primary},
      {"ReplicationGroupMemberState", &D::replication_group_member_state},
      {"ReplicationGroupMemberRole", &D::replication_group_member_role},
      {"ReplicationGroupMembers", &D::replication_group_members},
      {"ReplicationGroupPrimaryInstanceKey", &D::replication_group_primary_instance_key},
      {"QSP", EmptyObject{}},
      {"ClusterId", &D::cluster_id},
      {"LastCheckError", &D::last_check_error},
      {"ProbeWarnings", &D::probe_warnings},
      {"SameServer", &D::same_server},
      {"ReplicationChannels", &D::replication_channels},
  });
  return table;
}

void write_value(JsonWriter& out, const std::string& value) {
  out.text(value);
}
void write_value(JsonWriter& out, bool value) {
  out.boolean(value);
}
void write_value(JsonWriter& out, std::int64_t value) {
  out.number(value);
}
void write_value(JsonWriter& out, const InstanceKey& value) {
  write_key(out, value);
}
void write_value(JsonWriter& out, const std::vector<InstanceKey>& value) {
  write_keys(out, value);
}

void write_value(JsonWriter& out, const std::optional<std::int64_t>& value) {
  out.begin_object().key("Int64").number(value.value_or(0)).key("Valid").boolean(value.has_value()).end_object();
}

void write_value(JsonWriter& out, const std::optional<bool>& value) {
  out.begin_object().key("Bool").boolean(value.value_or(false)).key("Valid").boolean(value.has_value()).end_object();
}

void write_value(JsonWriter& out, const BinlogCoordinates& value) {
  out.begin_object().key("LogFile").text(value.file).key("LogPos").number(value.position);
  out.key("Type").number(static_cast<int>(value.type)).end_object();
}

void write_value(JsonWriter& out, const std::vector<std::string>& value) {
  out.begin_array();
  for (const auto& text : value) {
    out.text(text);
  }
  out.end_array();
}

template <class D>
void write_fields(JsonWriter& out, const D& document);

void write_value(JsonWriter& out, const std::vector<ChannelDocument>& value) {
  out.begin_array();
  for (const auto& channel : value) {
    write_fields(out, channel);
  }
  out.end_array();
}

template <class D>
void write_fields(JsonWriter& out, const D& document) {
  out.begin_object();
  for (const auto& field : fields_of(document)) {
    out.key(field.name);
    std::visit(
        [&](auto member) {
          if constexpr (std::is_same_v<decltype(member), EmptyObject>) {
            out.begin_object().end_object();
          } else {
            write_value(out, document.*member);
          }
        },
        field.member);
  }
  out.end_object();
}

}  // namespace

void write_key(JsonWriter& out, const InstanceKey& key) {
  out.begin_object().key("Hostname").text(key.hostname).key("Port").number(key.port).end_object();
}

void write_keys(JsonWriter& out, const std::vector<InstanceKey>& keys) {
  out.begin_array();
  for (const auto& key : keys) {
    write_key(out, key);
  }
  out.end_array();
}

void write_document(JsonWriter& out, const InstanceDocument& document) {
  write_fields(out, document);
}

}  // namespace orchestrator::api
