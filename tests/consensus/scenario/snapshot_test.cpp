// Snapshots: what they replace, what they must not, and how their sending goes wrong.
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

bool is_snapshot(const Message& message) {
  return carries<InstallSnapshot>(message);
}

std::size_t snapshots_sent(const Group& group) {
  return static_cast<std::size_t>(std::count_if(group.sent().begin(), group.sent().end(), is_snapshot));
}

// A snapshot of another history: at `index`, of term 2.
SnapshotMeta foreign(const Group& group, Index index) {
  SnapshotMeta meta;
  meta.position = {index, Term(2), 4711};
  meta.configuration = group.status("c").configuration;
  return meta;
}

// b has three entries of term 1 behind the first; the last is a configuration; none of them is committed.
Group with_stale_suffix() {
  Group group({"a", "b", "c"}, eager_options());
  REQUIRE(group.elect("a"));
  group.cut("a", "c");
  group.cut("b", "a");
  group.propose("a", "stale 1");
  group.propose("a", "stale 2");
  group.change("a", {add_voter("x")});
  group.run();
  REQUIRE(group.status("b").last.index == Index(4));
  REQUIRE(group.status("b").configuration.contains(NodeId("x")));
  return group;
}

// c misses five entries that a has forgotten.
Group with_compacted_leader() {
  Group group({"a", "b", "c"});
  REQUIRE(group.elect("a"));
  group.advance(milliseconds(300));
  group.isolate("c");
  for (int i = 0; i < 5; ++i) group.propose("a", "x");
  group.run();
  group.take_snapshot("a");
  group.input("a", input::Tick{});
  REQUIRE(group.node("a").disk.entries().empty());
  return group;
}

TEST_CASE("MS-19, MS-20: a snapshot that the log contradicts replaces all of it, with its configuration") {
  for (const std::uint64_t index : {2U, 3U, 4U, 9U}) {
    Group group = with_stale_suffix();
    const SnapshotMeta meta = foreign(group, Index(index));
    group.input("b", input::Received{Message{NodeId("c"), NodeId("b"), Term(2), InstallSnapshot{meta}}});
    const CoreStatus status = group.status("b");
    CHECK(status.last == meta.position);
    CHECK(status.first == meta.position);
    CHECK(status.configuration == meta.configuration);
    CHECK(status.commit == Index(index));
    CHECK(group.node("b").disk.entries().empty());
    CHECK(group.node("b").restores == std::vector<SnapshotMeta>{meta});
  }
}

TEST_CASE("MS-20: a snapshot of what the log has throws nothing away") {
  Group group = with_stale_suffix();
  const SnapshotMeta meta = group.node("b").disk.meta_at(Index(3));
  group.input("b", input::Received{Message{NodeId("a"), NodeId("b"), Term(1), InstallSnapshot{meta}}});
  CHECK(group.status("b").last.index == Index(4));
  CHECK(group.status("b").commit == Index(3));
  CHECK(group.node("b").restores.empty());
}

TEST_CASE("MS-34: a snapshot that was published before the log was told is made good at the start") {
  Group group({"a", "b", "c"}, eager_options());
  REQUIRE(group.elect("a"));
  group.isolate("c");
  for (int i = 0; i < 4; ++i) group.propose("a", "x");
  group.run();
  group.take_snapshot("a");
  group.input("a", input::Tick{});
  group.crash("c");
  // It had received a's snapshot, but not written that its log begins there.
  group.node("c").snapshot = group.node("a").snapshot;
  group.restart("c");
  CHECK(group.node("c").restores.size() == 1);
  CHECK(group.status("c").last == group.node("a").snapshot->position);
  group.heal();
  group.propose("a", "y");
  group.advance(seconds(1));
  CHECK(group.applied("c") == std::vector<std::string>{"x", "x", "x", "x", "y"});
  CHECK(group.node("c").restores.size() == 1);
}

TEST_CASE("MS-34: a snapshot behind the log's end is nothing but a beginning") {
  Group group({"a", "b", "c"});
  REQUIRE(group.elect("a"));
  group.propose("a", "x");
  group.run();
  group.take_snapshot("b");
  group.input("b", input::Tick{});
  group.propose("a", "y");
  group.run();
  group.crash("b");
  group.restart("b");
  CHECK(group.status("b").last == group.status("a").last);
  CHECK(group.node("b").restores.empty());
  group.advance(milliseconds(300));
  CHECK(group.applied("b") == std::vector<std::string>{"x", "y"});
}

TEST_CASE("MS-36: a snapshot whose sending fails is sent again, but not without end") {
  Group group = with_compacted_leader();
  group.heal();
  const std::size_t before = snapshots_sent(group);
  group.lose_always(is_snapshot);
  group.advance(seconds(1));
  group.lose_always({});
  const std::size_t tries = snapshots_sent(group) - before;
  CHECK(tries >= 2);
  CHECK(tries <= 12);  // one for each heartbeat
  group.advance(seconds(1));
  CHECK(group.applied("c").size() == 5);
  CHECK(group.node("c").restores.size() == 1);
}

