// Tests of decoding a whole probe: server variables, semi-sync in both wordings, groups, attributes, lag.
#include "mysql/decode.hpp"

#include <string_view>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "mysql/server_identity.hpp"

using namespace std::chrono_literals;
using topology::InstanceKey;
using topology::parse_server_version;
using topology::PromotionRule;
using topology::mysql::decode;
using topology::mysql::decode_group;
using topology::mysql::decode_maxscale_version;
using topology::mysql::decode_ndb_sql_nodes;
using topology::mysql::decode_semi_sync;
using topology::mysql::decode_server;
using topology::mysql::DecodeContext;
using topology::mysql::Part;
using topology::mysql::PartResults;
using topology::mysql::ProbeSettings;
using topology::mysql::ResultSet;
using topology::mysql::server_uuid_of;

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

ResultSet pairs(const Fields& fields) {
  ResultSet rows{"Variable_name", "Value"};
  for (const auto& [name, value] : fields) {
    rows.add_row({name, value});
  }
  return rows;
}

ResultSet single(ResultSet::Cell value) {
  return one_row({{"answer", value}});
}

Fields mariadb_identity() {
  return {{"server_uid", "r78MnKvwLelujhVYMgobAd64vZs="},
          {"hostname", "box"},
          {"port", "3306"},
          {"datadir", "/var/lib/mysql/"},
          {"server_id", "1"}};
}

topology::mysql::Decoded decode_with(PartResults results, const ProbeSettings& settings) {
  const DecodeContext context{{"db1", 3306}, parse_server_version("8.0.36", ""), &settings};
  return decode(results, context);
}

}  // namespace

TEST_CASE("variables of a MySQL server are decoded") {
  const auto rows = one_row({{"hostname", "vm"},
                             {"report_host", "db1"},
                             {"report_port", "3307"},
                             {"server_id", "4294967295"},
                             {"server_uuid", "8a1f3722-e7cb-11f1-bb3c-02fc00000001"},
                             {"read_only", "1"},
                             {"super_read_only", "0"},
                             {"log_bin", "1"},
                             {"log_replica_updates", "1"},
                             {"binlog_format", "ROW"},
                             {"binlog_row_image", "MINIMAL"},
                             {"gtid_mode", "ON"},
                             {"gtid_executed", "a:1-3,\nb:1"},
                             {"gtid_purged", "a:1"}});
  const auto instance = decode_server(rows.row(0));
  CHECK(instance.server_uuid == "8a1f3722-e7cb-11f1-bb3c-02fc00000001");
  CHECK(instance.server_id == 4294967295U);
  CHECK(instance.report_host == "db1");
  CHECK(instance.report_port == 3307);
  CHECK(instance.read_only);
  CHECK_FALSE(instance.super_read_only);
  CHECK(instance.log_bin);
  CHECK(instance.log_replica_updates);
  CHECK(instance.binlog_row_image == "MINIMAL");
  CHECK(instance.supports_mysql_gtid());
  CHECK(instance.executed_gtid_set == "a:1-3,b:1");
  CHECK(instance.purged_gtid_set == "a:1");
}

TEST_CASE("variables of a MariaDB server are decoded") {
  auto fields = mariadb_identity();
  fields.insert(fields.end(), {{"read_only", "NO_LOCK"},
                               {"log_slave_updates", "1"},
                               {"gtid_current_pos", "0-1-3"},
                               {"gtid_binlog_state", "0-1-3,0-2-5"}});
  const auto rows = one_row(fields);
  const auto instance = decode_server(rows.row(0));
  CHECK(instance.read_only);
  CHECK(instance.log_replica_updates);
  CHECK(instance.executed_gtid_set == "0-1-3");
  CHECK(instance.gtid_binlog_state == "0-1-3,0-2-5");
  CHECK(instance.gtid_mode.empty());
}

TEST_CASE("servers without a UUID get one from each fact that tells them apart") {
  const auto plain = one_row(mariadb_identity());
  const auto uuid = server_uuid_of(plain.row(0));
  CHECK(uuid.size() == 36);
  CHECK(uuid[14] == '8');
  CHECK(uuid == server_uuid_of(plain.row(0)));
  for (std::size_t i = 0; i < mariadb_identity().size(); ++i) {
    auto fields = mariadb_identity();
    fields[i].second = "other";
    const auto changed = one_row(fields);
    CHECK(server_uuid_of(changed.row(0)) != uuid);
  }
}

