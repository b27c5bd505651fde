// What the server does with clients that are slow, greedy or broken.
#include <algorithm>
#include <deque>

#include "catch.hpp"
#include "http/server.hpp"
#include "running_server.hpp"

using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;
using orchestrator::http::Limits;
using orchestrator::http::ServerOptions;
using std::chrono::milliseconds;

namespace {

constexpr const char* get_a = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";

ServerOptions with(const Limits& limits) {
  ServerOptions options;
  options.limits = limits;
  return options;
}

// The status line that answers the bytes.
std::string status_for(RunningServer& server, std::string_view bytes) {
  RawClient client(server.port());
  client.send(bytes);
  return status_of(client.response());
}

}  // namespace

TEST_CASE("malformed requests are answered with 400 and the connection ends") {
  RunningServer server({}, echo);
  for (const auto* text :
       {"nonsense\r\n\r\n", "GET\r\n\r\n", "GET /a HTTP/9.9\r\n\r\n", "GET /a HTTP/1.1\r\n\r\n",
        "GET /a HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", "GET /a HTTP/1.1\r\nHost x\r\n\r\n",
        "GET /a%zz HTTP/1.1\r\nHost: x\r\n\r\n", "GET a HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /a HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n", "\x16\x03\x01\x02\x01\x01\x01\xfc\x03\r\n\r\n",
        "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"}) {
    CAPTURE(text);
    RawClient client(server.port());
    client.send(text);
    client.finish_sending();
    const auto all = client.rest();
    CHECK_THAT(all, StartsWith("HTTP/1.1 400 Bad Request\r\n") && Contains("\r\nConnection: close\r\n"));
  }
}

TEST_CASE("a request that is too large in some part is answered with the status for that part") {
  RunningServer server({}, echo);
  const std::string huge(10'000'000, 'x');
  const auto long_target = "GET /" + huge.substr(0, 9000) + " HTTP/1.1\r\nHost: x\r\n\r\n";
  CHECK(status_for(server, long_target) == "HTTP/1.1 414 URI Too Long");
  CHECK(status_for(server, "GET /" + huge) == "HTTP/1.1 414 URI Too Long");
  const auto long_header = "GET /a HTTP/1.1\r\nHost: x\r\nX-Big: " + huge.substr(0, 20'000) + "\r\n\r\n";
  CHECK(status_for(server, long_header) == "HTTP/1.1 431 Request Header Fields Too Large");
  const auto long_body = "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 10000000\r\n\r\n" + huge;
  CHECK(status_for(server, long_body) == "HTTP/1.1 413 Payload Too Large");
  const auto chunked = "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n989680\r\n" + huge;
  CHECK(status_for(server, chunked) == "HTTP/1.1 413 Payload Too Large");
  CHECK(status_for(server, get_a) == "HTTP/1.1 200 OK");
}

TEST_CASE("what is just within the limits is served") {
  RunningServer server({}, echo);
  const auto target = "/" + std::string(8191, 'x');
  CHECK(status_for(server, "GET " + target + " HTTP/1.1\r\nHost: x\r\n\r\n") == "HTTP/1.1 200 OK");
  const auto body = "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 1048576\r\n\r\n" + std::string(1048576, 'x');
  CHECK(status_for(server, body) == "HTTP/1.1 200 OK");
}

TEST_CASE("a client that never finishes its header is dropped, while others are served") {
  Limits limits;
  limits.header_time = milliseconds(300);
  RunningServer server(with(limits), echo);
  RawClient slow(server.port());
  slow.send("GET /a HT");
  CHECK(status_for(server, get_a) == "HTTP/1.1 200 OK");
  CHECK(slow.rest().empty());
}

TEST_CASE("sending a little now and then does not extend the header's time") {
  Limits limits;
  limits.header_time = milliseconds(300);
  limits.header_bytes = 1'000'000'000;
  RunningServer server(with(limits), echo);
  RawClient slow(server.port());
  const auto start = std::chrono::steady_clock::now();
  slow.send("GET /a HTTP/1.1\r\nHost: x\r\n");
  while (slow.send("X: y\r\n") && std::chrono::steady_clock::now() - start < std::chrono::seconds(5)) {
    std::this_thread::yield();
  }
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(5));
}

TEST_CASE("a body that does not come is not waited for") {
  Limits limits;
  limits.body_time = milliseconds(200);
  RunningServer server(with(limits), echo);
  RawClient client(server.port());
  client.send("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc");
  CHECK(client.rest().empty());
}

TEST_CASE("an idle connection is closed without a word") {
  Limits limits;
  limits.idle_time = milliseconds(200);
  RunningServer server(with(limits), echo);
  RawClient client(server.port());
  client.send(get_a);
  CHECK(body_of(client.response()) == "/a");
  CHECK(client.rest().empty());
}

TEST_CASE("a client that stops reading is dropped, while others are served") {
  Limits limits;
  limits.stall_time = milliseconds(300);
  const auto big = [](orchestrator::http::Request) -> boost::asio::awaitable<orchestrator::http::Response> {
    orchestrator::http::Response response;
    response.body.assign(50'000'000, 'x');
    co_return response;
  };
  RunningServer server(with(limits), big);
  RawClient stuck(server.port());
  stuck.send(get_a);
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (server.connections() != 1 && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::yield();
  }
  RawClient other(server.port());
  other.send(get_a);
  CHECK(body_of(other.response()).size() == 50'000'000);
  other.close();
  while (server.connections() != 0 && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::yield();
  }
  CHECK(server.connections() == 0);
}

TEST_CASE("beyond the largest number of connections a client is told so at once") {
  Limits limits;
  limits.connections = 3;
  RunningServer server(with(limits), echo);
  std::deque<RawClient> held;
  for (int at = 0; at < 3; ++at) {
    held.emplace_back(server.port());
    held.back().send(get_a);
    REQUIRE(body_of(held.back().response()) == "/a");
  }
  {
    RawClient surplus(server.port());
    CHECK(status_of(surplus.response()) == "HTTP/1.1 503 Service Unavailable");
  }
  held.pop_front();
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (server.connections() == 3 && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::yield();
  }
  CHECK(status_for(server, get_a) == "HTTP/1.1 200 OK");
}

TEST_CASE("a hundred clients that connect and leave do not disturb the next one") {
  RunningServer server({}, echo);
  for (int at = 0; at < 100; ++at) {
    RawClient client(server.port());
    if (at % 2 == 0) {
      client.send("GET /a HTTP/1.1\r\nHo");
    }
  }
  CHECK(status_for(server, get_a) == "HTTP/1.1 200 OK");
}
