// Freshness and problems, by the legacy rules.
#include "topology/problems.hpp"

#include "catch.hpp"
#include "fleet.hpp"

using namespace std::chrono_literals;
using namespace topology_test;
using topology::CheckStatus;
using topology::freshness;
using topology::Problem;
using topology::ViewPolicy;

namespace {

const ViewPolicy policy{.poll_interval = 5s, .reasonable_lag = 10s, .reasonable_maintenance_lag = 20s};

std::vector<Problem> problems_of(Fleet& fleet, const std::string& name) {
  return topology::problems(node(fleet.build(), name), now, policy);
}

}  // namespace

TEST_CASE("Freshness counts whole seconds against the poll interval") {
  struct Row {
    std::chrono::milliseconds age;
    bool up_to_date;
    bool recent;
  };
  for (const auto& [age, up_to_date, recent] : std::vector<Row>{{0ms, true, true},
                                                                {5s, true, true},
                                                                {5999ms, true, true},
                                                                {6s, false, true},
                                                                {25'999ms, false, true},
                                                                {26s, false, false},
                                                                {-3s, true, true}}) {
    CAPTURE(age.count());
    CheckStatus check;
    check.last_checked = check.last_seen = now - age;
    check.last_check_valid = true;
    const auto fresh = freshness(check, now, policy);
    CHECK(fresh.up_to_date == up_to_date);
    CHECK(fresh.recently_checked == recent);
    CHECK(fresh.last_check_valid);
    CHECK(fresh.since_last_seen == std::max(std::chrono::floor<std::chrono::seconds>(age), 0s));
  }
}

TEST_CASE("What was never checked is neither fresh nor seen") {
  CHECK(freshness(CheckStatus{}, now, policy) == topology::Freshness{});
  Fleet fleet;
  fleet.add_unmeasured("db1");
  CHECK(problems_of(fleet, "db1") == std::vector{Problem::last_check_invalid});
}

TEST_CASE("A healthy fleet has no problems") {
  Fleet fleet;
  fleet.add("db1").add("db2", "db1");
  CHECK(problems_of(fleet, "db1").empty());
  CHECK(problems_of(fleet, "db2").empty());
}

TEST_CASE("The first of the health problems hides the others") {
  Fleet fleet;
  fleet.add("db1").add("db2", "db1");
  fleet["db2"].lag = 21s;
  CHECK(problems_of(fleet, "db2") == std::vector{Problem::replication_lag});
  fleet["db2"].channels.front().sql_thread = topology::ThreadState::stopped;
  CHECK(problems_of(fleet, "db2") == std::vector{Problem::not_replicating});
  fleet.check("db2").last_checked = now - 26s;
  CHECK(problems_of(fleet, "db2") == std::vector{Problem::not_recently_checked});
  fleet.check("db2").last_check_valid = false;
  CHECK(problems_of(fleet, "db2") == std::vector{Problem::last_check_invalid});
}

TEST_CASE("Lag counts against the delay a replica is set to, in both directions") {
  Fleet fleet;
  fleet.add("db1").add("db2", "db1");
  fleet["db2"].channels.front().sql_delay = 3600s;
  fleet["db2"].lag = 3610s;
  CHECK(problems_of(fleet, "db2").empty());
  fleet["db2"].lag = 3611s;
  CHECK(problems_of(fleet, "db2") == std::vector{Problem::replication_lag});
  fleet["db2"].lag = 3589s;
  CHECK(problems_of(fleet, "db2") == std::vector{Problem::replication_lag});
  fleet["db2"].lag.reset();
  CHECK(problems_of(fleet, "db2").empty());
}

TEST_CASE("One broken channel of a multi-source replica is a problem") {
  Fleet fleet;
  fleet.add("db1").add("db2").add("hub", "db1");
  auto channel = fleet["hub"].channels.front();
  channel.name = "second";
  channel.source = key("db2");
  channel.io_thread = topology::ThreadState::other;
  fleet["hub"].channels.push_back(channel);
  CHECK(problems_of(fleet, "hub") == std::vector{Problem::not_replicating});
  // A channel that was reset has no source and does not count.
  fleet["hub"].channels.back().source = {};
  CHECK(problems_of(fleet, "hub").empty());
}

TEST_CASE("Errant transactions and group members that are not online come on top") {
  Fleet fleet;
  const std::string own = "00000000-0000-0000-0000-000000000002";
  fleet.add("db1").add("db2", "db1");
  fleet["db1"].executed_gtid_set = "00000000-0000-0000-0000-000000000001:1";
  fleet["db2"].executed_gtid_set = own + ":1";
  fleet["db2"].group = {.name = "g",
                        .single_primary = true,
                        .member_state = "RECOVERING",
                        .member_role = "SECONDARY",
                        .members = {},
                        .primary = key("db1")};
  fleet["db2"].lag = 60s;
  CHECK(problems_of(fleet, "db2") ==
        std::vector{Problem::replication_lag, Problem::errant_gtid, Problem::group_replication_member_not_online});
}

TEST_CASE("Problems print the legacy texts") {
  CHECK(to_string(Problem::last_check_invalid) == "last_check_invalid");
  CHECK(to_string(Problem::not_recently_checked) == "not_recently_checked");
  CHECK(to_string(Problem::not_replicating) == "not_replicating");
  CHECK(to_string(Problem::replication_lag) == "replication_lag");
  CHECK(to_string(Problem::errant_gtid) == "errant_gtid");
  CHECK(to_string(Problem::group_replication_member_not_online) == "group_replication_member_not_online");
}
