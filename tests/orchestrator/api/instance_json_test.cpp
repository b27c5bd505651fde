// The exact JSON text of instances.
#include "api/instance_json.hpp"

#include "catch.hpp"
#include "sample_fleet.hpp"

using namespace orchestrator::api;
using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

namespace {

InstanceView view_now() {
  return {sample::now, {}};
}

std::string json_of(const topology::Topology& topology, const std::string& host) {
  return instance_json(topology, topology.find({host, 3306}).value(), view_now());
}

}  // namespace

TEST_CASE("a replica is written with every legacy key in the legacy order") {
  const auto expected =
      R"({"Key":{"Hostname":"db2.example.com","Port":3306},"InstanceAlias":"","Uptime":3600,"ServerID":2,)"
      R"("ServerUUID":"00000000-0000-0000-0000-000000000002","Version":"8.0.36",)"
      R"("VersionComment":"MySQL Community Server - GPL","FlavorName":"MySQL","ReadOnly":true,"Binlog_format":"ROW",)"
      R"("BinlogRowImage":"FULL","LogBinEnabled":true,"LogSlaveUpdatesEnabled":true,)"
      R"("LogReplicationUpdatesEnabled":true,)"
      R"("SelfBinlogCoordinates":{"LogFile":"binlog.000002","LogPos":157,"Type":0},)"
      R"("MasterKey":{"Hostname":"db1.example.com","Port":3306},)"
      R"("MasterUUID":"00000000-0000-0000-0000-000000000001",)"
      R"("AncestryUUID":"00000000-0000-0000-0000-000000000001,00000000-0000-0000-0000-000000000002",)"
      R"("IsDetachedMaster":false,"Slave_SQL_Running":true,"ReplicationSQLThreadRuning":true,)"
      R"("Slave_IO_Running":true,"ReplicationIOThreadRuning":true,"ReplicationSQLThreadState":1,)"
      R"("ReplicationIOThreadState":1,"HasReplicationFilters":false,"GTIDMode":"ON","SupportsOracleGTID":true,)"
      R"("UsingOracleGTID":true,"UsingMariaDBGTID":false,"UsingPseudoGTID":false,)"
      R"("ReadBinlogCoordinates":{"LogFile":"binlog.000002","LogPos":157,"Type":0},)"
      R"("ExecBinlogCoordinates":{"LogFile":"binlog.000002","LogPos":157,"Type":0},"IsDetached":false,)"
      R"("RelaylogCoordinates":{"LogFile":"relay.000003","LogPos":367,"Type":1},"LastSQLError":"","LastIOError":"",)"
      R"("SecondsBehindMaster":{"Int64":0,"Valid":true},"SQLDelay":0,)"
      R"("ExecutedGtidSet":"00000000-0000-0000-0000-000000000001:1-5","GtidPurged":"","GtidErrant":"",)"
      R"("SlaveLagSeconds":{"Int64":0,"Valid":true},"ReplicationLagSeconds":{"Int64":0,"Valid":true},)"
      R"("SlaveHosts":[],"Replicas":[],"ClusterName":"db1.example.com:3306","SuggestedClusterAlias":"shop",)"
      R"("DataCenter":"","Region":"","PhysicalEnvironment":"","ReplicationDepth":1,"IsCoMaster":false,)"
      R"("HasReplicationCredentials":false,"ReplicationCredentialsAvailable":false,"SemiSyncAvailable":false,)"
      R"("SemiSyncPriority":0,"SemiSyncMasterPluginNewVersion":false,"SemiSyncReplicaPluginNewVersion":false,)"
      R"("SemiSyncMasterEnabled":false,"SemiSyncReplicaEnabled":false,"SemiSyncMasterTimeout":0,)"
      R"("SemiSyncMasterWaitForReplicaCount":0,"SemiSyncMasterStatus":false,"SemiSyncMasterClients":0,)"
      R"("SemiSyncReplicaStatus":false,"LastSeenTimestamp":"2026-11-24 05:35:00","IsLastCheckValid":true,)"
      R"("IsUpToDate":true,"IsRecentlyChecked":true,"SecondsSinceLastSeen":{"Int64":0,"Valid":true},)"
      R"("CountMySQLSnapshots":0,"IsCandidate":false,"PromotionRule":"neutral","IsDowntimed":false,)"
      R"("DowntimeReason":"","DowntimeOwner":"","DowntimeEndTimestamp":"","ElapsedDowntime":0,)"
      R"("UnresolvedHostname":"","AllowTLS":false,"ReplicationSSLCAFile":"","ReplicationSSLCAPath":"",)"
      R"("ReplicationSSLCert":"","ReplicationSSLCipher":"","ReplicationSSLCRLFile":"","ReplicationSSLCRLPath":"",)"
      R"("ReplicationSSLKey":"","ReplicationSSLVerifyServerCert":{"Bool":false,"Valid":false},)"
      R"("ReplicationTLSVersion":"","ReplicationTLSCiphersuites":"","ReplicationSourcePublicKeyPath":"",)"
      R"("ReplicationGetSourcePublicKey":{"Bool":false,"Valid":false},"Problems":[],"LastDiscoveryLatency":2000000,)"
      R"("ReplicationGroupName":"","ReplicationGroupIsSinglePrimary":false,"ReplicationGroupMemberState":"",)"
      R"("ReplicationGroupMemberRole":"","ReplicationGroupMembers":[],)"
      R"("ReplicationGroupPrimaryInstanceKey":{"Hostname":"","Port":0},"QSP":{},)";
  // Behind them comes what the legacy form has no keys for.
  CHECK_THAT(json_of(*sample::two_clusters(), "db2.example.com"), StartsWith(expected));
}

