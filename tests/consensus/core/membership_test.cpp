// Changes of the group, and handing over its leadership.
#include "catch.hpp"
#include "group.hpp"

namespace consensus::testing {
namespace {

Member member(const std::string& name) {
  return {NodeId(name), name};
}

ConfigurationChange add_voter(const std::string& name) {
  return {Transition::automatic, {{MemberAction::add_voter, member(name)}}};
}

ConfigurationChange remove_member(const std::string& name) {
  return {Transition::automatic, {{MemberAction::remove, member(name)}}};
}

std::optional<std::error_code> refusal(Group& group, const std::string& name, RequestId request) {
  const auto outcome = group.outcome(name, request);
  if (!outcome || outcome->has_value()) return std::nullopt;
  return outcome->error().code;
}

std::string configuration(Group& group, const std::string& name) {
  return group.status(name).configuration.to_string();
}

TEST_CASE("a change is in force when it is appended, and known everywhere when it is committed") {
  Group group(3);
  group.elect("a");
  group.add_blank("d");
  const RequestId request = group.change("a", add_voter("d"));
  CHECK(configuration(group, "a") == "voters=(a b c d)");
  group.pass(500ms);
  REQUIRE(group.outcome("a", request));
  CHECK(group.outcome("a", request)->value() == Index(2));
  for (const char* name : {"a", "b", "c", "d"}) CHECK(configuration(group, name) == "voters=(a b c d)");
}

TEST_CASE("no change before the leader's own term is committed (MS-02)") {
  Group group(3);
  group.node("a").hold_writes = true;
  group.step("a", input::Campaign{});
  while (group.core("a").role() != Role::leader) {
    if (group.node("a").write) group.finish_write("a");
    group.deliver_one([](const Message&) { return true; });
  }
  CHECK(refusal(group, "a", group.change("a", add_voter("d"))) == Errc::change_in_progress);
}

TEST_CASE("no change while another one is not committed (MS-03)") {
  Group group(3);
  group.elect("a");
  group.change("a", add_voter("d"));
  CHECK(refusal(group, "a", group.change("a", add_voter("e"))) == Errc::change_in_progress);
  group.settle();
  CHECK_FALSE(refusal(group, "a", group.change("a", add_voter("e"))));
}

TEST_CASE("a joint configuration needs both majorities and is left by itself") {
  Group group(3);
  group.elect("a");
  for (const char* name : {"d", "e"}) group.add_blank(name);
  group.cut("d");
  group.cut("e");
  ConfigurationChange change;
  for (const char* name : {"b", "c"}) change.changes.push_back({MemberAction::remove, member(name)});
  for (const char* name : {"d", "e"}) change.changes.push_back({MemberAction::add_voter, member(name)});
  const RequestId request = group.change("a", change);
  CHECK(configuration(group, "a") == "voters=(a d e)&&(a b c) autoleave");
  group.settle();
  // The old majority has it, the new one does not.
  CHECK_FALSE(group.outcome("a", request));
  group.heal();
  group.pass(500ms);
  CHECK(group.outcome("a", request));
  for (const char* name : {"a", "d", "e"}) CHECK(configuration(group, name) == "voters=(a d e)");
}

TEST_CASE("an explicit joint configuration stays until it is left by request") {
  Group group(3);
  group.elect("a");
  ConfigurationChange change{Transition::explicit_joint, {{MemberAction::add_learner, member("c")}}};
  group.change("a", change);
  group.pass(500ms);
  CHECK(configuration(group, "b") == "voters=(a b)&&(a b c) learners_next=(c)");
  group.change("a", {Transition::automatic, {}});
  group.pass(500ms);
  CHECK(configuration(group, "c") == "voters=(a b) learners=(c)");
}

TEST_CASE("a joint configuration of an earlier leader is left only when it is committed (MS-04)") {
  Group group(3);
  group.elect("a");
  ConfigurationChange change{Transition::implicit_joint, {{MemberAction::remove, member("c")}}};
  group.change("a", change);
  group.deliver("a", "b");
  group.crash("a");
  group.drop([](const Message&) { return true; });
  REQUIRE(configuration(group, "b") == "voters=(a b)&&(a b c) autoleave");
  group.restart("a");
  group.step("b", input::ForgetLeader{});
  group.step("c", input::ForgetLeader{});
  group.pass(3s);
  const std::string leader = group.leader();
  REQUIRE_FALSE(leader.empty());
  CHECK(configuration(group, leader) == "voters=(a b)");
  // Left once, by one entry.
  int changes = 0;
  for (const Entry& entry : group.node(leader).disk.entries()) changes += entry.kind == EntryKind::configuration;
  CHECK(changes == 2);
}

TEST_CASE("a leader that is removed tells the others before it goes (MS-06)") {
  Group group(2);
  group.elect("a");
  const RequestId request = group.change("a", remove_member("a"));
  CHECK(configuration(group, "a") == "voters=(b)");
  CHECK(group.core("a").role() == Role::leader);
  group.settle();
  REQUIRE(group.outcome("a", request));
  CHECK(group.outcome("a", request)->has_value());
  CHECK(group.core("a").role() == Role::follower);
  CHECK(group.status("b").commit == Index(2));
  group.pass(1s);
  CHECK(group.leader() == "b");
  // The removed one stays quiet.
  CHECK(group.core("a").role() == Role::follower);
}

TEST_CASE("a leader that is removed does not count itself") {
  Group group(3);
  group.elect("a");
  group.cut("c");
  group.change("a", remove_member("a"));
  group.settle();
  // a and b have it; of b and c only one.
  CHECK(group.status("a").commit == Index(1));
  group.heal();
  group.pass(300ms);
  CHECK(group.core("a").role() != Role::leader);
}

TEST_CASE("without stepping down on removal a leader leads on but takes nothing new") {
  CoreOptions options = Group::default_options();
  options.step_down_on_removal = false;
  Group group(3, options);
  group.elect("a");
  group.change("a", remove_member("a"));
  const RequestId during = group.propose("a", "x");
  group.settle();
  CHECK(group.core("a").role() == Role::leader);
  REQUIRE(group.outcome("a", during));
  CHECK(group.outcome("a", during)->has_value());
  CHECK(refusal(group, "a", group.propose("a", "y")) == Errc::not_member);
}

TEST_CASE("a leader demoted in a joint configuration still counts in the old half (MS-08)") {
  Group group(3);
  group.elect("a");
  ConfigurationChange change{Transition::implicit_joint, {{MemberAction::add_learner, member("a")}}};
  group.change("a", change);
  CHECK(configuration(group, "a") == "voters=(b c)&&(a b c) learners_next=(a) autoleave");
  group.pass(200ms);
  CHECK(configuration(group, "b") == "voters=(b c) learners=(a)");
  CHECK(group.core("a").role() == Role::follower);
  group.pass(2s);
  CHECK((group.leader() == "b" || group.leader() == "c"));
}

TEST_CASE("a configuration that is cut off makes way for the one before it (MS-09)") {
  Group group(3);
  group.elect("a");
  group.cut("a");
  group.change("a", remove_member("c"));
  CHECK(configuration(group, "a") == "voters=(a b)");
  group.pass(2s);
  REQUIRE(group.leader() != "a");
  group.heal();
  group.pass(1s);
  CHECK(configuration(group, "a") == "voters=(a b c)");
  CHECK(group.status("a").configuration_index == Index(0));
  group.restart("a");
  CHECK(configuration(group, "a") == "voters=(a b c)");
}

TEST_CASE("who is left out by a change that is not committed may still be needed as leader") {
  Group group(2);
  group.elect("a");
  group.change("a", remove_member("a"));
  group.drop([](const Message&) { return true; });
  // b knows nothing of the change and has the shorter log.
  group.restart("a");
  group.pass(3s);
  CHECK(group.leader() == "b");
  CHECK(configuration(group, "b") == "voters=(b)");
}

TEST_CASE("an address changes without a joint step") {
  Group group(3);
  group.elect("a");
  group.change("a", {Transition::automatic, {{MemberAction::update_address, {NodeId("b"), "elsewhere"}}}});
  group.settle();
  CHECK(group.status("c").configuration.voters[1].address == "elsewhere");
}

TEST_CASE("leadership goes to the member that is named, and proposals wait meanwhile") {
  Group group(3);
  group.elect("a");
  const RequestId transfer = group.transfer("a", "c");
  CHECK(refusal(group, "a", group.propose("a", "x")) == Errc::change_in_progress);
  group.settle();
  CHECK(group.leader() == "c");
  REQUIRE(group.outcome("a", transfer));
  CHECK(group.outcome("a", transfer)->has_value());
}

TEST_CASE("leadership goes to the one with the longest log when nobody is named") {
  Group group(3);
  group.elect("a");
  group.cut("b");
  group.propose("a", "x");
  group.settle();
  group.heal();
  group.transfer("a");
  group.settle();
  CHECK(group.leader() == "c");
}

TEST_CASE("a successor that is behind gets everything first") {
  Group group(3);
  group.elect("a");
  group.cut("c");
  group.propose("a", "x");
  group.settle();
  group.heal();
  group.transfer("a", "c");
  group.pass(200ms);
  CHECK(group.leader() == "c");
  CHECK(group.status("c").commit == Index(3));
}

TEST_CASE("a transfer that does not come about ends by itself, and the leader goes on (MS-18)") {
  Group group(3);
  group.elect("a");
  group.crash("c");
  const RequestId transfer = group.transfer("a", "c");
  CHECK(refusal(group, "a", group.transfer("a", "b")) == Errc::change_in_progress);
  group.pass(310ms);
  CHECK(refusal(group, "a", transfer) == Errc::timeout);
  const RequestId proposal = group.propose("a", "x");
  group.settle();
  REQUIRE(group.outcome("a", proposal));
  CHECK(group.outcome("a", proposal)->has_value());
}

TEST_CASE("a leader that lost its office during a transfer takes proposals when it is elected again (MS-17)") {
  Group group(3);
  group.elect("a");
  group.crash("c");
  const RequestId transfer = group.transfer("a", "c");
  group.step("a", input::Received{{NodeId("x"), NodeId("a"), Term(5), VoteReply{}}});
  REQUIRE(group.core("a").role() == Role::follower);
  group.step("b", input::ForgetLeader{});
  group.elect("a");
  const RequestId proposal = group.propose("a", "x");
  group.settle();
  REQUIRE(group.outcome("a", proposal));
  CHECK(group.outcome("a", proposal)->has_value());
  CHECK(group.outcome("a", transfer));
}

TEST_CASE("leadership is not given to learners or strangers, and giving it to oneself changes nothing") {
  Group group(4, Group::default_options(), 3);
  group.elect("a");
  for (const char* name : {"d", "x"}) {
    CHECK(refusal(group, "a", group.transfer("a", name)) == Errc::invalid_argument);
  }
  const RequestId self = group.transfer("a", "a");
  REQUIRE(group.outcome("a", self));
  CHECK(group.outcome("a", self)->has_value());
  CHECK(is_not_leader(group.outcome("b", group.transfer("b", "a"))->error()));
}

}  // namespace
}  // namespace consensus::testing
