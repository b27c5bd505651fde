// Trouble of every kind: a clear error where the user looks, and everything else goes on.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fstream>
#include <string>

#include "catch.hpp"
#include "running_server.hpp"
#include "sandbox/accounts.hpp"
#include "sandbox/topology.hpp"
#include "wait_until.hpp"

namespace {

using namespace std::chrono_literals;
using e2e::RunningServer;

sandbox::Layout single() {
  static_cast<void>(sandbox::found_or_skip(sandbox::find_mariadb()));
  auto layout = sandbox::star(1);
  layout.flavour = sandbox::Flavour::mariadb;
  return layout;
}

// One server for all cases that only need a reachable database.
sandbox::Topology& database() {
  static sandbox::Topology instance(single());
  return instance;
}

e2e::ProgramRun start_with(const RunningServer& server) {
  return e2e::run({.command = {e2e::program("orchestrator"), "-config", server.configuration_file().string(), "http"},
                   .environment = {},
                   .limit = 10s});
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a wrong password is said with the account and the server, and never printed") {
  RunningServer server(e2e::Settings{{"MySQLTopologyPassword", R"("not-the-secret")"}});
  server.start();
  const auto result = server.client({"-c", "discover", "-i", database().master().endpoint()});
  CHECK(result.exit_status == 1);
  CHECK(contains(result.errors, "access denied"));
  CHECK(contains(result.errors, database().master().endpoint()));
  CHECK_FALSE(contains(result.errors + server.log(), "not-the-secret"));
  CHECK(server.answer({"-c", "all-instances"}).empty());
}

TEST_CASE("a server that accepts and never answers costs its own time only") {
  const auto silent = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  REQUIRE(bind(silent, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  REQUIRE(listen(silent, 8) == 0);
  socklen_t size = sizeof address;
  REQUIRE(getsockname(silent, reinterpret_cast<sockaddr*>(&address), &size) == 0);
  const auto key = "127.0.0.1:" + std::to_string(ntohs(address.sin_port));

  RunningServer server(e2e::Settings{{"MySQLConnectTimeoutSeconds", "1"}, {"MySQLDiscoveryReadTimeoutSeconds", "1"}});
  server.start();
  const auto result = server.client({"-c", "discover", "-i", key});
  CHECK(result.exit_status == 1);
  CHECK(contains(result.errors, "timed out"));
  CHECK(server.answer({"-c", "discover", "-i", database().master().endpoint()}) ==
        database().master().endpoint() + "\n");
  close(silent);
}

TEST_CASE("a malformed route is answered with an error, not with a crash") {
  RunningServer server;
  server.start();
  CHECK(server.get("discover/127.0.0.1/port").status == 500);
  CHECK(contains(server.get("discover/127.0.0.1/port").body, R"("Code":"ERROR")"));
  CHECK(server.get("discover/127.0.0.1/99999").status == 500);
  CHECK(server.get("no-such-route").status == 404);
  CHECK(server.get("cluster/%00%ff").status == 500);
  CHECK(server.running());
}

TEST_CASE("a request of ten megabytes is refused") {
  RunningServer server;
  server.start();
  const auto reply = sandbox::http_request({.port = server.port(),
                                            .method = "POST",
                                            .target = "/api/clusters",
                                            .headers = "Content-Length: 10485760\r\n",
                                            .body = std::string(10'485'760, 'x'),
                                            .timeout = 10s});
  CHECK((reply.status == 413 || reply.status == 0));
  CHECK(server.get("lb-check").status == 200);
}

TEST_CASE("a port that is taken is named, with exit status 1") {
  RunningServer first;
  first.start();
  RunningServer second;
  second.configure({{"ListenAddress", "\"127.0.0.1:" + std::to_string(first.port()) + "\""}});
  const auto result = start_with(second);
  CHECK(result.exit_status == 1);
  CHECK(contains(result.errors, "127.0.0.1:" + std::to_string(first.port())));
  CHECK(contains(result.errors, "in use"));
}

TEST_CASE("a state file that cannot be made is named, with exit status 1") {
  RunningServer server(e2e::Settings{{"SQLite3DataFile", R"("/nonexistent/folder/state.sqlite3")"}});
  const auto result = start_with(server);
  CHECK(result.exit_status == 1);
  CHECK(contains(result.errors, "/nonexistent/folder/state.sqlite3"));
}

TEST_CASE("a state file that is not a database is refused and left as it was") {
  RunningServer server;
  const std::string garbage(8192, 'g');
  std::ofstream(server.state_file()) << garbage;
  const auto result = start_with(server);
  CHECK(result.exit_status == 1);
  CHECK(contains(result.errors, server.state_file().string()));
  std::ifstream stream(server.state_file());
  CHECK(std::string(std::istreambuf_iterator<char>(stream), {}) == garbage);
}

TEST_CASE("a configuration with a wrong type is refused with file, key and reason") {
  RunningServer server(e2e::Settings{{"InstancePollSeconds", R"("often")"}});
  const auto result = start_with(server);
  CHECK(result.exit_status == 1);
  CHECK(contains(result.errors, server.configuration_file().string()));
  CHECK(contains(result.errors, "InstancePollSeconds"));
}

TEST_CASE("an unknown configuration key is a warning that names the nearest one") {
  RunningServer server(e2e::Settings{{"InstancePolSeconds", "1"}});
  server.start();
  CHECK(contains(server.log(), "InstancePolSeconds"));
  CHECK(contains(server.log(), "InstancePollSeconds"));
}

TEST_CASE("Consul being down is said by the command and stops nothing else") {
  RunningServer server(e2e::Settings{{"ConsulAddress", R"("127.0.0.1:1")"}});
  server.start();
  REQUIRE(server.discover(database().master(), 1));
  const auto result = server.client({"-c", "submit-masters-to-kv-stores"});
  CHECK(result.exit_status == 1);
  CHECK(contains(result.errors, "127.0.0.1:1"));
  CHECK(server.answer({"-c", "all-instances"}) == database().master().endpoint() + "\n");
}

TEST_CASE("passwords are in no process list") {
  RunningServer server;
  server.start();
  std::ifstream stream("/proc/" + std::to_string(server.pid()) + "/cmdline", std::ios::binary);
  const std::string command(std::istreambuf_iterator<char>(stream), {});
  CHECK_FALSE(contains(command, sandbox::topology_account().password));
}

TEST_CASE("a database that dies and returns is noticed both times") {
  sandbox::Topology own(single());
  RunningServer server;
  server.start();
  REQUIRE(server.discover(own.master(), 1));
  const auto shown = [&](const std::string& part) {
    return support::wait_until(
        [&] { return contains(server.answer({"-c", "topology", "-i", own.master().endpoint()}), part); }, 10s);
  };
  own.master().kill();
  CHECK(shown("[unknown,invalid,"));
  own.master().restart();
  CHECK(shown("[0s,ok,"));
}