TEST_CASE("all channels, other names and warnings stand behind the legacy keys") {
  topology::Instance hub;
  hub.key = {"hub", 3306};
  hub.server_uuid = "uuid-of-hub";
  hub.version = topology::parse_server_version("8.0.36", "");
  for (const auto* name : {"", "second"}) {
    topology::ReplicationChannel channel;
    channel.name = name;
    channel.source = {name == std::string() ? "db1" : "db2", 3306};
    channel.io_thread = channel.sql_thread = topology::ThreadState::running;
    hub.channels.push_back(channel);
  }
  topology::TopologyInputs inputs;
  for (const auto* hostname : {"hub", "hub-alias"}) {
    auto observation = std::make_shared<topology::Observation>();
    observation->key = {hostname, 3306};
    observation->instance = std::make_shared<const topology::Instance>(hub);
    observation->warnings = {{"semi-sync status", "access denied"}};
    observation->check.error = "timed out";
    inputs.observations.push_back(std::move(observation));
  }
  const auto picture = topology::Topology::build(inputs);
  const auto json = json_of(picture, "hub");
  CHECK_THAT(json, Contains(R"("SameServer":[{"Hostname":"hub-alias","Port":3306}])"));
  CHECK_THAT(json, Contains(R"("ProbeWarnings":["semi-sync status: access denied"])"));
  CHECK_THAT(json, Contains(R"("LastCheckError":"timed out")"));
  CHECK_THAT(json, Contains(R"("Name":"second","MasterKey":{"Hostname":"db2","Port":3306})"));
}

TEST_CASE("a master shows no threads, no lag, and its replicas twice") {
  const auto json = json_of(*sample::two_clusters(), "db1.example.com");
  CHECK_THAT(json, Contains(R"("ReplicationSQLThreadState":-1,"ReplicationIOThreadState":-1,)"));
  CHECK_THAT(json, Contains(R"("SecondsBehindMaster":{"Int64":0,"Valid":false},)"));
  CHECK_THAT(json, Contains(R"("MasterKey":{"Hostname":"","Port":0},)"));
  const std::string both = R"([{"Hostname":"db2.example.com","Port":3306},{"Hostname":"db3.example.com","Port":3306}])";
  CHECK_THAT(json, Contains("\"SlaveHosts\":" + both + ",\"Replicas\":" + both));
}

TEST_CASE("what is wrong with an instance is listed") {
  const auto json = json_of(*sample::two_clusters(), "db3.example.com");
  CHECK_THAT(json, Contains(R"("LastSeenTimestamp":"2026-11-24 05:30:00","IsLastCheckValid":false,)"));
  CHECK_THAT(json, Contains(R"("SecondsSinceLastSeen":{"Int64":300,"Valid":true},)"));
  CHECK_THAT(json, Contains(R"("Problems":["last_check_invalid"],)"));
}

TEST_CASE("an instance known only by name has every key as well") {
  const auto topology = sample::topology_of({sample::never_seen("ghost")});
  const auto json = json_of(*topology, "ghost");
  CHECK_THAT(json, Contains(R"("Version":"","VersionComment":"","FlavorName":"",)"));
  CHECK_THAT(json, Contains(R"("LastSeenTimestamp":"","IsLastCheckValid":false,)"));
  CHECK_THAT(json, Contains(R"("SecondsSinceLastSeen":{"Int64":0,"Valid":false},)"));
  CHECK_THAT(json, Contains(R"("ClusterName":"ghost:3306",)"));
}

