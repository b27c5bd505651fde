// GTID sets against MySQL's own GTID functions.
#include "catch.hpp"
#include "random_gtid_set.hpp"
#include "sandbox/topology.hpp"
#include "topology/mysql_gtid_set.hpp"

using namespace topology_test;
using topology::MysqlGtidSet;

namespace {

sandbox::Topology one_server() {
  static_cast<void>(sandbox::found_or_skip(sandbox::find_mysql()));
  auto layout = sandbox::star(1);
  layout.flavour = sandbox::Flavour::mysql;
  return sandbox::Topology(layout);
}

// The server's GTID sets have a newline after each comma.
std::string without_newlines(std::string text) {
  std::erase(text, '\n');
  return text;
}

std::string quoted(const std::string& text) {
  return "'" + text + "'";
}

}  // namespace

TEST_CASE("MySQL reads, prints, subtracts and compares random sets as we do") {
  auto servers = one_server();
  auto& server = servers.master();
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    CAPTURE(seed);
    Random random(seed);
    const auto left = random_sample(random).text;
    const auto right = random_sample(random).text;
    const auto x = MysqlGtidSet::parse(left).value();
    const auto y = MysqlGtidSet::parse(right).value();
    const auto answer = [&](const std::string& call) {
      return without_newlines(server.query("SELECT " + call).scalar());
    };
    REQUIRE(answer("GTID_SUBTRACT(" + quoted(left) + ", '')") == x.to_string());
    REQUIRE(answer("GTID_SUBTRACT(" + quoted(left) + "," + quoted(right) + ")") == x.subtracted(y).to_string());
    REQUIRE(answer("GTID_SUBSET(" + quoted(left) + "," + quoted(right) + ")") == (y.contains(x) ? "1" : "0"));
    const auto both = x.united(y).to_string();
    REQUIRE(answer("GTID_SUBTRACT(" + quoted(left + "," + right) + ", '')") == both);
  }
}

TEST_CASE("MySQL refuses and accepts the same texts as we do") {
  auto servers = one_server();
  auto& server = servers.master();
  const std::string uuid = "3e11fa47-71ca-11e1-9e33-c80aa9429562";
  for (const std::string tail : {":1",
                                 "",
                                 ":",
                                 ":tag",
                                 ":tag:",
                                 ":1:",
                                 ":0",
                                 ":1-0",
                                 ":5-1",
                                 ":9223372036854775806",
                                 ":9223372036854775807",
                                 ":1-9223372036854775807",
                                 ":1a",
                                 ":a-b:1",
                                 ":+1",
                                 ":1--3",
                                 ":1,2",
                                 ":1-",
                                 ":-3",
                                 ": t :1",
                                 ":001-0003",
                                 "0:1",
                                 " :1",
                                 ",,",
                                 ":t:u:1",
                                 ":_:1",
                                 ":a234567890123456789012345678901x:1",
                                 ":a234567890123456789012345678901xy:1"}) {
    CAPTURE(tail);
    bool accepted = true;
    try {
      (void)server.query("SELECT GTID_SUBTRACT(" + quoted(uuid + tail) + ", '')");
    } catch (const sandbox::SqlError&) {
      accepted = false;
    }
    CHECK(MysqlGtidSet::parse(uuid + tail).has_value() == accepted);
  }
}

TEST_CASE("What a MySQL server has executed, with tags, is read and printed the same") {
  auto servers = one_server();
  auto& server = servers.master();
  for (const auto* next : {"AUTOMATIC", "AUTOMATIC:app", "AUTOMATIC", "AUTOMATIC:_batch", "AUTOMATIC:app"}) {
    server.execute("SET GTID_NEXT = " + quoted(next));
    server.execute("CREATE DATABASE made");
    server.execute("SET GTID_NEXT = " + quoted(next));
    server.execute("DROP DATABASE made");
  }
  server.execute("SET GTID_NEXT = 'AUTOMATIC'");
  const auto executed = without_newlines(server.query("SELECT @@gtid_executed").scalar());
  const auto set = MysqlGtidSet::parse(executed).value();
  CHECK(set.to_string() == executed);
  const auto uuid = server.query("SELECT @@server_uuid").scalar();
  CHECK(set.contains({uuid, "app"}, 4));
  CHECK_FALSE(set.contains({uuid, "app"}, 5));
  CHECK(set.contains({uuid, "_batch"}, 2));
}
