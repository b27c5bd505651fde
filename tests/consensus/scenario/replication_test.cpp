// Bringing every log to the leader's, and never taking more for committed than is.
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

void give(Group& group, const std::string& from, const std::string& to, Term term, MessageBody body) {
  group.input(to, input::Received{Message{NodeId(from), NodeId(to), term, std::move(body)}});
}

std::vector<std::string> numbered(int count) {
  std::vector<std::string> commands;
  for (int i = 0; i < count; ++i) commands.push_back("command " + std::to_string(i));
  return commands;
}

// b has entries of a (term 1) that nobody else has, and nothing beyond the first is committed.
Group with_stale_suffix() {
  Group group({"a", "b", "c"}, eager_options());
  REQUIRE(group.elect("a"));
  group.cut("a", "c");
  group.cut("b", "a");
  group.propose("a", "stale 1");
  group.propose("a", "stale 2");
  group.run();
  REQUIRE(group.status("b").last.index == Index(3));
  REQUIRE(group.status("b").commit <= Index(1));
  return group;
}

TEST_CASE("MS-21: a commit index reaches no further than what was found equal") {
  Group group = with_stale_suffix();
  const Index commit = group.status("b").commit;
  const Entry first = group.node("b").disk.entries().front();
  AppendRequest request;
  request.previous_index = first.index;
  request.previous_term = first.term;
  request.commit = Index(3);
  give(group, "c", "b", Term(2), request);
  CHECK(group.status("b").commit == Index(1));
  give(group, "c", "b", Term(2), Heartbeat{.commit = Index(3)});
  CHECK(group.status("b").commit == Index(1));
  CHECK(commit <= Index(1));
}

TEST_CASE("MS-22: a late request cuts nothing off") {
  Group group = with_stale_suffix();
  AppendRequest late;
  late.previous_index = Index(1);
  late.previous_term = Term(1);
  late.entries = {group.node("b").disk.entries()[1]};
  give(group, "a", "b", Term(1), late);
  CHECK(group.status("b").last.index == Index(3));
  late.entries.clear();
  give(group, "a", "b", Term(1), late);
  CHECK(group.status("b").last.index == Index(3));
}

TEST_CASE("MS-22: after entries of several terms were replaced, the log knows the terms of the new ones") {
  Group group({"a", "b", "c"}, eager_options());
  const auto entries_after = [](LogPosition last, Term term, int count) {
    std::vector<Entry> entries;
    for (int i = 0; i < count; ++i) {
      entries.push_back(make_entry(last, term, EntryKind::command, Payload("x")));
      last = entries.back().position();
    }
    return entries;
  };
  const std::vector<Entry> first = entries_after({}, Term(1), 4);
  const std::vector<Entry> second = entries_after(first.back().position(), Term(2), 1);
  const std::vector<Entry> third = entries_after(first.front().position(), Term(3), 5);
  give(group, "a", "b", Term(1), AppendRequest{Index(0), Term(0), Index(0), first});
  give(group, "c", "b", Term(2), AppendRequest{Index(4), Term(1), Index(0), second});
  give(group, "a", "b", Term(3), AppendRequest{Index(1), Term(1), Index(0), third});
  REQUIRE(group.status("b").last == third.back().position());
  // A late request in the middle of the new ones fits.
  give(group, "a", "b", Term(3), AppendRequest{Index(3), Term(3), Index(0), {third[2]}});
  const auto* reply = std::get_if<AppendReply>(&group.sent().back().body);
  REQUIRE(reply != nullptr);
  CHECK(reply->accepted);
  CHECK(group.status("b").last == third.back().position());
}

