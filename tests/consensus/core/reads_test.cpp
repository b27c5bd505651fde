// Linearizable reads, by rounds and by leases.
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

bool is_read(Group& group, const std::string& name, RequestId request, Index index) {
  const auto outcome = group.outcome(name, request);
  return outcome && outcome->has_value() && outcome->value() == index;
}

TEST_CASE("a leader's read waits for a round of heartbeats that began after it") {
  Group group(3);
  group.elect("a");
  const RequestId read = group.read("a");
  CHECK_FALSE(group.outcome("a", read));
  CHECK(sent<Heartbeat>(group, "a", "b").size() == 1);
  group.settle();
  CHECK(is_read(group, "a", read, Index(1)));
}

TEST_CASE("answers to heartbeats from before a read do not confirm it") {
  Group group(3);
  group.elect("a");
  group.skip(100ms);
  group.step("a", input::Tick{});
  group.deliver("a", "b");
  group.deliver("a", "c");
  const RequestId read = group.read("a");
  group.deliver("b", "a");
  group.deliver("c", "a");
  CHECK_FALSE(group.outcome("a", read));
  group.settle();
  CHECK(is_read(group, "a", read, Index(1)));
}

TEST_CASE("reads that arrive during a round share the next one") {
  Group group(3);
  group.elect("a");
  std::vector<RequestId> reads;
  for (int i = 0; i < 10; ++i) reads.push_back(group.read("a"));
  CHECK(sent<Heartbeat>(group, "a", "b").size() == 1);
  group.settle();
  for (const RequestId read : reads) CHECK(is_read(group, "a", read, Index(1)));
}

TEST_CASE("a new leader reads only when it knows what is committed (MS-40)") {
  Group group(3);
  group.elect("a");
  group.step("b", input::ForgetLeader{});
  group.step("c", input::ForgetLeader{});
  group.step("b", input::Campaign{});
  while (group.core("b").role() != Role::leader) group.deliver_one([](const Message&) { return true; });
  const RequestId read = group.read("b");
  CHECK_FALSE(group.outcome("b", read));
  // Heartbeats are answered, but the barrier is not.
  group.drop([](const Message& m) { return std::holds_alternative<AppendRequest>(m.body); });
  group.settle();
  CHECK_FALSE(group.outcome("b", read));
  group.pass(300ms);
  CHECK(is_read(group, "b", read, Index(2)));
}

TEST_CASE("a group of one reads at once") {
  Group group(1);
  group.elect("a");
  CHECK(is_read(group, "a", group.read("a"), Index(1)));
}

TEST_CASE("any member reads by asking the leader, many reads with one question") {
  Group group(4, Group::default_options(), 3);
  group.elect("a");
  for (const char* name : {"b", "d"}) {
    const RequestId first = group.read(name);
    const RequestId second = group.read(name);
    const RequestId third = group.read(name);
    CHECK(sent<ReadQuery>(group, name, "a").size() == 1);
    group.settle();
    for (const RequestId read : {first, second, third}) CHECK(is_read(group, name, read, Index(1)));
  }
}

TEST_CASE("a question that is lost is asked again") {
  Group group(3);
  group.elect("a");
  const RequestId read = group.read("b");
  CHECK(group.drop([](const Message& m) { return std::holds_alternative<ReadQuery>(m.body); }) == 1);
  group.pass(300ms);
  CHECK(is_read(group, "b", read, Index(1)));
}

TEST_CASE("a late answer to an earlier question is not used for a later read (MS-41)") {
  Group group(3);
  group.elect("a");
  const RequestId first = group.read("b");
  while (sent<ReadAnswer>(group, "a", "b").empty()) {
    REQUIRE(group.deliver_one([](const Message& m) { return !std::holds_alternative<ReadAnswer>(m.body); }));
  }
  const ReadAnswer late = sent<ReadAnswer>(group, "a", "b")[0];
  group.drop([](const Message& m) { return std::holds_alternative<ReadAnswer>(m.body); });
  group.propose("a", "x");
  group.settle();
  const RequestId second = group.read("b");
  group.skip(160ms);
  group.step("b", input::Tick{});
  group.step("b", input::Received{{NodeId("a"), NodeId("b"), Term(1), late}});
  CHECK_FALSE(group.outcome("b", second));
  group.settle();
  CHECK(is_read(group, "b", first, Index(2)));
  CHECK(is_read(group, "b", second, Index(2)));
}

