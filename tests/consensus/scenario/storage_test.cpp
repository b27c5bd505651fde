// What may be said and done before a write is durable, and what a disk that is full or broken leads to.
#include <algorithm>
#include <chrono>

#include "catch.hpp"
#include "group.hpp"

namespace scenario {
namespace {

using namespace consensus;
using std::chrono::milliseconds;
using std::chrono::seconds;

CoreOptions eager_options() {
  CoreOptions options = calm_options();
  options.pre_vote = false;
  options.check_quorum = false;
  return options;
}

// The largest acknowledgement that a node has sent in a term.
Index acknowledged(const Group& group, const std::string& name, Term term) {
  Index largest;
  for (const Message& message : group.sent()) {
    const auto* reply = std::get_if<AppendReply>(&message.body);
    if (reply == nullptr || message.from.name() != name || message.term != term || !reply->accepted) continue;
    largest = std::max(largest, reply->match);
  }
  return largest;
}

// b is writing entry 2 of term 1 while the leader of term 2 replaces it by another.
Group with_replaced_write() {
  Group group({"a", "b", "c"}, eager_options());
  REQUIRE(group.elect("a"));
  group.hold_writes("b");
  group.cut("a", "c");
  group.propose("a", "first");
  group.run();
  REQUIRE(group.node("b").write.has_value());
  group.isolate("a");
  group.input("c", input::Campaign{});
  const Term term = group.status("c").term;
  group.input("c", input::Received{Message{NodeId("a"), NodeId("c"), term, VoteReply{CampaignKind::election, true}}});
  REQUIRE(group.status("c").role == Role::leader);
  group.advance(milliseconds(300));
  return group;
}

TEST_CASE("MS-27: a write of an entry that was replaced meanwhile acknowledges nothing of the new one") {
  Group group = with_replaced_write();
  const Term term = group.status("c").term;
  group.release_write("b");  // entry 2 of term 1
  group.run();
  CHECK(acknowledged(group, "b", term) < Index(2));
  CHECK(group.status("c").commit < Index(2));
  group.let_writes("b");
  group.advance(milliseconds(500));
  CHECK(acknowledged(group, "b", term) >= Index(2));
  CHECK(group.status("b").last == group.status("c").last);
  CHECK(group.node("b").disk.entries().back() == group.node("c").disk.entries().back());
}

TEST_CASE("MS-33: what is durable goes back when entries are replaced") {
  Group group({"a", "b", "c"}, eager_options());
  REQUIRE(group.elect("a"));
  group.cut("a", "c");
  group.cut("b", "a");
  group.propose("a", "one");
  group.propose("a", "two");
  group.run();
  REQUIRE(group.status("b").durable == Index(3));
  group.hold_writes("b");
  const Entry first = group.node("b").disk.entries().front();
  AppendRequest request;
  request.previous_index = first.index;
  request.previous_term = first.term;
  request.entries = {make_entry(first.position(), Term(2), EntryKind::barrier, Payload())};
  group.input("b", input::Received{Message{NodeId("c"), NodeId("b"), Term(2), request}});
  CHECK(group.status("b").durable == Index(1));
  CHECK(acknowledged(group, "b", Term(2)) == Index(0));
  group.let_writes("b");
  CHECK(group.status("b").durable == Index(2));
  CHECK(acknowledged(group, "b", Term(2)) == Index(2));
}

TEST_CASE("MS-28: however slowly entries are applied, none is left out and the commit index never goes back") {
  CoreOptions options = calm_options();
  options.max_request_entries = 3;
  Group group({"a", "b", "c"}, options);
  REQUIRE(group.elect("a"));
  group.hold_applies("a");
  group.hold_applies("b");
  std::vector<std::string> commands;
  for (int i = 0; i < 40; ++i) {
    commands.push_back("command " + std::to_string(i));
    group.propose("a", commands.back());
  }
  group.advance(milliseconds(300));
  CHECK(group.applied("a").empty());
  CHECK(group.status("a").commit == Index(41));
  group.let_applies("a");
  group.let_applies("b");
  CHECK(group.applied("a") == commands);
  CHECK(group.applied("b") == commands);
}

TEST_CASE("MS-29: a group of one commits only what is on its disk") {
  Group group({"a"});
  group.hold_writes("a");
  group.input("a", input::Campaign{});
  CHECK(group.status("a").role != Role::leader);
  group.release_write("a");
  REQUIRE(group.status("a").role == Role::leader);
  CHECK(group.status("a").commit == Index(0));
  group.release_write("a");
  CHECK(group.status("a").commit == Index(1));
  const RequestId request = group.propose("a", "x");
  CHECK(group.result_text(request) == "open");
  group.release_write("a");
  CHECK(group.result_text(request) == "done");
}

TEST_CASE("MS-29: a leader's own copy counts only when it is on its disk") {
  Group group({"a", "b", "c"});
  REQUIRE(group.elect("a"));
  group.hold_writes("a");
  group.isolate("c");
  const RequestId request = group.propose("a", "x");
  group.run();
  CHECK(acknowledged(group, "b", group.status("a").term) == Index(2));
  CHECK(group.result_text(request) == "open");
  group.release_write("a");
  CHECK(group.result_text(request) == "done");
}

TEST_CASE("MS-29: of what is proposed while a write is under way, nothing counts before the next write") {
  Group group({"a"});
  REQUIRE(group.elect("a"));
  group.hold_writes("a");
  const RequestId first = group.propose("a", "x");
  const RequestId second = group.propose("a", "y");
  group.release_write("a");
  CHECK(group.result_text(first) == "done");
  CHECK(group.result_text(second) == "open");
  group.release_write("a");
  CHECK(group.result_text(second) == "done");
}

TEST_CASE("MS-30: nothing is applied that is not on the own disk") {
  Group group({"a", "b", "c"});
  REQUIRE(group.elect("a"));
  group.hold_writes("c");
  group.propose("a", "x");
  group.advance(milliseconds(300));
  REQUIRE(group.status("a").commit == Index(2));
  CHECK(group.node("c").applied < Index(2));
  group.let_writes("c");
  group.advance(milliseconds(300));
  CHECK(group.applied("c") == std::vector<std::string>{"x"});
}

TEST_CASE("MS-30: a commit index is stored together with the entries it names, or after them") {
  Group group({"a", "b", "c"});
  REQUIRE(group.elect("a"));
  group.hold_writes("c");
  for (int i = 0; i < 3; ++i) group.propose("a", "x");
  group.run();
  group.crash("c");  // whatever it was writing is lost
  group.restart("c");
  CHECK(group.status("c").commit <= group.status("c").last.index);
  group.let_writes("c");
  group.advance(seconds(1));
  CHECK(group.applied("c").size() == 3);
}

TEST_CASE("MS-45: a state machine that kept its state goes on behind it, one that forgot begins anew") {
  Group group({"a", "b", "c"});
  REQUIRE(group.elect("a"));
  for (int i = 0; i < 3; ++i) group.propose("a", "x");
  group.advance(milliseconds(300));
  for (const std::uint64_t kept : {4U, 2U, 0U}) {
    group.crash("b");
    group.node("b").applied = Index(kept);
    group.restart("b");
    CHECK(group.node("b").applied >= Index(kept));
    group.advance(milliseconds(300));
    CHECK(group.applied("b").size() == 3);  // without a gap: the invariants look
  }
}

TEST_CASE("MS-46: what was never reported durable is never acknowledged") {
  Group group({"a", "b", "c"});
  REQUIRE(group.elect("a"));
  const Term term = group.status("a").term;
  const Index before = acknowledged(group, "b", term);
  group.hold_writes("b");
  group.propose("a", "x");
  group.advance(milliseconds(400));
  CHECK(acknowledged(group, "b", term) == before);
  for (const PeerStatus& peer : group.status("a").peers) {
    if (peer.id == NodeId("b")) CHECK(peer.match == before);
  }
  // The store is opened again after the error; what it says counts.
  group.crash("b");
  group.node("b").writes_held = false;
  group.restart("b");
  group.advance(seconds(1));
  CHECK(group.applied("b") == std::vector<std::string>{"x"});
}

TEST_CASE("MS-47: a leader without space refuses, and goes on by itself when there is space again") {
  Group group({"a", "b", "c"});
  REQUIRE(group.elect("a"));
  group.hold_writes("a");
  const RequestId first = group.propose("a", "x");
  group.release_write("a", input::WriteOutcome::no_space);
  CHECK(group.result_text(group.propose("a", "y")) == "no space left");
  group.advance(milliseconds(100));
  REQUIRE(group.node("a").write.has_value());  // tried again
  group.let_writes("a");
  group.advance(milliseconds(300));
  CHECK(group.result_text(first) == "done");
  const RequestId next = group.propose("a", "z");
  group.run();
  CHECK(group.result_text(next) == "done");
}

TEST_CASE("MS-47: a follower without space acknowledges nothing, and catches up without a restart") {
  Group group({"a", "b", "c"});
  REQUIRE(group.elect("a"));
  group.hold_writes("c");
  group.propose("a", "x");
  group.run();
  for (int round = 0; round < 5; ++round) {
    if (group.node("c").write) group.release_write("c", input::WriteOutcome::no_space);
    group.advance(milliseconds(100));
  }
  CHECK(acknowledged(group, "c", group.status("a").term) < Index(2));
  group.let_writes("c");
  group.advance(seconds(3));
  CHECK(group.applied("c") == std::vector<std::string>{"x"});
  CHECK(group.leader() == "a");
}

TEST_CASE("MS-47: the leader refuses when a quorum is about to run out of space") {
  Group group({"a", "b", "c"});
  REQUIRE(group.elect("a"));
  group.input("b", input::SpaceChanged{Space::low});
  group.advance(milliseconds(300));
  const RequestId with_one = group.propose("a", "x");
  group.run();
  CHECK(group.result_text(with_one) == "done");
  group.input("c", input::SpaceChanged{Space::low});
  group.advance(milliseconds(300));
  CHECK(group.result_text(group.propose("a", "y")) == "no space left");
  group.input("c", input::SpaceChanged{Space::enough});
  group.advance(milliseconds(300));
  const RequestId again = group.propose("a", "z");
  group.run();
  CHECK(group.result_text(again) == "done");
}

}  // namespace
}  // namespace scenario