TEST_CASE("semi-sync is decoded in the old words") {
  const auto variables = one_row({{"rpl_semi_sync_master_enabled", "1"},
                                  {"rpl_semi_sync_master_timeout", "10000"},
                                  {"rpl_semi_sync_master_wait_point", "AFTER_SYNC"},
                                  {"rpl_semi_sync_master_wait_for_slave_count", "2"},
                                  {"rpl_semi_sync_slave_enabled", "0"}});
  const auto status = pairs({{"Rpl_semi_sync_master_clients", "3"},
                             {"Rpl_semi_sync_master_no_tx", "17"},
                             {"Rpl_semi_sync_master_status", "ON"},
                             {"Rpl_semi_sync_slave_status", "OFF"}});
  const auto semi_sync = decode_semi_sync(variables, status);
  CHECK(semi_sync.available);
  CHECK_FALSE(semi_sync.master_plugin_new_words);
  CHECK(semi_sync.master_enabled);
  CHECK_FALSE(semi_sync.replica_enabled);
  CHECK(semi_sync.master_timeout == 10s);
  CHECK(semi_sync.master_wait_for_replica_count == 2);
  CHECK(semi_sync.wait_point == "AFTER_SYNC");
  CHECK(semi_sync.master_status);
  CHECK(semi_sync.master_clients == 3);
  CHECK(semi_sync.master_no_transactions == 17);
  CHECK_FALSE(semi_sync.replica_status);
}

TEST_CASE("semi-sync is decoded in the new words, each plugin by itself") {
  const auto variables = one_row({{"rpl_semi_sync_replica_enabled", "1"}, {"rpl_semi_sync_master_enabled", "0"}});
  const auto semi_sync = decode_semi_sync(variables, pairs({{"Rpl_semi_sync_replica_status", "ON"}}));
  CHECK(semi_sync.available);
  CHECK(semi_sync.replica_plugin_new_words);
  CHECK_FALSE(semi_sync.master_plugin_new_words);
  CHECK(semi_sync.replica_enabled);
  CHECK(semi_sync.replica_status);
  CHECK_FALSE(semi_sync.master_status);
  CHECK_FALSE(decode_semi_sync(one_row({{"hostname", "x"}}), {}).available);
}

TEST_CASE("a single-primary group is decoded as this member sees it") {
  const auto variables =
      one_row({{"group_replication_group_name", "g"}, {"group_replication_single_primary_mode", "1"}});
  ResultSet members{"MEMBER_ID", "MEMBER_HOST", "MEMBER_PORT", "MEMBER_STATE", "MEMBER_ROLE"};
  members.add_row({"u2", "db2", "3306", "ONLINE", "PRIMARY"});
  members.add_row({"u1", "db1", "3306", "RECOVERING", "SECONDARY"});
  members.add_row({"u3", "db3", "3306", "OFFLINE", ""});
  const auto group = decode_group(variables.row(0), members, "u1");
  CHECK(group.name == "g");
  CHECK(group.single_primary);
  CHECK(group.member_state == "RECOVERING");
  CHECK(group.member_role == "SECONDARY");
  CHECK(group.members == std::vector<InstanceKey>{{"db1", 3306}, {"db2", 3306}});
  CHECK(group.primary == InstanceKey{"db2", 3306});
}

TEST_CASE("a server whose group replication is loaded but off is in no group") {
  const auto variables = one_row({{"group_replication_group_name", ""}});
  ResultSet members{"MEMBER_ID", "MEMBER_HOST", "MEMBER_PORT", "MEMBER_STATE", "MEMBER_ROLE"};
  members.add_row({"", "", std::nullopt, "OFFLINE", ""});
  CHECK(decode_group(variables.row(0), members, "u1") == topology::GroupReplication{});
}

TEST_CASE("a MaxScale binlog server is known by its version variable") {
  const auto version = decode_maxscale_version(pairs({{"MAXSCALE_VERSION", "2.0.5"}}));
  REQUIRE(version);
  CHECK(version->is_binlog_server());
  CHECK(version->text == "2.0.5-maxscale");
  CHECK(version->number == topology::VersionNumber{2, 0, 5});
  CHECK_FALSE(decode_maxscale_version(pairs({})));
  CHECK_FALSE(decode_maxscale_version(pairs({{"max_connections", "5"}})));
}

TEST_CASE("the other SQL nodes of an NDB cluster are listed, whatever form their service has") {
  ResultSet nodes{"node_id", "service_URI"};
  nodes.add_row({"50", "mysql://10.0.0.1:3306?server-id=1"});
  nodes.add_row({"51", "mysql://10.0.0.2:3307?server-id=2"});
  nodes.add_row({"52", "mysql://[fd00::3]:3306"});
  nodes.add_row({"53", "mysql://sql4"});
  nodes.add_row({"1", "ndb://10.0.0.9"});
  nodes.add_row({"54", std::nullopt});
  const auto others = decode_ndb_sql_nodes(nodes, pairs({{"Ndb_cluster_node_id", "50"}}));
  CHECK(others == std::vector<InstanceKey>{{"10.0.0.2", 3307}, {"fd00::3", 3306}, {"sql4", 3306}});

  PartResults results;
  results[Part::ndb_sql_nodes] = nodes;
  results[Part::status] = pairs({{"Ndb_cluster_node_id", "51"}});
  ResultSet registered{"Server_Id", "Host", "Port"};
  registered.add_row({"9", "sql4", "3306"});
  results[Part::replicas] = registered;
  const auto [instance, warnings] = decode_with(std::move(results), {});
  CHECK(warnings.empty());
  CHECK(instance.replicas == std::vector<InstanceKey>{{"10.0.0.1", 3306}, {"fd00::3", 3306}, {"sql4", 3306}});
}

