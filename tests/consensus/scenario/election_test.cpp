// Terms, votes and campaigns: the cases of docs/explanation/raft-cases.md about who may lead.
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

void give(Group& group, const std::string& from, const std::string& to, Term term, MessageBody body) {
  group.input(to, input::Received{Message{NodeId(from), NodeId(to), term, std::move(body)}});
}

bool is_vote(const Message& message) {
  return carries<VoteRequest>(message) || carries<VoteReply>(message);
}

// Wins an election without a message of its leadership getting away.
void win_silently(Group& group, const std::string& name) {
  group.input(name, input::Campaign{});
  while (group.deliver_one(is_vote)) {
  }
  group.lose([](const Message&) { return true; });
  REQUIRE(group.status(name).role == Role::leader);
}

auto carries_entry(Index from) {
  return [from](const Message& message) {
    const auto* request = std::get_if<AppendRequest>(&message.body);
    return request != nullptr && !request->entries.empty() && request->entries.back().index >= from;
  };
}

// How often a node has granted its vote, or said that it would, in a term.
std::size_t granted(const Group& group, const std::string& voter, Term term) {
  return static_cast<std::size_t>(std::count_if(group.sent().begin(), group.sent().end(), [&](const Message& message) {
    const auto* reply = std::get_if<VoteReply>(&message.body);
    return reply != nullptr && reply->granted && message.from.name() == voter && message.term == term;
  }));
}

TEST_CASE("MS-01: an entry of an earlier term on a majority is not committed by counting") {
  CoreOptions options = eager_options();
  options.max_request_entries = 1;
  Group group({"a", "b", "c", "d", "e"}, options);
  REQUIRE(group.elect("a"));
  group.propose("a", "old");  // entry 2 of term 1, on a and b only
  group.lose([](const Message& message) { return message.to.name() != "b"; });
  group.run();
  win_silently(group, "e");  // entry 2 of term 2, on e only
  group.isolate("e");

  group.input("a", input::Campaign{});
  while (group.deliver_one(is_vote)) {
  }
  REQUIRE(group.status("a").role == Role::leader);
  // b and c are found to have entry 2, but nobody gets entry 3, which is of the leader's own term.
  group.lose(on_the_way("a", "d"));
  for (Message& message : group.in_flight()) {
    if (on_the_way("a", "b")(message)) std::get<AppendRequest>(message.body).entries.clear();
  }
  group.deliver_one(on_the_way("a", "b"));
  group.deliver_one(on_the_way("b", "a"));
  group.lose(on_the_way("a", "b"));
  group.deliver_one(on_the_way("a", "c"));  // refused: c has no entry 2
  group.deliver_one(on_the_way("c", "a"));
  group.deliver_one(on_the_way("a", "c"));
  group.deliver_one(on_the_way("c", "a"));
  group.lose(carries_entry(Index(3)));
  REQUIRE(group.node("b").disk.entries().size() == 2);
  REQUIRE(group.node("c").disk.entries().size() == 2);
  CHECK(group.status("a").commit == Index(1));

  // Now e could still lead, and would replace entry 2. With entry 3 on a majority it is committed as well.
  group.advance(seconds(1));
  CHECK(group.applied("c") == std::vector<std::string>{"old"});
}

TEST_CASE("MS-12: a member that was away for long comes back without disturbing") {
  Group group({"a", "b", "c"});
  REQUIRE(group.elect("a"));
  const Term term = group.status("a").term;
  group.isolate("c");
  group.advance(seconds(10));
  CHECK(group.status("c").term == term);
  group.heal();
  group.advance(seconds(3));
  CHECK(group.leader() == "a");
  CHECK(group.status("a").term == term);
}

TEST_CASE("MS-12: a removed member with a high term is not listened to") {
  Group group({"a", "b", "c"});
  REQUIRE(group.elect("a"));
  const Term term = group.status("a").term;
  for (const std::string to : {"a", "b", "c"}) {
    give(group, "removed", to, Term(50), VoteRequest{CampaignKind::election, Index(100), Term(49)});
    give(group, "removed", to, Term(50), VoteRequest{CampaignKind::pre_vote, Index(100), Term(49)});
  }
  group.advance(seconds(2));
  CHECK(group.leader() == "a");
  CHECK(group.status("b").term == term);
  for (const std::string from : {"a", "b", "c"}) CHECK(granted(group, from, Term(50)) == 0);
}

TEST_CASE("MS-13: with a broken link between two members the third one's leader stays") {
  Group group({"a", "b", "c"});
  REQUIRE(group.elect("a"));
  const Term term = group.status("a").term;
  group.cut("a", "b");
  group.cut("b", "a");
  for (int round = 0; round < 20; ++round) {
    const RequestId request = group.propose("a", "x");
    group.advance(milliseconds(500));
    CHECK(group.result_text(request) == "done");
  }
  CHECK(group.leader() == "a");
  CHECK(group.status("a").term == term);
}

TEST_CASE("MS-14: a longer log in a lower term wins against a shorter one in a higher term") {
  Group group({"a", "b", "c"});
  REQUIRE(group.elect("a"));
  group.isolate("c");
  group.propose("a", "x");
  group.run();
  group.advance(seconds(2));
  give(group, "b", "c", Term(7), VoteReply{CampaignKind::election, false});
  REQUIRE(group.status("c").term == Term(7));
  group.crash("a");
  group.heal();
  group.advance(seconds(10));
  CHECK(group.leader() == "b");
  CHECK(group.applied("c") == std::vector<std::string>{"x"});
}

