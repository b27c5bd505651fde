// What operators say of instances and clusters survives restarts and shows everywhere.
#include <fstream>
#include <iterator>
#include <string>

#include "catch.hpp"
#include "running_server.hpp"
#include "sandbox/consul.hpp"
#include "sandbox/topology.hpp"
#include "wait_until.hpp"

namespace {

using namespace std::chrono_literals;
using e2e::RunningServer;

sandbox::Layout pair() {
  static_cast<void>(sandbox::found_or_skip(sandbox::find_mariadb()));
  auto layout = sandbox::star(2);
  layout.flavour = sandbox::Flavour::mariadb;
  return layout;
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::string text_of(const std::filesystem::path& file) {
  std::ifstream stream(file);
  return {std::istreambuf_iterator<char>(stream), {}};
}

}  // namespace

TEST_CASE("downtime, maintenance, candidates, tags and the switch of recoveries survive a restart and a crash") {
  sandbox::Topology topology(pair());
  RunningServer server(e2e::Settings{{"AuditToBackendDB", "true"}});
  server.start();
  REQUIRE(server.discover(topology.master(), 2));
  const auto replica = topology.at("node2").endpoint();
  const auto line = replica + "\n";
  CHECK(server.answer({"-c", "begin-downtime", "-i", replica, "-o", "me", "-r", "new disk", "-u", "1h"}) == line);
  CHECK(server.answer({"-c", "begin-maintenance", "-i", replica, "-o", "me", "-r", "why"}) == line);
  CHECK(server.answer({"-c", "register-candidate", "-i", replica, "-R", "prefer"}) == line);
  CHECK(server.answer({"-c", "tag", "-i", replica, "-t", "role=backup"}) == line);
  CHECK(server.answer({"-c", "disable-global-recoveries"}) == "disabled\n");
  const auto all_is_there = [&] {
    const auto instance = server.instance(topology.at("node2"));
    CHECK(contains(instance, R"("IsDowntimed":true,"DowntimeReason":"new disk","DowntimeOwner":"me")"));
    CHECK(contains(instance, R"("IsCandidate":true,"PromotionRule":"prefer")"));
    CHECK(server.answer({"-c", "downtimed"}) == line);
    CHECK(server.answer({"-c", "in-maintenance", "-i", replica}) == line);
    CHECK(server.answer({"-c", "tagged", "-t", "role=backup"}) == line);
    CHECK(server.answer({"-c", "check-global-recoveries"}) == "disabled\n");
    CHECK(contains(server.answer({"-c", "topology", "-i", replica}), ",downtimed]"));
    CHECK(contains(server.answer({"-c", "topology-tags", "-i", replica}), "[role=backup]"));
    CHECK(contains(server.get("audit").body, R"("AuditType":"begin-downtime")"));
  };
  all_is_there();
  const auto second = server.client({"-c", "begin-maintenance", "-i", replica, "-o", "you", "-r", "too"});
  CHECK(second.exit_status == 1);
  CHECK(contains(second.errors, "Cannot begin maintenance for instance: " + replica + "; maintenance reason: too"));
  REQUIRE(server.stop() == 0);
  server.start();
  all_is_there();
  server.kill();
  server.start();
  all_is_there();

  CHECK(server.answer({"-c", "end-downtime", "-i", replica}) == line);
  CHECK(server.answer({"-c", "downtimed"}).empty());
  CHECK(server.answer({"-c", "end-maintenance", "-i", replica}) == line);
  CHECK(server.answer({"-c", "in-maintenance", "-i", replica}).empty());
  CHECK(server.answer({"-c", "untag-all", "-t", "role=backup"}) == line);
}

TEST_CASE("an alias that an operator gives counts at once, after a restart, and no more when it is taken away") {
  sandbox::Topology topology(pair());
  RunningServer server(e2e::Settings{{"ClusterNameToAlias", R"({".*": "shop"})"}});
  server.start();
  REQUIRE(server.discover(topology.master(), 2));
  const auto master = topology.master().endpoint();
  CHECK(server.get("set-cluster-alias/" + master + "?alias=store").status == 200);
  CHECK(server.answer({"-c", "which-cluster-alias", "-i", master}) == "store\n");
  CHECK(server.answer({"-c", "which-cluster-master", "-alias", "store"}) == master + "\n");
  CHECK(server.client({"-c", "which-cluster-master", "-alias", "shop"}).exit_status == 1);
  REQUIRE(server.stop() == 0);
  server.start();
  CHECK(server.answer({"-c", "which-cluster-alias", "-i", master}) == "store\n");
  CHECK(server.get("set-cluster-alias/store?alias=").status == 200);
  CHECK(server.answer({"-c", "which-cluster-alias", "-i", master}) == "shop\n");
  REQUIRE(server.stop() == 0);
  server.start();
  CHECK(server.answer({"-c", "which-cluster-alias", "-i", master}) == "shop\n");
}

TEST_CASE("audit lines go to the file that the configuration names") {
  sandbox::Topology topology(pair());
  RunningServer server;
  const auto file = server.directory() / "audit";
  server.configure({{"AuditLogFile", "\"" + file.string() + "\""}});
  server.start();
  REQUIRE(server.discover(topology.master(), 2));
  const auto& replica = topology.at("node2");
  static_cast<void>(server.answer({"-c", "register-candidate", "-i", replica.endpoint(), "-R", "must_not"}));
  CHECK(contains(text_of(file), "\tregister-candidate\t" + replica.host() + "\t" + std::to_string(replica.port()) +
                                    "\t[" + topology.master().endpoint() + "]\tmust_not\t\n"));
  CHECK(server.get("audit").body == "[]");
}

TEST_CASE("masters are published under the alias that an operator gave") {
  sandbox::ConsulAgent consul(sandbox::found_or_skip(sandbox::find_consul()));
  sandbox::Topology topology(pair());
  RunningServer server(e2e::Settings{{"ConsulAddress", "\"" + consul.address() + "\""}});
  server.start();
  REQUIRE(server.discover(topology.master(), 2));
  const auto master = topology.master().endpoint();
  REQUIRE(server.get("set-cluster-alias/" + master + "?alias=store").status == 200);
  CHECK(support::wait_until(
      [&] {
        return sandbox::http_request({.port = consul.http_port(), .target = "/v1/kv/mysql/master/store?raw"}).body ==
               master;
      },
      10s));
}
