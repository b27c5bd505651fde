// Tests of probing servers in trouble: each failure costs what it must and no more.
#include <vector>

#include "probe_fixture.hpp"
#include "silent_server.hpp"

using namespace std::chrono_literals;
using sandbox::Account;
using sandbox::star;
using test::is_mysql;
using test::key_of;
using test::of_flavour;
using test::Probing;
using test::settings_for;
using topology::Errc;
using topology::Instance;
using topology::ThreadState;

namespace {

const Account poor{"poor", "poor's password"};

// An account that may see how replication goes, and nothing else.
void make_poor_account(sandbox::Server& server) {
  server.execute("SET @@SESSION.sql_log_bin = 0");
  server.execute("CREATE USER 'poor'@'%' IDENTIFIED BY 'poor''s password'");
  server.execute(is_mysql ? "GRANT REPLICATION CLIENT ON *.* TO 'poor'@'%'"
                          : "GRANT SLAVE MONITOR, BINLOG MONITOR ON *.* TO 'poor'@'%'");
}

}  // namespace

TEST_CASE("a missing optional privilege is a warning that names the grant, and steady state stays at one round trip") {
  sandbox::Topology topology(of_flavour(star(2)));
  make_poor_account(topology.master());
  auto settings = settings_for(poor);
  settings.failed_part_retry = 1s;
  settings.queries.data_center = "SELECT 'ash'";
  settings.queries.region = "SELECT name FROM no_such_schema.regions";
  Probing probing(topology.master(), settings);
  const auto first = probing.probe();
  INFO(test::describe(first));
  REQUIRE(first.instance);
  const std::string grant =
      is_mysql ? "GRANT REPLICATION SLAVE ON *.* TO 'poor'@'%'" : "GRANT REPLICATION MASTER ADMIN ON *.* TO 'poor'@'%'";
  CHECK(test::warns(first, "replicas from the list of registered replicas", grant));
  CHECK(test::warns(first, "DetectRegionQuery", "regions"));
  CHECK((*first.instance)->attributes.data_center == "ash");
  CHECK((*first.instance)->attributes.region.empty());
  CHECK_FALSE((*first.instance)->self_coordinates.empty());

  const auto second = probing.probe();
  REQUIRE(second.instance);
  CHECK(second.round_trips == 1);
  CHECK(second.warnings == first.warnings);

  topology.master().execute(grant);
  CHECK(probing.loop().run_until(
      [&] { return !test::warns(probing.probe(), "replicas from the list of registered replicas", ""); }, 20s));
  CHECK(probing.instance()->replicas == std::vector{key_of(topology[1])});
}

TEST_CASE("without the privilege to see replication there is no measurement, and the grant is named") {
  sandbox::Topology topology(of_flavour(star(1)));
  topology.master().execute("CREATE USER 'poor'@'%' IDENTIFIED BY 'poor''s password'");
  Probing probing(topology.master(), settings_for(poor));
  const auto outcome = probing.probe();
  REQUIRE_FALSE(outcome.instance);
  CHECK(outcome.reached);
  CHECK(outcome.instance.error().code == Errc::access_denied);
  const std::string grant =
      is_mysql ? "GRANT REPLICATION CLIENT ON *.* TO 'poor'@'%'" : "GRANT SLAVE MONITOR ON *.* TO 'poor'@'%'";
  CHECK(outcome.instance.error().context.find(grant) != std::string::npos);
  CHECK(outcome.instance.error().context.find("replication status") != std::string::npos);
  topology.master().execute(grant);
  CHECK(probing.probe().instance);
}

TEST_CASE("a wrong password names account and server") {
  sandbox::Topology topology(of_flavour(star(1)));
  Probing probing(topology.master(), settings_for({"orchestrator", "wrong"}));
  const auto outcome = probing.probe();
  REQUIRE_FALSE(outcome.instance);
  CHECK_FALSE(outcome.reached);
  CHECK(outcome.instance.error().code == Errc::access_denied);
  CHECK(outcome.instance.error().context.find("'orchestrator'") != std::string::npos);
  CHECK(outcome.instance.error().context.find(topology.master().endpoint()) != std::string::npos);
}