TEST_CASE("a detached master keeps its mark") {
  auto detached = sample::replica("db2", 2, "//db1");
  detached.channels.front().io_thread = topology::ThreadState::stopped;
  const auto topology = sample::topology_of({sample::observed(std::move(detached))});
  CHECK_THAT(json_of(*topology, "db2"),
             Contains(R"("MasterKey":{"Hostname":"//db1","Port":3306},)") && Contains(R"("IsDetachedMaster":true,)"));
}

TEST_CASE("promotion rules that prefer an instance make it a candidate") {
  for (const auto& [rule, expected] :
       {std::pair{topology::PromotionRule::prefer, R"("IsCandidate":true,"PromotionRule":"prefer",)"},
        std::pair{topology::PromotionRule::must_not, R"("IsCandidate":false,"PromotionRule":"must_not",)"}}) {
    auto instance = sample::instance("db1", 1);
    instance.attributes.promotion_rule = rule;
    const auto topology = sample::topology_of({sample::observed(std::move(instance))});
    CHECK_THAT(json_of(*topology, "db1"), Contains(expected));
  }
}

TEST_CASE("TLS settings, semi-sync and the group have their keys") {
  auto instance = sample::replica("db2", 2, "db1");
  auto& tls = instance.channels.front().tls;
  tls = {.allowed = true,
         .ca_file = "ca",
         .ca_path = "ca/",
         .certificate = "cert",
         .cipher = "cipher",
         .crl_file = "crl",
         .crl_path = "crl/",
         .key = "key",
         .verify_server_certificate = true,
         .tls_version = "TLSv1.3",
         .ciphersuites = "suites",
         .source_public_key_path = "public",
         .get_source_public_key = false};
  auto& semi_sync = instance.semi_sync;
  semi_sync.available = semi_sync.master_plugin_new_words = semi_sync.replica_enabled = semi_sync.master_status = true;
  semi_sync.priority = 3;
  semi_sync.master_timeout = std::chrono::milliseconds(4);
  semi_sync.master_wait_for_replica_count = 5;
  semi_sync.master_clients = 6;
  instance.group = {"group", true, "ONLINE", "SECONDARY", {{"db1", 3306}}, {"db1", 3307}};
  const auto json = json_of(*sample::topology_of({sample::observed(std::move(instance))}), "db2");
  CHECK_THAT(json, Contains(R"("SemiSyncAvailable":true,"SemiSyncPriority":3,"SemiSyncMasterPluginNewVersion":true,)"
                            R"("SemiSyncReplicaPluginNewVersion":false,"SemiSyncMasterEnabled":false,)"
                            R"("SemiSyncReplicaEnabled":true,"SemiSyncMasterTimeout":4,)"
                            R"("SemiSyncMasterWaitForReplicaCount":5,"SemiSyncMasterStatus":true,)"
                            R"("SemiSyncMasterClients":6,"SemiSyncReplicaStatus":false,)"));
  CHECK_THAT(json, Contains(R"("AllowTLS":true,"ReplicationSSLCAFile":"ca","ReplicationSSLCAPath":"ca/",)"
                            R"("ReplicationSSLCert":"cert","ReplicationSSLCipher":"cipher",)"
                            R"("ReplicationSSLCRLFile":"crl","ReplicationSSLCRLPath":"crl/","ReplicationSSLKey":"key",)"
                            R"("ReplicationSSLVerifyServerCert":{"Bool":true,"Valid":true},)"
                            R"("ReplicationTLSVersion":"TLSv1.3","ReplicationTLSCiphersuites":"suites",)"
                            R"("ReplicationSourcePublicKeyPath":"public",)"
                            R"("ReplicationGetSourcePublicKey":{"Bool":false,"Valid":true},)"));
  CHECK_THAT(json, Contains(R"("ReplicationGroupName":"group","ReplicationGroupIsSinglePrimary":true,)"
                            R"("ReplicationGroupMemberState":"ONLINE","ReplicationGroupMemberRole":"SECONDARY",)"
                            R"("ReplicationGroupMembers":[{"Hostname":"db1","Port":3306}],)"
                            R"("ReplicationGroupPrimaryInstanceKey":{"Hostname":"db1","Port":3307},)"));
}
