// Tests of the way to the server: failures, deadlines, retries, the leader search.
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdint>

#include "catch.hpp"
#include "http_server.hpp"
#include "program.hpp"

using namespace client_test;
using namespace std::chrono_literals;

namespace {

constexpr const char* clusters = R"([{"ClusterName":"db1:3306","ClusterAlias":"main"}])";

Finished ask(const std::string& api, std::vector<std::string> arguments = {"-c", "clusters"}) {
  return run({std::move(arguments), {"ORCHESTRATOR_API=" + api}});
}

std::string no_access(const Finished& finished, const std::string& url, const std::string& reason) {
  return complaint(finished, "Cannot access orchestrator at " + url + "/api: " + reason);
}

// A node of a group, whose answer to one check is 200 and to the other is not.
Answering node(const std::string& leader_check, const std::string& routed_leader_check) {
  return [=](const std::string& target) {
    if (target == "/api/leader-check") return Reply(reply(leader_check, "\"\""));
    if (target == "/api/routed-leader-check") return Reply(reply(routed_leader_check, "\"\""));
    return Reply(json(clusters));
  };
}

constexpr const char* yes = "200 OK";
constexpr const char* no = "404 Not Found";

// A listening port whose queue is full: further connections are neither accepted nor refused.
class DeafPort {
 public:
  DeafPort() {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* raw = reinterpret_cast<sockaddr*>(&address);
    REQUIRE(::bind(listener_, raw, size) == 0);
    REQUIRE(::getsockname(listener_, raw, &size) == 0);
    REQUIRE(::listen(listener_, 0) == 0);
    port_ = ntohs(address.sin_port);
    for (int& filler : fillers_) {
      filler = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
      ::connect(filler, raw, size);
    }
  }
  DeafPort(const DeafPort&) = delete;
  DeafPort& operator=(const DeafPort&) = delete;
  ~DeafPort() {
    for (const int filler : fillers_) ::close(filler);
    ::close(listener_);
  }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }

 private:
  int listener_;
  std::uint16_t port_ = 0;
  std::array<int, 4> fillers_{};
};

}  // namespace

TEST_CASE("a server that refuses connections is tried again for a while and then named", "[client]") {
  const ClosedPort port;
  const auto finished = ask(port.url());
  CHECK(finished.exit_status == 1);
  CHECK(finished.output.empty());
  CHECK(finished.errors == no_access(finished, port.url(), "Connection refused"));
  CHECK(finished.took >= 1700ms);
  CHECK(finished.took < 6s);
}

TEST_CASE("a host that does not exist is named", "[client]") {
  const auto finished = ask("http://no-such-host.invalid:3000", {"-c", "clusters", "--timeout", "3"});
  CHECK(finished.exit_status == 1);
  CHECK_THAT(finished.errors, Catch::Contains("Cannot access orchestrator at http://no-such-host.invalid:3000/api: "));
  CHECK(finished.took < 10s);
}

TEST_CASE("a server that never accepts ends with the timeout", "[client]") {
  const DeafPort port;
  const auto finished = ask(port.url(), {"-c", "clusters", "--timeout", "0.5"});
  CHECK(finished.exit_status == 1);
  CHECK(finished.errors == no_access(finished, port.url(), "connecting took too long"));
  CHECK(finished.took >= 500ms);
  CHECK(finished.took < 5s);
}

TEST_CASE("a server that accepts and never answers ends with the timeout and is asked once", "[client]") {
  HttpServer server([](const std::string&) { return Reply(); });
  const auto reading = ask(server.url(), {"-c", "clusters", "--timeout", "0.5"});
  CHECK(reading.exit_status == 1);
  CHECK(reading.errors == no_access(reading, server.url(), "no answer in time"));
  CHECK(reading.took >= 500ms);
  CHECK(reading.took < 5s);
  const auto changing = ask(server.url(), {"-c", "discover", "-i", "db1", "--timeout", "0.5"});
  CHECK(changing.errors ==
        no_access(changing, server.url(), "no answer in time; whether the server did it is unknown"));
  CHECK(server.requests().size() == 2);
}

