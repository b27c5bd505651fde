// Handing leadership over, also when something goes wrong on the way.
#include <chrono>

#include "catch.hpp"
#include "group.hpp"

namespace scenario {
namespace {

using namespace consensus;
using std::chrono::milliseconds;
using std::chrono::seconds;

bool is_timeout_now(const Message& message) {
  return carries<TimeoutNow>(message);
}

TEST_CASE("MS-16: a successor is not stopped by a late heartbeat, nor by those that hear their leader") {
  Group group({"a", "b", "c"});
  REQUIRE(group.elect("a"));
  const Term term = group.status("a").term;
  const RequestId request = group.transfer("a", "c");
  REQUIRE(group.deliver_one(is_timeout_now));
  REQUIRE(group.status("c").role == Role::candidate);
  group.input("c", input::Received{Message{NodeId("a"), NodeId("c"), term, Heartbeat{}}});
  CHECK(group.status("c").role == Role::candidate);
  group.run();
  CHECK(group.leader() == "c");
  CHECK(group.result_text(request) == "done");
}

TEST_CASE("MS-17: a leader that lost its leadership while handing it over takes proposals when it leads again") {
  Group group({"a", "b", "c"});
  REQUIRE(group.elect("a"));
  group.cut("a", "c");
  group.propose("a", "x");
  group.run();
  const RequestId interrupted = group.transfer("a", "c");
  CHECK(group.result_text(group.propose("a", "refused")) == "another change is in progress");
  group.isolate("a");
  group.advance(seconds(3));
  CHECK(group.status("a").role != Role::leader);
  CHECK(group.result_text(interrupted) != "open");
  group.heal();
  group.advance(seconds(1));
  REQUIRE(group.leader().has_value());
  group.transfer(*group.leader(), "a");
  group.run();
  REQUIRE(group.leader() == "a");
  const RequestId next = group.propose("a", "y");
  group.run();
  CHECK(group.result_text(next) == "done");
}

TEST_CASE("MS-18: a lost order to campaign ends the transfer, and the leader goes on") {
  Group group({"a", "b", "c"});
  REQUIRE(group.elect("a"));
  const RequestId request = group.transfer("a", "c");
  group.lose(is_timeout_now);
  group.advance(milliseconds(400));
  CHECK(group.result_text(group.propose("a", "refused")) == "another change is in progress");
  group.advance(milliseconds(200));
  CHECK(group.result_text(request) == "timed out");
  const RequestId next = group.propose("a", "x");
  group.run();
  CHECK(group.result_text(next) == "done");
  CHECK(group.leader() == "a");
}

TEST_CASE("MS-18: a successor that dies does not take the group with it") {
  Group group({"a", "b", "c"});
  REQUIRE(group.elect("a"));
  group.transfer("a", "c");
  group.deliver_one(is_timeout_now);
  group.crash("c");
  group.advance(seconds(3));
  REQUIRE(group.leader().has_value());
  const RequestId next = group.propose(*group.leader(), "x");
  group.run();
  CHECK(group.result_text(next) == "done");
}

TEST_CASE("MS-18: a successor that is behind is brought up first") {
  Group group({"a", "b", "c"});
  REQUIRE(group.elect("a"));
  group.cut("a", "c");
  group.propose("a", "x");
  group.run();
  group.heal();
  const RequestId request = group.transfer("a", "c");
  CHECK_FALSE(group.deliver_one(is_timeout_now));
  group.advance(milliseconds(300));
  CHECK(group.leader() == "c");
  CHECK(group.result_text(request) == "done");
  CHECK(group.applied("c") == std::vector<std::string>{"x"});
}

TEST_CASE("MS-18: an order to campaign of an earlier term is ignored") {
  Group group({"a", "b", "c"});
  REQUIRE(group.elect("a"));
  const Term old = group.status("a").term;
  group.transfer("a", "b");
  group.run();
  REQUIRE(group.leader() == "b");
  group.input("c", input::Received{Message{NodeId("a"), NodeId("c"), old, TimeoutNow{}}});
  group.run();
  CHECK(group.leader() == "b");
  CHECK(group.status("c").role == Role::follower);
}

TEST_CASE("MS-11: an order to campaign does not make a removed member campaign") {
  Group group({"a", "b", "c"});
  REQUIRE(group.elect("a"));
  group.add_blank("x");
  const Term term = group.status("a").term;
  group.input("x", input::Received{Message{NodeId("a"), NodeId("x"), term, TimeoutNow{}}});
  CHECK(group.status("x").role == Role::follower);
  CHECK(group.status("x").term == term);
}

}  // namespace
}  // namespace scenario
