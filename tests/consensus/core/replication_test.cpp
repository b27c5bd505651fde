// Election, replication, commit and flow control.
#include "catch.hpp"
#include "group.hpp"

namespace consensus::testing {
namespace {

template <class Body>
std::vector<Body> sent(Group& group, const std::string& from, const std::string& to) {
  std::vector<Body> found;
  for (const Message& message : group.messages()) {
    const auto* body = std::get_if<Body>(&message.body);
    if (body != nullptr && message.from.name() == from && message.to.name() == to) found.push_back(*body);
  }
  return found;
}

PeerStatus peer(Group& group, const std::string& leader, const std::string& name) {
  for (const PeerStatus& each : group.status(leader).peers) {
    if (each.id.name() == name) return each;
  }
  return {};
}

void receive(Group& group, const std::string& from, const std::string& to, Term term, MessageBody body) {
  group.step(to, input::Received{{NodeId(from), NodeId(to), term, std::move(body)}});
}

// A log of entries with these terms, from the first index on.
std::vector<Entry> entries(const std::vector<std::uint64_t>& terms, LogPosition previous = {}) {
  std::vector<Entry> made;
  for (const std::uint64_t term : terms) {
    made.push_back(make_entry(previous, Term(term), EntryKind::command, Payload("t" + std::to_string(term))));
    previous = made.back().position();
  }
  return made;
}

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

TEST_CASE("a group of one leads itself once its vote is durable, and commits what is durable (MS-29)") {
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

TEST_CASE("a leader's requests leave before its own write, which counts only when durable") {
  Group group(3);
  group.elect("a");
  group.node("a").hold_writes = true;
  group.node("b").hold_writes = true;
  group.propose("a", "x");
  CHECK(sent<AppendRequest>(group, "a", "b").size() == 1);
  group.cut("c");
  group.settle();
  group.finish_write("b");
  group.settle();
  CHECK(group.status("a").commit == Index(1));
  group.finish_write("a");
  CHECK(group.status("a").commit == Index(2));
}

TEST_CASE("what arrives during a write goes into the next one, together") {
  Group group(3);
  group.elect("a");
  group.node("a").hold_writes = true;
  group.propose("a", "1");
  group.propose("a", "2");
  group.propose("a", "3");
  REQUIRE(group.node("a").write);
  CHECK(group.node("a").write->append.size() == 1);
  group.finish_write("a");
  REQUIRE(group.node("a").write);
  CHECK(group.node("a").write->append.size() == 2);
}

TEST_CASE("an entry of an earlier term is not committed by counting (MS-01)") {
  Group group(3);
  // a has an entry of term 2 that a majority gets, while it leads in term 4.
  const std::vector<Entry> old = entries({1, 2});
  for (const char* name : {"a", "b"}) {
    receive(group, "x", name, Term(2), AppendRequest{{}, {}, {}, {old.begin(), old.end() - (name[0] == 'b')}, 0});
  }
  receive(group, "y", "a", Term(3), VoteReply{});
  group.drop([](const Message&) { return true; });
  group.skip(1s);
  group.step("a", input::Campaign{});
  while (group.core("a").role() != Role::leader) {
    REQUIRE(group.deliver_one([](const Message& m) { return !std::holds_alternative<AppendRequest>(m.body); }));
  }
  REQUIRE(group.core("a").term() == Term(4));
  // b acknowledges the old entry, but not the barrier.
  receive(group, "b", "a", Term(4), AppendReply{true, Index(2), {}, {}, {}, false, Space::enough, 77});
  CHECK(group.status("a").commit == Index(0));
  receive(group, "b", "a", Term(4), AppendReply{true, Index(3), {}, {}, {}, false, Space::enough, 77});
  CHECK(group.status("a").commit == Index(3));
}

TEST_CASE("a follower's commit index goes only as far as a request has shown to match (MS-21)") {
  Group group(3);
  const std::vector<Entry> stale = entries({1, 1, 1});
  receive(group, "b", "a", Term(1), AppendRequest{{}, {}, {}, stale, 0});
  // A new leader, which has something else behind the first entry.
  receive(group, "c", "a", Term(2), AppendRequest{Index(1), Term(1), Index(3), {}, 0});
  CHECK(group.status("a").commit == Index(1));
  receive(group, "c", "a", Term(2), Heartbeat{Index(3), 1, false});
  CHECK(group.status("a").commit == Index(1));
}

TEST_CASE("a late request whose entries are there cuts nothing off (MS-22)") {
  Group group(3);
  const std::vector<Entry> log = entries({1, 1, 1, 1});
  receive(group, "b", "a", Term(1), AppendRequest{{}, {}, {}, log, 0});
  receive(group, "b", "a", Term(1), AppendRequest{{}, {}, {}, {log[0], log[1]}, 0});
  CHECK(group.status("a").last.index == Index(4));
}

TEST_CASE("entries that conflict are replaced, with all behind them, in one write (MS-23)") {
  Group group(3);
  receive(group, "b", "a", Term(1), AppendRequest{{}, {}, {}, entries({1, 1, 1, 1}), 0});
  const std::vector<Entry> first = entries({1});
  const std::vector<Entry> other = entries({2, 2}, first[0].position());
  group.node("a").hold_writes = true;
  receive(group, "c", "a", Term(2), AppendRequest{Index(1), Term(1), {}, other, 0});
  REQUIRE(group.node("a").write);
  CHECK(group.node("a").write->truncate_from == Index(2));
  CHECK(group.node("a").write->append.size() == 2);
  CHECK(group.status("a").durable == Index(1));
  group.finish_write("a");
  CHECK(group.status("a").durable == Index(3));
  CHECK(group.status("a").last == other[1].position());
}

TEST_CASE("entries replaced while they are written do not count as durable (MS-27, MS-33)") {
  Group group(3);
  const std::vector<Entry> first = entries({1});
  receive(group, "b", "a", Term(1), AppendRequest{{}, {}, {}, first, 0});
  group.node("a").hold_writes = true;
  receive(group, "b", "a", Term(1), AppendRequest{Index(1), Term(1), {}, entries({1, 1, 1}, first[0].position()), 0});
  group.drop([](const Message&) { return true; });
  receive(group, "c", "a", Term(2), AppendRequest{Index(1), Term(1), {}, entries({2, 2, 2}, first[0].position()), 0});
  // The write of the old entries ends: their number is the same, and nothing of the new ones is durable.
  group.finish_write("a");
  CHECK(group.status("a").durable == Index(1));
  CHECK(sent<AppendReply>(group, "a", "c").empty());
  group.finish_write("a");
  CHECK(group.status("a").durable == Index(4));
  REQUIRE(sent<AppendReply>(group, "a", "c").size() == 1);
  CHECK(sent<AppendReply>(group, "a", "c")[0].match == Index(4));
}

TEST_CASE("acknowledgements that wait for the next write are dropped when their entries are replaced (MS-33)") {
  Group group(3);
  group.node("a").hold_writes = true;
  receive(group, "b", "a", Term(1), AppendRequest{{}, {}, {}, entries({1}), 0});
  receive(group, "b", "a", Term(1), AppendRequest{Index(1), Term(1), {}, entries({1}, entries({1})[0].position()), 0});
  receive(group, "c", "a", Term(2), AppendRequest{{}, {}, {}, entries({2, 2}), 0});
  group.finish_write("a");
  group.finish_write("a");
  // To b only what the first write made durable.
  for (const AppendReply& reply : sent<AppendReply>(group, "a", "b")) CHECK(reply.match <= Index(1));
  CHECK(group.node("a").disk.entries().size() == 2);
}

TEST_CASE("requests that are not contiguous with their own entries are not taken (MS-26)") {
  Group group(3);
  std::vector<Entry> log = entries({1, 1, 1});
  log.erase(log.begin() + 1);
  receive(group, "b", "a", Term(1), AppendRequest{{}, {}, {}, log, 0});
  CHECK(group.status("a").last.index == Index(0));
}

TEST_CASE("a spoiled entry is not taken") {
  Group group(3);
  std::vector<Entry> log = entries({1, 1});
  log[1].payload = Payload("spoiled");
  receive(group, "b", "a", Term(1), AppendRequest{{}, {}, {}, log, 0});
  CHECK(group.status("a").last.index == Index(0));
}

TEST_CASE("refusals skip whole terms on both sides") {
  struct Row {
    std::vector<std::uint64_t> follower;
    Index previous;
    Term previous_term;
    Index hint;
    Term hint_term;
  };
  const std::vector<Row> rows = {
      {{1, 1}, Index(5), Term(3), Index(2), Term(1)},
      {{1, 1, 1, 2, 2, 2}, Index(6), Term(1), Index(3), Term(1)},
      {{1, 1, 4, 4, 4}, Index(5), Term(3), Index(2), Term(1)},
      {{5, 5}, Index(2), Term(3), Index(0), Term(0)},
      {{}, Index(9), Term(3), Index(0), Term(0)},
  };
  for (const Row& row : rows) {
    Group group(3);
    if (!row.follower.empty()) {
      receive(group, "b", "a", Term(9), AppendRequest{{}, {}, {}, entries(row.follower), 0});
    }
    group.drop([](const Message&) { return true; });
    receive(group, "b", "a", Term(9), AppendRequest{row.previous, row.previous_term, {}, {}, 0});
    const std::vector<AppendReply> replies = sent<AppendReply>(group, "a", "b");
    REQUIRE(replies.size() == 1);
    CHECK_FALSE(replies[0].accepted);
    CHECK(replies[0].rejected == row.previous);
    CHECK(replies[0].hint_index == row.hint);
    CHECK(replies[0].hint_term == row.hint_term);
  }
}

TEST_CASE("requests stream up to the limits of the window, and a heartbeat's answer restarts them (MS-25)") {
  CoreOptions options = Group::default_options();
  options.max_inflight_requests = 2;
  Group group(3, options);
  group.elect("a");
  for (int i = 0; i < 4; ++i) group.propose("a", std::to_string(i));
  CHECK(sent<AppendRequest>(group, "a", "c").size() == 2);
  CHECK(peer(group, "a", "c").inflight_requests == 2);
  CHECK(peer(group, "a", "c").paused);
  // All of it is lost. The others go on; a heartbeat later an empty request with the commit index goes all the same.
  group.drop([](const Message& m) { return m.to.name() == "c"; });
  group.settle();
  CHECK(group.status("a").commit == Index(5));
  group.skip(100ms);
  group.step("a", input::Tick{});
  group.deliver("a", "c");
  group.deliver("c", "a");
  const std::vector<AppendRequest> requests = sent<AppendRequest>(group, "a", "c");
  REQUIRE(requests.size() == 1);
  CHECK(requests[0].entries.empty());
  CHECK(requests[0].commit == Index(5));
  group.settle();
  CHECK(group.status("c").commit == Index(5));
}

TEST_CASE("a window is also bounded in bytes") {
  CoreOptions options = Group::default_options();
  options.max_inflight_bytes = 100;
  Group group(3, options);
  group.elect("a");
  for (int i = 0; i < 4; ++i) group.propose("a", std::string(60, 'x'));
  CHECK(sent<AppendRequest>(group, "a", "b").size() == 2);
  group.settle();
  CHECK(group.status("b").commit == Index(5));
}

TEST_CASE("a request carries at most so many bytes, and at least one entry") {
  CoreOptions options = Group::default_options();
  options.max_request_bytes = 100;
  Group group(3, options);
  group.elect("a");
  group.cut("c");
  for (const std::size_t size : {40U, 40U, 40U, 500U, 40U}) group.propose("a", std::string(size, 'x'));
  group.settle();
  group.heal();
  group.pass(300ms);
  CHECK(group.status("c").last.index == Index(6));
}

TEST_CASE("entries that are no longer in memory are read from the store for a late follower") {
  CoreOptions options = Group::default_options();
  options.max_cached_bytes = 10;
  options.max_request_entries = 3;
  Group group(3, options);
  group.elect("a");
  group.cut("c");
  for (int i = 0; i < 20; ++i) {
    group.propose("a", "entry " + std::to_string(i));
    group.settle();
  }
  group.heal();
  group.pass(500ms);
  CHECK(group.status("c").commit == Index(21));
  CHECK(group.node("c").state == group.node("a").state);
}

TEST_CASE("a member that was restarted is probed anew (MS-31)") {
  Group group(3);
  group.elect("a");
  group.propose("a", "x");
  group.settle();
  CHECK(peer(group, "a", "b").match == Index(2));
  group.crash("b");
  // The disk lied: what b acknowledged is not there, and nothing says so.
  Disk old(group.status("a").configuration);
  old.hard_state = group.node("b").disk.hard_state;
  group.node("b").disk = old;
  group.node("b").applied = Index();
  group.node("b").state.clear();
  group.restart("b");
  group.pass(500ms);
  CHECK(peer(group, "a", "b").match == Index(2));
  CHECK(group.status("b").commit == Index(2));
  CHECK(group.node("b").state == group.node("a").state);
}

TEST_CASE("proposals that were appended end as unknown when leadership is lost, others as refused (MS-44)") {
  Group group(3);
  group.elect("a");
  group.cut("a");
  const RequestId appended = group.propose("a", "x");
  group.pass(1s);
  REQUIRE(group.outcome("a", appended));
  CHECK(is_outcome_unknown(group.outcome("a", appended)->error()));
  const RequestId late = group.propose("a", "y");
  REQUIRE(group.outcome("a", late));
  CHECK(is_not_leader(group.outcome("a", late)->error()));
}

TEST_CASE("committed ranges are handed out in pieces, of durable entries only") {
  CoreOptions options = Group::default_options();
  options.max_request_entries = 2;
  Group group(1, options);
  group.elect("a");
  group.node("a").hold_applying = true;
  group.node("a").hold_writes = true;
  for (int i = 0; i < 20; ++i) group.propose("a", std::to_string(i));
  CHECK(group.node("a").applying.empty());
  while (group.node("a").write) group.finish_write("a");
  for (const CommittedRange& range : group.node("a").applying) CHECK(range.entries.size() <= 2);
  group.finish_applying("a");
  group.node("a").hold_applying = false;
  group.finish_applying("a");
  CHECK(group.node("a").state.size() == 20);
}

TEST_CASE("too many bytes that are not committed are refused, but one proposal is always taken") {
  CoreOptions options = Group::default_options();
  options.max_uncommitted_bytes = 100;
  Group group(3, options);
  group.elect("a");
  const RequestId large = group.propose("a", std::string(1000, 'x'));
  const RequestId next = group.propose("a", "y");
  CHECK_FALSE(group.outcome("a", large));
  REQUIRE(group.outcome("a", next));
  CHECK(group.outcome("a", next)->error().code == Errc::overloaded);
  group.settle();
  const RequestId later = group.propose("a", "z");
  group.settle();
  REQUIRE(group.outcome("a", later));
  CHECK(group.outcome("a", later)->has_value());
}

TEST_CASE("a full disk refuses proposals and is tried again by and by (MS-47)") {
  Group group(3);
  group.elect("a");
  group.node("a").hold_writes = true;
  group.propose("a", "x");
  group.finish_write("a", input::WriteOutcome::no_space);
  const RequestId refused = group.propose("a", "y");
  REQUIRE(group.outcome("a", refused));
  CHECK(group.outcome("a", refused)->error().code == Errc::no_space);
  CHECK(group.core("a").role() == Role::leader);
  group.pass(350ms);
  REQUIRE(group.node("a").write);
  CHECK(group.node("a").write->append.size() == 1);
  // While it is tried again, too.
  const RequestId early = group.propose("a", "z");
  REQUIRE(group.outcome("a", early));
  CHECK(group.outcome("a", early)->error().code == Errc::no_space);
  group.finish_write("a");
  CHECK(group.status("a").durable == Index(2));
  CHECK(group.core("a").role() == Role::leader);
  CHECK_FALSE(group.outcome("a", group.propose("a", "w")));
}

TEST_CASE("little space on a quorum's disks refuses proposals until there is more") {
  Group group(3);
  group.elect("a");
  for (const char* name : {"b", "c"}) group.step(name, input::SpaceChanged{Space::low});
  group.pass(200ms);
  const RequestId refused = group.propose("a", "x");
  REQUIRE(group.outcome("a", refused));
  CHECK(group.outcome("a", refused)->error().code == Errc::no_space);
  group.step("b", input::SpaceChanged{Space::enough});
  group.pass(200ms);
  const RequestId taken = group.propose("a", "y");
  group.settle();
  REQUIRE(group.outcome("a", taken));
  CHECK(group.outcome("a", taken)->has_value());
}

}  // namespace
}  // namespace consensus::testing
