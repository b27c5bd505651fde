// What operators say of one instance, and where it shows.
#include "api_fixture.hpp"
#include "catch.hpp"

using namespace std::chrono_literals;

namespace {

const std::string db2 = R"({"Hostname":"db2.example.com","Port":3306})";

std::string ok(const std::string& message, const std::string& details) {
  return R"({"Code":"OK","Message":")" + message + R"(","Details":)" + details + "}";
}

std::string error(const std::string& message, const std::string& details = "null") {
  return R"({"Code":"ERROR","Message":")" + message + R"(","Details":)" + details + "}";
}

std::string topology_of(ApiFixture& fixture) {
  return value_of(fixture.get("/api/topology/shop").body, "Details");
}

}  // namespace

// ---- downtime ------------------------------------------------------------------------------------------------------

TEST_CASE("downtime shows in the instance, in the tree and in the list, until it ends") {
  ApiFixture fixture;
  CHECK(fixture.get("/api/downtimed").body == "[]");
  CHECK(fixture.get("/api/begin-downtime/db2/3306/me/new%20disk/2h").body ==
        ok("Downtime begun: db2.example.com:3306", db2));
  fixture.now += 90500ms;
  const auto instance = fixture.get("/api/instance/db2/3306").body;
  CHECK(value_of(instance, "IsDowntimed") == "true");
  CHECK(value_of(instance, "DowntimeReason") == "new disk");
  CHECK(value_of(instance, "DowntimeOwner") == "me");
  CHECK(value_of(instance, "DowntimeEndTimestamp") == "2026-11-24 07:35:00");
  CHECK(value_of(instance, "ElapsedDowntime") == "90000000000");
  CHECK(hosts_of(fixture.get("/api/downtimed").body) == "db2.example.com");
  CHECK(hosts_of(fixture.get("/api/downtimed/shop").body) == "db2.example.com");
  CHECK(fixture.get("/api/downtimed/other1.example.com:3306").body == "[]");
  CHECK(topology_of(fixture).find("downtimed]") != std::string::npos);

  CHECK(fixture.get("/api/end-downtime/db2/3306").body == ok("Downtime ended: db2.example.com:3306", db2));
  CHECK(value_of(fixture.get("/api/instance/db2/3306").body, "IsDowntimed") == "false");
  CHECK(fixture.get("/api/downtimed").body == "[]");
  CHECK(topology_of(fixture).find("downtimed]") == std::string::npos);
  // Ending what is not there is no error, and nothing to tell of.
  CHECK(fixture.get("/api/end-downtime/db2/3306").status == 200);
  CHECK(fixture.memory.audit_lines() ==
        "begin-downtime db2.example.com:3306 [db1.example.com:3306] owner: me, reason: new disk\n"
        "end-downtime db2.example.com:3306 [db1.example.com:3306] \n");
}

TEST_CASE("a downtime that has run out shows no more, whether or not it was cleaned up") {
  ApiFixture fixture;
  fixture.get("/api/begin-downtime/db2/3306/me/why");  // the usual ten minutes
  fixture.now += 10min - 1s;
  CHECK(value_of(fixture.get("/api/instance/db2/3306").body, "IsDowntimed") == "true");
  fixture.now += 1s;
  const auto instance = fixture.get("/api/instance/db2/3306").body;
  CHECK(value_of(instance, "IsDowntimed") == "false");
  CHECK(value_of(instance, "DowntimeOwner").empty());
  CHECK(fixture.get("/api/downtimed").body == "[]");
}

TEST_CASE("a new downtime takes the place of the old one") {
  ApiFixture fixture;
  fixture.get("/api/begin-downtime/db2/3306/me/first/1w");
  fixture.get("/api/begin-downtime/db2/3306/you/second/1m");
  const auto instance = fixture.get("/api/instance/db2/3306").body;
  CHECK(value_of(instance, "DowntimeOwner") == "you");
  CHECK(value_of(instance, "DowntimeEndTimestamp") == "2026-11-24 05:36:00");
}

