// Tests of the conversion from the configuration to discovery and probe settings.
#include "server/fleet_settings.hpp"

#include "catch.hpp"
#include "configuration/parser.hpp"

using namespace orchestrator;
using namespace std::chrono_literals;

namespace {

Configuration configured(std::string_view json) {
  auto outcome = parse_configuration(json, "test.json");
  REQUIRE_FALSE(has_error(outcome.diagnostics));
  return outcome.draft.values;
}

}  // namespace

TEST_CASE("times and limits are taken over") {
  const auto policy = discovery_policy(configured(R"({
    "InstancePollSeconds": 3, "MySQLConnectTimeoutSeconds": 4, "MySQLDiscoveryReadTimeoutSeconds": 5,
    "DeadInstancePollSecondsMultiplyFactor": 2.5, "DeadInstancePollSecondsMax": 90,
    "DiscoveryMaxConcurrency": 11, "DeadInstanceDiscoveryMaxConcurrency": 7, "UnseenInstanceForgetHours": 12})"));
  CHECK(policy.poll_interval == 3s);
  CHECK(policy.probe_deadline == 9s);
  CHECK(policy.dead_poll_factor == 2.5);
  CHECK(policy.dead_poll_max == 90s);
  CHECK(policy.max_concurrent_probes == 11);
  CHECK(policy.max_concurrent_dead_probes == 7);
  CHECK(policy.forget_unseen_after == 12h);
}

TEST_CASE("filters match host and port") {
  const auto policy = discovery_policy(configured(R"({
    "DiscoveryIgnoreHostnameFilters": ["^bad"], "DiscoveryIgnoreReplicaHostnameFilters": [":3307$"],
    "DiscoveryIgnoreMasterHostnameFilters": ["backup"]})"));
  CHECK(policy.ignore({"bad1", 3306}));
  CHECK_FALSE(policy.ignore({"good", 3306}));
  CHECK(policy.ignore_replica({"db", 3307}));
  CHECK_FALSE(policy.ignore_replica({"db", 3306}));
  CHECK(policy.ignore_master({"old-backup", 3306}));
}

TEST_CASE("the first fitting pattern names a cluster") {
  const auto policy = discovery_policy(configured(R"({"ClusterNameToAlias": {"^db1": "one", "^db": "other"}})"));
  CHECK(policy.alias_of_name("db1:3306") == "one");
  CHECK(policy.alias_of_name("db2:3306") == "other");
  CHECK(policy.alias_of_name("x:3306").empty());
}

TEST_CASE("methods of naming hosts are taken over") {
  const auto by_default = discovery_policy(configured("{}"));
  CHECK(by_default.resolve_method == topology::HostnameResolveMethod::none);
  CHECK(by_default.server_name_method == topology::ServerNameMethod::hostname);
  const auto chosen = discovery_policy(
      configured(R"({"HostnameResolveMethod": "cname", "MySQLHostnameResolveMethod": "@@report_host"})"));
  CHECK(chosen.resolve_method == topology::HostnameResolveMethod::cname);
  CHECK(chosen.server_name_method == topology::ServerNameMethod::report_host);
}

TEST_CASE("the probe gets account, TLS, queries and patterns") {
  const auto settings = probe_settings(configured(R"({
    "MySQLTopologyUser": "u", "MySQLTopologyPassword": "p", "DetectRegionQuery": "select 1",
    "DataCenterPattern": "^([a-z]+)[.]", "DiscoveryIgnoreReplicationUsernameFilters": ["^cdc"]})"));
  CHECK(settings->credentials.user == "u");
  CHECK(settings->credentials.password == "p");
  CHECK(settings->tls.mode == topology::mysql::TlsMode::when_demanded);
  CHECK(settings->queries.region == "select 1");
  CHECK(settings->maxscale_check == topology::mysql::MaxScaleCheck::skip);
  CHECK(probe_settings(configured(R"({"SkipMaxScaleCheck": false})"))->maxscale_check ==
        topology::mysql::MaxScaleCheck::ask);
  CHECK(settings->attributes_of_host.data_center("ams.db1") == "ams");
  CHECK(settings->attributes_of_host.data_center("10.0.0.1").empty());
  CHECK(settings->attributes_of_host.region("ams.db1").empty());
  CHECK(settings->ignore_replication_user("cdc_reader"));
  CHECK_FALSE(settings->ignore_replication_user("repl"));
  CHECK_FALSE(probe_settings(configured("{}"))->ignore_replication_user("cdc_reader"));
}

TEST_CASE("mutual TLS verifies the server's name unless told otherwise") {
  const std::string files = R"("MySQLTopologyUseMutualTLS": true, "MySQLTopologySSLCertFile": "c",
                               "MySQLTopologySSLPrivateKeyFile": "k", "MySQLTopologySSLCAFile": "a")";
  CHECK(probe_settings(configured("{" + files + "}"))->tls.mode == topology::mysql::TlsMode::verify_identity);
  CHECK(probe_settings(configured("{" + files + R"(, "MySQLTopologySSLSkipVerify": true})"))->tls.mode ==
        topology::mysql::TlsMode::required);
}