TEST_CASE("MS-23: replacing entries is one write") {
  Group group = with_stale_suffix();
  group.isolate("a");
  REQUIRE_FALSE(group.elect("c"));  // b has the longer log
  REQUIRE(group.elect("b"));
  Group other = with_stale_suffix();
  other.heal();
  other.isolate("b");
  other.isolate("a");
  give(other, "b", "c", Term(2), VoteReply{CampaignKind::election, false});
  other.input("c", input::Campaign{});
  give(other, "a", "c", other.status("c").term, VoteReply{CampaignKind::election, true});
  REQUIRE(other.status("c").role == Role::leader);
  other.heal();
  other.isolate("a");
  other.advance(seconds(1));
  REQUIRE(other.status("b").last == other.status("c").last);
  const std::vector<Write>& writes = other.node("b").writes;
  const auto replacing =
      std::find_if(writes.begin(), writes.end(), [](const Write& write) { return write.truncate_from.has_value(); });
  REQUIRE(replacing != writes.end());
  CHECK_FALSE(replacing->append.empty());
  CHECK(replacing->must_sync);
}

TEST_CASE("MS-24: a slow follower of a compacted log gets a snapshot, not an append that matches nothing") {
  CoreOptions options = calm_options();
  options.max_inflight_requests = 2;
  Group group({"a", "b", "c"}, options);
  REQUIRE(group.elect("a"));
  group.advance(milliseconds(300));
  group.cut("a", "c");
  for (const std::string& command : numbered(6)) group.propose("a", command);
  group.run();
  group.take_snapshot("a");
  group.input("a", input::Tick{});
  REQUIRE(group.node("a").disk.entries().empty());
  group.heal();
  group.advance(seconds(1));
  CHECK(group.node("c").restores.size() == 1);
  CHECK(group.applied("c") == numbered(6));
}

TEST_CASE("MS-25: a small window never stalls the stream, also after losses") {
  CoreOptions options = calm_options();
  options.max_inflight_requests = 2;
  options.max_inflight_bytes = 64;
  options.max_request_entries = 1;
  Group group({"a", "b", "c"}, options);
  REQUIRE(group.elect("a"));
  for (const std::string& command : numbered(100)) group.propose("a", command);
  group.run();
  CHECK(group.applied("a") == numbered(100));
  group.advance(milliseconds(300));
  CHECK(group.applied("c") == numbered(100));
  for (const PeerStatus& peer : group.status("a").peers) {
    CHECK(peer.inflight_requests == 0);
    CHECK_FALSE(peer.paused);
  }
  group.cut("a", "c");
  for (int i = 0; i < 10; ++i) group.propose("a", "more");
  group.run();
  group.heal();
  group.advance(seconds(2));
  CHECK(group.applied("c") == group.applied("a"));
}

TEST_CASE("MS-25: a follower whose window is full still learns what is committed") {
  CoreOptions options = calm_options();
  options.max_inflight_requests = 1;
  Group group({"a", "b", "c"}, options);
  REQUIRE(group.elect("a"));
  group.advance(milliseconds(300));
  group.propose("a", "x");
  // c gets it, but its acknowledgement is lost.
  group.deliver_one(on_the_way("a", "c"));
  group.lose([](const Message& message) { return carries<AppendReply>(message); });
  group.advance(milliseconds(400));
  CHECK(group.applied("c") == std::vector<std::string>{"x"});
}

TEST_CASE("MS-25: a follower that was lost is probed again") {
  Group group({"a", "b", "c"});
  REQUIRE(group.elect("a"));
  group.advance(milliseconds(300));
  group.input("a", input::PeerLost{NodeId("c")});
  group.propose("a", "x");
  group.lose(on_the_way("a", "c"));
  group.advance(milliseconds(500));
  CHECK(group.applied("c") == std::vector<std::string>{"x"});
}

TEST_CASE("MS-26: a request with a gap, or with a spoiled entry, changes nothing") {
  Group group = with_stale_suffix();
  const LogPosition last = group.status("b").last;
  const Entry next = make_entry(last, Term(1), EntryKind::command, Payload("next"));
  const Entry after = make_entry(next.position(), Term(1), EntryKind::command, Payload("after"));
  AppendRequest request;
  request.previous_index = last.index;
  request.previous_term = last.term;
  request.entries = {after};
  give(group, "a", "b", Term(1), request);
  CHECK(group.status("b").last == last);
  Entry spoiled = next;
  spoiled.payload = Payload("nexT");
  request.entries = {spoiled};
  give(group, "a", "b", Term(1), request);
  CHECK(group.status("b").last == last);
  request.entries = {next, after};
  give(group, "a", "b", Term(1), request);
  CHECK(group.status("b").last.index == Index(5));
}