TEST_CASE("a server that accepts and never answers costs its deadline and nobody else's time") {
  const test::SilentServer silent;
  auto settings = settings_for();
  settings.connect_timeout = 200ms;
  Probing probing(silent.key(), settings);
  const auto outcome = probing.probe();
  REQUIRE_FALSE(outcome.instance);
  CHECK_FALSE(outcome.reached);
  CHECK(outcome.instance.error().code == Errc::timeout);
  CHECK(outcome.latency >= 200ms);
  CHECK(outcome.latency < 2s);
  CHECK(probing.loop().longest_gap() < 150ms);
}

TEST_CASE("the death of a server is an event, and its return is found by the next probe") {
  sandbox::Topology topology(of_flavour(star(1)));
  Probing probing(topology.master());
  int lost = 0;
  probing.prober().set_lost_handler([&] { ++lost; });
  static_cast<void>(probing.instance());
  topology.master().kill();
  REQUIRE(probing.loop().run_until([&] { return lost == 1; }, 10s));
  CHECK_FALSE(probing.prober().is_connected());
  const auto dead = probing.probe();
  REQUIRE_FALSE(dead.instance);
  CHECK(dead.instance.error().code == Errc::connection_failed);
  topology.master().start();
  CHECK(probing.instance()->key == key_of(topology.master()));
  topology.master().stop();
  CHECK(probing.loop().run_until([&] { return lost == 2; }, 10s));
}

TEST_CASE("a frozen server times out, and is measured again when it thaws") {
  sandbox::Topology topology(of_flavour(star(1)));
  Probing probing(topology.master());
  static_cast<void>(probing.instance());
  topology.master().freeze();
  const auto frozen = probing.probe(300ms);
  topology.master().thaw();
  REQUIRE_FALSE(frozen.instance);
  CHECK(frozen.instance.error().code == Errc::timeout);
  CHECK_FALSE(frozen.reached);
  CHECK(probing.probe().instance);
}

TEST_CASE("a server that dies in the middle of a probe is a lost connection") {
  sandbox::Topology topology(of_flavour(star(1)));
  auto settings = settings_for();
  settings.queries.lag = "SELECT SLEEP(20)";
  Probing probing(topology.master(), settings);
  boost::asio::steady_timer timer(probing.loop().context(), 500ms);
  timer.async_wait([&](boost::system::error_code) { topology.master().kill(); });
  const auto outcome = probing.probe(60s);
  REQUIRE_FALSE(outcome.instance);
  CHECK(outcome.instance.error().code == Errc::connection_lost);
  CHECK(outcome.latency < 10s);
}

TEST_CASE("a connection that died unnoticed is replaced within the probe") {
  sandbox::Topology topology(of_flavour(star(1)));
  Probing probing(topology.master());
  static_cast<void>(probing.instance());
  const auto ids = topology.master().query("SELECT ID FROM information_schema.PROCESSLIST WHERE USER = 'orchestrator'");
  REQUIRE(ids.rows.size() == 1);
  topology.master().execute("KILL " + ids.scalar());  // the event loop does not run meanwhile
  CHECK(probing.probe().instance);
}

TEST_CASE("a cancelled probe ends as cancelled, and the next one works") {
  sandbox::Topology topology(of_flavour(star(1)));
  auto settings = settings_for();
  settings.queries.lag = "SELECT SLEEP(20)";
  Probing probing(topology.master(), settings);
  boost::asio::cancellation_signal signal;
  const auto outcome = probing.loop().run_cancelled(probing.prober().probe(test::in(60s)), signal, 300ms);
  REQUIRE_FALSE(outcome.instance);
  CHECK(outcome.instance.error().code == Errc::canceled);
  probing.prober().set_settings(std::make_shared<const test::ProbeSettings>(settings_for()));
  CHECK(probing.probe().instance);
}

