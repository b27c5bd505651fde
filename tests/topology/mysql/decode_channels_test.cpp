// Tests of decoding replication status, with rows as servers of several versions send them.
#include <string_view>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "mysql/decode.hpp"

using namespace std::chrono_literals;
using topology::InstanceKey;
using topology::ThreadState;
using topology::mysql::decode_channels;
using topology::mysql::ResultSet;

namespace {

using Fields = std::vector<std::pair<std::string_view, ResultSet::Cell>>;

ResultSet one_row(const Fields& fields) {
  ResultSet rows;
  for (const auto& [name, value] : fields) {
    rows.add_column(name);
  }
  for (const auto& [name, value] : fields) {
    rows.add_cell(value);
  }
  return rows;
}

// MySQL 5.7's columns.
Fields mysql_5_7() {
  return {{"Slave_IO_State", "Waiting for master to send event"},
          {"Master_Host", "db1"},
          {"Master_User", "repl"},
          {"Master_Port", "3306"},
          {"Master_Log_File", "mysql-bin.000012"},
          {"Read_Master_Log_Pos", "4321"},
          {"Relay_Log_File", "relay.000003"},
          {"Relay_Log_Pos", "99"},
          {"Relay_Master_Log_File", "mysql-bin.000011"},
          {"Slave_IO_Running", "Yes"},
          {"Slave_SQL_Running", "No"},
          {"Replicate_Do_DB", ""},
          {"Replicate_Wild_Ignore_Table", "tmp.%"},
          {"Exec_Master_Log_Pos", "1234"},
          {"Master_SSL_Allowed", "Yes"},
          {"Master_SSL_CA_File", "/etc/ca.pem"},
          {"Seconds_Behind_Master", std::nullopt},
          {"Master_SSL_Verify_Server_Cert", "No"},
          {"Last_IO_Errno", "0"},
          {"Last_IO_Error", ""},
          {"Last_SQL_Errno", "1062"},
          {"Last_SQL_Error", "Duplicate entry"},
          {"Master_Server_Id", "7"},
          {"Master_UUID", "8a1f3722-e7cb-11f1-bb3c-02fc00000001"},
          {"SQL_Delay", "60"},
          {"Retrieved_Gtid_Set", "8a1f3722-e7cb-11f1-bb3c-02fc00000001:1-4,\n9a1f3722-e7cb-11f1-bb3c-02fc00000001:1"},
          {"Auto_Position", "1"},
          {"Channel_Name", ""}};
}

}  // namespace

TEST_CASE("replication status of MySQL 5.7 is decoded") {
  const auto channels = decode_channels(one_row(mysql_5_7()));
  REQUIRE(channels.size() == 1);
  const auto& channel = channels[0];
  CHECK(channel.name.empty());
  CHECK(channel.source == InstanceKey{"db1", 3306});
  CHECK(channel.user == "repl");
  CHECK(channel.source_uuid == "8a1f3722-e7cb-11f1-bb3c-02fc00000001");
  CHECK(channel.source_server_id == 7);
  CHECK(channel.io_thread == ThreadState::running);
  CHECK(channel.sql_thread == ThreadState::stopped);
  CHECK(channel.read_coordinates.to_string() == "mysql-bin.000012:4321");
  CHECK(channel.exec_coordinates.to_string() == "mysql-bin.000011:1234");
  CHECK(channel.relay_coordinates.to_string() == "relay.000003:99");
  CHECK(channel.relay_coordinates.type == topology::LogType::relay);
  CHECK(channel.last_sql_errno == 1062);
  CHECK(channel.last_sql_error == "Duplicate entry");
  CHECK_FALSE(channel.behind_source.has_value());
  CHECK(channel.sql_delay == 60s);
  CHECK(channel.auto_position);
  CHECK(channel.has_filters);
  CHECK(channel.retrieved_gtid_set ==
        "8a1f3722-e7cb-11f1-bb3c-02fc00000001:1-4,9a1f3722-e7cb-11f1-bb3c-02fc00000001:1");
  CHECK(channel.tls.allowed);
  CHECK(channel.tls.ca_file == "/etc/ca.pem");
  CHECK(channel.tls.verify_server_certificate == false);
  CHECK_FALSE(channel.tls.get_source_public_key.has_value());
  CHECK_FALSE(channel.uses_mariadb_gtid());
}

