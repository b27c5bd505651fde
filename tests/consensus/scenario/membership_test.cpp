// Changes of the group: joint configurations in force when appended, and what must never be counted.
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

bool is_vote(const Message& message) {
  return carries<VoteRequest>(message) || carries<VoteReply>(message);
}

std::size_t configuration_entries(const Group& group, const std::string& name) {
  const std::vector<Entry>& entries = group.node(name).disk.entries();
  return static_cast<std::size_t>(std::count_if(
      entries.begin(), entries.end(), [](const Entry& entry) { return entry.kind == EntryKind::configuration; }));
}

std::string configuration(const Group& group, const std::string& name) {
  return group.status(name).configuration.to_string();
}

TEST_CASE("MS-02: a new leader changes nothing before it has committed in its term") {
  Group group({"a", "b", "c"}, eager_options());
  REQUIRE(group.elect("a"));
  group.isolate("a");
  group.input("b", input::Campaign{});
  while (group.deliver_one(is_vote)) {
  }
  REQUIRE(group.status("b").role == Role::leader);
  CHECK(group.result_text(group.change("b", {add_learner("d")})) == "another change is in progress");
  group.run();
  const RequestId later = group.change("b", {add_learner("d")});
  group.run();
  CHECK(group.result_text(later) == "done");
}

TEST_CASE("MS-03: a change waits for the one before it, also when both only promote") {
  Group group({"a", "b", "c"}, calm_options(), {"d", "e"});
  REQUIRE(group.elect("a"));
  const RequestId first = group.change("a", {add_voter("d")});
  CHECK(group.result_text(group.change("a", {add_voter("e")})) == "another change is in progress");
  group.run();
  CHECK(group.result_text(first) == "done");
  const RequestId second = group.change("a", {add_voter("e")});
  group.run();
  CHECK(group.result_text(second) == "done");
  CHECK(configuration(group, "b") == "voters=(a b c d e)");
}

TEST_CASE("MS-04: a joint configuration that a new leader found is left once, after it was committed") {
  Group group({"a", "b", "c"}, eager_options());
  group.add_blank("d");
  REQUIRE(group.elect("a"));
  group.change("a", {remove_member("c"), add_voter("d")});
  group.lose([](const Message& message) { return message.to.name() != "b"; });
  group.deliver_one([](const Message& message) { return message.to.name() == "b"; });
  group.crash("a");
  REQUIRE(configuration(group, "b") == "voters=(a b d)&&(a b c) autoleave");

  group.input("b", input::Campaign{});
  while (group.deliver_one(is_vote)) {
  }
  REQUIRE(group.status("b").role == Role::leader);
  CHECK(configuration_entries(group, "b") == 1);
  group.advance(seconds(1));
  CHECK(configuration(group, "b") == "voters=(a b d)");
  CHECK(configuration_entries(group, "b") == 2);
  CHECK(configuration(group, "d") == "voters=(a b d)");
}

TEST_CASE("MS-04: the joint configuration is not left while only what is before it is committed") {
  CoreOptions options = calm_options();
  options.max_request_entries = 1;
  Group group({"a", "b", "c"}, options);
  group.add_blank("d");
  REQUIRE(group.elect("a"));
  group.propose("a", "x");
  group.change("a", {remove_member("c"), add_voter("d")});
  // Entry 2 gets to b and is committed; entry 3, the joint configuration, does not.
  group.lose([](const Message& message) {
    const auto* request = std::get_if<AppendRequest>(&message.body);
    return message.to.name() != "b" || (request != nullptr && request->previous_index >= Index(2));
  });
  group.cut("a", "d");
  group.cut("a", "c");
  group.deliver_one([](const Message& message) { return message.to.name() == "b"; });
  group.lose([](const Message& message) { return message.to.name() == "b"; });
  group.deliver_one([](const Message& message) { return message.to.name() == "a"; });
  REQUIRE(group.status("a").commit <= Index(2));
  CHECK(configuration_entries(group, "a") == 1);
  CHECK(group.status("a").configuration.is_joint());
}

TEST_CASE("MS-05: a snapshot brings a joint configuration, and a restart keeps it") {
  Group group({"a", "b", "c"});
  group.add_blank("d");
  REQUIRE(group.elect("a"));
  group.isolate("d");
  const RequestId request = group.change("a", {remove_member("c"), add_voter("d")}, Transition::explicit_joint);
  group.run();
  REQUIRE(group.result_text(request) == "done");
  group.input("a", input::Tick{});
  group.take_snapshot("a");
  group.input("a", input::Tick{});
  REQUIRE(group.node("a").disk.entries().empty());
  group.heal();
  group.advance(seconds(2));
  REQUIRE(group.node("d").restores.size() == 1);
  CHECK(configuration(group, "d") == "voters=(a b d)&&(a b c)");
  group.crash("d");
  group.restart("d");
  CHECK(configuration(group, "d") == "voters=(a b d)&&(a b c)");
}

TEST_CASE("MS-06: a leader that removes itself from a group of two leaves one that works") {
  for (const bool told : {true, false}) {
    Group group({"a", "b"});
    REQUIRE(group.elect("a"));
    const RequestId request = group.change("a", {remove_member("a")});
    if (told) {
      group.run();
      CHECK(group.status("b").commit == group.status("b").last.index);
    } else {
      while (group.status("a").role == Role::leader && group.deliver_one([](const Message&) { return true; })) {
      }
      group.lose([](const Message&) { return true; });
      CHECK(group.status("b").commit < group.status("b").last.index);
    }
    CHECK(group.result_text(request) == "done");
    CHECK(group.status("a").role == Role::follower);
    group.isolate("a");
    group.advance(seconds(3));
    CHECK(group.leader() == "b");
    const RequestId next = group.propose("b", "x");
    group.run();
    CHECK(group.result_text(next) == "done");
  }
}

