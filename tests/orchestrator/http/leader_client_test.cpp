// Asking the leader, over connections that break in every way.
#include "http/leader_client.hpp"

#include <atomic>

#include "asking_node.hpp"
#include "catch.hpp"
#include "raw_leader.hpp"
#include "running_server.hpp"

using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;
using namespace orchestrator::http;
using namespace std::chrono_literals;

namespace {

std::string uri_of(const RunningServer& server) {
  return "http://127.0.0.1:" + std::to_string(server.port());
}

LeaderClientOptions quick() {
  LeaderClientOptions options;
  options.recheck_interval = 20ms;
  return options;
}

}  // namespace

TEST_CASE("questions one after the other share a connection, and questions at once do not wait for each other") {
  RunningServer leader({}, echo);
  AskingNode node;
  for (int i = 0; i < 3; ++i) {
    CHECK(text_of(node.ask(uri_of(leader), question_that(Effect::reads, "/a?b=c"))) == "200 /a b=c");
  }
  CHECK(leader.connections() == 1);

  RawLeader raw;
  auto first = node.ask(raw.uri(), question_that(Effect::reads));
  auto first_peer = raw.accept();
  auto second = node.ask(raw.uri(), question_that(Effect::reads));
  auto second_peer = raw.accept();
  second_peer.request();
  second_peer.answer("second");
  CHECK(text_of(std::move(second)) == "200 second");
  first_peer.request();
  first_peer.answer("first");
  CHECK(text_of(std::move(first)) == "200 first");
}

TEST_CASE("a kept connection that the leader has closed is replaced, also for a question that writes") {
  RawLeader leader;
  AskingNode node;
  auto first = node.ask(leader.uri(), question_that(Effect::writes));
  {
    auto peer = leader.accept();
    peer.request();
    peer.answer("first");
    CHECK(text_of(std::move(first)) == "200 first");
  }
  auto second = node.ask(leader.uri(), question_that(Effect::writes));
  auto peer = leader.accept();
  peer.request();
  peer.answer("second");
  CHECK(text_of(std::move(second)) == "200 second");
}

TEST_CASE("a connection that the leader wants closed, or that has become too old, is not used again") {
  RawLeader leader;
  auto options = quick();
  options.idle_time = 0s;
  const bool too_old = GENERATE(false, true);
  AskingNode node(too_old ? options : quick());
  auto first = node.ask(leader.uri(), question_that(Effect::writes));
  auto peer = leader.accept();
  peer.request();
  if (too_old) {
    peer.answer("x");
  } else {
    peer.send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1\r\n\r\nx");
  }
  CHECK(text_of(std::move(first)) == "200 x");
  auto second = node.ask(leader.uri(), question_that(Effect::writes));
  auto next = leader.accept();
  next.request();
  next.answer("y");
  CHECK(text_of(std::move(second)) == "200 y");
}

TEST_CASE("a question that writes is never repeated when the leader may have got it") {
  RawLeader leader;
  AskingNode node;
  auto answer = node.ask(leader.uri(), question_that(Effect::writes));
  {
    auto peer = leader.accept();
    peer.request();
    if (GENERATE(false, true)) {
      peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
    }
  }
  CHECK(text_of(std::move(answer)) == "unknown: the connection ended before the answer");
  CHECK_FALSE(leader.has_another_client());
}

TEST_CASE("a question that reads is asked once more when its answer does not come, and no third time") {
  RawLeader leader;
  AskingNode node;
  auto answer = node.ask(leader.uri(), question_that(Effect::reads));
  leader.accept().request();
  {
    auto peer = leader.accept();
    peer.request();
    if (GENERATE(true, false)) {
      peer.answer("here");
      CHECK(text_of(std::move(answer)) == "200 here");
      return;
    }
  }
  CHECK(text_of(std::move(answer)) == "not done: the connection ended before the answer");
  CHECK_FALSE(leader.has_another_client());
}

TEST_CASE("a question that could not be sent as a whole is sent once more even if it writes") {
  RawLeader leader;
  AskingNode node;
  auto question = question_that(Effect::writes);
  question.method = Method::post;
  question.body = std::string(64'000'000, 'x');  // more than sockets buffer
  auto answer = node.ask(leader.uri(), std::move(question));
  leader.accept().close();
  auto peer = leader.accept();
  const auto request = peer.request();
  CHECK_THAT(request.substr(0, 200), StartsWith("POST /api/x HTTP/1.1\r\nHost: 127.0.0.1:"));
  CHECK(request.size() > 64'000'000);
  peer.answer("got it");
  CHECK(text_of(std::move(answer)) == "200 got it");
}