TEST_CASE("replication status of MySQL 8.4 is decoded from its new words") {
  const auto channels = decode_channels(one_row({{"Source_Host", "::1"},
                                                 {"Source_User", "r"},
                                                 {"Source_Port", "3307"},
                                                 {"Source_Log_File", "bin.000001"},
                                                 {"Read_Source_Log_Pos", "158"},
                                                 {"Relay_Source_Log_File", "bin.000001"},
                                                 {"Exec_Source_Log_Pos", "157"},
                                                 {"Replica_IO_Running", "Connecting"},
                                                 {"Replica_SQL_Running", "Yes"},
                                                 {"Seconds_Behind_Source", "5"},
                                                 {"Source_SSL_Allowed", "No"},
                                                 {"Channel_Name", "east"},
                                                 {"Source_TLS_Version", "TLSv1.3"},
                                                 {"Source_public_key_path", "/k.pem"},
                                                 {"Get_Source_public_key", "1"}}));
  REQUIRE(channels.size() == 1);
  const auto& channel = channels[0];
  CHECK(channel.name == "east");
  CHECK(channel.source == InstanceKey{"::1", 3307});
  CHECK(channel.io_thread == ThreadState::other);
  CHECK(channel.sql_thread == ThreadState::running);
  CHECK(channel.behind_source == 5s);
  CHECK(channel.exec_coordinates.position == 157);
  CHECK_FALSE(channel.tls.allowed);
  CHECK(channel.tls.tls_version == "TLSv1.3");
  CHECK(channel.tls.source_public_key_path == "/k.pem");
  CHECK(channel.tls.get_source_public_key == true);
  CHECK_FALSE(channel.has_filters);
}

TEST_CASE("replication status of MariaDB is decoded with its GTID words") {
  const auto channels = decode_channels(one_row({{"Connection_name", "a"},
                                                 {"Master_Host", "m"},
                                                 {"Master_Port", "3306"},
                                                 {"Slave_IO_Running", "Preparing"},
                                                 {"Slave_SQL_Running", "Yes"},
                                                 {"Seconds_Behind_Master", "0"},
                                                 {"Using_Gtid", "Current_Pos"},
                                                 {"Gtid_IO_Pos", "0-1-5"},
                                                 {"Replicate_Ignore_Domain_Ids", "3"}}));
  REQUIRE(channels.size() == 1);
  CHECK(channels[0].name == "a");
  CHECK(channels[0].io_thread == ThreadState::other);
  CHECK(channels[0].behind_source == 0s);
  CHECK(channels[0].uses_mariadb_gtid());
  CHECK(channels[0].retrieved_gtid_set == "0-1-5");
  CHECK(channels[0].has_filters);
  CHECK_FALSE(channels[0].auto_position);
}

TEST_CASE("a negative delay behind the source counts as none") {
  const auto channels = decode_channels(one_row({{"Master_Host", "m"}, {"Seconds_Behind_Master", "-3"}}));
  CHECK(channels.at(0).behind_source == 0s);
}

TEST_CASE("a source that was never set or was reset is kept, but is no master") {
  for (const auto* host : {"", "_"}) {
    topology::Instance instance;
    instance.channels = decode_channels(one_row({{"Master_Host", host}, {"Master_Port", "3306"}}));
    REQUIRE(instance.channels.size() == 1);
    CHECK(instance.primary_channel() == nullptr);
  }
}

TEST_CASE("group replication's own channels are no replication channels") {
  CHECK(decode_channels(one_row({{"Source_Host", "<NULL>"}, {"Channel_Name", "group_replication_applier"}})).empty());
  CHECK(decode_channels(one_row({{"Source_Host", "db1"}, {"Channel_Name", "group_replication_recovery"}})).empty());
}

TEST_CASE("every row of a multi-source replica is a channel") {
  ResultSet rows{"Channel_Name", "Source_Host", "Source_Port"};
  rows.add_row({"north", "n", "1"});
  rows.add_row({"south", "s", "2"});
  const auto channels = decode_channels(rows);
  REQUIRE(channels.size() == 2);
  CHECK(channels[1].name == "south");
  CHECK(channels[1].source == InstanceKey{"s", 2});
}
