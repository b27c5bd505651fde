// The ASCII topology, byte for byte.
#include "topology/topology_text.hpp"

#include "catch.hpp"
#include "fleet.hpp"

using namespace std::chrono_literals;
using namespace topology_test;
using topology::ThreadState;
using topology::TopologyFormat;

namespace {

std::string text(Fleet& fleet, TopologyFormat format = TopologyFormat::plain) {
  const auto topology = fleet.build();
  REQUIRE(topology.clusters().size() == 1);
  return topology_text(topology, topology.clusters().front(),
                       {.format = format,
                        .now = now,
                        .policy = {},
                        .is_downtimed = [](const InstanceKey& each) { return each.hostname == "sleepy"; },
                        .tags = [](const InstanceKey& each) -> std::vector<std::string> {
                          return each.hostname == "db1" ? std::vector<std::string>{"a", "b=1"}
                                                        : std::vector<std::string>{};
                        }});
}

// The bracket part of one replica after a change.
std::string description(const Fleet::Change& change, const std::function<void(topology::CheckStatus&)>& check = {}) {
  Fleet fleet;
  fleet.add("db1").add("db2", "db1", change);
  if (check) {
    check(fleet.check("db2"));
  }
  return instance_description(node(fleet.build(), "db2"),
                              {.format = {}, .now = now, .policy = {}, .is_downtimed = {}, .tags = {}});
}

}  // namespace

TEST_CASE("A tree prints depth first with its brackets in one column") {
  Fleet fleet;
  fleet.add("db1").add("db2", "db1").add("db3.example.com:3307", "db2").add("db4", "db2").add("db5", "db1");
  fleet["db2"].attributes.instance_alias = "second";
  fleet["db4"].channels.front().io_thread = ThreadState::stopped;
  fleet["db5"].log_bin = false;
  CHECK(text(fleet) ==
        "db1:3306                 [0s,ok,8.0.36,rw,ROW,>>]\n"
        "+ db2:3306 (second)      [0s,ok,8.0.36,ro,ROW,>>]\n"
        "  + db3.example.com:3307 [0s,ok,8.0.36,ro,ROW,>>]\n"
        "  - db4:3306             [null,nonreplicating,8.0.36,ro,ROW,>>]\n"
        "+ db5:3306               [0s,ok,8.0.36,ro,nobinlog]");
}

TEST_CASE("The tabulated form pads every cell, the lag to the right, the last cell too") {
  Fleet fleet;
  fleet.add("db1").add("db2", "db1").add("db3", "db2");
  fleet["db2"].lag = 125s;
  fleet["db2"].version.text = "5.7.20-log";
  fleet["db2"].attributes.has_pseudo_gtid = true;
  fleet["db3"].binlog_format = "STATEMENT";
  fleet["db3"].log_replica_updates = false;
  CHECK(text(fleet, TopologyFormat::tabulated) ==
        "db1:3306    |  0s|ok |8.0.36    |rw|ROW      |>>       \n"
        "+ db2:3306  |125s|lag|5.7.20-log|ro|ROW      |>>,P-GTID\n"
        "  + db3:3306|  0s|ok |8.0.36    |ro|STATEMENT|         ");
}

TEST_CASE("The tags form adds a bracket of tags to every line") {
  Fleet fleet;
  fleet.add("db1").add("db22", "db1");
  CHECK(text(fleet, TopologyFormat::tags) ==
        "db1:3306    [0s,ok,8.0.36,rw,ROW,>>] [a,b=1]\n"
        "+ db22:3306 [0s,ok,8.0.36,ro,ROW,>>] []");
}

TEST_CASE("Co-masters are a branch each and do not repeat each other") {
  Fleet fleet;
  fleet.add("db2", "db1").add("db1", "db2").add("db3", "db1").add("db4", "db2");
  fleet["db2"].read_only = false;
  CHECK(text(fleet) ==
        "+ db1:3306   [0s,ok,8.0.36,ro,ROW,>>]\n"
        "  + db3:3306 [0s,ok,8.0.36,ro,ROW,>>]\n"
        "+ db2:3306   [0s,ok,8.0.36,rw,ROW,>>]\n"
        "  + db4:3306 [0s,ok,8.0.36,ro,ROW,>>]");
}

TEST_CASE("A ring is printed once, from its root on") {
  Fleet fleet;
  fleet.add("a", "c").add("b", "a").add("c", "b");
  CHECK(text(fleet) ==
        "a:3306     [0s,ok,8.0.36,ro,ROW,>>]\n"
        "+ b:3306   [0s,ok,8.0.36,ro,ROW,>>]\n"
        "  + c:3306 [0s,ok,8.0.36,ro,ROW,>>]");
}