TEST_CASE("operators' queries fill the attributes, and override what the host name says") {
  ProbeSettings settings;
  settings.attributes_of_host.data_center = [](std::string_view) { return "by host"; };
  settings.attributes_of_host.region = [](std::string_view hostname) { return "region of " + std::string(hostname); };
  PartResults results;
  results[Part::data_center] = single("ash");
  results[Part::instance_alias] = single("north-1");
  results[Part::cluster_alias] = single("main");
  results[Part::cluster_domain] = single(std::nullopt);
  results[Part::promotion_rule] = single("prefer_not");
  results[Part::semi_sync_priority] = single("2");
  results[Part::pseudo_gtid] = single("1");
  const auto [instance, warnings] = decode_with(std::move(results), settings);
  CHECK(warnings.empty());
  CHECK(instance.attributes.data_center == "ash");
  CHECK(instance.attributes.region == "region of db1");
  CHECK(instance.attributes.physical_environment.empty());
  CHECK(instance.attributes.instance_alias == "north-1");
  CHECK(instance.attributes.cluster_alias == "main");
  CHECK(instance.attributes.cluster_domain.empty());
  CHECK(instance.attributes.promotion_rule == PromotionRule::prefer_not);
  CHECK(instance.semi_sync.priority == 2);
  CHECK(instance.attributes.has_pseudo_gtid);
}

TEST_CASE("answers that make no sense are warnings that name the query and the answer") {
  PartResults results;
  results[Part::promotion_rule] = single("maybe");
  results[Part::semi_sync_priority] = single("-1");
  results[Part::lag] = single("soon");
  const auto [instance, warnings] = decode_with(std::move(results), {});
  CHECK_FALSE(instance.attributes.promotion_rule.has_value());
  REQUIRE(warnings.size() == 3);
  CHECK(warnings[0].part == "DetectPromotionRuleQuery");
  CHECK(warnings[0].message.find("'maybe'") != std::string::npos);
  CHECK(warnings[2].part == "ReplicationLagQuery");
}

TEST_CASE("lag is the query's where there is one, else the primary channel's") {
  const auto channel = one_row({{"Master_Host", "m"}, {"Master_Port", "1"}, {"Seconds_Behind_Master", "7"}});
  PartResults without;
  without[Part::channels] = channel;
  CHECK(decode_with(std::move(without), {}).instance.lag == 7s);
  PartResults with;
  with[Part::channels] = channel;
  with[Part::lag] = single("2.9");
  CHECK(decode_with(std::move(with), {}).instance.lag == 2s);
  PartResults unknown;
  unknown[Part::channels] = channel;
  unknown[Part::lag] = single(std::nullopt);
  CHECK_FALSE(decode_with(std::move(unknown), {}).instance.lag.has_value());
}

TEST_CASE("an instance has the key it was connected by, whatever the server calls itself") {
  PartResults results;
  results[Part::variables] = one_row({{"hostname", "vm"}, {"report_host", "reported"}});
  const auto [instance, warnings] = decode_with(std::move(results), {});
  CHECK(instance.key == InstanceKey{"db1", 3306});
  CHECK(instance.hostname == "vm");
  CHECK(instance.report_host == "reported");
}

TEST_CASE("position, uptime, credentials and replicas find their fields") {
  PartResults results;
  ResultSet position{"File", "Position"};
  position.add_row({"bin.000002", "345"});
  results[Part::binlog_position] = position;
  results[Part::status] = pairs({{"Uptime", "12"}});
  results[Part::stored_credentials] = single("1");
  results[Part::channels] = one_row({{"Source_Host", "m"}, {"Source_Port", "1"}, {"Source_User", "r"}});
  ResultSet replicas{"Server_Id", "Host", "Port"};
  replicas.add_row({"2", "db2", "3306"});
  results[Part::replicas] = replicas;
  const auto [instance, warnings] = decode_with(std::move(results), {});
  CHECK(instance.self_coordinates.to_string() == "bin.000002:345");
  CHECK(instance.uptime == 12s);
  CHECK(instance.has_replication_credentials);
  CHECK(instance.replication_credentials_available);
  CHECK(instance.replicas == std::vector<InstanceKey>{{"db2", 3306}});
  CHECK(warnings.empty());
}

TEST_CASE("a probe without any rows decodes to defaults") {
  const auto [instance, warnings] = decode_with({}, {});
  CHECK(instance.key == InstanceKey{"db1", 3306});
  CHECK(instance.channels.empty());
  CHECK(warnings.empty());
}
