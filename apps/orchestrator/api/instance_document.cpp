// The table of an instance's JSON keys, and both directions that follow from it.
#include "api/instance_document.hpp"

#include <array>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <limits>
#include <utility>
#include <variant>

namespace orchestrator::api {
namespace {

namespace json = boost::json;
using topology::BinlogCoordinates;
using topology::Errc;
using topology::InstanceKey;
using topology::make_error;
using topology::Result;

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

// Readers: true when the value has the type; null and missing parts keep the default.

bool read_value(const json::value& from, std::string& to) {
  if (const auto* text = from.if_string()) {
    to = *text;
    return true;
  }
  return false;
}

bool read_value(const json::value& from, bool& to) {
  const auto* value = from.if_bool();
  to = value != nullptr && *value;
  return value != nullptr;
}

bool read_value(const json::value& from, std::int64_t& to) {
  if (const auto* value = from.if_int64()) {
    to = *value;
    return true;
  }
  if (from.is_uint64()) {  // parsed so only when it is above the largest int64
    to = std::numeric_limits<std::int64_t>::max();
    return true;
  }
  return false;
}

template <class T>
bool read_part(const json::object& from, std::string_view name, T& to) {
  const auto* part = from.if_contains(name);
  return part == nullptr || part->is_null() || read_value(*part, to);
}

template <class T>
bool read_nullable(const json::value& from, std::string_view name, std::optional<T>& to) {
  const auto* object = from.if_object();
  bool valid = false;
  T value{};
  if (object == nullptr || !read_part(*object, "Valid", valid) || !read_part(*object, name, value)) {
    return false;
  }
  to = valid ? std::optional<T>(value) : std::nullopt;
  return true;
}

bool read_value(const json::value& from, std::optional<std::int64_t>& to) {
  return read_nullable(from, "Int64", to);
}
bool read_value(const json::value& from, std::optional<bool>& to) {
  return read_nullable(from, "Bool", to);
}

bool read_value(const json::value& from, InstanceKey& to) {
  const auto* object = from.if_object();
  std::int64_t port = 0;
  if (object == nullptr || !read_part(*object, "Hostname", to.hostname) || !read_part(*object, "Port", port)) {
    return false;
  }
  to.port = static_cast<std::uint16_t>(port);
  return port >= 0 && port <= std::numeric_limits<std::uint16_t>::max();
}

bool read_value(const json::value& from, BinlogCoordinates& to) {
  const auto* object = from.if_object();
  std::int64_t position = 0;
  std::int64_t type = static_cast<int>(to.type);
  if (object == nullptr || !read_part(*object, "LogFile", to.file) || !read_part(*object, "LogPos", position) ||
      !read_part(*object, "Type", type)) {
    return false;
  }
  to.position = static_cast<std::uint64_t>(position);
  to.type = type == 1 ? topology::LogType::relay : topology::LogType::binary;
  return position >= 0 && (type == 0 || type == 1);
}

bool read_value(const json::value& from, ChannelDocument& to);

template <class T>
bool read_value(const json::value& from, std::vector<T>& to) {
  const auto* list = from.if_array();
  if (list == nullptr) {
    return false;
  }
  to.clear();
  for (const auto& element : *list) {
    if (!read_value(element, to.emplace_back())) {
      return false;
    }
  }
  return true;
}

// The name of the first field whose value has the wrong type; "" when all are right.
template <class D>
std::string_view read_fields(const json::object& from, D& document) {
  for (const auto& field : fields_of(document)) {
    const auto* found = from.if_contains(field.name);
    if (found == nullptr || found->is_null()) {
      continue;
    }
    const bool fits = std::visit(
        [&](auto member) {
          if constexpr (std::is_same_v<decltype(member), EmptyObject>) {
            return true;
          } else {
            return read_value(*found, document.*member);
          }
        },
        field.member);
    if (!fits) {
      return field.name;
    }
  }
  return {};
}

bool read_value(const json::value& from, ChannelDocument& to) {
  const auto* object = from.if_object();
  return object != nullptr && read_fields(*object, to).empty();
}

Result<InstanceDocument> to_document(const json::value& value) {
  const auto* object = value.if_object();
  if (object == nullptr) {
    return make_error(Errc::parse_error, "an instance is not a JSON object");
  }
  InstanceDocument document;
  const auto wrong = read_fields(*object, document);
  if (!wrong.empty()) {
    return make_error(Errc::parse_error, "the value of '" + std::string(wrong) + "' has the wrong type");
  }
  return document;
}

Result<json::value> parse(std::string_view text) {
  boost::system::error_code code;
  json::parse_options options;
  options.allow_invalid_utf8 = true;
  auto value = json::parse(json::string_view(text.data(), text.size()), code, {}, options);
  if (code) {
    return make_error(Errc::parse_error, "not JSON: " + code.message());
  }
  return value;
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

Result<InstanceDocument> parse_document(std::string_view text) {
  const auto value = parse(text);
  if (!value) {
    return value.error();
  }
  return to_document(*value);
}

Result<std::vector<InstanceDocument>> parse_documents(std::string_view text) {
  const auto value = parse(text);
  if (!value) {
    return value.error();
  }
  std::vector<InstanceDocument> documents;
  if (value->is_null()) {
    return documents;
  }
  const auto* list = value->if_array();
  if (list == nullptr) {
    return make_error(Errc::parse_error, "not a JSON list of instances");
  }
  documents.reserve(list->size());
  for (const auto& element : *list) {
    auto document = to_document(element);
    if (!document) {
      return make_error(Errc::parse_error,
                        "instance " + std::to_string(documents.size()) + ": " + document.error().context);
    }
    documents.push_back(std::move(*document));
  }
  return documents;
}

}  // namespace orchestrator::api
