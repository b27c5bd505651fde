// Routes that make the fleet known and forget it.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "api_fixture.hpp"
#include "catch.hpp"

using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

namespace {

using Calls = std::vector<std::string>;

// A port on the loopback that accepts connections, and after close() refuses them.
class ListeningPort {
 public:
  ListeningPort() : descriptor_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(::bind(descriptor_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    REQUIRE(::listen(descriptor_, 5) == 0);
    socklen_t size = sizeof address;
    REQUIRE(::getsockname(descriptor_, reinterpret_cast<sockaddr*>(&address), &size) == 0);
    port_ = ntohs(address.sin_port);
  }
  ~ListeningPort() { close(); }
  ListeningPort(const ListeningPort&) = delete;
  ListeningPort& operator=(const ListeningPort&) = delete;
  void close() {
    if (descriptor_ >= 0) {
      ::close(std::exchange(descriptor_, -1));
    }
  }
  [[nodiscard]] std::string text() const { return std::to_string(port_); }

 private:
  int descriptor_;
  std::uint16_t port_ = 0;
};

}  // namespace

TEST_CASE("discover probes and answers with the instance") {
  ApiFixture fixture;
  const auto answer = fixture.get("/api/discover/db2.example.com/3306");
  CHECK(answer.status == 200);
  CHECK_THAT(answer.body, StartsWith(R"({"Code":"OK","Message":"Instance discovered: db2.example.com:3306",)"
                                     R"("Details":{"Key":{"Hostname":"db2.example.com","Port":3306},)"));
  CHECK(value_of(answer.body, "ReplicationDepth") == "1");
  CHECK(fixture.fleet.calls == Calls{"discover db2.example.com:3306"});
}

TEST_CASE("discover answers for an instance that the topology does not show yet") {
  ApiFixture fixture;
  const auto answer = fixture.get("/api/discover/new.example.com/3306");
  CHECK(answer.status == 200);
  CHECK(value_of(answer.body, "Message") == "Instance discovered: new.example.com:3306");
  CHECK(value_of(answer.body, "ServerID") == "9");
}

TEST_CASE("a probe that fails is an error with its cause") {
  ApiFixture fixture;
  fixture.fleet.probe_error = topology::make_error(topology::Errc::access_denied, "db2.example.com:3306");
  const auto answer = fixture.get("/api/discover/db2.example.com/3306");
  CHECK(answer.status == 500);
  CHECK(answer.body == R"({"Code":"ERROR","Message":"db2.example.com:3306: access denied","Details":null})");
  CHECK(value_of(fixture.get("/api/refresh/db2.example.com/3306").body, "Code") == "ERROR");
}

TEST_CASE("async-discover answers before anything is known") {
  ApiFixture fixture;
  CHECK(fixture.get("/api/async-discover/new/3307").body ==
        R"({"Code":"OK","Message":"Asynchronous discovery initiated for Instance: new:3307","Details":null})");
  CHECK(fixture.fleet.calls == Calls{"later new:3307"});
}

TEST_CASE("refresh answers with the key") {
  ApiFixture fixture;
  CHECK(fixture.get("/api/refresh/db2.example.com/3306").body ==
        R"({"Code":"OK","Message":"Instance refreshed: db2.example.com:3306",)"
        R"("Details":{"Hostname":"db2.example.com","Port":3306}})");
}

TEST_CASE("forget takes the key as it is written") {
  ApiFixture fixture;
  fixture.fleet.alias_of = {"db2", 3306};
  fixture.fleet.alias_for = {"db2.example.com", 3306};
  CHECK(fixture.get("/api/forget/db2.example.com/3306").body ==
        R"({"Code":"OK","Message":"Instance forgotten: db2.example.com:3306",)"
        R"("Details":{"Hostname":"db2.example.com","Port":3306}})");
  const auto unknown = fixture.get("/api/forget/db2/3306");
  CHECK(unknown.status == 500);
  CHECK(value_of(unknown.body, "Message") == "ForgetInstance(): instance db2:3306 not found");
  CHECK(fixture.fleet.calls == Calls{"forget db2.example.com:3306", "forget db2:3306"});
}

TEST_CASE("a forgetting that cannot be recorded is an error") {
  ApiFixture fixture;
  fixture.fleet.record_result = topology::make_error(topology::Errc::canceled, "disk full");
  for (const auto* path : {"/api/forget/db2.example.com/3306", "/api/forget-cluster/shop"}) {
    const auto answer = fixture.get(path);
    CHECK(answer.status == 500);
    CHECK(value_of(answer.body, "Message").find("disk full") != std::string::npos);
  }
}

TEST_CASE("forget-cluster takes a name, an alias or an instance") {
  for (const auto* hint : {"db1.example.com:3306", "shop", "db3.example.com:3306", "db3"}) {
    CAPTURE(hint);
    ApiFixture fixture;
    CHECK(fixture.get(std::string("/api/forget-cluster/") + hint).body ==
          R"({"Code":"OK","Message":"Cluster forgotten: db1.example.com:3306","Details":null})");
    CHECK(fixture.fleet.calls.size() == 1);
  }
  ApiFixture fixture;
  const auto unknown = fixture.get("/api/forget-cluster/nothing");
  CHECK(unknown.status == 500);
  CHECK_THAT(unknown.body, Contains("nothing"));
  CHECK(fixture.fleet.calls.empty());
}

TEST_CASE("malformed instances in paths are refused") {
  ApiFixture fixture;
  for (const auto* action : {"discover", "async-discover", "refresh", "forget", "resolve", "instance"}) {
    for (const auto* instance : {"db1/0", "db1/65536", "db1/-1", "db1/3306x", "db%201/3306", "[::1/3306", "a:b/3306"}) {
      CAPTURE(action, instance);
      const auto answer = fixture.get(std::string("/api/") + action + "/" + instance);
      CHECK(answer.status == 500);
      CHECK_THAT(value_of(answer.body, "Message"), StartsWith("Invalid "));
    }
  }
  CHECK(fixture.fleet.calls.empty());
}

TEST_CASE("a name is resolved, then looked for among known hosts if exactly one contains it") {
  ApiFixture fixture;
  fixture.fleet.alias_of = {"writer", 3306};
  fixture.fleet.alias_for = {"db1.example.com", 3306};
  fixture.get("/api/discover/writer/3306");
  fixture.get("/api/discover/db2/3306");
  fixture.get("/api/discover/example/3306");  // several
  fixture.get("/api/discover/db2/3307");      // another port
  fixture.get("/api/discover/10.0.0.1/3306");
  CHECK(fixture.fleet.calls == Calls{"discover db1.example.com:3306", "discover db2.example.com:3306",
                                     "discover example:3306", "discover db2:3307", "discover 10.0.0.1:3306"});
}

TEST_CASE("IPv6 hosts may come bare, in brackets or percent-encoded") {
  ApiFixture fixture;
  fixture.get("/api/discover/::1/3306");
  fixture.get("/api/discover/[::1]/3306");
  fixture.get("/api/discover/%5B2001%3Adb8%3A%3A1%5D/3306");
  CHECK(fixture.fleet.calls == Calls{"discover [::1]:3306", "discover [::1]:3306", "discover [2001:db8::1]:3306"});
}

TEST_CASE("resolve tells the name and whether its port answers") {
  ApiFixture fixture;
  ListeningPort port;
  const auto path = "/api/resolve/127.0.0.1/" + port.text();
  CHECK(fixture.get(path).body == R"({"Code":"OK","Message":"Instance resolved",)"
                                  R"("Details":{"Hostname":"127.0.0.1","Port":)" +
                                      port.text() + "}}");
  port.close();
  const auto refused = fixture.get(path);
  CHECK(refused.status == 500);
  CHECK_THAT(value_of(refused.body, "Message"), Contains("127.0.0.1:" + port.text() + ": Connection refused"));
}

TEST_CASE("resolve names a host that has no address") {
  ApiFixture fixture;
  const auto answer = fixture.get("/api/resolve/no-such-host.invalid/3306");
  CHECK(answer.status == 500);
  CHECK_THAT(value_of(answer.body, "Message"), Contains("'no-such-host.invalid'"));
}
