// Errant transactions, by the legacy rule.
#include "catch.hpp"
#include "fleet.hpp"

using namespace topology_test;

namespace {

// A UUID that is told by its last digit.
std::string uuid(int number) {
  return "00000000-0000-0000-0000-00000000000" + std::to_string(number);
}

Fleet::Change executed(int number, std::string set) {
  return [number, set = std::move(set)](Instance& instance) {
    instance.server_uuid = uuid(number);
    instance.gtid_mode = "ON";
    instance.executed_gtid_set = set;
  };
}

std::string errant(Fleet& fleet, const std::string& name) {
  return node(fleet.build(), name).errant_gtid_set;
}

}  // namespace

TEST_CASE("A replica's own transaction that the master lacks is errant") {
  Fleet fleet;
  fleet.add("db1", "", executed(1, uuid(1) + ":1-10"))
      .add("db2", "db1", executed(2, uuid(1) + ":1-9," + uuid(2) + ":1-2"));
  CHECK(errant(fleet, "db2") == uuid(2) + ":1-2");
  CHECK(errant(fleet, "db1").empty());
}

TEST_CASE("Tagged transactions are told apart") {
  Fleet fleet;
  fleet.add("db1", "", executed(1, uuid(1) + ":1-10," + uuid(2) + ":1-2"));
  fleet.add("db2", "db1", executed(2, uuid(1) + ":1-9," + uuid(2) + ":1-2:app:1"));
  CHECK(errant(fleet, "db2") == uuid(2) + ":app:1");
}

TEST_CASE("A master that has executed nothing lacks everything that its replica wrote") {
  Fleet fleet;
  fleet.add("db1", "", executed(1, "")).add("db2", "db1", executed(2, uuid(2) + ":1"));
  fleet["db1"].gtid_mode = "ON";
  CHECK(errant(fleet, "db2") == uuid(2) + ":1");
}

TEST_CASE("What the master's probe has not seen yet is not errant") {
  Fleet fleet;
  fleet.add("db1", "", executed(1, uuid(1) + ":1-10")).add("db2", "db1", executed(2, uuid(1) + ":1-12"));
  fleet.add("db3", "db2", executed(3, uuid(1) + ":1-15," + uuid(2) + ":1," + uuid(9) + ":1"));
  CHECK(errant(fleet, "db2").empty());
  CHECK(errant(fleet, "db3") == uuid(9) + ":1");
}

TEST_CASE("Transactions of a former master that the new one has are not errant") {
  Fleet fleet;
  fleet.add("db1", "", executed(1, uuid(9) + ":1-50," + uuid(1) + ":1"));
  fleet.add("db2", "db1", executed(2, uuid(9) + ":1-50," + uuid(1) + ":1"));
  fleet.add("db3", "db1", executed(3, uuid(9) + ":1-51," + uuid(1) + ":1"));
  CHECK(errant(fleet, "db2").empty());
  CHECK(errant(fleet, "db3") == uuid(9) + ":51");
}

TEST_CASE("A co-master's own transactions are not errant") {
  Fleet fleet;
  fleet.add("db1", "db2", executed(1, uuid(1) + ":1-10," + uuid(2) + ":1-3"));
  fleet.add("db2", "db1", executed(2, uuid(1) + ":1-9," + uuid(2) + ":1-5," + uuid(7) + ":1"));
  CHECK(errant(fleet, "db1").empty());
  CHECK(errant(fleet, "db2") == uuid(7) + ":1");
}

TEST_CASE("A multi-source replica has what all its sources have") {
  Fleet fleet;
  fleet.add("db1", "", executed(1, uuid(1) + ":1-10")).add("db2", "", executed(2, uuid(2) + ":1-7," + uuid(8) + ":1"));
  fleet.add("hub", "db1", executed(3, uuid(1) + ":1-10," + uuid(2) + ":1-7," + uuid(8) + ":1," + uuid(3) + ":1"));
  auto channel = fleet["hub"].channels.front();
  channel.name = "second";
  channel.source = key("db2");
  fleet["hub"].channels.push_back(channel);
  CHECK(errant(fleet, "hub") == uuid(3) + ":1");
  fleet["db2"].executed_gtid_set = "";
  fleet["db2"].gtid_mode = "OFF";
  CHECK(errant(fleet, "hub").empty());
  fleet.remove("db2");
  CHECK(errant(fleet, "hub").empty());
}

TEST_CASE("Transactions of the group are nobody's own, however its name is spelled") {
  Fleet fleet;
  const std::string group = "abcdefab-0000-0000-0000-000000000000";
  fleet.add("db1", "", executed(1, group + ":1-10")).add("db2", "", executed(2, group + ":1-12"));
  for (const auto* name : {"db1", "db2"}) {
    fleet[name].group = {.name = "ABCDEFAB-0000-0000-0000-000000000000",
                         .single_primary = true,
                         .member_state = "ONLINE",
                         .member_role = name == std::string("db1") ? "PRIMARY" : "SECONDARY",
                         .members = {},
                         .primary = key("db1")};
  }
  CHECK(errant(fleet, "db2").empty());
  fleet["db2"].executed_gtid_set += "," + uuid(2) + ":1";
  CHECK(errant(fleet, "db2") == uuid(2) + ":1");
}

TEST_CASE("Nothing is errant without MySQL GTIDs on both sides") {
  Fleet fleet;
  fleet.add("db1", "", executed(1, "")).add("db2", "db1", executed(2, uuid(2) + ":1"));
  fleet["db1"].gtid_mode = "OFF";
  CHECK(errant(fleet, "db2").empty());
  const auto mariadb = [](Instance& instance) {
    instance.version = topology::parse_server_version("10.11.6-MariaDB", "");
    instance.executed_gtid_set = "0-1-5";
  };
  fleet.add("db1", "", mariadb).add("db2", "db1", mariadb);
  fleet["db2"].executed_gtid_set = "0-2-6";
  CHECK(errant(fleet, "db2").empty());
  fleet.add("db1", "", executed(1, uuid(1) + ":1")).add("db2", "db1", executed(2, "not a set"));
  CHECK(errant(fleet, "db2").empty());
}
