// What a publication waits for when it looks up the addresses of masters.
#include "server/publishing.hpp"

#include <algorithm>
#include <string>

#include "catch.hpp"
#include "event_loop.hpp"
#include "fleet.hpp"
#include "sandbox/private_names.hpp"

namespace {

using namespace std::chrono_literals;
using orchestrator::Publishing;
using test::Clock;

using Picture = std::shared_ptr<const topology::Topology>;

sandbox::NameServer& name_server() {
  return sandbox::private_names(
      {.hosts = {{"db1.example", "127.0.0.11,fd00::11"}, {"db2.example", "127.0.0.12"}}, .aliases = {}});
}

Picture picture_of(topology_test::Fleet& fleet) {
  return std::make_shared<const topology::Topology>(fleet.build());
}

// The publishing of a server without stores: it tells what it would write.
std::unique_ptr<Publishing> make_publishing(test::EventLoop& loop) {
  auto made = Publishing::make(loop.executor(), {}, [] { return Picture(); });
  REQUIRE(made.has_value());
  return std::move(*made);
}

std::string value_of(const kvstore::PublishReport& report, const std::string& key) {
  const auto pair =
      std::find_if(report.pairs.begin(), report.pairs.end(), [&](const auto& item) { return item.key == key; });
  return pair == report.pairs.end() ? "no pair " + key : pair->value;
}

}  // namespace

TEST_CASE("masters are published with their addresses") {
  name_server();
  test::EventLoop loop;
  const auto publishing = make_publishing(loop);
  topology_test::Fleet fleet;
  fleet.add("db1.example:3306").add("db2.example:3306").add("no-such.example:3306").add("[fd00::9]:3306");
  const auto report = loop.run(publishing->submit(picture_of(fleet), {}));
  CHECK(value_of(report, "mysql/master/db1.example:3306/ipv4") == "127.0.0.11");
  CHECK(value_of(report, "mysql/master/db1.example:3306/ipv6") == "fd00::11");
  CHECK(value_of(report, "mysql/master/db2.example:3306/ipv4") == "127.0.0.12");
  CHECK(value_of(report, "mysql/master/db2.example:3306/ipv6").empty());
  CHECK(value_of(report, "mysql/master/no-such.example:3306/ipv4").empty());
  CHECK(value_of(report, "mysql/master/[fd00::9]:3306/ipv6") == "fd00::9");
}

TEST_CASE("hundreds of masters are published within seconds though DNS is silent, and at once the next time") {
  auto& dns = name_server();
  test::EventLoop loop;
  const auto publishing = make_publishing(loop);
  topology_test::Fleet fleet;
  fleet.add("db1.example:3306");
  REQUIRE(value_of(loop.run(publishing->submit(picture_of(fleet), {})), "mysql/master/db1.example:3306/ipv4") ==
          "127.0.0.11");
  dns.freeze();
  for (int number = 0; number < 300; ++number) {
    fleet.add("master-" + std::to_string(number) + ".example:3306");
  }
  const auto picture = picture_of(fleet);
  const auto first = Clock::now();
  const auto report = loop.run(publishing->submit(picture, {}));
  const auto second = Clock::now();
  const auto again = loop.run(publishing->submit(picture, {}));
  const auto end = Clock::now();
  dns.thaw();
  CHECK(second - first < 5000ms);
  CHECK(end - second < 900ms);
  for (const auto* each : {&report, &again}) {
    CHECK(value_of(*each, "mysql/master/db1.example:3306/ipv4") == "127.0.0.11");
    CHECK(value_of(*each, "mysql/master/master-299.example:3306") == "master-299.example:3306");
    CHECK(value_of(*each, "mysql/master/master-299.example:3306/ipv4").empty());
  }
}
