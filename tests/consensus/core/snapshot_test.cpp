// Snapshots, compaction, starting from what is there, and members whose log was damaged.
#include "catch.hpp"
#include "group.hpp"

namespace consensus::testing {
namespace {

PeerStatus peer(Group& group, const std::string& leader, const std::string& name) {
  for (const PeerStatus& each : group.status(leader).peers) {
    if (each.id.name() == name) return each;
  }
  return {};
}

void receive(Group& group, const std::string& from, const std::string& to, Term term, MessageBody body) {
  group.step(to, input::Received{{NodeId(from), NodeId(to), term, std::move(body)}});
}

std::vector<Entry> entries(const std::vector<std::uint64_t>& terms, LogPosition previous = {}) {
  std::vector<Entry> made;
  for (const std::uint64_t term : terms) {
    made.push_back(make_entry(previous, Term(term), EntryKind::command, Payload("t" + std::to_string(term))));
    previous = made.back().position();
  }
  return made;
}

// What is applied there now is published as a snapshot.
void take_snapshot(Group& group, const std::string& name) {
  Node& node = group.node(name);
  const CoreStatus status = group.status(name);
  const SnapshotMeta meta{node.applied_positions.at(node.applied), status.configuration, status.configuration_index};
  node.snapshot = meta;
  group.step(name, input::SnapshotTaken{meta});
}

CoreOptions compacting() {
  CoreOptions options = Group::default_options();
  options.trailing_entries = 0;
  return options;
}

TEST_CASE("a snapshot is asked for when enough was applied") {
  CoreOptions options = Group::default_options();
  options.snapshot_after_entries = 5;
  Group group(1, options);
  group.elect("a");
  for (int i = 0; i < 3; ++i) group.propose("a", "x");
  CHECK_FALSE(group.node("a").take_snapshot);
  group.propose("a", "x");
  CHECK(group.node("a").take_snapshot);
}

TEST_CASE("a snapshot is also asked for by the size of what was applied") {
  CoreOptions options = Group::default_options();
  options.snapshot_after_bytes = 1000;
  Group group(1, options);
  group.elect("a");
  group.propose("a", std::string(999, 'x'));
  CHECK_FALSE(group.node("a").take_snapshot);
  group.propose("a", "x");
  CHECK(group.node("a").take_snapshot);
}

TEST_CASE("compaction keeps the trailing entries, and the configuration") {
  CoreOptions options = Group::default_options();
  options.trailing_entries = 3;
  Group group(3, options);
  group.elect("a");
  group.change("a", {Transition::automatic, {{MemberAction::update_address, {NodeId("b"), "elsewhere"}}}});
  group.settle();
  for (int i = 0; i < 8; ++i) {
    group.propose("a", "x");
    group.settle();
  }
  take_snapshot(group, "a");
  CHECK(group.status("a").first.index == Index(7));
  CHECK(group.node("a").disk.base().index == Index(7));
  group.restart("a");
  CHECK(group.status("a").configuration.voters[1].address == "elsewhere");
  CHECK(group.status("a").configuration_index == Index(2));
}

TEST_CASE("a follower from before the log's beginning gets a snapshot, not an empty match (MS-24)") {
  Group group(3, compacting());
  group.elect("a");
  group.cut("c");
  for (int i = 0; i < 5; ++i) {
    group.propose("a", "x");
    group.settle();
  }
  take_snapshot(group, "a");
  group.heal();
  group.pass(500ms);
  CHECK(group.status("c").commit == Index(6));
  CHECK(group.node("c").state.front() == "snapshot 6");
  CHECK(peer(group, "a", "c").state == ReplicationState::replicate);
}

TEST_CASE("a snapshot that does not arrive is sent again at a heartbeat's pace (MS-36)") {
  Group group(3, compacting());
  group.elect("a");
  group.crash("c");
  for (int i = 0; i < 5; ++i) {
    group.propose("a", "x");
    group.settle();
  }
  take_snapshot(group, "a");
  group.restart("c");
  int orders = 0;
  for (int i = 0; i < 20; ++i) {
    group.skip(50ms);
    for (const char* name : {"a", "c"}) group.step(name, input::Tick{});
    while (group.deliver_one([](const Message&) { return true; })) {
    }
    for (const SnapshotOrder& order : std::exchange(group.node("a").snapshot_orders, {})) {
      ++orders;
      group.step("a", input::SnapshotSent{order.message.to, false});
    }
  }
  CHECK(orders >= 3);
  CHECK(orders <= 12);
  group.pass(500ms);
  CHECK(group.status("c").commit == Index(6));
}

TEST_CASE("a snapshot replaces a log that differs there, with all behind it (MS-19)") {
  Group group(3);
  receive(group, "b", "a", Term(1), AppendRequest{{}, {}, {}, entries({1, 1, 1, 1, 1}), 0});
  const SnapshotMeta meta{
      {Index(3), Term(2), 77}, {{{NodeId("a"), "a"}, {NodeId("z"), "z"}}, {}, {}, {}, false}, Index(2)};
  receive(group, "c", "a", Term(2), InstallSnapshot{meta});
  CHECK(group.status("a").last.index == Index(3));
  CHECK(group.status("a").commit == Index(3));
  CHECK(group.status("a").configuration.to_string() == "voters=(a z)");
  CHECK(group.node("a").disk.entries().empty());
  CHECK(group.node("a").state == std::vector<std::string>{"snapshot 3"});
  CHECK(group.status("a").applied == Index(3));
}

TEST_CASE("a snapshot of what the log has only moves the commit index (MS-20)") {
  Group group(3);
  const std::vector<Entry> log = entries({1, 1, 1, 1, 1});
  receive(group, "b", "a", Term(1), AppendRequest{{}, {}, {}, log, 0});
  receive(group, "b", "a", Term(1), InstallSnapshot{{log[2].position(), group.status("a").configuration, Index(0)}});
  CHECK(group.status("a").last.index == Index(5));
  CHECK(group.status("a").commit == Index(3));
  CHECK(group.node("a").state.size() == 3);
}

TEST_CASE("a snapshot older than what is committed changes nothing") {
  Group group(3);
  const std::vector<Entry> log = entries({1, 1, 1});
  receive(group, "b", "a", Term(1), AppendRequest{{}, {}, Index(3), log, 0});
  receive(group, "b", "a", Term(1), InstallSnapshot{{{Index(2), Term(1), 5}, {}, Index(0)}});
  CHECK(group.status("a").last.index == Index(3));
  CHECK(group.status("a").configuration.to_string() == "voters=(a b c)");
}

TEST_CASE("a snapshot of a leader that was replaced meanwhile is taken all the same (MS-38)") {
  Group group(3);
  receive(group, "b", "a", Term(7), Heartbeat{});
  receive(group, "c", "a", Term(3),
          InstallSnapshot{{{Index(9), Term(3), 5}, group.status("a").configuration, Index(0)}});
  CHECK(group.status("a").commit == Index(9));
  CHECK(group.status("a").term == Term(7));
}

TEST_CASE("what follows a snapshot is not applied before it is installed") {
  Group group(3);
  group.node("a").hold_writes = true;
  const SnapshotMeta meta{{Index(3), Term(1), 77}, group.status("a").configuration, Index(0)};
  receive(group, "b", "a", Term(1), InstallSnapshot{meta});
  receive(group, "b", "a", Term(1), AppendRequest{Index(3), Term(1), Index(5), entries({1, 1}, meta.position), 0});
  CHECK(group.node("a").applying.empty());
  while (group.node("a").write) group.finish_write("a");
  CHECK(group.node("a").state == std::vector<std::string>{"snapshot 3", "4:t1", "5:t1"});
}

TEST_CASE("an installation that finds no space is tried again, with its restore") {
  Group group(3);
  group.node("a").hold_writes = true;
  receive(group, "b", "a", Term(1), Heartbeat{});
  group.finish_write("a");
  const SnapshotMeta meta{{Index(3), Term(1), 77}, group.status("a").configuration, Index(0)};
  receive(group, "b", "a", Term(1), InstallSnapshot{meta});
  group.finish_write("a", input::WriteOutcome::no_space);
  group.skip(200ms);
  group.step("a", input::Tick{});
  REQUIRE(group.node("a").write);
  CHECK(group.node("a").write->install == meta);
  group.finish_write("a");
  CHECK(group.node("a").state == std::vector<std::string>{"snapshot 3"});
}

// MS-34: what the log, the snapshots and the state machine have when a core starts.
TEST_CASE("a core starts from whatever of log, snapshot and state machine is newest") {
  struct Row {
    const char* what;
    std::vector<std::uint64_t> log;  // terms
    Index base;
    Index snapshot;
    Term snapshot_term;
    Index applied;
    // Expected:
    bool installs;
    bool restores;
    Index last;
    Index commit;
  };
  const std::vector<Row> rows = {
      {"nothing anywhere", {}, {}, {}, {}, {}, false, false, Index(0), Index(0)},
      {"a log alone", {1, 1}, {}, {}, {}, {}, false, false, Index(2), Index(0)},
      {"a state machine that keeps its state", {1, 1}, {}, {}, {}, Index(2), false, false, Index(2), Index(2)},
      {"a snapshot within the log", {1, 1, 1}, {}, Index(2), Term(1), {}, false, true, Index(3), Index(2)},
      {"a snapshot that the state machine has",
       {1, 1, 1},
       {},
       Index(2),
       Term(1),
       Index(3),
       false,
       false,
       Index(3),
       Index(3)},
      {"a snapshot ahead of the log", {1, 1}, {}, Index(5), Term(2), {}, true, true, Index(5), Index(5)},
      {"a snapshot ahead of the log, known to the state machine",
       {1},
       {},
       Index(5),
       Term(2),
       Index(5),
       true,
       false,
       Index(5),
       Index(5)},
      {"a snapshot that the log disagrees with",
       {1, 1, 1, 1},
       {},
       Index(3),
       Term(2),
       {},
       true,
       true,
       Index(3),
       Index(3)},
  };
  for (const Row& row : rows) {
    INFO(row.what);
    Group group(3);
    group.crash("a");
    Node& node = group.node("a");
    Write write;
    write.append = entries(row.log);
    node.disk.write(write);
    if (!row.snapshot.is_zero()) {
      LogPosition position{row.snapshot, row.snapshot_term, 5};
      if (row.snapshot_term == Term(1)) position = entries(row.log)[row.snapshot.value() - 1].position();
      node.snapshot = SnapshotMeta{position, group.status("b").configuration, Index(0)};
    }
    node.applied = row.applied;
    RaftCore core(node.options, BootState{node.disk.open(), node.snapshot, node.applied}, 1, group.now());
    const Output first = core.step(group.now(), input::Tick{});
    CHECK(core.status().last.index == row.last);
    CHECK(core.status().commit == row.commit);
    CHECK((first.write && first.write->install.has_value()) == row.installs);
    CHECK(first.restore.has_value() == row.restores);
  }
}

TEST_CASE("after a snapshot was restored at the start, what follows it is applied") {
  Group group(3, compacting());
  group.elect("a");
  for (int i = 0; i < 3; ++i) {
    group.propose("a", "x");
    group.settle();
  }
  take_snapshot(group, "b");
  group.propose("a", "y");
  group.settle();
  group.crash("b");
  group.node("b").applied = Index();
  group.restart("b");
  group.pass(500ms);
  CHECK(group.node("b").applied == Index(5));
  CHECK(group.node("b").state.back() == "5:y");
}

TEST_CASE("a core applies from the store what it has not got in memory after a start") {
  Group group(3);
  group.elect("a");
  for (int i = 0; i < 20; ++i) group.propose("a", std::to_string(i));
  group.settle();
  group.pass(200ms);
  group.crash("b");
  group.node("b").applied = Index();
  group.node("b").state.clear();
  group.node("b").disk.tail_limit = 2;
  group.restart("b");
  group.pass(500ms);
  CHECK(group.node("b").state == group.node("a").state);
}

TEST_CASE("a damaged member does not vote, campaign or count until a quorum without it has committed (MS-49)") {
  Group group(3);
  group.elect("a");
  group.propose("a", "x");
  group.settle();
  group.crash("c");
  group.node("c").disk.damage_from(Index(2));
  group.node("c").applied = Index(1);
  group.restart("c");
  CHECK(group.status("c").recovering);

  SECTION("it recovers by itself in a healthy group") {
    group.pass(500ms);
    CHECK_FALSE(group.status("c").recovering);
    CHECK_FALSE(group.node("c").disk.open().damaged);
    CHECK_FALSE(peer(group, "a", "c").recovering);
    CHECK(group.status("c").vote == NodeId("a"));
  }
  SECTION("what only it has besides the leader is not committed") {
    group.cut("b");
    group.pass(250ms);
    REQUIRE(group.core("a").role() == Role::leader);
    const RequestId request = group.propose("a", "y");
    group.settle();
    CHECK_FALSE(group.outcome("a", request));
    CHECK(group.status("c").recovering);
    // A leader with only a damaged member at its side has no quorum.
    group.pass(1s);
    CHECK(group.core("a").role() != Role::leader);
    CHECK(group.core("c").role() == Role::follower);
  }
  SECTION("it gives no vote") {
    group.crash("a");
    group.pass(3s);
    CHECK(group.leader().empty());
    CHECK(group.core("c").role() == Role::follower);
  }
  SECTION("a late word of an earlier recovery does not end this one") {
    Entry entry = group.node("a").disk.entries()[0];
    receive(group, "a", "c", Term(1), AppendRequest{Index(1), Term(1), Index(1), {}, 12345});
    CHECK(group.status("c").recovering);
  }
}

TEST_CASE("a member whose state machine has more than its log has lost something") {
  Group group(3);
  group.elect("a");
  group.propose("a", "x");
  group.settle();
  group.crash("c");
  group.node("c").disk.damage_from(Index(2));
  group.node("c").disk.mark_damaged(false);
  group.restart("c");
  CHECK(group.status("c").recovering);
  group.pass(500ms);
  CHECK_FALSE(group.status("c").recovering);
  CHECK(group.status("c").applied == group.status("a").applied);
}

}  // namespace
}  // namespace consensus::testing