TEST_CASE("MS-36: a member that does not answer is sent no snapshot") {
  Group group = with_compacted_leader();
  group.advance(seconds(3));
  CHECK(snapshots_sent(group) <= 1);
}

TEST_CASE("MS-37: a snapshot that arrives while entries are applied replaces their state") {
  Group group({"a", "b", "c"});
  REQUIRE(group.elect("a"));
  group.hold_applies("c");
  group.propose("a", "one");
  group.advance(milliseconds(300));
  REQUIRE(group.status("c").commit == group.status("a").commit);
  group.isolate("c");
  for (int i = 0; i < 5; ++i) group.propose("a", "x");
  group.run();
  group.take_snapshot("a");
  group.input("a", input::Tick{});
  group.heal();
  group.advance(seconds(1));
  REQUIRE(group.node("c").restores.size() == 1);
  group.let_applies("c");
  group.propose("a", "last");
  group.advance(milliseconds(300));
  CHECK(group.applied("c") == group.applied("a"));
  CHECK(group.status("c").applied == group.status("a").commit);
}

TEST_CASE("MS-38: a snapshot that is older than what is committed changes nothing, and is acknowledged") {
  Group group({"a", "b", "c"});
  REQUIRE(group.elect("a"));
  group.propose("a", "x");
  group.run();
  const SnapshotMeta old = group.node("a").disk.meta_at(Index(1));
  group.propose("a", "y");
  group.advance(milliseconds(300));
  const CoreStatus before = group.status("b");
  REQUIRE(before.commit == Index(3));
  for (const Term term : {before.term, Term(0)}) {
    group.input("b", input::Received{Message{NodeId("a"), NodeId("b"), term, InstallSnapshot{old}}});
    CHECK(group.status("b").last == before.last);
    CHECK(group.status("b").commit == before.commit);
  }
  const auto* reply = std::get_if<AppendReply>(&group.sent().back().body);
  REQUIRE(reply != nullptr);
  CHECK(reply->accepted);
  CHECK(reply->match == before.commit);
}

TEST_CASE("MS-38: leadership changes while a snapshot is on its way") {
  Group group = with_compacted_leader();
  group.heal();
  group.cut("a", "b");
  group.cut("b", "a");
  group.advance(milliseconds(150));
  group.freeze("c");
  group.advance(milliseconds(100));
  group.heal();
  group.transfer("a", "b");
  group.advance(milliseconds(300));
  group.thaw("c");
  group.advance(seconds(3));
  REQUIRE(group.leader().has_value());
  CHECK(group.applied("c") == group.applied("b"));
  CHECK(group.status("c").last == group.status("b").last);
}

TEST_CASE("MS-39: a snapshot has the configuration of its index, not a newer one that is not committed") {
  for (const bool restarted : {false, true}) {
    Group group({"a", "b", "c"});
    REQUIRE(group.elect("a"));
    group.propose("a", "x");
    group.run();
    group.isolate("a");
    group.change("a", {add_voter("d")});
    group.take_snapshot("a");
    group.input("a", input::Tick{});
    if (restarted) {
      group.crash("a");
      group.restart("a");
    }
    CHECK(group.node("a").snapshot->configuration.to_string() == "voters=(a b c)");
    CHECK(group.status("a").first.index == Index(2));
    CHECK(group.status("a").configuration.contains(NodeId("d")));
    CHECK(group.status("a").configuration_index == Index(3));
    // The others go on without the change, and it is taken back.
    group.advance(seconds(3));
    REQUIRE(group.leader().has_value());
    const RequestId request = group.propose(*group.leader(), "y");
    group.heal();
    group.advance(seconds(2));
    REQUIRE(group.result_text(request) == "done");
    CHECK(group.status("a").configuration.to_string() == "voters=(a b c)");
    CHECK(group.status("a").configuration_index == Index(0));
  }
}

TEST_CASE("a snapshot is asked for when enough was applied, and the log is cut behind it") {
  CoreOptions options = calm_options();
  options.snapshot_after_entries = 10;
  options.trailing_entries = 3;
  Group group({"a", "b", "c"}, options);
  REQUIRE(group.elect("a"));
  for (int i = 0; i < 25; ++i) {
    group.propose("a", "x");
    group.run();
  }
  group.advance(milliseconds(300));
  for (const std::string name : {"a", "b", "c"}) {
    REQUIRE(group.node(name).snapshot.has_value());
    const Index snapshot = group.node(name).snapshot->position.index;
    CHECK(snapshot >= Index(20));
    CHECK(group.node(name).disk.base().index == Index(snapshot.value() - 3));
  }
}

}  // namespace
}  // namespace scenario