TEST_CASE("Group secondaries hang under the primary with a double dagger, which is three bytes wide") {
  Fleet fleet;
  fleet.add("db1").add("db2").add("db3", "db1");
  for (const auto* name : {"db1", "db2"}) {
    fleet[name].group = {.name = "g",
                         .single_primary = true,
                         .member_state = "ONLINE",
                         .member_role = name == std::string("db1") ? "PRIMARY" : "SECONDARY",
                         .members = {},
                         .primary = key("db1")};
  }
  CHECK(text(fleet) ==
        "db1:3306     [0s,ok,8.0.36,rw,ROW,>>]\n"
        "\u2021 db2:3306 [0s,ok,8.0.36,rw,ROW,>>]\n"
        "+ db3:3306   [0s,ok,8.0.36,ro,ROW,>>]");
}

TEST_CASE("A server that was never measured prints the defaults") {
  Fleet fleet;
  fleet.add_unmeasured("db1").add("db2", "db1");
  CHECK(text(fleet) ==
        "db1:3306   [unknown,invalid,rw,nobinlog]\n"
        "+ db2:3306 [0s,ok,8.0.36,ro,ROW,>>]");
}

TEST_CASE("IPv6 literals keep their brackets out of the alignment") {
  Fleet fleet;
  fleet.add("[2001:db8::1]").add("db2", "[2001:db8::1]");
  CHECK(text(fleet) ==
        "[2001:db8::1]:3306 [0s,ok,8.0.36,rw,ROW,>>]\n"
        "+ db2:3306         [0s,ok,8.0.36,ro,ROW,>>]");
}

TEST_CASE("The tokens of the bracket part") {
  CHECK(description([](Instance& db) { db.channels.front().source.hostname = "//db1"; }) ==
        "[detached,ok,8.0.36,ro,ROW,>>]");
  CHECK(description([](Instance& db) { db.channels.front().exec_coordinates.file = "//bin.000001"; }) ==
        "[detached,ok,8.0.36,ro,ROW,>>]");
  CHECK(description([](Instance& db) { db.lag.reset(); }) == "[null,ok,8.0.36,ro,ROW,>>]");
  CHECK(description([](Instance& db) { db.lag = 20s; }) == "[20s,ok,8.0.36,ro,ROW,>>]");
  CHECK(description([](Instance& db) { db.lag = 21s; }) == "[21s,lag,8.0.36,ro,ROW,>>]");
  CHECK(description([](Instance& db) { db.gtid_mode = "ON"; }) == "[0s,ok,8.0.36,ro,ROW,>>,GTID]");
  CHECK(description([](Instance& db) { db.channels.front().auto_position = true; }) == "[0s,ok,8.0.36,ro,ROW,>>,GTID]");
  CHECK(description([](Instance& db) { db.channels.front().mariadb_using_gtid = "Slave_Pos"; }) ==
        "[0s,ok,8.0.36,ro,ROW,>>,GTID]");
  CHECK(description([](Instance& db) { db.channels.front().mariadb_using_gtid = "No"; }) == "[0s,ok,8.0.36,ro,ROW,>>]");
  CHECK(description([](Instance& db) {
          db.attributes.has_pseudo_gtid = db.semi_sync.master_enabled = db.semi_sync.replica_enabled = true;
        }) == "[0s,ok,8.0.36,ro,ROW,>>,P-GTID,semi:master,semi:replica]");
  CHECK(description({}, [](topology::CheckStatus& check) { check.last_check_valid = false; }) ==
        "[unknown,invalid,8.0.36,ro,ROW,>>]");
  CHECK(description({}, [](topology::CheckStatus& check) { check.last_checked = now - 1h; }) ==
        "[unknown,unchecked,8.0.36,ro,ROW,>>]");
}

TEST_CASE("Errant transactions and downtime show among the extras") {
  Fleet fleet;
  const auto executed = [](const std::string& set) {
    return [set](Instance& instance) {
      instance.gtid_mode = "ON";
      instance.executed_gtid_set = set;
    };
  };
  fleet.add("db1", "", executed("00000000-0000-0000-0000-000000000001:1"));
  fleet.add("sleepy", "db1", executed("00000000-0000-0000-0000-000000000002:1"));
  CHECK(text(fleet) ==
        "db1:3306      [0s,ok,8.0.36,rw,ROW,>>,GTID]\n"
        "+ sleepy:3306 [0s,ok,8.0.36,ro,ROW,>>,GTID:errant,downtimed]");
}
