// The sandbox runs real MySQL 9 topologies.
#include "catch.hpp"
#include "sandbox/topology.hpp"
#include "wait_until.hpp"

namespace {

using namespace std::chrono_literals;
using namespace sandbox;

Layout of_mysql(Layout layout) {
  static_cast<void>(found_or_skip(find_mysql()));
  layout.flavour = Flavour::mysql;
  return layout;
}

void write_row(Server& server) {
  server.execute("CREATE DATABASE IF NOT EXISTS app");
  server.execute("CREATE TABLE IF NOT EXISTS app.t (id INT PRIMARY KEY, server INT)");
  server.execute("INSERT INTO app.t VALUES (@@server_id, @@server_id)");
}

}  // namespace

TEST_CASE("four MySQL servers in two tiers replicate a row", "[mysql]") {
  Topology topology(of_mysql(two_tiers(4)));
  write_row(topology.master());
  REQUIRE(topology.wait_caught_up(topology.master(), 20s));
  for (auto& server : topology.servers()) CHECK(server.query("SELECT COUNT(*) FROM app.t").scalar() == "1");
  CHECK(topology.at("node4").query("SELECT @@read_only").scalar() == "1");
}

TEST_CASE("two MySQL co-masters replicate from each other", "[mysql]") {
  Topology topology(of_mysql(co_masters(2)));
  write_row(topology[0]);
  REQUIRE(topology.wait_caught_up(topology[0], 20s));
  write_row(topology[1]);
  REQUIRE(topology.wait_caught_up(topology[1], 20s));
  CHECK(topology[0].query("SELECT COUNT(*) FROM app.t").scalar() == "2");
}

TEST_CASE("a MySQL server replicates from two masters on channels", "[mysql]") {
  Topology topology(of_mysql(multi_source(2)));
  topology[0].execute("CREATE DATABASE first");
  topology[1].execute("CREATE DATABASE second");
  REQUIRE(support::wait_until([&] { return caught_up(topology[2], topology[0]); }, 20s));
  REQUIRE(support::wait_until([&] { return caught_up(topology[2], topology[1]); }, 20s));
  CHECK(replication_status(topology[2]).rows.size() == 2);
  CHECK(replication_status(topology[2]).text("Channel_Name") == "node1");
}

TEST_CASE("MySQL by file and position, delayed, with semi-sync and the servers' own timers", "[mysql]") {
  Layout layout = on_different_hosts(of_mysql(star(2)));
  layout.positioning = Positioning::file_position;
  layout.semi_sync = SemiSync::on;
  layout.timers = server_default_timers;
  layout.nodes[1].upstreams[0].delay = 3600s;
  Topology topology(layout);
  const auto status = replication_status(topology[1]);
  CHECK(status.text("Auto_Position") == "0");
  CHECK(status.text("SQL_Delay") == "3600");
  CHECK(status.text("Connect_Retry") == "60");
  CHECK(status.text("Source_Host") == "127.0.0.1");
  CHECK(topology[1].host() == "127.0.0.2");
  const auto clients = [&] { return topology.master().query("SHOW STATUS LIKE 'Rpl_semi_sync_source_clients'"); };
  CHECK(support::wait_until([&] { return clients().text("Value") == "1"; }, 10s));
}

TEST_CASE("a killed MySQL server comes back on its port", "[mysql]") {
  Topology topology(of_mysql(star(2)));
  topology.master().kill();
  CHECK(support::wait_until([&] { return !replication_runs(topology[1]); }, 10s));
  topology.master().start();
  CHECK(support::wait_until([&] { return replication_runs(topology[1]); }, 20s));
}

TEST_CASE("the topology account of a MySQL server can probe and not change", "[mysql]") {
  Topology topology(of_mysql(star(2)));
  auto probe = topology[1].connect(topology_account());
  CHECK(probe.query("SHOW REPLICA STATUS").rows.size() == 1);
  CHECK(probe.query("SHOW BINARY LOG STATUS").rows.size() == 1);
  CHECK(topology.master().connect(topology_account()).query("SHOW REPLICAS").rows.size() == 1);
  CHECK_THROWS_AS(probe.execute("SET GLOBAL read_only=0"), SqlError);
}