TEST_CASE("a request is not sent again when the connection breaks before the answer", "[client]") {
  HttpServer server([](const std::string&) { return Reply(""); });
  const auto finished = ask(server.url(), {"-c", "discover", "-i", "db1"});
  CHECK(finished.exit_status == 1);
  CHECK(finished.errors == no_access(finished, server.url(),
                                     "the connection was closed before the answer was complete; "
                                     "whether the server did it is unknown"));
  CHECK(server.requests().size() == 1);
}

TEST_CASE("an answer that is cut short is not used", "[client]") {
  HttpServer server([](const std::string&) { return Reply("HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n[]"); });
  const auto finished = ask(server.url());
  CHECK(finished.exit_status == 1);
  CHECK(finished.output.empty());
  CHECK(finished.errors ==
        no_access(finished, server.url(), "the connection was closed before the answer was complete"));
}

TEST_CASE("an answer that is not HTTP or not JSON is refused", "[client]") {
  HttpServer mysql([](const std::string&) { return Reply("J 5.7.44-log caching_sha2_password\n"); });
  const auto not_http = ask(mysql.url());
  CHECK(not_http.exit_status == 1);
  CHECK_THAT(not_http.errors, Catch::Contains("/api: the answer is not HTTP: "));
  HttpServer page([](const std::string&) { return json("<html>Welcome</html>"); });
  const auto not_json = ask(page.url());
  CHECK(not_json.exit_status == 1);
  CHECK(not_json.errors == no_access(not_json, page.url(), "the answer is not JSON"));
}

TEST_CASE("a 401 says how to give credentials", "[client]") {
  HttpServer server([](const std::string&) { return reply("401 Unauthorized", "Not Authorized"); });
  const auto finished = ask("http://dba:wrong@127.0.0.1:" + std::to_string(server.port()));
  CHECK(finished.exit_status == 1);
  CHECK(finished.errors == no_access(finished, "http://dba@127.0.0.1:" + std::to_string(server.port()),
                                     "401 Unauthorized (set ORCHESTRATOR_AUTH_USER and ORCHESTRATOR_AUTH_PASSWORD, "
                                     "or -b user:password)"));
}

TEST_CASE("a redirect is an error and is not followed", "[client]") {
  HttpServer target([](const std::string&) { return json(clusters); });
  HttpServer server([&](const std::string&) {
    return reply("302 Found", "[]", "Location: " + target.url() + "/api/clusters-info\r\n");
  });
  for (const std::vector<std::string>& arguments :
       std::vector<std::vector<std::string>>{{"-c", "clusters"}, {"-c", "api", "-P", "clusters-info"}}) {
    const auto finished = ask(server.url(), arguments);
    CHECK(finished.exit_status == 1);
    CHECK(finished.output.empty());
    CHECK(finished.errors ==
          no_access(finished, server.url(), "302 Found (redirects are not followed; give the API's own URL)"));
  }
  CHECK(target.requests().empty());
}

TEST_CASE("a request asks for JSON, uncompressed, on its own connection", "[client]") {
  HttpServer server([](const std::string&) { return json("[]"); });
  CHECK(ask(server.url() + "/prefix/").exit_status == 0);
  const std::string request = server.requests().at(0);
  CHECK_THAT(request, Catch::StartsWith("GET /prefix/api/clusters-info HTTP/1.1\r\n"));
  CHECK_THAT(request, Catch::Contains("\r\nHost: 127.0.0.1:" + std::to_string(server.port()) + "\r\n"));
  CHECK_THAT(request, Catch::Contains("\r\nAccept: application/json\r\n"));
  CHECK_THAT(request, Catch::Contains("\r\nConnection: close\r\n"));
  CHECK_THAT(request, !Catch::Contains("Accept-Encoding"));
}

TEST_CASE("an answer in chunks and an answer that ends with the connection are read", "[client]") {
  HttpServer chunked([](const std::string&) {
    return Reply("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n[\r\n1\r\n]\r\n0\r\n\r\n");
  });
  CHECK(ask(chunked.url()).exit_status == 0);
  HttpServer closing([](const std::string&) { return Reply("HTTP/1.0 200 OK\r\n\r\n" + std::string(clusters)); });
  CHECK(ask(closing.url()).output == "db1:3306\n");
}

