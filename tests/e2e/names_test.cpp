// HostnameResolveMethod against a real DNS server, and what a silent one does to everything else.
#include <chrono>
#include <string>

#include "catch.hpp"
#include "running_server.hpp"
#include "sandbox/private_names.hpp"
#include "sandbox/topology.hpp"
#include "wait_until.hpp"

namespace {

using namespace std::chrono_literals;
using e2e::RunningServer;
using e2e::Settings;
using std::chrono::steady_clock;

constexpr const char* master_address = "127.0.0.11";
constexpr const char* replica_address = "127.0.0.12";

sandbox::NameServer& name_server() {
  static_cast<void>(sandbox::found_or_skip(sandbox::find_mariadb()));
  return sandbox::private_names({.hosts = {{"db1.example", master_address}, {"db2.example", replica_address}},
                                 .aliases = {{"db-alias.example", "db1.example"}}});
}

// A master, and a replica that knows it by the alias and is listed by its own name.
sandbox::Layout named_pair() {
  auto layout = sandbox::star(2);
  layout.nodes[0].address = master_address;
  layout.nodes[1].address = replica_address;
  layout.nodes[1].settings = {"report-host=db2.example"};
  return layout;
}

void follow_alias(sandbox::Topology& servers) {
  servers.at("node2").execute("STOP SLAVE");
  servers.at("node2").execute("CHANGE MASTER TO MASTER_HOST='db-alias.example'");
  servers.at("node2").execute("START SLAVE");
}

std::string at(const std::string& host, const sandbox::Server& server) {
  return host + ":" + std::to_string(server.port());
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// Discovers the master by its alias; the names of the master and of its replica.
std::string names_seen(const std::string& method, sandbox::Topology& servers) {
  RunningServer server(Settings{{"HostnameResolveMethod", "\"" + method + "\""}});
  server.start();
  const auto found = server.answer({"-c", "discover", "-i", at("db-alias.example", servers.master())});
  const auto edge = [&] { return server.answer({"-c", "which-replicas", "-i", found.substr(0, found.size() - 1)}); };
  CHECK(support::wait_until([&] { return !edge().empty(); }, 10s));
  const auto names = found + edge();
  // Nothing is left of the names under which they were found.
  CHECK(support::wait_until([&] { return server.answer({"-c", "all-instances"}) == names; }, 10s));
  return names;
}

}  // namespace

TEST_CASE("an alias in DNS leads to the canonical name, the address or itself, as HostnameResolveMethod says") {
  name_server();
  sandbox::Topology servers(named_pair());
  follow_alias(servers);
  const auto& replica = servers.at("node2");
  CHECK(names_seen("cname", servers) == at("db1.example", servers.master()) + "\n" + at("db2.example", replica) + "\n");
  CHECK(names_seen("ip", servers) == at(master_address, servers.master()) + "\n" + at(replica_address, replica) + "\n");
  for (const auto* method : {"default", "none"}) {
    CHECK(names_seen(method, servers) ==
          at("db-alias.example", servers.master()) + "\n" + at("db2.example", replica) + "\n");
  }
}

TEST_CASE("a name that does not exist is refused at once and named") {
  name_server();
  for (const auto* method : {"default", "cname", "ip"}) {
    CAPTURE(method);
    RunningServer server(Settings{{"HostnameResolveMethod", "\"" + std::string(method) + "\""}});
    server.start();
    const auto run = server.client({"-c", "discover", "-i", "no-such.example:3306"});
    CHECK(run.exit_status != 0);
    CHECK(contains(run.errors, "no-such.example: Name or service not known: host name cannot be resolved"));
    CHECK(run.duration < 3s);
    CHECK(server.answer({"-c", "all-instances"}).empty());
  }
}

TEST_CASE("a DNS server that never answers delays only what needs it") {
  auto& dns = name_server();
  sandbox::Topology servers(named_pair());
  follow_alias(servers);
  RunningServer server(Settings{{"HostnameResolveMethod", "\"cname\""}});
  server.start();
  dns.freeze();
  for (int number = 0; number < 30; ++number) {
    CHECK(server.get("async-discover/unheard-of-" + std::to_string(number) + ".example/3306").status == 200);
  }
  // The replica's master has a name that nobody resolves now.
  const auto asked = steady_clock::now();
  CHECK(server.answer({"-c", "discover", "-i", at(replica_address, servers.at("node2"))}) ==
        at(replica_address, servers.at("node2")) + "\n");
  CHECK(server.answer({"-c", "discover", "-i", at(master_address, servers.master())}) ==
        at(master_address, servers.master()) + "\n");
  CHECK(steady_clock::now() - asked < 8s);
  const auto run = server.client({"-c", "discover", "-i", at("db2.example", servers.at("node2"))});
  CHECK(run.exit_status != 0);
  CHECK(contains(run.errors, "db2.example: timed out"));
  CHECK(run.duration < 10s);
  const auto reach = steady_clock::now();
  CHECK(contains(server.get("resolve/silent.example/3306").body, "timed out"));
  CHECK(steady_clock::now() - reach < 7s);

  // Both are probed at their turn all the while.
  const auto probes = [&](const char* host, const sandbox::Server& of) {
    const auto before = server.get("instance/" + std::string(host) + "/" + std::to_string(of.port())).body;
    return support::wait_until(
        [&] { return server.get("instance/" + std::string(host) + "/" + std::to_string(of.port())).body != before; },
        3s);
  };
  CHECK(probes(replica_address, servers.at("node2")));
  CHECK(probes(master_address, servers.master()));

  dns.thaw();
  // The client's and the replica's own look-ups come back, and the alias is known by its canonical name.
  CHECK(support::wait_until(
      [&] {
        return server.client({"-c", "discover", "-i", at("db-alias.example", servers.master())}).output ==
               at("db1.example", servers.master()) + "\n";
      },
      30s));
}
