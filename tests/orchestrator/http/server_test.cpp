// The server over real sockets: order, keep-alive, HEAD, addresses.
#include "http/server.hpp"

#include <sys/un.h>

#include <filesystem>

#include "catch.hpp"
#include "running_server.hpp"

using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;
using orchestrator::http::Server;
using orchestrator::http::ServerOptions;

namespace {

constexpr const char* get_a = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";

// The error of a start that must fail.
std::string start_error(const ServerOptions& options) {
  boost::asio::io_context loop;
  const auto started = Server::start(loop.get_executor(), options, echo);
  return started ? "it started" : started.error().message();
}

ServerOptions listening_on(std::string address) {
  ServerOptions options;
  options.address = std::move(address);
  return options;
}

}  // namespace

TEST_CASE("a connection is kept for further requests") {
  RunningServer server({}, echo);
  RawClient client(server.port());
  for (int round = 0; round < 3; ++round) {
    client.send("GET /a?x=1 HTTP/1.1\r\nHost: x\r\n\r\n");
    const auto response = client.response();
    CHECK(status_of(response) == "HTTP/1.1 200 OK");
    CHECK(body_of(response) == "/a x=1");
    CHECK_THAT(response, Contains("\r\nServer: orchestrator\r\n") && Contains("\r\nDate: "));
  }
}

TEST_CASE("pipelined requests are answered in their order") {
  RunningServer server({}, echo);
  RawClient client(server.port());
  std::string all;
  for (int at = 0; at < 50; ++at) {
    all += "GET /" + std::to_string(at) + " HTTP/1.1\r\nHost: x\r\n\r\n";
  }
  client.send(all);
  for (int at = 0; at < 50; ++at) {
    REQUIRE(body_of(client.response()) == "/" + std::to_string(at));
  }
}

TEST_CASE("bytes that arrive one by one make the same request") {
  RunningServer server({}, echo);
  RawClient client(server.port());
  for (const char letter : std::string_view(get_a)) {
    client.send(std::string_view(&letter, 1));
  }
  CHECK(body_of(client.response()) == "/a");
}

TEST_CASE("HEAD gets the head of the GET answer and no body") {
  RunningServer server({}, echo);
  RawClient client(server.port());
  client.send("HEAD /abc HTTP/1.1\r\nHost: x\r\n\r\n");
  CHECK_THAT(client.response_to_head(), Contains("Content-Length: 4\r\n"));
  client.send(get_a);
  CHECK_THAT(client.response(), StartsWith("HTTP/1.1 200 OK"));
}

