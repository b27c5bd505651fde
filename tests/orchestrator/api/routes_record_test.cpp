// Routes for audit, the switch of recoveries, aliases and bulk lists.
#include "api_fixture.hpp"
#include "catch.hpp"

namespace {

std::string ok(const std::string& message, const std::string& details) {
  return R"({"Code":"OK","Message":")" + message + R"(","Details":)" + details + "}";
}

std::size_t count_of(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
    ++count;
  }
  return count;
}

}  // namespace

TEST_CASE("the audit shows the newest line first, twenty on a page") {
  ApiFixture fixture;
  CHECK(fixture.get("/api/audit").body == "[]");
  for (int at = 1; at <= 21; ++at) {
    fixture.get("/api/register-candidate/db2/3306/prefer");
  }
  fixture.get("/api/begin-downtime/db1/3306/me/why");
  const auto first = fixture.get("/api/audit").body;
  CHECK(first.find(R"([{"AuditId":22,"AuditTimestamp":"2026-11-24 05:35:00","AuditType":"begin-downtime",)"
                   R"("AuditInstanceKey":{"Hostname":"db1.example.com","Port":3306},)"
                   R"("Message":"owner: me, reason: why"},{"AuditId":21,)") == 0);
  CHECK(count_of(first, "AuditId") == 20);
  CHECK(fixture.get("/api/audit/0").body == first);
  CHECK(fixture.get("/api/audit/x").body == first);
  CHECK(count_of(fixture.get("/api/audit/1").body, "AuditId") == 2);
  CHECK(fixture.get("/api/audit/2").body == "[]");
  CHECK(fixture.get("/api/audit/99999999999").body == "[]");
}

TEST_CASE("the audit of one instance") {
  ApiFixture fixture;
  fixture.get("/api/begin-downtime/db1/3306/me/why");
  fixture.get("/api/begin-downtime/db2/3306/me/why");
  const auto lines = fixture.get("/api/audit/instance/db2/3306").body;
  CHECK(count_of(lines, "AuditId") == 1);
  CHECK(value_of(lines, "Hostname") == "db2.example.com");
  CHECK(fixture.get("/api/audit/instance/db2/3306/1").body == "[]");
  CHECK(fixture.get("/api/audit/instance/nowhere/3306").body == "[]");
}

TEST_CASE("recoveries can be switched off for all") {
  ApiFixture fixture;
  CHECK(fixture.get("/api/check-global-recoveries").body == ok("Global recoveries enabled", R"("enabled")"));
  CHECK(fixture.get("/api/disable-global-recoveries").body == ok("Globally disabled recoveries", R"("disabled")"));
  CHECK(fixture.get("/api/disable-global-recoveries").status == 200);
  CHECK(fixture.get("/api/check-global-recoveries").body == ok("Global recoveries disabled", R"("disabled")"));
  CHECK(fixture.get("/api/enable-global-recoveries").body == ok("Globally enabled recoveries", R"("enabled")"));
  CHECK(fixture.get("/api/check-global-recoveries").body == ok("Global recoveries enabled", R"("enabled")"));
}

TEST_CASE("an alias is set for the cluster, whatever it is called by") {
  ApiFixture fixture;
  const auto id = fixture.fleet.known->cluster(fixture.fleet.known->find_cluster("shop").value()).id;
  CHECK(fixture.get("/api/set-cluster-alias/db1.example.com:3306?alias=store").body ==
        ok("Cluster db1.example.com:3306 now has alias 'store'", "null"));
  CHECK(fixture.memory.annotations()->cluster_aliases.at(id) == "store");
  CHECK(fixture.get("/api/set-cluster-alias/shop?alias=").status == 200);
  CHECK(fixture.memory.annotations()->cluster_aliases.empty());
  CHECK(fixture.get("/api/set-cluster-alias/nowhere?alias=x").status == 500);
}

TEST_CASE("an alias that cannot be recorded is an error") {
  ApiFixture fixture;
  fixture.fleet.record_result = topology::make_error(topology::Errc::timeout, "nobody leads");
  CHECK(fixture.get("/api/set-cluster-alias/shop?alias=store").status == 500);
}

TEST_CASE("a snapshot of the topologies says how long it took") {
  ApiFixture fixture;
  fixture.memory.propose({orchestrator::state::RecordInstance{{.key = {"db1", 3306}, .cluster_id = "c"}}});
  const auto answer = fixture.get("/api/snapshot-topologies");
  CHECK(answer.body.find(R"({"Code":"OK","Message":"Topology Snapshot completed","Details":"Took )") == 0);
  CHECK(fixture.memory.state().all<orchestrator::state::PastInstance>().value().size() == 1);
}

TEST_CASE("all instances are listed by key for other systems") {
  ApiFixture fixture;
  CHECK(fixture.get("/api/bulk-instances").body ==
        R"([{"Hostname":"db1.example.com","Port":3306},{"Hostname":"db2.example.com","Port":3306},)"
        R"({"Hostname":"db3.example.com","Port":3306},{"Hostname":"other1.example.com","Port":3306}])");
}