TEST_CASE("MS-07: a follower acts by a configuration that it has not applied yet") {
  Group group({"a", "b", "c"});
  REQUIRE(group.elect("a"));
  group.hold_applies("b");
  group.change("a", {remove_member("c")});
  group.run();
  REQUIRE(group.status("b").applied < group.status("b").configuration_index);
  CHECK(configuration(group, "b") == "voters=(a b)");
  // Neither does it ask the removed one for its vote.
  group.crash("a");
  const std::size_t before = group.sent().size();
  group.advance(seconds(3));
  CHECK(std::none_of(
      group.sent().begin() + static_cast<std::ptrdiff_t>(before), group.sent().end(),
      [](const Message& message) { return carries<VoteRequest>(message) && on_the_way("b", "c")(message); }));
}

TEST_CASE("MS-08: a leader that demotes itself still counts where it still votes") {
  Group group({"a", "b", "c"});
  group.add_blank("d");
  REQUIRE(group.elect("a"));
  group.isolate("c");
  // Incoming b c d, outgoing a b c: without a's own copy the outgoing half has no majority.
  const RequestId request = group.change("a", {add_learner("a"), add_voter("d")}, Transition::explicit_joint);
  group.advance(milliseconds(300));
  CHECK(group.result_text(request) == "done");
  CHECK(configuration(group, "a") == "voters=(b c d)&&(a b c) learners_next=(a)");
}

TEST_CASE("MS-09: a configuration that is cut off is no longer in force") {
  Group group({"a", "b", "c", "d", "e"}, eager_options());
  REQUIRE(group.elect("a"));
  group.change("a", {add_voter("x")});
  group.lose([](const Message& message) { return message.to.name() != "b"; });
  group.run();
  REQUIRE(configuration(group, "b") == "voters=(a b c d e x)");
  group.isolate("a");
  group.isolate("b");
  REQUIRE(group.elect("c"));
  group.heal();
  group.advance(seconds(2));
  for (const std::string name : {"a", "b"}) {
    CHECK(configuration(group, name) == "voters=(a b c d e)");
    CHECK(group.status(name).configuration_index == Index(0));
  }
  group.crash("b");
  group.restart("b");
  CHECK(configuration(group, "b") == "voters=(a b c d e)");
}

TEST_CASE("MS-10: who takes itself for a learner votes for who knows better") {
  Group group({"a", "b"}, eager_options(), {"c"});
  REQUIRE(group.elect("a"));
  group.cut("a", "c");
  group.change("a", {add_voter("c")});
  group.run();
  group.crash("a");
  REQUIRE(group.status("c").configuration.is_learner(NodeId("c")));
  CHECK(group.elect("b"));
}

TEST_CASE("MS-11: neither votes nor acknowledgements of removed members count") {
  Group group({"a", "b", "c"}, eager_options());
  REQUIRE(group.elect("a"));
  group.change("a", {remove_member("c")});
  group.run();
  REQUIRE(configuration(group, "a") == "voters=(a b)");
  group.isolate("b");
  group.propose("a", "x");
  const CoreStatus a = group.status("a");
  AppendReply reply;
  reply.accepted = true;
  reply.match = a.last.index;
  reply.life = 7;
  group.input("a", input::Received{Message{NodeId("c"), NodeId("a"), a.term, reply}});
  CHECK(group.status("a").commit < a.last.index);

  group.input("b", input::Campaign{});
  const Term term = group.status("b").term;
  group.input("b", input::Received{Message{NodeId("c"), NodeId("b"), term, VoteReply{CampaignKind::election, true}}});
  CHECK(group.status("b").role == Role::candidate);
}

TEST_CASE("MS-11: a learner's acknowledgement does not commit, its vote does not elect") {
  Group group({"a", "b", "c"}, eager_options(), {"l"});
  REQUIRE(group.elect("a"));
  group.isolate("b");
  group.isolate("c");
  const RequestId request = group.propose("a", "x");
  group.run();
  CHECK(group.node("l").disk.entries().back().index == group.status("a").last.index);
  CHECK(group.result_text(request) == "open");
  group.input("b", input::Campaign{});
  const Term term = group.status("b").term;
  group.input("b", input::Received{Message{NodeId("l"), NodeId("b"), term, VoteReply{CampaignKind::election, true}}});
  CHECK(group.status("b").role == Role::candidate);
}

TEST_CASE("MS-51: a node under another id is nobody until it is added") {
  Group group({"a", "b", "c"});
  REQUIRE(group.elect("a"));
  group.propose("a", "x");
  group.run();
  group.crash("c");
  group.add_blank("c2");  // the wiped node: another id, since another life of its store
  group.advance(seconds(2));
  CHECK(group.status("c2").role == Role::follower);
  CHECK(group.status("c2").term == Term(0));
  const RequestId request = group.change("a", {add_voter("c2"), remove_member("c")});
  group.advance(seconds(2));
  CHECK(group.result_text(request) == "done");
  CHECK(group.applied("c2") == std::vector<std::string>{"x"});
  CHECK(configuration(group, "c2") == "voters=(a b c2)");
}

TEST_CASE("a change is refused by who does not lead, and a voter's removal by who would be left with none") {
  Group group({"a", "b"});
  REQUIRE(group.elect("a"));
  CHECK(group.result_text(group.change("b", {add_voter("d")})) == "not the leader");
  CHECK(group.result_text(group.change("a", {remove_member("a"), remove_member("b")})) == "invalid argument");
}

}  // namespace
}  // namespace scenario
