// The example that publishes a master does what it says, against a real Consul.
#include <fstream>
#include <iterator>

#include "catch.hpp"
#include "sandbox/consul.hpp"
#include "sandbox/http.hpp"

namespace {

using namespace std::chrono_literals;

std::string run_example(const std::string& address, const std::filesystem::path& log) {
  std::filesystem::remove(log);
  sandbox::run_program(
      {.command = {EXAMPLE_PROGRAM, address}, .log = log, .working_directory = log.parent_path(), .environment = {}},
      20s);
  std::ifstream file(log);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

TEST_CASE("the example publishes a master, and finds it unchanged the second time") {
  sandbox::ConsulAgent consul(sandbox::found_or_skip(sandbox::find_consul()));
  const auto log = consul.directory() / "example.log";
  CHECK(run_example(consul.address(), log) ==
        "mysql/master/shop = db1.example.com:3306\n"
        "mysql/master/shop/hostname = db1.example.com\n"
        "mysql/master/shop/port = 3306\n"
        "mysql/master/shop/ipv4 = 192.0.2.1\n"
        "mysql/master/shop/ipv6 = \n"
        "consul " +
            consul.address() + ": shop published\n");
  CHECK(run_example(consul.address(), log).find("shop unchanged\n") != std::string::npos);
  const auto reply = sandbox::http_request({.port = consul.http_port(), .target = "/v1/kv/mysql/master/shop?raw"});
  CHECK(reply.body == "db1.example.com:3306");
  consul.kill();
  CHECK_THROWS_WITH(run_example(consul.address(), log), Catch::Contains("connection failed"));
}