TEST_CASE("a leader that is not there is said to be so, and nothing is done") {
  auto port = RawLeader().port();  // free again
  AskingNode node;
  CHECK(text_of(node.ask("http://127.0.0.1:" + std::to_string(port), question_that(Effect::writes))) ==
        "not done: Connection refused");
  CHECK_THAT(text_of(node.ask("http://leader.invalid:3000", question_that(Effect::writes))),
             StartsWith("not done: its name "));
}

TEST_CASE("a host by name is found") {
  RunningServer leader({}, echo);
  AskingNode node;
  CHECK(text_of(node.ask("http://localhost:" + std::to_string(leader.port()), question_that(Effect::reads))) ==
        "200 /api/x");
}

TEST_CASE("a leader that accepts no connection is given up in time") {
  // Connections are refused to be made by a listener whose backlog is full: the kernel ignores them.
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  socklen_t size = sizeof address;
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  REQUIRE(::bind(listener, reinterpret_cast<sockaddr*>(&address), size) == 0);
  REQUIRE(::listen(listener, 0) == 0);
  REQUIRE(::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size) == 0);
  const auto port = ntohs(address.sin_port);
  const RawClient filler(port);
  auto options = quick();
  options.connect_time = 200ms;
  AskingNode node(options);
  CHECK(text_of(node.ask("http://127.0.0.1:" + std::to_string(port), question_that(Effect::writes))) ==
        "not done: not connected in time");
  ::close(listener);
}

TEST_CASE("the wait ends when the leader's host has vanished") {
  RawLeader leader;
  auto options = quick();
  options.vanished_after = 2s;
  AskingNode node(options);
  auto answer = node.ask(leader.uri(), question_that(Effect::writes));
  auto peer = leader.accept();
  peer.request();
  peer.vanish();
  CHECK(text_of(std::move(answer)) == "unknown: its host does not answer any more");
}

TEST_CASE("the wait ends when the answer is not wanted any more, without another attempt") {
  RawLeader leader;
  AskingNode node(quick());
  const auto wanted = std::make_shared<std::atomic<bool>>(true);
  auto question = question_that(GENERATE(Effect::reads, Effect::writes));
  const bool reads = question.effect == Effect::reads;
  question.still_wanted = [wanted] { return wanted->load(); };
  auto answer = node.ask(leader.uri(), std::move(question));
  auto peer = leader.accept();
  peer.request();
  *wanted = false;
  CHECK(text_of(std::move(answer)) ==
        std::string(reads ? "not done" : "unknown") + ": its answer is not waited for any longer");
  CHECK(peer.is_closed_by_peer());
  CHECK_FALSE(leader.has_another_client());
}

TEST_CASE("a question that is cancelled ends at once and closes its connection") {
  RawLeader leader;
  AskingNode node;
  auto answer = node.ask(leader.uri(), question_that(Effect::reads));
  auto peer = leader.accept();
  peer.request();
  node.cancel();
  REQUIRE(answer.wait_for(10s) == std::future_status::ready);
  CHECK_THROWS_AS(answer.get(), boost::system::system_error);
  CHECK(peer.is_closed_by_peer());
  CHECK_FALSE(leader.has_another_client());
}

TEST_CASE("what is not HTTP is no answer, and is not asked for again") {
  RawLeader leader;
  AskingNode node;
  auto answer = node.ask(leader.uri(), question_that(Effect::reads));
  auto peer = leader.accept();
  peer.request();
  peer.send("SSH-2.0-OpenSSH_9.2\r\n\r\n");
  CHECK_THAT(text_of(std::move(answer)), StartsWith("not done: "));
  CHECK_FALSE(leader.has_another_client());
}

TEST_CASE("an answer beyond the limit is refused") {
  RawLeader leader;
  auto options = quick();
  options.answer_bytes = 1000;
  AskingNode node(options);
  auto answer = node.ask(leader.uri(), question_that(Effect::reads));
  auto peer = leader.accept();
  peer.request();
  peer.answer(std::string(1001, 'x'));
  CHECK(text_of(std::move(answer)) == "not done: its answer is too long");
}