TEST_CASE("an answer to a question of an earlier life is not taken for one of this life") {
  Group group(3);
  group.elect("a");
  group.read("b");
  const std::vector<ReadQuery> before = sent<ReadQuery>(group, "b", "a");
  group.restart("b");
  group.pass(100ms);
  group.read("b");
  const std::vector<ReadQuery> after = sent<ReadQuery>(group, "b", "a");
  REQUIRE(before.size() == 1);
  REQUIRE(after.size() == 1);
  CHECK(before[0].batch != after[0].batch);
}

TEST_CASE("reads go on with the next leader") {
  Group group(3);
  group.elect("a");
  group.cut("a");
  const RequestId at_old_leader = group.read("a");
  const RequestId at_follower = group.read("b");
  group.pass(1500ms);
  REQUIRE(group.leader() != "a");
  REQUIRE_FALSE(group.leader().empty());
  CHECK(is_read(group, "b", at_follower, Index(2)));
  CHECK_FALSE(group.outcome("a", at_old_leader));
  group.heal();
  group.pass(500ms);
  CHECK(is_read(group, "a", at_old_leader, Index(2)));
}

TEST_CASE("a read that nobody can confirm ends by itself, without having happened") {
  Group group(3);
  group.elect("a");
  group.crash("b");
  group.crash("c");
  const RequestId read = group.read("a");
  group.pass(5s);
  REQUIRE(group.outcome("a", read));
  CHECK(group.outcome("a", read)->error().code == Errc::timeout);
}

TEST_CASE("the first lease read asks for the lease, later ones are answered at once while it lasts") {
  Group group(3);
  group.elect("a");
  const RequestId first = group.read("a", ReadMode::lease);
  CHECK_FALSE(group.outcome("a", first));
  REQUIRE(sent<Heartbeat>(group, "a", "b").size() == 1);
  CHECK(sent<Heartbeat>(group, "a", "b")[0].lease);
  group.settle();
  CHECK(is_read(group, "a", first, Index(1)));
  CHECK(is_read(group, "a", group.read("a", ReadMode::lease), Index(1)));
  // Ten percent before the promise ends there it is over here (MS-42).
  group.skip(269ms);
  CHECK(is_read(group, "a", group.read("a", ReadMode::lease), Index(1)));
  group.skip(1ms);
  CHECK_FALSE(group.outcome("a", group.read("a", ReadMode::lease)));
}

TEST_CASE("who promised a lease votes for nobody else, also when the connection broke or it was restarted (MS-42)") {
  for (const bool restarted : {false, true}) {
    Group group(3);
    group.elect("a");
    group.read("a", ReadMode::lease);
    group.settle();
    group.crash("a");
    if (restarted) {
      group.restart("b");
      group.restart("c");
    }
    for (const char* name : {"b", "c"}) group.step(name, input::PeerLost{NodeId("a")});
    for (const char* name : {"b", "c"}) group.step(name, input::Campaign{});
    group.pass(299ms);
    CHECK(group.leader().empty());
    CHECK(group.core("b").term() == Term(1));
    group.pass(1s);
    CHECK_FALSE(group.leader().empty());
  }
}

TEST_CASE("there is no lease during a transfer, nor in that term after the successor was asked") {
  Group group(3);
  group.elect("a");
  group.read("a", ReadMode::lease);
  group.settle();
  group.cut("b");
  group.transfer("a", "b");
  CHECK_FALSE(group.outcome("a", group.read("a", ReadMode::lease)));
  group.drop([](const Message& m) { return std::holds_alternative<TimeoutNow>(m.body); });
  group.pass(400ms);
  REQUIRE(group.core("a").role() == Role::leader);
  CHECK_FALSE(group.outcome("a", group.read("a", ReadMode::lease)));
}

}  // namespace
}  // namespace consensus::testing
