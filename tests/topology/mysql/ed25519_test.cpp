// Tests of accounts that authenticate by ed25519, MariaDB's plugin, on a real server.
#include <string>

#include "probe_fixture.hpp"
#include "topology/mysql/session.hpp"

using namespace std::chrono_literals;
using topology::mysql::Session;

namespace {

const sandbox::Account account{"signer", "sandbox ed25519 password"};

sandbox::Layout with_ed25519(sandbox::Layout layout) {
  layout = test::of_flavour(std::move(layout));
  const auto plugins = sandbox::found_or_skip(sandbox::find_mariadb_plugins());
  layout.settings = {"plugin-dir=" + plugins.string(), "plugin-load-add=auth_ed25519"};
  return layout;
}

void create_account(sandbox::Server& server) {
  server.execute("CREATE USER '" + account.name + "'@'%' IDENTIFIED VIA ed25519 USING PASSWORD('" + account.password +
                 "')");
  server.execute("GRANT PROCESS, BINLOG MONITOR, SLAVE MONITOR, REPLICATION MASTER ADMIN ON *.* TO '" + account.name +
                 "'@'%'");
}

}  // namespace

TEST_CASE("an ed25519 account connects by its password and by no other") {
  sandbox::Topology topology(with_ed25519(sandbox::star(1)));
  create_account(topology.master());
  test::EventLoop loop;
  const auto good = test::options_for(topology.master(), account);
  const auto session = loop.run(Session::connect(loop.executor(), good, test::in(10s)));
  INFO((session ? std::string() : session.error().message()));
  REQUIRE(session);
  const auto rows = loop.run((*session)->execute("SELECT CURRENT_USER() AS account", test::in(10s)));
  REQUIRE(rows);
  CHECK(rows->row(0).text("account") == account.name + "@%");
  const auto plugin = topology.master().query("SELECT plugin FROM mysql.user WHERE User = '" + account.name + "'");
  CHECK(plugin.scalar() == "ed25519");

  for (const auto* wrong : {"very wrong", ""}) {
    const auto bad = test::options_for(topology.master(), {account.name, wrong});
    const auto refused = loop.run(Session::connect(loop.executor(), bad, test::in(10s)));
    REQUIRE_FALSE(refused);
    const auto text = refused.error().message();
    INFO(text);
    CHECK(refused.error().code == topology::Errc::access_denied);
    CHECK(text.find("'" + account.name + "'") != std::string::npos);
    CHECK(text.find(topology.master().endpoint()) != std::string::npos);
    CHECK(text.find("very wrong") == std::string::npos);
  }
}

TEST_CASE("a master and its replica are measured through an ed25519 account") {
  sandbox::Topology topology(with_ed25519(sandbox::star(2)));
  create_account(topology.master());
  REQUIRE(topology.wait_caught_up(topology.master(), 10s));
  test::Probing probing(topology.master(), test::settings_for(account));
  const auto outcome = probing.probe();
  INFO(test::describe(outcome));
  REQUIRE(outcome.instance);
  CHECK(outcome.warnings.empty());
  CHECK((*outcome.instance)->replicas == std::vector{test::key_of(topology[1])});
  CHECK(test::Probing(topology[1], test::settings_for(account)).instance()->master_key() ==
        test::key_of(topology.master()));
}