TEST_CASE("MS-15: the leader that is followed may stand again, others may not") {
  Group group({"a", "b", "c"});
  REQUIRE(group.elect("a"));
  group.lose([](const Message&) { return true; });
  const CoreStatus b = group.status("b");
  give(group, "c", "b", b.term.next(), VoteRequest{CampaignKind::pre_vote, b.last.index, b.last.term});
  CHECK(granted(group, "b", b.term.next()) == 0);
  give(group, "a", "b", b.term.next(), VoteRequest{CampaignKind::pre_vote, b.last.index, b.last.term});
  CHECK(granted(group, "b", b.term.next()) == 1);
}

TEST_CASE("MS-15: being asked for a pre-vote is not contact with a leader") {
  Group group({"a", "b", "c"});
  REQUIRE(group.elect("a"));
  group.crash("a");
  group.freeze("c");
  for (int round = 0; round < 40; ++round) {
    group.advance(milliseconds(50));
    give(group, "c", "b", group.status("b").term.next(), VoteRequest{CampaignKind::pre_vote, Index(100), Term(1)});
  }
  CHECK(std::any_of(group.sent().begin(), group.sent().end(), [](const Message& message) {
    const auto* request = std::get_if<VoteRequest>(&message.body);
    return request != nullptr && request->kind == CampaignKind::pre_vote && message.from.name() == "b";
  }));
}

TEST_CASE("MS-32: a vote is given only when it is stored, and to one in a term") {
  Group group({"a", "b", "c"}, eager_options());
  group.hold_writes("b");
  give(group, "a", "b", Term(1), VoteRequest{CampaignKind::election, Index(), Term()});
  CHECK(granted(group, "b", Term(1)) == 0);
  group.let_writes("b");
  CHECK(granted(group, "b", Term(1)) == 1);

  group.crash("b");
  group.restart("b");
  group.freeze("a");
  group.freeze("c");
  group.advance(milliseconds(501));  // until then it answers nobody
  give(group, "c", "b", Term(1), VoteRequest{CampaignKind::election, Index(), Term()});
  CHECK(granted(group, "b", Term(1)) == 1);
  give(group, "a", "b", Term(1), VoteRequest{CampaignKind::election, Index(), Term()});
  CHECK(granted(group, "b", Term(1)) == 2);
}

TEST_CASE("MS-32: a candidate counts its own vote when it is stored") {
  Group group({"a", "b", "c"}, eager_options());
  group.hold_writes("a");
  group.input("a", input::Campaign{});
  give(group, "b", "a", Term(1), VoteReply{CampaignKind::election, true});
  CHECK(group.status("a").role == Role::candidate);
  group.let_writes("a");
  CHECK(group.status("a").role == Role::leader);
}

TEST_CASE("MS-48: a leader whose disk hangs lets itself be replaced") {
  Group group({"a", "b", "c"});
  REQUIRE(group.elect("a"));
  group.hold_writes("a");
  const RequestId request = group.propose("a", "x");
  group.advance(seconds(4));
  REQUIRE(group.leader().has_value());
  CHECK(group.leader() != "a");
  CHECK(group.status("a").role != Role::leader);
  CHECK(group.result_text(request) != "open");
  const RequestId next = group.propose(*group.leader(), "y");
  group.run();
  CHECK(group.result_text(next) == "done");
}

TEST_CASE("MS-49: a damaged member neither votes nor leads until it has caught up") {
  Group group({"a", "b", "c"});
  REQUIRE(group.elect("a"));
  group.propose("a", "x");
  group.run();
  group.isolate("c");
  group.crash("b");
  group.node("b").disk.lose_from(Index(2));  // x, which it has acknowledged
  group.restart("b", true);
  group.crash("a");
  group.heal();
  group.freeze("c");
  group.advance(milliseconds(600));
  // It may have voted or acknowledged something that it does not know any more.
  give(group, "c", "b", Term(9), VoteRequest{CampaignKind::election, Index(100), Term(8)});
  CHECK(granted(group, "b", Term(9)) == 0);
  group.lose([](const Message&) { return true; });
  group.thaw("c");
  group.advance(seconds(5));
  CHECK_FALSE(group.leader().has_value());

  group.heal();
  group.restart("a");
  group.advance(seconds(10));
  REQUIRE(group.leader().has_value());
  CHECK(group.leader() != "b");
  CHECK_FALSE(group.status("b").recovering);
  CHECK(group.applied("b") == std::vector<std::string>{"x"});
}

TEST_CASE("MS-55: half of an even group neither elects nor commits") {
  Group group({"a", "b", "c", "d"});
  REQUIRE(group.elect("a"));
  for (const std::string left : {"a", "b"}) {
    for (const std::string right : {"c", "d"}) {
      group.cut(left, right);
      group.cut(right, left);
    }
  }
  const RequestId request = group.propose("a", "x");
  group.advance(seconds(5));
  CHECK_FALSE(group.leader().has_value());
  CHECK(group.result_text(request) == "outcome unknown");
  group.heal();
  group.advance(seconds(5));
  CHECK(group.leader().has_value());
}

}  // namespace
}  // namespace scenario