TEST_CASE("an answer of twenty megabytes is read", "[client]") {
  std::string list;
  for (int number = 0; number < 200000; ++number) {
    list += (number == 0 ? "[" : ",") + std::string(R"({"Key":{"Hostname":"db)") + std::to_string(number) +
            R"(","Port":3306},"Filler":"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"})";
  }
  HttpServer server([&](const std::string&) { return json(list + "]"); });
  const auto finished = ask(server.url(), {"-c", "find", "-pattern", "^db1999(98|99):"});
  CHECK(finished.output == "db199998:3306\ndb199999:3306\n");
}

TEST_CASE("the leader is found among a follower, a dead node and the leader", "[client]") {
  HttpServer follower(node(no, yes));
  const ClosedPort dead;
  HttpServer leader(node(yes, yes));
  const std::string api = follower.url() + " " + dead.url() + "/api " + leader.url();
  const auto which = ask(api, {"-c", "which-api"});
  CHECK(which.exit_status == 0);
  CHECK(which.output == leader.url() + "/api\n");
  CHECK(ask(api).output == "db1:3306\n");
  for (const std::string& request : follower.requests())
    CHECK_THAT(request, Catch::StartsWith("GET /api/leader-check "));
}

TEST_CASE("nodes that hang do not hold up the leader search", "[client]") {
  HttpServer hanging([](const std::string&) { return Reply(); });
  const DeafPort deaf;
  HttpServer leader(node(yes, yes));
  std::string api = hanging.url();
  // Asked one after the other these would take eight seconds.
  for (int number = 0; number < 7; ++number) api += " " + deaf.url();
  const auto finished = ask(api + " " + leader.url());
  CHECK(finished.output == "db1:3306\n");
  CHECK(finished.took < 5s);
}

TEST_CASE("a follower that reaches the leader will do when the leader cannot be reached", "[client]") {
  HttpServer cut_off(node(no, no));
  HttpServer follower(node(no, yes));
  const auto finished = ask(cut_off.url() + " " + follower.url(), {"-c", "which-api"});
  CHECK(finished.output == follower.url() + "/api\n");
}

TEST_CASE("without a leader each endpoint is named with its reason", "[client]") {
  HttpServer follower(node(no, no));
  const ClosedPort dead;
  HttpServer hanging([](const std::string&) { return Reply(); });
  const auto finished = ask(follower.url() + " " + dead.url() + " " + hanging.url());
  CHECK(finished.exit_status == 1);
  CHECK(finished.output.empty());
  const std::string first = follower.url() + "/api";
  const std::string second = dead.url() + "/api";
  const std::string third = hanging.url() + "/api";
  CHECK(finished.errors == complaint(finished, "Cannot determine leader from " + first + " " + second + " " + third +
                                                   " (" + first + ": 404 Not Found; " + second +
                                                   ": Connection refused; " + third + ": no answer in time)"));
  CHECK(finished.took > 4s);  // they might have been choosing one
  CHECK(finished.took < 10s);
}

TEST_CASE("a group that chooses a leader is waited for", "[client]") {
  std::atomic<int> checks = 0;
  HttpServer server([&checks](const std::string& target) {
    if (target.find("leader-check") == std::string::npos) return json("[]");
    return ++checks > 5 ? json(R"("OK")") : reply("404 Not Found", R"("Not leader")");
  });
  HttpServer follower(node(no, no));
  const auto finished = ask(server.url() + " " + follower.url(), {"-c", "clusters"});
  CHECK(finished.exit_status == 0);
  CHECK(finished.took < 4s);
}

TEST_CASE("a server that changed nothing because nobody leads is asked again", "[client]") {
  std::atomic<int> requests = 0;
  HttpServer server([&requests](const std::string&) {
    return ++requests > 3 ? json("[]") : reply("503 Service Unavailable", R"({"Code":"ERROR"})");
  });
  CHECK(ask(server.url(), {"-c", "clusters"}).exit_status == 0);
  CHECK(requests == 4);
}

TEST_CASE("one endpoint is used without a leader check", "[client]") {
  HttpServer server(node(no, no));
  CHECK(ask(server.url()).output == "db1:3306\n");
  CHECK(server.requests().size() == 1);
}
