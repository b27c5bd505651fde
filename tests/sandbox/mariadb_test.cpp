// The sandbox runs real MariaDB topologies.
#include <signal.h>

#include <filesystem>

#include "catch.hpp"
#include "sandbox/topology.hpp"
#include "wait_until.hpp"

namespace {

using namespace std::chrono_literals;
using namespace sandbox;

Layout of_mariadb(Layout layout) {
  static_cast<void>(found_or_skip(find_mariadb()));
  layout.flavour = Flavour::mariadb;
  return layout;
}

void write_row(Server& server) {
  server.execute("CREATE DATABASE IF NOT EXISTS app");
  server.execute("CREATE TABLE IF NOT EXISTS app.t (id INT PRIMARY KEY, server INT) ENGINE=InnoDB");
  server.execute("INSERT INTO app.t VALUES (@@server_id, @@server_id)");
}

}  // namespace

TEST_CASE("four MariaDB servers in two tiers replicate a row", "[mariadb]") {
  Topology topology(of_mariadb(two_tiers(4)));
  write_row(topology.master());
  REQUIRE(topology.wait_caught_up(topology.master(), 10s));
  for (auto& server : topology.servers()) CHECK(server.query("SELECT COUNT(*) FROM app.t").scalar() == "1");
  CHECK(replication_status(topology.at("node4")).text("Master_Port") == std::to_string(topology.at("node2").port()));
  CHECK(topology.at("node4").query("SELECT @@read_only").scalar() == "1");
  CHECK(topology.master().query("SELECT @@read_only").scalar() == "0");
}

TEST_CASE("nothing is left of a topology", "[mariadb]") {
  std::filesystem::path directory;
  std::vector<pid_t> processes;
  {
    Topology topology(of_mariadb(star(2)));
    directory = topology.directory();
    for (auto& server : topology.servers()) processes.push_back(server.pid());
    CHECK(std::filesystem::exists(directory));
    for (const auto process : processes) CHECK(kill(process, 0) == 0);
  }
  CHECK_FALSE(std::filesystem::exists(directory));
  for (const auto process : processes) CHECK(kill(process, 0) != 0);
}

TEST_CASE("two MariaDB co-masters replicate from each other", "[mariadb]") {
  Topology topology(of_mariadb(co_masters(2)));
  write_row(topology[0]);
  REQUIRE(topology.wait_caught_up(topology[0], 10s));
  write_row(topology[1]);
  REQUIRE(topology.wait_caught_up(topology[1], 10s));
  CHECK(topology[0].query("SELECT COUNT(*) FROM app.t").scalar() == "2");
}

TEST_CASE("a MariaDB server replicates from two masters on named connections", "[mariadb]") {
  Topology topology(of_mariadb(multi_source(2)));
  write_row(topology[0]);
  topology[1].execute("SET sql_log_bin=0");
  topology[1].execute("CREATE DATABASE app");
  topology[1].execute("CREATE TABLE app.t (id INT PRIMARY KEY, server INT) ENGINE=InnoDB");
  topology[1].execute("SET sql_log_bin=1");
  REQUIRE(support::wait_until([&] { return caught_up(topology[2], topology[0]); }, 10s));
  topology[1].execute("INSERT INTO app.t VALUES (@@server_id, @@server_id)");
  REQUIRE(support::wait_until([&] { return caught_up(topology[2], topology[1]); }, 10s));
  CHECK(topology[2].query("SELECT COUNT(*) FROM app.t").scalar() == "2");
  CHECK(replication_status(topology[2]).rows.size() == 2);
}

TEST_CASE("a chain by file and position on different hosts, one replica delayed", "[mariadb]") {
  Layout layout = on_different_hosts(of_mariadb(chain(3)));
  layout.positioning = Positioning::file_position;
  layout.nodes[2].upstreams[0].delay = 3600s;
  Topology topology(layout);
  CHECK(topology[2].host() == "127.0.0.3");
  CHECK(topology[2].query("SELECT @@report_host").scalar() == "127.0.0.3");
  CHECK(replication_status(topology[1]).text("Using_Gtid") == "No");
  CHECK(replication_status(topology[2]).text("SQL_Delay") == "3600");
  write_row(topology[0]);
  CHECK(support::wait_until([&] { return topology[1].query("SHOW DATABASES LIKE 'app'").rows.size() == 1; }, 10s));
  CHECK(topology[2].query("SHOW DATABASES LIKE 'app'").empty());
}

TEST_CASE("a killed, a stopped and a frozen MariaDB server come back on their ports", "[mariadb]") {
  Topology topology(of_mariadb(star(2)));
  Server& master = topology.master();
  const auto port = master.port();
  master.kill();
  CHECK_FALSE(master.running());
  CHECK_THROWS_AS(master.query("SELECT 1"), SqlError);
  CHECK(support::wait_until([&] { return !replication_runs(topology[1]); }, 10s));
  master.start();
  CHECK(master.port() == port);
  CHECK(support::wait_until([&] { return replication_runs(topology[1]); }, 10s));
  master.restart();
  CHECK(support::wait_until([&] { return replication_runs(topology[1]); }, 10s));
  master.freeze();
  CHECK_THROWS_AS(SqlConnection({.host = master.host(), .port = port, .account = root_account(), .timeout = 1s}),
                  SqlError);
  master.thaw();
  CHECK(support::wait_until([&] { return replication_runs(topology[1]); }, 10s));
}

TEST_CASE("the accounts of a MariaDB server can do their work and no more", "[mariadb]") {
  Topology topology(of_mariadb(star(2)));
  auto probe = topology[1].connect(topology_account());
  CHECK(probe.query("SHOW ALL SLAVES STATUS").rows.size() == 1);
  CHECK(topology.master().connect(topology_account()).query("SHOW SLAVE HOSTS").rows.size() == 1);
  CHECK(probe.query("SHOW MASTER STATUS").rows.size() == 1);
  CHECK_THROWS_AS(probe.execute("SET GLOBAL read_only=0"), SqlError);
  topology.master().execute("CREATE DATABASE app");
  REQUIRE(topology.wait_caught_up(topology.master(), 10s));
  auto application = topology[1].connect(application_account());
  CHECK_THROWS_AS(application.execute("CREATE TABLE app.t (id INT)"), SqlError);
}

TEST_CASE("MariaDB servers acknowledge by semi-sync when asked to", "[mariadb]") {
  Layout layout = of_mariadb(star(2));
  layout.semi_sync = SemiSync::on;
  Topology topology(layout);
  const auto clients = [&] { return topology.master().query("SHOW STATUS LIKE 'Rpl_semi_sync_master_clients'"); };
  CHECK(support::wait_until([&] { return clients().text("Value") == "1"; }, 10s));
}
