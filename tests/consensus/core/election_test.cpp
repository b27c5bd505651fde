// Terms, votes, pre-votes, and what a leader may rely on.
#include "catch.hpp"
#include "group.hpp"

namespace consensus::testing {
namespace {

// What is on its way from one to the other, of one kind.
template <class Body>
std::vector<Body> sent(Group& group, const std::string& from, const std::string& to) {
  std::vector<Body> found;
  for (const Message& message : group.messages()) {
    const auto* body = std::get_if<Body>(&message.body);
    if (body != nullptr && message.from.name() == from && message.to.name() == to) found.push_back(*body);
  }
  return found;
}

CoreOptions without_pre_vote() {
  CoreOptions options = Group::default_options();
  options.pre_vote = false;
  return options;
}

TEST_CASE("a pre-vote changes nobody's term") {
  Group group(3);
  group.step("a", input::Campaign{});
  CHECK(group.core("a").role() == Role::pre_candidate);
  CHECK(group.core("a").term() == Term(0));
  group.deliver("a", "b");
  CHECK(group.core("b").term() == Term(0));
  CHECK_FALSE(group.status("b").vote);
}

TEST_CASE("a member with a shorter log wins no pre-vote (MS-12)") {
  Group group(3);
  group.elect("a");
  group.cut("c");
  group.propose("a", "x");
  group.settle();
  group.heal();
  group.step("a", input::ForgetLeader{});
  group.step("b", input::ForgetLeader{});
  group.step("c", input::Campaign{});
  group.settle();
  CHECK(group.core("c").term() == Term(1));
  CHECK(group.leader() == "a");
}

TEST_CASE("who hears a leader does not listen to candidates") {
  Group group(3, without_pre_vote());
  group.elect("a");
  group.step("b", input::Campaign{});
  group.deliver("b", "a");
  group.deliver("b", "c");
  CHECK(group.core("a").role() == Role::leader);
  CHECK(group.core("a").term() == Term(1));
  CHECK(group.core("c").term() == Term(1));
}

TEST_CASE("a former leader may stand again before its followers' leases are over (MS-15)") {
  Group group(3);
  group.elect("a");
  group.cut("a");
  group.drop([](const Message&) { return true; });
  // Hears nothing and steps down; the others have just heard of it when it comes back.
  for (int i = 0; i < 3 && group.core("a").role() == Role::leader; ++i) {
    group.skip(300ms);
    group.step("a", input::Tick{});
  }
  REQUIRE(group.core("a").role() == Role::follower);
  group.heal();
  Message heartbeat{NodeId("a"), NodeId("b"), Term(1), Heartbeat{}};
  group.step("b", input::Received{heartbeat});
  group.drop([](const Message&) { return true; });
  group.step("a", input::Campaign{});
  group.deliver("a", "b");
  const std::vector<VoteReply> replies = sent<VoteReply>(group, "b", "a");
  REQUIRE(replies.size() == 1);
  CHECK(replies[0].granted);
}

TEST_CASE("a lower term and a longer log are told the higher term by a pre-vote's refusal (MS-14)") {
  Group group(2);
  // b has the term 5 and no entries, a has the term 0 and an entry.
  group.step("b", input::Received{{NodeId("x"), NodeId("b"), Term(5), VoteRequest{}}});
  REQUIRE(group.core("b").term() == Term(5));
  Entry entry = make_entry({}, Term(1), EntryKind::command, Payload("x"));
  group.step("a", input::Received{{NodeId("x"), NodeId("a"), Term(1), AppendRequest{{}, {}, {}, {entry}, 0}}});
  group.drop([](const Message&) { return true; });
  group.skip(400ms);
  group.step("a", input::Campaign{});
  group.settle();
  CHECK(group.core("a").term() == Term(5));
  group.skip(400ms);
  group.step("a", input::Campaign{});
  group.settle();
  CHECK(group.core("a").role() == Role::leader);
}

TEST_CASE("a stale leader is told of the higher term") {
  Group group(3);
  group.elect("a");
  group.step("b", input::Received{{NodeId("x"), NodeId("b"), Term(7), VoteReply{}}});
  REQUIRE(group.core("b").term() == Term(7));
  group.step("b", input::Received{{NodeId("a"), NodeId("b"), Term(1), Heartbeat{}}});
  group.deliver("b", "a");
  CHECK(group.core("a").role() == Role::follower);
  CHECK(group.core("a").term() == Term(7));
}

TEST_CASE("a stale candidate is told of the higher term, which it may have to pass to win") {
  Group group(3, without_pre_vote());
  group.step("b", input::Received{{NodeId("x"), NodeId("b"), Term(7), VoteReply{}}});
  group.step("b", input::Received{{NodeId("a"), NodeId("b"), Term(3), VoteRequest{}}});
  const std::vector<VoteReply> replies = sent<VoteReply>(group, "b", "a");
  REQUIRE(replies.size() == 1);
  CHECK_FALSE(replies[0].granted);
  group.deliver("b", "a");
  CHECK(group.core("a").term() == Term(7));
}

TEST_CASE("a leader that hears no quorum for an election timeout steps down") {
  Group group(3);
  group.elect("a");
  group.cut("a");
  group.pass(700ms);
  CHECK(group.core("a").role() != Role::leader);
}

TEST_CASE("a vote leaves only when it is durable, and is given once in a term") {
  Group group(3, without_pre_vote());
  group.node("b").hold_writes = true;
  group.step("a", input::Campaign{});
  group.deliver("a", "b");
  CHECK(sent<VoteReply>(group, "b", "a").empty());
  group.finish_write("b");
  CHECK(sent<VoteReply>(group, "b", "a").size() == 1);
  group.step("b", input::Received{{NodeId("c"), NodeId("b"), Term(1), VoteRequest{}}});
  REQUIRE(sent<VoteReply>(group, "b", "c").size() == 1);
  CHECK_FALSE(sent<VoteReply>(group, "b", "c")[0].granted);
}

TEST_CASE("a restarted member keeps its vote") {
  Group group(3, without_pre_vote());
  group.step("a", input::Campaign{});
  group.deliver("a", "b");
  group.restart("b");
  group.skip(300ms);
  group.step("b", input::Received{{NodeId("c"), NodeId("b"), Term(1), VoteRequest{}}});
  REQUIRE(sent<VoteReply>(group, "b", "c").size() == 1);
  CHECK_FALSE(sent<VoteReply>(group, "b", "c")[0].granted);
}

TEST_CASE("a candidate asks for votes only when its own is durable") {
  Group group(3, without_pre_vote());
  group.node("a").hold_writes = true;
  group.step("a", input::Campaign{});
  CHECK(group.messages().empty());
  group.finish_write("a");
  CHECK(group.messages().size() == 2);
}

TEST_CASE("a member that takes itself for a learner votes (MS-10)") {
  Group group(3, without_pre_vote(), 2);
  group.step("a", input::Campaign{});
  group.step("c", input::Received{{NodeId("a"), NodeId("c"), Term(1), VoteRequest{}}});
  const std::vector<VoteReply> replies = sent<VoteReply>(group, "c", "a");
  REQUIRE(replies.size() == 1);
  CHECK(replies[0].granted);
}

TEST_CASE("votes of strangers and learners do not count (MS-11)") {
  Group group(4, without_pre_vote(), 3);
  group.step("a", input::Campaign{});
  group.drop([](const Message&) { return true; });
  for (const char* from : {"d", "stranger"}) {
    group.step("a", input::Received{{NodeId(from), NodeId("a"), Term(1), VoteReply{CampaignKind::election, true}}});
  }
  CHECK(group.core("a").role() == Role::candidate);
  group.step("a", input::Received{{NodeId("b"), NodeId("a"), Term(1), VoteReply{CampaignKind::election, true}}});
  CHECK(group.core("a").role() == Role::leader);
}

TEST_CASE("half of an even group is no majority (MS-55)") {
  Group group(4, without_pre_vote());
  group.step("a", input::Campaign{});
  group.drop([](const Message&) { return true; });
  group.step("a", input::Received{{NodeId("b"), NodeId("a"), Term(1), VoteReply{CampaignKind::election, true}}});
  CHECK(group.core("a").role() == Role::candidate);
  group.step("a", input::Received{{NodeId("c"), NodeId("a"), Term(1), VoteReply{CampaignKind::election, true}}});
  CHECK(group.core("a").role() == Role::leader);
}

TEST_CASE("a leader whose connections break is replaced within tens of milliseconds") {
  Group group(3);
  group.elect("a");
  group.crash("a");
  const TimePoint begin = group.now();
  for (const char* name : {"b", "c"}) group.step(name, input::PeerLost{NodeId("a")});
  while (group.leader().empty() && group.now() < begin + 300ms) group.pass(1ms);
  CHECK_FALSE(group.leader().empty());
  CHECK(group.now() - begin <= 60ms);
}

TEST_CASE("a broken connection alone does not depose a leader") {
  Group group(3);
  group.elect("a");
  group.step("b", input::PeerLost{NodeId("a")});
  group.pass(1s);
  CHECK(group.leader() == "a");
  CHECK(group.core("a").term() == Term(1));
  CHECK(group.status("b").leader == NodeId("a"));
}

TEST_CASE("a group is quiet in a bridge partition: the leader in the middle stays (MS-13)") {
  Group group(3);
  group.elect("b");
  // a and c see b only; c's messages to a and back are lost.
  for (int i = 0; i < 40; ++i) {
    group.drop([](const Message& m) {
      return (m.from.name() == "a" && m.to.name() == "c") || (m.from.name() == "c" && m.to.name() == "a");
    });
    group.pass(50ms);
  }
  CHECK(group.core("b").role() == Role::leader);
  CHECK(group.core("b").term() == Term(1));
}

TEST_CASE("the only voter goes on leading while its disk hangs, and does not ask to be woken all the time") {
  Group group(2, Group::default_options(), 1);
  group.elect("a");
  group.node("a").hold_writes = true;
  group.propose("a", "x");
  for (int i = 0; i < 10; ++i) {
    group.skip(100ms);
    group.step("a", input::Tick{});
    CHECK(group.node("a").deadline > group.now());
  }
  CHECK(group.core("a").role() == Role::leader);
}

TEST_CASE("a leader whose disk hangs stops standing in the way (MS-48)") {
  Group group(3);
  group.elect("a");
  group.node("a").hold_writes = true;
  group.propose("a", "x");
  group.pass(2s);
  CHECK(group.core("a").role() == Role::follower);
  CHECK_FALSE(group.leader().empty());
  CHECK(group.leader() != "a");
}

}  // namespace
}  // namespace consensus::testing