TEST_CASE("downtimed instances are no problems") {
  ApiFixture fixture;
  CHECK(hosts_of(fixture.get("/api/problems").body) == "db3.example.com");
  fixture.get("/api/begin-downtime/db3/3306/me/why");
  CHECK(fixture.get("/api/problems").body == "null");
  fixture.now += 10min;
  CHECK(hosts_of(fixture.get("/api/problems").body).find("db3.example.com") != std::string::npos);
}

TEST_CASE("a duration that cannot be read begins nothing") {
  ApiFixture fixture;
  CHECK(fixture.get("/api/begin-downtime/db2/3306/me/why/soon").body == error("Cannot parse simple time: soon"));
  CHECK(fixture.get("/api/begin-downtime/db2/x/me/why").body == error("Invalid port: x"));
  CHECK(fixture.get("/api/downtimed/nowhere").status == 500);
  CHECK(fixture.get("/api/downtimed").body == "[]");
  CHECK(fixture.memory.audit_lines().empty());
}

TEST_CASE("an instance that is not known can be downtimed in advance") {
  ApiFixture fixture;
  CHECK(fixture.get("/api/begin-downtime/db9.example.com/3306/me/why").status == 200);
  CHECK(fixture.memory.annotations()->downtimes.contains({"db9.example.com", 3306}));
}

TEST_CASE("what the group does not take is an error") {
  ApiFixture fixture;
  fixture.memory.refusal = orchestrator::state::make_error(orchestrator::state::Errc::stopped, "nobody leads");
  const auto answer = fixture.get("/api/begin-downtime/db2/3306/me/why");
  CHECK(answer.status == 500);
  CHECK(value_of(answer.body, "Message").find("nobody leads") != std::string::npos);
}

// ---- maintenance ---------------------------------------------------------------------------------------------------

TEST_CASE("maintenance is a lock: who comes second is refused until the first has ended") {
  ApiFixture fixture;
  CHECK(fixture.get("/api/in-maintenance/db2/3306").body == ok("false", R"("")"));
  CHECK(fixture.get("/api/maintenance").body == "[]");
  CHECK(fixture.get("/api/begin-maintenance/db2/3306/me/why").body ==
        ok("Maintenance begun: db2.example.com:3306", db2));
  CHECK(fixture.get("/api/in-maintenance/db2/3306").body == ok("true", R"("db2.example.com:3306")"));
  const auto refused = fixture.get("/api/begin-maintenance/db2/3306/you/too");
  CHECK(refused.status == 500);
  CHECK(refused.body ==
        error("Cannot begin maintenance for instance: db2.example.com:3306; maintenance reason: too", "0"));
  fixture.now += 65s;
  CHECK(
      fixture.get("/api/maintenance").body ==
      R"([{"MaintenanceId":1,"Key":)" + db2 +
          R"(,"BeginTimestamp":"2026-11-24 05:35:00","SecondsElapsed":65,"IsActive":true,"Owner":"me","Reason":"why"}])");
  CHECK(fixture.get("/api/end-maintenance/db2/3306").body == ok("Maintenance ended: db2.example.com:3306", db2));
  CHECK(fixture.get("/api/in-maintenance/db2/3306").body == ok("false", R"("")"));
  CHECK(fixture.get("/api/begin-maintenance/db2/3306/you/too").status == 200);
  CHECK(fixture.memory.audit_lines() ==
        "begin-maintenance db2.example.com:3306 [db1.example.com:3306] maintenanceToken: 1, owner: me, reason: why\n"
        "end-maintenance db2.example.com:3306 [db1.example.com:3306] \n"
        "begin-maintenance db2.example.com:3306 [db1.example.com:3306] maintenanceToken: 2, owner: you, reason: too\n");
}

