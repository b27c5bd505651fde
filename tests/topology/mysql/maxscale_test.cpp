// Tests of probing a MaxScale binlog server, in its own protocol but without its program.
#include "binlog_router.hpp"
#include "probe_fixture.hpp"

using test::BinlogRouter;
using test::Probing;
using test::RouterAnswer;
using topology::InstanceKey;
using topology::mysql::MaxScaleCheck;

namespace {

std::map<std::string, RouterAnswer> answers() {
  return {
      {"SHOW VARIABLES LIKE 'MAXSCALE%'", {{"Variable_name", "value"}, {{"MAXSCALE_VERSION", "2.0.5"}}}},
      {"SHOW SLAVE STATUS",
       {{"Slave_IO_State", "Master_Host", "Master_Port", "Master_User", "Slave_IO_Running", "Slave_SQL_Running",
         "Master_Log_File", "Read_Master_Log_Pos", "Relay_Master_Log_File", "Exec_Master_Log_Pos",
         "Seconds_Behind_Master"},
        {{"Binlog Dump", "db1", "3306", "repl", "Yes", "Yes", "bin.000007", "120", "bin.000007", "120", "0"}}}},
      {"SHOW MASTER STATUS", {{"File", "Position", "Binlog_Do_DB"}, {{"bin.000007", "120", ""}}}},
      {"SHOW SLAVE HOSTS",
       {{"Server_id", "Host", "Port", "Master_id", "Slave_UUID"}, {{"3", "db3", "3307", "1", "uuid"}}}},
  };
}

topology::mysql::ProbeSettings asking() {
  auto settings = test::settings_for();
  settings.maxscale_check = MaxScaleCheck::ask;
  settings.queries.data_center = "SELECT 'never asked'";
  settings.attributes_of_host.data_center = [](std::string_view host) { return "of " + std::string(host); };
  return settings;
}

}  // namespace

TEST_CASE("a MaxScale binlog server is measured with the statements that it knows") {
  const BinlogRouter router(answers());
  Probing probing(router.key(), asking());
  const auto outcome = probing.probe();
  INFO(test::describe(outcome));
  REQUIRE(outcome.instance);
  CHECK(outcome.warnings.empty());
  CHECK(router.refused().empty());
  const auto& instance = **outcome.instance;
  CHECK(instance.version.is_binlog_server());
  CHECK(instance.version.text == "2.0.5-maxscale");
  CHECK(instance.read_only);
  CHECK(instance.log_bin);
  CHECK(instance.log_replica_updates);
  CHECK(instance.binlog_format == "INHERIT");
  CHECK(instance.master_key() == InstanceKey{"db1", 3306});
  REQUIRE(instance.channels.size() == 1);
  CHECK(instance.channels[0].is_replicating());
  CHECK(instance.self_coordinates.position == 120);
  CHECK(instance.replicas == std::vector<InstanceKey>{{"db3", 3307}});
  CHECK(instance.attributes.data_center == "of 127.0.0.1");

  const auto again = probing.probe();
  REQUIRE(again.instance);
  CHECK(again.round_trips == 3);
  CHECK(again.warnings.empty());
}

TEST_CASE("a MaxScale binlog server that is not asked for being one is not measured") {
  const BinlogRouter router(answers());
  auto settings = asking();
  settings.maxscale_check = MaxScaleCheck::skip;
  Probing probing(router.key(), settings);
  CHECK_FALSE(probing.probe().instance);
}
