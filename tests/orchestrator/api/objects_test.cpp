// The exact text of the small JSON objects.
#include "api/objects.hpp"

#include "catch.hpp"
#include "sample_fleet.hpp"

using namespace orchestrator::api;

namespace {

NodeIdentity node() {
  return {"node1", "token1", "0.1.0", "http", "/var/lib/orchestrator.sqlite3", sample::now - std::chrono::hours(1)};
}

}  // namespace

TEST_CASE("the health of a server by itself shows it as the leader of its group") {
  const std::string entry =
      R"({"Hostname":"node1","Token":"token1","AppVersion":"0.1.0","FirstSeenActive":"2026-11-24 04:35:00",)"
      R"("LastSeenActive":"2026-11-24 05:35:00","ExtraInfo":"","Command":"http",)"
      R"("DBBackend":"/var/lib/orchestrator.sqlite3","LastReported":"2026-11-24T05:35:00Z"})";
  const auto group = group_of_one("127.0.0.1:10008", "node1:10008", "http://node1:3000");
  CHECK(health_status_json({"", sample::now}, node(), group) ==
        R"({"Healthy":true,"Hostname":"node1","Token":"token1","IsActiveNode":true,"ActiveNode":)" + entry +
            R"(,"Error":null,"AvailableNodes":[)" + entry +
            R"(],"RaftLeader":"node1:10008","IsRaftLeader":true,"RaftLeaderURI":"http://node1:3000",)"
            R"("RaftAdvertise":"node1:10008","RaftHealthyMembers":["node1:10008"]})");
}

TEST_CASE("trouble makes the health status unhealthy") {
  const auto json = health_status_json({"disk full", sample::now}, node(), group_of_one("", "", ""));
  CHECK_THAT(json, Catch::Matchers::StartsWith(R"({"Healthy":false,)"));
  CHECK_THAT(json, Catch::Matchers::Contains(R"("Error":"disk full",)"));
}

TEST_CASE("the group's status has its legacy keys") {
  CHECK(group_status_json(group_of_one("127.0.0.1:10008", "node1:10008", "http://node1:3000")) ==
        R"({"RaftBind":"127.0.0.1:10008","RaftAdvertise":"node1:10008","State":"Leader","Healthy":true,)"
        R"("IsPartOfQuorum":true,"Leader":"node1:10008","LeaderURI":"http://node1:3000","Peers":["node1:10008"]})");
}

TEST_CASE("keys, pairs and filters have their legacy form") {
  CHECK(key_json({"::1", 3306}) == R"({"Hostname":"::1","Port":3306})");
  CHECK(pairs_json({}) == "null");
  CHECK(pairs_json({{"mysql/master/shop", "db1:3306"}}) == R"([{"Key":"mysql/master/shop","Value":"db1:3306"}])");
  CHECK(recovery_filters_json({{"*"}, {}, {"test.*"}}) ==
        R"({"RecoverMasterClusterFilters":["*"],"RecoverIntermediateMasterClusterFilters":[],)"
        R"("RecoveryIgnoreHostnameFilters":["test.*"]})");
}

TEST_CASE("a cluster's summary has its legacy form") {
  JsonWriter out;
  topology::ClusterInfo info;
  info.name = "db1:3306";
  info.alias = "shop";
  info.domain = "shop.example.com";
  info.count_instances = 3;
  info.heuristic_lag = std::chrono::seconds(7);
  info.has_automated_master_recovery = true;
  write_cluster_info(out, info);
  CHECK(out.take() ==
        R"({"ClusterName":"db1:3306","ClusterAlias":"shop","ClusterDomain":"shop.example.com","CountInstances":3,)"
        R"("HeuristicLag":7,"HasAutomatedMasterRecovery":true,"HasAutomatedIntermediateMasterRecovery":false})");
}
