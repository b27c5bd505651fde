// Masters of a real topology in a real Consul.
#include "sandbox/consul.hpp"

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "catch.hpp"
#include "running_server.hpp"
#include "sandbox/accounts.hpp"
#include "sandbox/topology.hpp"
#include "wait_until.hpp"

namespace {

using namespace std::chrono_literals;
using e2e::RunningServer;

struct World {
  static sandbox::Layout layout() {
    static_cast<void>(sandbox::found_or_skip(sandbox::find_mariadb()));
    auto layout = sandbox::star(2);
    layout.flavour = sandbox::Flavour::mariadb;
    return layout;
  }

  World()
      : consul(sandbox::found_or_skip(sandbox::find_consul())),
        topology(layout()),
        server(e2e::Settings{{"ClusterNameToAlias", R"({".*": "shop"})"},
                             {"ConsulAddress", "\"" + consul.address() + "\""}}) {
    server.start();
    REQUIRE(server.discover(topology.master(), 2));
  }

  [[nodiscard]] std::string value(const std::string& key) const {
    return sandbox::http_request({.port = consul.http_port(), .target = "/v1/kv/mysql/master/" + key + "?raw"}).body;
  }
  [[nodiscard]] bool becomes(const std::string& key, const std::string& wanted) const {
    return support::wait_until([&] { return value(key) == wanted; }, 10s);
  }

  sandbox::ConsulAgent consul;
  sandbox::Topology topology;
  RunningServer server;
};

}  // namespace

TEST_CASE("submit-masters-to-kv-stores prints the pairs and writes them") {
  World world;
  const auto master = world.topology.master().endpoint();
  const auto port = std::to_string(world.topology.master().port());
  CHECK(world.server.answer({"-c", "submit-masters-to-kv-stores", "-alias", "shop"}) ==
        "mysql/master/shop:" + master + "\n" + "mysql/master/shop/hostname:127.0.0.1\n" + "mysql/master/shop/port:" +
            port + "\n" + "mysql/master/shop/ipv4:127.0.0.1\n" + "mysql/master/shop/ipv6:\n");
  CHECK(world.value("shop") == master);
  CHECK(world.value("shop/hostname") == "127.0.0.1");
  CHECK(world.value("shop/port") == port);
  CHECK(world.value("shop/ipv4") == "127.0.0.1");
  CHECK(world.value("shop/ipv6").empty());
}

TEST_CASE("masters are published without a command, and what others change is put right") {
  World world;
  const auto master = world.topology.master().endpoint();
  CHECK(world.becomes("shop", master));
  static_cast<void>(sandbox::http_request({.port = world.consul.http_port(),
                                           .method = "PUT",
                                           .target = "/v1/kv/mysql/master/shop",
                                           .headers = "Content-Length: 7\r\n",
                                           .body = "nowhere"}));
  CHECK(world.becomes("shop", master));
}

TEST_CASE("another writable master is published, a dead one never") {
  World world;
  auto& master = world.topology.master();
  auto& replica = world.topology.at("node2");
  CHECK(world.becomes("shop", master.endpoint()));
  // What a person does by hand: the replica becomes the master, the old master its replica.
  replica.execute("STOP SLAVE");
  replica.execute("RESET SLAVE ALL");
  replica.execute("SET GLOBAL read_only = 0");
  master.execute("SET GLOBAL read_only = 1");
  master.execute("CHANGE MASTER TO MASTER_HOST='" + replica.host() + "', MASTER_PORT=" +
                 std::to_string(replica.port()) + ", MASTER_USER='" + sandbox::replication_account().name +
                 "', MASTER_PASSWORD='" + sandbox::replication_account().password + "', MASTER_USE_GTID=slave_pos");
  master.execute("START SLAVE");
  CHECK(world.becomes("shop", replica.endpoint()));
  CHECK(world.value("shop/port") == std::to_string(replica.port()));

  replica.kill();
  const auto dead = [&] {
    return world.server.answer({"-c", "topology", "-i", replica.endpoint()}).find("[unknown,invalid,") !=
           std::string::npos;
  };
  REQUIRE(support::wait_until(dead, 10s));
  static_cast<void>(sandbox::http_request(
      {.port = world.consul.http_port(), .method = "DELETE", .target = "/v1/kv/mysql/master/shop?recurse"}));
  CHECK(world.server.answer({"-c", "submit-masters-to-kv-stores"}).empty());
  CHECK(world.value("shop").empty());
}

TEST_CASE("a Consul that dies is said once and written again when it returns") {
  World world;
  CHECK(world.becomes("shop", world.topology.master().endpoint()));
  world.consul.kill();
  CHECK(support::wait_until([&] { return world.server.log().find("masters cannot be published") != std::string::npos; },
                            20s));
  CHECK(world.server.client({"-c", "submit-masters-to-kv-stores"}).exit_status == 1);
  CHECK(world.server.client({"-c", "clusters"}).exit_status == 0);
  world.consul.restart();  // development mode has forgotten everything
  CHECK(support::wait_until([&] { return world.value("shop") == world.topology.master().endpoint(); }, 60s));
}

TEST_CASE("a reload reads the authorities of Consul again, and keeps what it has when they cannot be used") {
  const sandbox::TemporaryDirectory directory;
  sandbox::ConsulAgent consul(sandbox::found_or_skip(sandbox::find_consul()), {.tls = sandbox::ConsulTls::on});
  sandbox::ConsulAgent stranger(sandbox::found_or_skip(sandbox::find_consul()), {.tls = sandbox::ConsulTls::on});
  const auto ca = directory.path() / "ca.pem";
  const auto trust = [&](const std::filesystem::path& authority) {
    std::filesystem::copy_file(authority, ca, std::filesystem::copy_options::overwrite_existing);
  };
  trust(stranger.ca_certificate());
  sandbox::Topology topology(World::layout());
  RunningServer server(e2e::Settings{{"ClusterNameToAlias", R"({".*": "shop"})"},
                                     {"ConsulScheme", R"("https")"},
                                     {"ConsulCAFile", "\"" + ca.string() + "\""},
                                     {"ConsulAddress", "\"127.0.0.1:" + std::to_string(consul.https_port()) + "\""}});
  server.start();
  REQUIRE(server.discover(topology.master(), 2));
  const auto log_says = [&](const std::string& text, std::chrono::milliseconds limit) {
    return support::wait_until([&] { return server.log().find(text) != std::string::npos; }, limit);
  };
  CHECK(log_says("masters cannot be published", 10s));
  std::ofstream(ca) << "no certificate";
  server.signal(SIGHUP);
  CHECK(log_says("orchestrator goes on with the TLS files it has read before", 10s));
  trust(consul.ca_certificate());
  server.signal(SIGHUP);
  CHECK(support::wait_until(
      [&] {
        const auto target = std::string("/v1/kv/mysql/master/shop?raw");
        return sandbox::http_request({.port = consul.http_port(), .target = target}).body ==
               topology.master().endpoint();
      },
      10s));
}
