// Election, replication and commit.
#include "catch.hpp"
#include "group.hpp"

namespace consensus::testing {
namespace {

TEST_CASE("a campaign makes a leader that everybody knows") {
  Group group(3);
  group.elect("a");
  for (const char* name : {"a", "b", "c"}) {
    CHECK(group.status(name).leader == NodeId("a"));
    CHECK(group.status(name).term == Term(1));
    CHECK(group.status(name).commit == Index(1));
  }
}

TEST_CASE("a proposal is committed and applied everywhere") {
  Group group(3);
  group.elect("a");
  const RequestId request = group.propose("a", "x");
  CHECK_FALSE(group.outcome("a", request));
  group.settle();
  REQUIRE(group.outcome("a", request));
  CHECK(group.outcome("a", request)->value() == Index(2));
  for (const char* name : {"a", "b", "c"}) CHECK(group.node(name).state == std::vector<std::string>{"2:x"});
}

TEST_CASE("a follower refuses proposals and names the leader") {
  Group group(3);
  group.elect("a");
  const RequestId request = group.propose("b", "x");
  REQUIRE(group.outcome("b", request));
  CHECK(is_not_leader(group.outcome("b", request)->error()));
  CHECK(group.outcome("b", request)->error().context == "a");
}

TEST_CASE("without anybody's help a group elects a leader, and another when it is gone") {
  Group group(3);
  group.pass(2s);
  const std::string first = group.leader();
  REQUIRE_FALSE(first.empty());
  group.crash(first);
  group.pass(2s);
  const std::string second = group.leader();
  REQUIRE_FALSE(second.empty());
  CHECK(second != first);
  group.restart(first);
  group.pass(1s);
  CHECK(group.status(first).leader == NodeId(second));
}

TEST_CASE("a group of one leads itself once its vote is durable") {
  Group group(1);
  group.node("a").hold_writes = true;
  group.step("a", input::Campaign{});
  CHECK(group.core("a").role() == Role::candidate);
  group.finish_write("a");
  CHECK(group.core("a").role() == Role::leader);
  CHECK(group.status("a").commit == Index(0));
  group.finish_write("a");
  CHECK(group.status("a").commit == Index(1));
}

}  // namespace
}  // namespace consensus::testing