TEST_CASE("the connection ends when the client says so, or speaks HTTP/1.0") {
  RunningServer server({}, echo);
  for (const auto* request : {"GET /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "GET /a HTTP/1.0\r\n\r\n"}) {
    RawClient client(server.port());
    client.send(request);
    const auto all = client.rest();
    CHECK_THAT(all, Contains("\r\nConnection: close\r\n") && Catch::Matchers::EndsWith("\r\n\r\n/a"));
  }
  RawClient client(server.port());
  client.send("GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  CHECK_THAT(client.response(), Contains("\r\nConnection: keep-alive\r\n"));
  client.send(get_a);
  CHECK(body_of(client.response()) == "/a");
}

TEST_CASE("a client that closes its sending side still gets its answer") {
  RunningServer server({}, echo);
  RawClient client(server.port());
  client.send(get_a);
  client.finish_sending();
  CHECK(body_of(client.rest()) == "/a");
}

TEST_CASE("a body is read, plain and chunked, and the next request is found after it") {
  RunningServer server({}, echo);
  RawClient client(server.port());
  client.send("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello");
  CHECK(body_of(client.response()) == "/a body:5");
  client.send("POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n");
  CHECK(body_of(client.response()) == "/a body:5");
  client.send(get_a);
  CHECK(body_of(client.response()) == "/a");
}

TEST_CASE("a client that waits for leave to send its body gets it") {
  RunningServer server({}, echo);
  RawClient client(server.port());
  client.send("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
  CHECK(client.response() == "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("hello");
  CHECK(body_of(client.response()) == "/a body:5");
}

TEST_CASE("an answer of many megabytes arrives whole") {
  const auto big = [](orchestrator::http::Request) -> boost::asio::awaitable<orchestrator::http::Response> {
    orchestrator::http::Response response;
    response.body.assign(20'000'000, 'x');
    co_return response;
  };
  RunningServer server({}, big);
  RawClient client(server.port());
  client.send(get_a);
  CHECK(body_of(client.response()).size() == 20'000'000);
  client.send(get_a);
  CHECK(body_of(client.response()).size() == 20'000'000);
}

TEST_CASE("a handler that throws costs its own request") {
  const auto failing = [](orchestrator::http::Request) -> boost::asio::awaitable<orchestrator::http::Response> {
    throw std::runtime_error("broken");
    co_return orchestrator::http::Response{};
  };
  RunningServer server({}, failing);
  RawClient client(server.port());
  client.send(get_a);
  CHECK(status_of(client.response()) == "HTTP/1.1 500 Internal Server Error");
}

TEST_CASE("a port that is taken is named with the cause") {
  RunningServer server({}, echo);
  const auto address = "127.0.0.1:" + std::to_string(server.port());
  CHECK(start_error(listening_on(address)) == "cannot listen on " + address + ": Address already in use");
}

TEST_CASE("addresses that cannot be listened on are refused with their reason") {
  CHECK_THAT(start_error(listening_on("3000")), Contains("'3000' is not of the form host:port"));
  CHECK_THAT(start_error(listening_on("127.0.0.1:x")), Contains("is not of the form host:port"));
  CHECK_THAT(start_error(listening_on("127.0.0.1:70000")), Contains("is not of the form host:port"));
  CHECK_THAT(start_error(listening_on("::1:3000")), Contains("is not of the form host:port"));
  CHECK_THAT(start_error(listening_on("192.0.2.1:0")), Contains("cannot listen on 192.0.2.1:0: "));
  CHECK_THAT(start_error(listening_on("no-such-host.invalid:0")),
             Contains("cannot listen on no-such-host.invalid:0: "));
}

TEST_CASE("an address without a host listens everywhere") {
  RunningServer server(listening_on(":0"), echo);
  CHECK(server.description() == "http://:" + std::to_string(server.port()));
  RawClient client(server.port());
  client.send(get_a);
  CHECK(body_of(client.response()) == "/a");
}

TEST_CASE("an IPv6 address in brackets is listened on") {
  boost::asio::io_context loop;
  auto started = Server::start(loop.get_executor(), listening_on("[::1]:0"), echo);
  if (!started) {
    WARN("no IPv6 here: " + started.error().message());
    return;
  }
  CHECK((*started)->description() == "http://[::1]:" + std::to_string((*started)->port()));
}

TEST_CASE("a unix socket serves, replaces a dead one, respects a living one and is removed") {
  const auto path = (std::filesystem::temp_directory_path() / ("http-test-" + std::to_string(::getpid()))).string();
  ServerOptions options;
  options.unix_socket = path;
  {
    const int dead = ::socket(AF_UNIX, SOCK_STREAM, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    REQUIRE(::bind(dead, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    ::close(dead);
  }
  {
    RunningServer server(options, echo);
    CHECK(server.description() == "unix:" + path);
    CHECK(start_error(options) == "cannot listen on " + path + ": Address already in use");
    const int client = ::socket(AF_UNIX, SOCK_STREAM, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    REQUIRE(::connect(client, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    const std::string_view request = "GET /a HTTP/1.0\r\n\r\n";
    REQUIRE(::send(client, request.data(), request.size(), 0) > 0);
    std::string all;
    char piece[1024];
    for (ssize_t size = 0; (size = ::recv(client, piece, sizeof piece, 0)) > 0;) {
      all.append(piece, static_cast<std::size_t>(size));
    }
    ::close(client);
    CHECK(body_of(all) == "/a");
  }
  CHECK_FALSE(std::filesystem::exists(path));
}