TEST_CASE("broken replication is shown with the server's words") {
  sandbox::Topology topology(of_flavour(star(2)));
  topology.master().execute("CREATE DATABASE app");
  topology.master().execute("CREATE TABLE app.t (id INT PRIMARY KEY)");
  REQUIRE(topology.wait_caught_up(topology.master(), 20s));
  topology[1].execute("SET @@SESSION.sql_log_bin = 0");
  topology[1].execute("INSERT INTO app.t VALUES (1)");
  topology.master().execute("INSERT INTO app.t VALUES (1)");
  Probing probing(topology[1]);
  const auto broken = probing.instance_when([](const Instance& instance) {
    return instance.channels.size() == 1 && instance.channels[0].sql_thread == ThreadState::stopped;
  });
  CHECK(broken->channels[0].last_sql_errno != 0);
  CHECK(broken->channels[0].last_sql_error.find("app") != std::string::npos);
  CHECK(broken->channels[0].io_thread == ThreadState::running);
  CHECK_FALSE(broken->lag.has_value());

  topology.master().kill();
  const auto lonely = probing.instance_when(
      [](const Instance& instance) { return instance.channels[0].io_thread == ThreadState::other; });
  CHECK(lonely->master_key() == key_of(topology[0]));
  CHECK(lonely->channels[0].last_io_errno != 0);
}

TEST_CASE("a half-configured replica is a replica with stopped threads") {
  sandbox::Topology topology(of_flavour(star(1)));
  auto& server = topology.master();
  server.execute(is_mysql ? "CHANGE REPLICATION SOURCE TO SOURCE_HOST = '127.0.0.9', SOURCE_PORT = 3399"
                          : "CHANGE MASTER TO MASTER_HOST = '127.0.0.9', MASTER_PORT = 3399");
  Probing probing(server);
  const auto half = probing.instance();
  REQUIRE(half->channels.size() == 1);
  CHECK(half->master_key() == topology::InstanceKey{"127.0.0.9", 3399});
  CHECK(half->channels[0].io_thread == ThreadState::stopped);
  CHECK(half->channels[0].sql_thread == ThreadState::stopped);
  CHECK_FALSE(half->lag.has_value());

  server.execute(is_mysql ? "CHANGE REPLICATION SOURCE TO SOURCE_HOST = '_'" : "CHANGE MASTER TO MASTER_HOST = '_'");
  CHECK_FALSE(probing.instance()->is_replica());
  server.execute(is_mysql ? "CHANGE REPLICATION SOURCE TO SOURCE_HOST = '//127.0.0.9'"
                          : "CHANGE MASTER TO MASTER_HOST = '//127.0.0.9'");
  CHECK(probing.instance()->master_key().is_detached());
  sandbox::reset_replication(server);
  CHECK(probing.instance()->channels.empty());
}

TEST_CASE("a replica of an ignored replication user is left out") {
  sandbox::Topology topology(of_flavour(star(2)));
  auto settings = settings_for();
  settings.ignore_replication_user = [](std::string_view user) { return user.starts_with("rep"); };
  Probing ignored(topology[1], settings);
  const auto outcome = ignored.probe();
  CHECK(outcome.skipped_by_filter);
  CHECK_FALSE(outcome.instance);
  Probing master(topology[0], settings);
  CHECK(master.probe().instance);
}

TEST_CASE("a server without a binary log is measured without warnings") {
  auto layout = of_flavour(star(1));
  layout.settings = {"skip-log-bin", is_mysql ? "gtid-mode=OFF" : "log-slave-updates=OFF"};
  if (is_mysql) {
    layout.settings.emplace_back("enforce-gtid-consistency=OFF");
    layout.settings.emplace_back("log-replica-updates=OFF");
  }
  sandbox::Topology topology(layout);
  Probing probing(topology.master());
  const auto outcome = probing.probe();
  INFO(test::describe(outcome));
  REQUIRE(outcome.instance);
  CHECK_FALSE((*outcome.instance)->log_bin);
  CHECK((*outcome.instance)->self_coordinates.empty());
  CHECK(outcome.warnings.empty());
}
