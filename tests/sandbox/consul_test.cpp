// The sandbox runs real Consul agents.
#include "sandbox/consul.hpp"

#include "catch.hpp"
#include "sandbox/http.hpp"
#include "wait_until.hpp"

namespace {

using namespace std::chrono_literals;
using namespace sandbox;

HttpReply ask(const ConsulAgent& consul, const std::string& method, const std::string& target,
              const std::string& body = {}, const std::string& headers = {}) {
  return http_request(
      {.port = consul.http_port(), .method = method, .target = target, .headers = headers, .body = body});
}

}  // namespace

TEST_CASE("a Consul agent keeps a key, and forgets it when it is restarted", "[consul]") {
  ConsulAgent consul(found_or_skip(find_consul()));
  CHECK(ask(consul, "PUT", "/v1/kv/mysql/master/demo", "127.0.0.1:3306").body.starts_with("true"));
  CHECK(ask(consul, "GET", "/v1/kv/mysql/master/demo?raw").body == "127.0.0.1:3306");
  consul.kill();
  CHECK(ask(consul, "GET", "/v1/kv/mysql/master/demo?raw").status == 0);
  consul.restart();
  CHECK(ask(consul, "GET", "/v1/kv/mysql/master/demo?raw").status == 404);
}

TEST_CASE("two Consul datacenters know each other", "[consul]") {
  const auto program = found_or_skip(find_consul());
  ConsulAgent first(program);
  ConsulAgent second(program, {.datacenter = "dc2", .join_wan = &first});
  const auto both = [&first] {
    const auto reply = ask(first, "GET", "/v1/catalog/datacenters");
    return reply.body.find("dc2") != std::string::npos;
  };
  REQUIRE(support::wait_until(both, 20s));
  const auto put = [&first] { return ask(first, "PUT", "/v1/kv/k?dc=dc2", "v").status == 200; };
  REQUIRE(support::wait_until(put, 20s));
  CHECK(ask(second, "GET", "/v1/kv/k?raw").body == "v");
}

TEST_CASE("a Consul agent with ACLs wants its token, and one with TLS has certificates", "[consul]") {
  const std::string token = "2f1e9a52-1111-4d6b-9a53-000000000001";
  ConsulAgent consul(found_or_skip(find_consul()), {.acl_token = token, .tls = ConsulTls::on});
  CHECK(ask(consul, "PUT", "/v1/kv/k", "v").status == 403);
  CHECK(ask(consul, "PUT", "/v1/kv/k", "v", "X-Consul-Token: " + token + "\r\n").status == 200);
  CHECK(std::filesystem::exists(consul.ca_certificate()));
}