TEST_CASE("MS-31: a follower that silently lost what it had acknowledged is brought up again") {
  Group group({"a", "b", "c"});
  REQUIRE(group.elect("a"));
  group.isolate("b");
  group.propose("a", "x");
  group.run();
  REQUIRE(group.applied("a") == std::vector<std::string>{"x"});
  group.crash("c");
  group.node("c").disk.lose_from(Index(2));
  group.node("c").applied = Index(1);
  group.restart("c");
  group.propose("a", "y");
  group.advance(milliseconds(600));
  CHECK(group.applied("c") == std::vector<std::string>{"x", "y"});
  CHECK(group.leader() == "a");
}

TEST_CASE("MS-31: a log that is shorter than the state it led to has lost something") {
  Group group({"a", "b", "c"});
  REQUIRE(group.elect("a"));
  group.propose("a", "x");
  group.advance(milliseconds(300));
  group.crash("b");
  group.node("b").disk.lose_from(Index(2));
  group.restart("b");  // the store noticed nothing
  CHECK(group.status("b").recovering);
  group.advance(seconds(2));
  CHECK_FALSE(group.status("b").recovering);
  CHECK(group.status("b").last == group.status("a").last);
}

TEST_CASE("MS-44: a proposal whose leader was replaced has an unknown outcome, not a failure") {
  Group group({"a", "b", "c"});
  REQUIRE(group.elect("a"));
  group.isolate("a");
  const RequestId request = group.propose("a", "x");
  group.advance(seconds(3));
  CHECK(group.result_text(request) == "outcome unknown");
  CHECK(is_outcome_unknown(group.result(request)->error()));
  CHECK(group.result_text(group.propose("a", "y")) == "not the leader");
}

TEST_CASE("MS-52: whoever takes over has applied everything") {
  Group group({"a", "b", "c"});
  REQUIRE(group.elect("a"));
  for (const std::string& command : numbered(5)) group.propose("a", command);
  group.run();
  group.crash("a");
  group.advance(seconds(3));
  REQUIRE(group.leader().has_value());
  CHECK(group.applied(*group.leader()) == numbered(5));
}

TEST_CASE("MS-54: what arrives while a write is under way is one write more, and sent at once") {
  CoreOptions options = calm_options();
  options.max_inflight_requests = 200;
  Group group({"a", "b", "c"}, options);
  REQUIRE(group.elect("a"));
  group.hold_writes("a");
  for (const std::string& command : numbered(100)) group.propose("a", command);
  group.run();
  CHECK(group.status("a").commit == Index(101));  // by the others, before its own disk
  CHECK(group.node("a").disk.entries().size() == 1);
  group.release_write("a");
  REQUIRE(group.node("a").write.has_value());
  CHECK(group.node("a").write->write.append.size() == 99);
  group.let_writes("a");
  group.run();
  CHECK(group.applied("b") == numbered(100));
}

TEST_CASE("seven logs as in figure 7 of the Raft paper become one") {
  Group group({"a", "b", "c", "d", "e"}, eager_options());
  REQUIRE(group.elect("a"));
  const std::vector<std::pair<std::string, std::string>> pairs{{"b", "c"}, {"d", "e"}, {"c", "d"}, {"e", "a"}};
  for (const auto& [leader, only] : pairs) {
    group.heal();
    group.elect(leader);
    if (group.status(leader).role != Role::leader) continue;
    group.propose(leader, "by " + leader);
    group.lose([&, name = only](const Message& message) { return message.to.name() != name; });
    group.run();
  }
  group.heal();
  group.advance(seconds(10));
  REQUIRE(group.leader().has_value());
  group.propose(*group.leader(), "end");
  group.advance(seconds(2));
  for (const std::string name : {"a", "b", "c", "d", "e"}) {
    CHECK(group.status(name).last == group.status(*group.leader()).last);
    CHECK(group.applied(name).back() == "end");
  }
}

}  // namespace
}  // namespace scenario
