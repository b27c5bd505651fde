// What has to hold between keys.
#include "configuration/rules.hpp"

#include "catch.hpp"

namespace orchestrator {
namespace {

struct Ruled {
  Configuration values;
  std::string lines;
};

// The user is given so that the warning about a missing one does not appear everywhere.
Ruled apply(std::string text) {
  text.insert(1, text == "{}" ? R"("MySQLTopologyUser": "u")" : R"("MySQLTopologyUser": "u", )");
  auto outcome = parse_configuration(text, "f.json");
  INFO(text << to_lines(outcome.diagnostics));
  REQUIRE(outcome.diagnostics.empty());
  auto lines = to_lines(apply_rules(outcome.draft));
  return {outcome.draft.values, lines};
}

}  // namespace

TEST_CASE("The defaults break no rule") {
  CHECK(apply("{}").lines.empty());
  Draft draft;
  CHECK(to_lines(apply_rules(draft)) ==
        "warning: MySQLTopologyUser: is not set: no instance can be probed before it is\n");
}

TEST_CASE("Paths and prefixes get the slashes they need") {
  CHECK(apply(R"({"URLPrefix": "orc/"})").values.http.url_prefix == "/orc");
  CHECK(apply(R"({"URLPrefix": "/"})").values.http.url_prefix.empty());
  CHECK(apply(R"({"StatusEndpoint": "health"})").values.http.status_endpoint == "/health");
  CHECK(apply(R"({"KVClusterMasterPrefix": "a/b"})").values.kv.cluster_master_prefix == "a/b/");
  CHECK(apply(R"({"KVClusterMasterPrefix": "a//"})").values.kv.cluster_master_prefix == "a/");
  CHECK(apply(R"({"KVClusterMasterPrefix": "/"})").values.kv.cluster_master_prefix == "/");
  CHECK(apply("{}").values.kv.cluster_master_prefix == "mysql/master/");
}

TEST_CASE("Contradictions and missing partners are errors that name file and line") {
  struct Case {
    const char* text;
    const char* message;
  };
  for (const auto& [text, message] : {
           Case{R"({"ListenAddress": "3000"})", "error: ListenAddress: expected \":PORT\", \"HOST:PORT\""},
           Case{R"({"URLPrefix": "/a b"})", "error: URLPrefix: expected a path"},
           Case{R"({"HTTPAdvertise": "http://h:1/x"})", "error: HTTPAdvertise: expected http://HOST:PORT"},
           Case{R"({"UseSSL": true})", "error: SSLCertFile: is needed by UseSSL"},
           Case{R"({"UseSSL": true, "SSLCertFile": "c", "SSLPrivateKeyFile": "k"})", "error: UseSSL: is not possible"},
           Case{R"({"AuthenticationMethod": "basic"})", "error: HTTPAuthUser: is needed by"},
           Case{R"({"AuthenticationMethod": "multi"})", "error: HTTPAuthUser: is needed by"},
           Case{R"({"AuthenticationMethod": "oauth"})", "error: AuthenticationMethod: oauth does not exist"},
           Case{R"({"AuthenticationMethod": "proxy", "AuthUserHeader": ""})", "error: AuthUserHeader: is needed"},
           Case{R"({"AuthenticationMethod": "basic", "HTTPAuthUser": "u"})", "warning: HTTPAuthPassword: is empty"},
           Case{R"({"BackendDB": "mysql"})", "error: MySQLOrchestratorHost: is needed by BackendDB mysql"},
           Case{R"({"SQLite3DataFile": ""})", "error: SQLite3DataFile: is empty"},
           Case{R"({"MySQLOrchestratorHost": "h"})", "warning: MySQLOrchestratorHost: has no effect: BackendDB is"},
           Case{R"({"MySQLTopologySSLCertFile": "c"})", "error: MySQLTopologySSLCertFile: and MySQLTopologySSLPriv"},
           Case{R"({"MySQLTopologyUseMutualTLS": true})", "error: MySQLTopologyUseMutualTLS: needs"},
           Case{R"({"InstancePollSeconds": 50, "DeadInstancePollSecondsMax": 20})",
                "error: DeadInstancePollSecondsMax: is 20, less than"},
           Case{R"({"DiscoverySeeds": ["h:0"]})", "error: DiscoverySeeds: expected host:port, got \"h:0\""},
           Case{R"({"DiscoverySeeds": [""]})", "error: DiscoverySeeds: expected host:port"},
           Case{R"({"FailMasterPromotionIfSQLThreadNotUpToDate": true,
                    "DelayMasterPromotionIfSQLThreadNotUpToDate": true})",
                "cannot both be true"},
           Case{R"({"FailMasterPromotionOnLagMinutes": 1})", "FailMasterPromotionOnLagMinutes: needs Replication"},
           Case{R"({"RaftEnabled": true})", "error: RaftDataDir: is needed by RaftEnabled"},
           Case{R"({"RaftEnabled": true, "RaftDataDir": "/d", "RaftNodes": ["a", "b"]})",
                "error: RaftNodes: does not name this node, whose RaftAdvertise is 127.0.0.1:10008"},
           Case{R"({"RaftEnabled": true, "RaftDataDir": "/d", "RaftBind": "0.0.0.0"})",
                "error: RaftAdvertise: is 0.0.0.0:10008, where no other node can reach this one"},
           Case{R"({"RaftEnabled": true, "RaftDataDir": "/d", "RaftBind": "db1"})",
                "warning: RaftBind: is open to other machines without TLS"},
           Case{R"({"RaftEnabled": true, "RaftDataDir": "/d", "RaftSSLCertFile": "c"})",
                "error: RaftSSLCertFile: needs RaftSSLPrivateKeyFile and RaftSSLCAFile"},
           Case{R"({"RaftEnabled": true, "RaftDataDir": "/d", "RaftJoin": [""]})",
                "error: RaftJoin: expected host or host:port"},
           Case{R"({"RaftEnabled": true, "RaftDataDir": "/d", "RaftNodeId": "a/b"})",
                "error: RaftNodeId: has to be printable"},
           Case{R"({"ConsulAddress": "http://h"})", "error: ConsulAddress: expected host:port"},
           Case{R"({"ConsulMaxKVsPerTransaction": 100})", "warning: ConsulMaxKVsPerTransaction: has to be from 5"},
           Case{R"({"ZkAddress": "a:2181,b:x"})", "error: ZkAddress: expected host:port, got \"b:x\""},
           Case{R"({"RecoverMasterClusterFilters": ["*"]})", "this release does not recover anything"},
           Case{R"({"ListenSocket": "/run/x"})", "error: ListenSocket: is not possible in this release"},
       }) {
    CAPTURE(text, message);
    CHECK(apply(text).lines.find(message) != std::string::npos);
  }
}

TEST_CASE("A long poll interval needs no second key") {
  const auto outcome = apply(R"({"InstancePollSeconds": 500})");
  CHECK(outcome.lines.find("error") == std::string::npos);
  CHECK(outcome.values.discovery.dead_poll_max == std::chrono::seconds(500));
}

TEST_CASE("Values that follow from others are filled in") {
  CHECK(apply(R"({"RecoveryPeriodBlockMinutes": 2})").values.recovery.recovery_block == std::chrono::minutes(2));
  CHECK(apply(R"({"RecoveryPeriodBlockMinutes": 2, "RecoveryPeriodBlockSeconds": 7})").values.recovery.recovery_block ==
        std::chrono::seconds(7));
  CHECK(apply(R"({"RaftBind": "h:1"})").values.raft.advertise == "h:1");
  CHECK(apply(R"({"ReasonableReplicationLagSeconds": 33})").values.recovery.reasonable_locked_semi_sync_master ==
        std::chrono::seconds(33));
  CHECK(apply(R"({"AutoPseudoGTID": true})").values.pseudo_gtid.pattern == "drop view if exists `_pseudo_gtid_`");
}

TEST_CASE("Keys without effect in this release are listed in one remark") {
  CHECK(apply(R"({"GraphiteAddr": "h:1", "Debug": true, "WebMessage": "hello"})").lines ==
        "info: without effect in this release: WebMessage, GraphiteAddr\n");
}

}  // namespace orchestrator