TEST_CASE("maintenance can be ended by its key") {
  ApiFixture fixture;
  fixture.get("/api/begin-maintenance/db2/3306/me/why");
  fixture.get("/api/begin-maintenance/db3/3306/me/why");
  CHECK(fixture.get("/api/end-maintenance/2").body == ok("Maintenance ended: 2", "2"));
  CHECK(fixture.get("/api/in-maintenance/db2/3306").body == ok("true", R"("db2.example.com:3306")"));
  CHECK(fixture.get("/api/in-maintenance/db3/3306").body == ok("false", R"("")"));
  CHECK(fixture.get("/api/end-maintenance/x").body == error("Invalid maintenance key: x"));
  CHECK(fixture.get("/api/end-maintenance/0").status == 500);
}

TEST_CASE("maintenance runs out by itself") {
  ApiFixture fixture;
  fixture.get("/api/begin-maintenance/db2/3306/me/why");
  fixture.now += 10min;
  CHECK(fixture.get("/api/in-maintenance/db2/3306").body == ok("false", R"("")"));
  CHECK(fixture.get("/api/maintenance").body == "[]");
}

// ---- promotion rule, other name ------------------------------------------------------------------------------------

TEST_CASE("a registered promotion rule counts until it expires") {
  ApiFixture fixture;
  fixture.settings.candidate_lifetime = 30min;
  CHECK(fixture.get("/api/bulk-promotion-rules").body == "null");
  CHECK(fixture.get("/api/register-candidate/db2/3306/prefer").body == ok("Registered candidate", db2));
  const auto instance = fixture.get("/api/instance/db2/3306").body;
  CHECK(value_of(instance, "IsCandidate") == "true");
  CHECK(value_of(instance, "PromotionRule") == "prefer");
  CHECK(fixture.get("/api/bulk-promotion-rules").body ==
        R"([{"Hostname":"db2.example.com","Port":3306,"PromotionRule":"prefer",)"
        R"("LastSuggestedString":"2026-11-24 05:35:00","PromotionRuleExpiry":"2026-11-24 06:05:00"}])");
  fixture.now += 30min;
  CHECK(value_of(fixture.get("/api/instance/db2/3306").body, "PromotionRule") == "neutral");
  CHECK(fixture.get("/api/bulk-promotion-rules").body == "null");
  CHECK(fixture.memory.audit_lines() == "register-candidate db2.example.com:3306 [db1.example.com:3306] prefer\n");
}

TEST_CASE("the rule that an instance's own query says counts more than a registered one") {
  ApiFixture fixture;
  auto said = sample::instance("db1.example.com", 1);
  said.attributes.promotion_rule = topology::PromotionRule::must_not;
  fixture.fleet.known = sample::topology_of({sample::observed(said)});
  fixture.get("/api/register-candidate/db1/3306/prefer");
  CHECK(value_of(fixture.get("/api/instance/db1/3306").body, "PromotionRule") == "must_not");
}

TEST_CASE("rules that there are not are refused") {
  ApiFixture fixture;
  CHECK(fixture.get("/api/register-candidate/db2/3306/must").body ==
        error("CandidatePromotionRule: must not supported yet"));
  CHECK(fixture.get("/api/register-candidate/db2/3306/always").body == error("Invalid CandidatePromotionRule: always"));
  CHECK(fixture.memory.annotations()->candidates.empty());
}

TEST_CASE("the other name of a host shows in its instances") {
  ApiFixture fixture;
  CHECK(fixture.get("/api/register-hostname-unresolve/db2/3306/db2-vip").body ==
        ok("Hostname register-unresolve completed", db2));
  CHECK(value_of(fixture.get("/api/instance/db2/3306").body, "UnresolvedHostname") == "db2-vip");
  CHECK(fixture.get("/api/deregister-hostname-unresolve/db2/3306").body ==
        ok("Hostname deregister-unresolve completed", db2));
  CHECK(value_of(fixture.get("/api/instance/db2/3306").body, "UnresolvedHostname").empty());
}
