// MariaDB positions against a MariaDB server.
#include "catch.hpp"
#include "random_gtid_set.hpp"
#include "sandbox/topology.hpp"
#include "topology/mariadb_gtid.hpp"

using namespace topology_test;
using topology::MariadbGtidPosition;

namespace {

sandbox::Topology one_server() {
  static_cast<void>(sandbox::found_or_skip(sandbox::find_mariadb()));
  auto layout = sandbox::star(1);
  layout.flavour = sandbox::Flavour::mariadb;
  return sandbox::Topology(layout);
}

std::string quoted(const std::string& text) {
  return "'" + text + "'";
}

std::string random_position(Random& random) {
  MariadbGtidPosition position;
  for (std::uint32_t domain = 0; domain < 3; ++domain) {
    if (pick(random, 0, 3) != 0) {
      position.add({domain, static_cast<std::uint32_t>(pick(random, 1, 3)), pick(random, 1, 4)});
    }
  }
  return position.to_string();
}

}  // namespace

TEST_CASE("A MariaDB server's positions of several domains are read and printed the same") {
  auto servers = one_server();
  auto& server = servers.master();
  for (const auto* domain : {"0", "7", "3"}) {
    server.execute("SET SESSION gtid_domain_id = " + std::string(domain));
    server.execute("CREATE DATABASE made" + std::string(domain));
  }
  const auto text = server.query("SELECT @@gtid_binlog_pos").scalar();
  const auto position = MariadbGtidPosition::parse(text).value();
  const auto printed = MariadbGtidPosition::parse(position.to_string()).value();
  CHECK(printed == position);
  CHECK(position.to_string().size() == text.size());
  CHECK(position.domain(7)->sequence == 1);
  CHECK(position.domain(3)->server_id == server.server_id());
  CHECK(MariadbGtidPosition::parse(server.query("SELECT @@gtid_binlog_state").scalar()).value().contains(position));
}

TEST_CASE("A MariaDB replica has reached a position exactly when ours contains it") {
  auto servers = one_server();
  auto& server = servers.master();
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    CAPTURE(seed);
    Random random(seed);
    const auto here = random_position(random);
    const auto wanted = random_position(random);
    server.execute("SET GLOBAL gtid_slave_pos = " + quoted(here));
    const auto reached = server.query("SELECT MASTER_GTID_WAIT(" + quoted(wanted) + ", 0)").scalar() == "0";
    REQUIRE(MariadbGtidPosition::parse(here).value().contains(MariadbGtidPosition::parse(wanted).value()) == reached);
  }
}
