// Groups of nodes: founding, joining, failing over, coming back.
#include "group.hpp"

#include <algorithm>

#include "catch.hpp"

namespace consensus_test {
namespace {

using namespace consensus;
using Texts = std::vector<std::string>;

TEST_CASE("a group of one keeps what it acknowledged over a restart") {
  Group group;
  group.make({"a"});
  CHECK(group.propose("a", "first")->answer == "1");
  CHECK(group.propose("a", "second")->answer == "2");
  CHECK(group.read("a"));
  group.kill("a");
  REQUIRE(group.start("a"));
  REQUIRE(group.read("a"));
  CHECK(group.items("a") == Texts{"first", "second"});
  CHECK(group.propose("a", "third")->answer == "3");
}

TEST_CASE("a blank node says so and does nothing until it belongs to a group") {
  Group group;
  REQUIRE(group.start("a"));
  CHECK(group.node("a").status().blank);
  CHECK(group.propose("a", "x").error().code == Errc::not_leader);
  REQUIRE(group.run(group.node("a").bootstrap()));
  CHECK_FALSE(group.node("a").status().blank);
  CHECK(group.run(group.node("a").bootstrap()).error().code == Errc::invalid_argument);
}

TEST_CASE("blank nodes join through any member, and everything is applied everywhere") {
  Group group;
  group.make({"a", "b", "c"});
  for (const auto* name : {"a", "b", "c"}) {
    const Result<Applied> applied = group.propose(name, std::string("from ") + name);
    REQUIRE(applied);
  }
  for (const auto* name : {"a", "b", "c"}) {
    REQUIRE(group.read(name));
    CHECK(group.items(name) == Texts{"from a", "from b", "from c"});
    CHECK(group.node(name).status().core.configuration.voters.size() == 3);
  }
}

TEST_CASE("nodes that know only where all of them are form one group, and one without its data joins it again") {
  Group group;
  std::vector<std::string> nodes;
  const std::vector<std::string> names{"a", "b", "c"};
  for (const std::string& name : names) {
    REQUIRE(group.start(name));
    nodes.push_back(group.address(name));
  }
  const auto form = [&](const std::string& name, Duration patience) {
    JoinOptions options;
    options.deadline = group.in(patience);
    return group.run(group.node(name).form(nodes, options));
  };
  std::sort(nodes.begin(), nodes.end());
  const auto founder = std::find_if(names.begin(), names.end(),
                                    [&](const std::string& name) { return group.address(name) == nodes.front(); });
  for (const std::string& name : names) {
    if (name == *founder) continue;
    const Result<void> waited = form(name, 50ms);
    REQUIRE_FALSE(waited);
    CHECK(waited.error().code == Errc::timeout);
    CHECK_THAT(waited.error().context, Catch::Contains("3 of 3") && Catch::Contains(nodes.front()));
  }
  REQUIRE(form(*founder, 20s));
  for (const std::string& name : names) REQUIRE(form(name, 20s));
  CHECK(group.node(group.leader()).status().core.configuration.voters.size() == 3);

  SECTION("the founder without its data") {
    group.kill(*founder);
    group.wipe(*founder);
    REQUIRE(group.start(*founder));
    REQUIRE(form(*founder, 20s));
    REQUIRE(group.wait([&] { return group.node(*founder).status().core.configuration.voters.size() == 3; }));
    CHECK(group.propose(*founder, "x"));
  }
  SECTION("the founder without its data and without the others") {
    for (const std::string& name : names) group.kill(name);
    group.wipe(*founder);
    REQUIRE(group.start(*founder));
    const Result<void> waited = form(*founder, 300ms);
    REQUIRE_FALSE(waited);
    CHECK_THAT(waited.error().context, Catch::Contains("1 of 3"));
    CHECK(group.node(*founder).status().blank);
  }
}

TEST_CASE("a learner gets everything and does not vote") {
  Group group;
  group.make({"a"});
  REQUIRE(group.propose("a", "x"));
  REQUIRE(group.start("l"));
  REQUIRE(group.join("l", "a", {.as = JoinAs::learner}));
  REQUIRE(group.read("l"));
  CHECK(group.items("l") == Texts{"x"});
  const Configuration configuration = group.node("a").status().core.configuration;
  CHECK(configuration.voters.size() == 1);
  CHECK(configuration.learners.size() == 1);
}

TEST_CASE("a command with an idempotency key takes effect once, whoever is asked, also after a failover") {
  Group group;
  group.make({"a", "b", "c"});
  const ProposeOptions once{.idempotency_key = "order 7"};
  const Result<Applied> first = group.propose("b", "pay", once);
  REQUIRE(first);
  const Result<Applied> again = group.propose("c", "pay", once);
  REQUIRE(again);
  CHECK(again->answer == first->answer);
  group.kill(group.leader());
  const std::string next = group.leader();
  REQUIRE(group.propose(next, "pay", once));
  REQUIRE(group.read(next));
  CHECK(group.items(next) == Texts{"pay"});
}

TEST_CASE("when the leader is gone the others go on with everything that was acknowledged") {
  Group group;
  group.make({"a", "b", "c"});
  Texts acknowledged;
  for (int i = 0; i < 20; ++i) {
    acknowledged.push_back("item " + std::to_string(i));
    REQUIRE(group.propose("a", acknowledged.back()));
  }
  const std::string old = group.leader();
  group.kill(old);
  const std::string next = group.leader();
  CHECK(next != old);
  REQUIRE(group.propose(next, "after"));
  acknowledged.emplace_back("after");
  CHECK(group.items(next) == acknowledged);
  REQUIRE(group.start(old));
  REQUIRE(group.read(old));
  CHECK(group.items(old) == acknowledged);
}

TEST_CASE("without a quorum nothing is acknowledged, and the client learns that the outcome is unknown") {
  Group group;
  group.make({"a", "b", "c"});
  const std::string leader = group.leader();
  for (const std::string& name : group.followers()) group.kill(name);
  const Result<Applied> applied = group.propose(leader, "lost?", {.deadline = group.in(2s), .forward = false});
  REQUIRE_FALSE(applied);
  CHECK(is_outcome_unknown(applied.error()));
  REQUIRE(group.wait([&] { return group.node(leader).status().core.role != Role::leader; }));
  // Nobody leads: nothing happened.
  CHECK(group.propose(leader, "waits", {.deadline = group.in(1s)}).error().code == Errc::timeout);
  CHECK(is_not_leader(group.propose(leader, "refused", {.deadline = group.in(1s), .forward = false}).error()));
}

CoreOptions compacting() {
  CoreOptions core = Group::quick();
  core.snapshot_after_entries = 20;
  core.trailing_entries = 5;
  return core;
}

TEST_CASE("a node that was away for long comes back by a snapshot") {
  Group group(compacting());
  group.make({"a", "b", "c"});
  const std::string away = group.followers().front();
  group.kill(away);
  Texts all;
  for (int i = 0; i < 100; ++i) {
    all.push_back(std::to_string(i));
    REQUIRE(group.propose(group.leader(), all.back()));
  }
  REQUIRE(group.start(away));
  REQUIRE(group.read(away));
  CHECK(group.items(away) == all);
  const auto& events = group.life(away).events;
  CHECK(std::any_of(events.begin(), events.end(),
                    [](const NodeEvent& one) { return std::holds_alternative<event::SnapshotRestored>(one); }));
}

TEST_CASE("a node that joins has a large state of many chunks as it is") {
  Group group(compacting());
  group.make({"a", "b", "c"});
  Texts all;
  std::uint64_t x = 1;
  for (int i = 0; i < 30; ++i) {
    std::string item(300'000, ' ');
    for (char& byte : item) byte = static_cast<char>((x = x * 6364136223846793005U + 1442695040888963407U) >> 56U);
    all.push_back(item);
    REQUIRE(group.propose("a", std::move(item)));
  }
  REQUIRE(group.start("d"));
  REQUIRE(group.join("d", "a"));
  REQUIRE(group.read("d"));
  CHECK((group.items("d") == all));
}

TEST_CASE("a node whose data is gone joins again under its name and replaces the member it was") {
  Group group(compacting());
  group.make({"a", "b", "c"});
  Texts all;
  for (int i = 0; i < 50; ++i) {
    all.push_back(std::to_string(i));
    REQUIRE(group.propose("a", all.back()));
  }
  const std::string lost = group.followers().front();
  const std::string other = group.leader();
  const NodeId before = group.node(lost).status().core.id;
  group.kill(lost);
  group.wipe(lost);
  REQUIRE(group.start(lost));
  CHECK(group.node(lost).status().blank);
  REQUIRE(group.join(lost, other));
  CHECK(group.items(lost) == all);
  CHECK(group.node(lost).status().core.id != before);
  const Configuration configuration = group.node(other).status().core.configuration;
  CHECK(configuration.voters.size() == 3);
  CHECK_FALSE(configuration.contains(before));
}

TEST_CASE("a restart after a snapshot finds the same state and goes on with it") {
  Group group(compacting());
  group.make({"a"});
  Texts all;
  for (int i = 0; i < 70; ++i) {
    all.push_back(std::to_string(i));
    REQUIRE(group.propose("a", all.back(), {.idempotency_key = "key " + std::to_string(i)}));
  }
  REQUIRE(group.wait([&] { return group.node("a").status().snapshot.has_value(); }));
  group.kill("a");
  REQUIRE(group.start("a"));
  REQUIRE(group.read("a"));
  CHECK(group.items("a") == all);
  // Keys from before the snapshot and from after it are remembered.
  REQUIRE(group.propose("a", "0", {.idempotency_key = "key 0"}));
  REQUIRE(group.propose("a", "69", {.idempotency_key = "key 69"}));
  CHECK(group.items("a") == all);
}

TEST_CASE("a node that comes back at another address is found there") {
  Group group;
  group.make({"a", "b", "c"});
  const std::string moved = group.followers().front();
  const std::string leader = group.leader();
  group.kill(moved);
  group.move(moved);
  REQUIRE(group.start(moved));
  const auto known = [&] {
    for (const Member& member : group.node(leader).status().core.configuration.voters) {
      if (member_name(member.id) == moved) return member.address;
    }
    return std::string();
  };
  REQUIRE(group.wait([&] { return known() == group.address(moved); }));
  REQUIRE(group.propose(moved, "hello"));
  REQUIRE(group.read(moved));
  CHECK(group.items(moved) == Texts{"hello"});
}

TEST_CASE("leadership goes to the member that is named") {
  Group group;
  group.make({"a", "b", "c"});
  const std::string leader = group.leader();
  const std::string wanted = group.followers().back();
  const NodeId target = group.node(wanted).status().core.id;
  REQUIRE(group.run(group.node(leader).transfer(target, group.in(10s))));
  CHECK(group.leader() == wanted);
  REQUIRE(group.propose(leader, "x"));
}

TEST_CASE("a member is removed by its name from any node, the leader too") {
  Group group;
  group.make({"a", "b", "c"});
  const std::string leader = group.leader();
  const std::string follower = group.followers().front();
  REQUIRE(group.run(group.node(follower).remove(leader, group.in(10s))));
  const auto left = [&] { return group.node(follower).status().core.configuration.voters.size(); };
  REQUIRE(group.wait([&] { return left() == 2; }));
  group.kill(leader);
  REQUIRE(group.propose(group.leader(), "x"));
  CHECK(group.run(group.node(follower).remove("nobody", group.in(10s))).error().code == Errc::not_member);
}

TEST_CASE("a state machine that refuses an entry stops its node and says why") {
  Group group;
  group.make({"a"});
  group.life("a").machine.refuse();
  const Result<Applied> applied = group.propose("a", "x");
  REQUIRE_FALSE(applied);
  const std::optional<Error> failed = group.node("a").status().failed;
  REQUIRE(failed);
  CHECK(failed->code == Errc::state_machine_failed);
  CHECK(std::holds_alternative<event::Failed>(group.life("a").events.back()));
  CHECK(group.propose("a", "y").error() == *failed);
}

}  // namespace
}  // namespace consensus_test
