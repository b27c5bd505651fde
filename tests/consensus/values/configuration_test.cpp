// The configuration calculus: elementary moves, their refusals, and what holds after any sequence of them.
#include "consensus/configuration.hpp"

#include <algorithm>
#include <iterator>

#include "catch.hpp"
#include "seeded.hpp"

namespace consensus {
namespace {

Member member(const std::string& name, const std::string& address = "") {
  return {NodeId(name), address};
}

MemberChange voter(const std::string& name) {
  return {MemberAction::add_voter, member(name)};
}
MemberChange learner(const std::string& name) {
  return {MemberAction::add_learner, member(name)};
}
MemberChange removal(const std::string& name) {
  return {MemberAction::remove, member(name)};
}

Configuration of_voters(const std::vector<std::string>& names) {
  Configuration configuration;
  for (const std::string& name : names) configuration.voters.push_back(member(name));
  return configuration;
}

std::string text(const Result<Configuration>& result) {
  return result ? result->to_string() : result.error().context;
}

using Changes = std::vector<MemberChange>;

TEST_CASE("a simple move changes one voter and any number of learners") {
  const Configuration abc = of_voters({"a", "b", "c"});
  CHECK(text(change_simply(abc, Changes{voter("d")})) == "voters=(a b c d)");
  CHECK(text(change_simply(abc, Changes{removal("b")})) == "voters=(a c)");
  CHECK(text(change_simply(abc, Changes{learner("b")})) == "voters=(a c) learners=(b)");
  CHECK(text(change_simply(abc, Changes{voter("d"), learner("x"), learner("y")})) == "voters=(a b c d) learners=(x y)");
  CHECK(text(change_simply(abc, Changes{learner("a"), voter("a")})) == "voters=(a b c)");
}

TEST_CASE("a simple move refuses what needs two majorities") {
  const Configuration abc = of_voters({"a", "b", "c"});
  const std::string two_changed = "more than one voter changed without entering joint config";
  CHECK(text(change_simply(abc, Changes{voter("d"), voter("e")})) == two_changed);
  CHECK(text(change_simply(abc, Changes{voter("d"), removal("a")})) == two_changed);
  CHECK(text(change_simply(abc, Changes{removal("a"), removal("b")})) == two_changed);
  CHECK(text(change_simply(abc, Changes{learner("a"), voter("d")})) == two_changed);
  CHECK(text(change_simply(abc, Changes{removal("a"), removal("b"), removal("c")})) == "removed all voters");
  CHECK(change_simply(abc, Changes{voter("d"), voter("e")}).error().code == Errc::invalid_argument);
}

TEST_CASE("a group begins with one voter") {
  CHECK(text(change_simply({}, Changes{voter("a")})) == "voters=(a)");
  CHECK(text(change_simply({}, Changes{learner("a")})) == "removed all voters");
  CHECK(text(enter_joint({}, Changes{voter("a")}, Transition::explicit_joint)) ==
        "can't make a zero-voter config joint");
}

TEST_CASE("a voter that becomes a learner waits until the joint configuration is left") {
  const Result<Configuration> joint =
      enter_joint(of_voters({"a", "b"}), Changes{learner("b"), voter("c")}, Transition::implicit_joint);
  CHECK(text(joint) == "voters=(a c)&&(a b) learners_next=(b) autoleave");
  CHECK(joint->is_voter(NodeId("b")));
  CHECK_FALSE(joint->is_learner(NodeId("b")));
  CHECK(text(leave_joint(*joint)) == "voters=(a c) learners=(b)");
}

TEST_CASE("a removed voter counts in the outgoing half until the joint configuration is left") {
  const Result<Configuration> joint = enter_joint(
      of_voters({"a", "b", "c"}), Changes{removal("c"), removal("b"), voter("d")}, Transition::explicit_joint);
  CHECK(text(joint) == "voters=(a d)&&(a b c)");
  CHECK(joint->contains(NodeId("c")));
  const Result<Configuration> left = leave_joint(*joint);
  CHECK(text(left) == "voters=(a d)");
  CHECK_FALSE(left->contains(NodeId("c")));
}

TEST_CASE("a learner wanted back as a voter leaves nothing behind") {
  const Changes changes{learner("b"), voter("b"), learner("b"), removal("b"), voter("b")};
  const Result<Configuration> joint = enter_joint(of_voters({"a", "b"}), changes, Transition::explicit_joint);
  CHECK(text(joint) == "voters=(a b)&&(a b)");
}

TEST_CASE("moves in the wrong state are refused") {
  const Configuration plain = of_voters({"a"});
  const Configuration joint = enter_joint(plain, Changes{voter("b")}, Transition::explicit_joint).value();
  CHECK(text(leave_joint(plain)) == "can't leave a non-joint config");
  CHECK(text(enter_joint(joint, Changes{voter("c")}, Transition::implicit_joint)) == "config is already joint");
  CHECK(text(change_simply(joint, Changes{learner("c")})) == "can't apply simple config change in joint config");
  CHECK(text(apply(joint, {Transition::automatic, {voter("c")}})) ==
        "can't apply simple config change in joint config");
  CHECK(text(apply(joint, {Transition::explicit_joint, {voter("c")}})) == "config is already joint");
  CHECK(text(apply(plain, {})) == "can't leave a non-joint config");
}

TEST_CASE("an automatic change is joint only when it has to be") {
  const Configuration ab = of_voters({"a", "b"});
  CHECK(text(apply(ab, {Transition::automatic, {voter("c")}})) == "voters=(a b c)");
  CHECK(text(apply(ab, {Transition::automatic, {learner("c"), learner("d")}})) == "voters=(a b) learners=(c d)");
  CHECK(text(apply(ab, {Transition::automatic, {voter("c"), voter("d")}})) == "voters=(a b c d)&&(a b) autoleave");
  CHECK(text(apply(ab, {Transition::implicit_joint, {voter("c")}})) == "voters=(a b c)&&(a b) autoleave");
  CHECK(text(apply(ab, {Transition::explicit_joint, {voter("c")}})) == "voters=(a b c)&&(a b)");
  const Configuration joint = apply(ab, {Transition::explicit_joint, {voter("c")}}).value();
  CHECK(text(apply(joint, {})) == "voters=(a b c)");
}

TEST_CASE("a change without an id changes nothing") {
  const Configuration a = of_voters({"a"});
  CHECK(change_simply(a, Changes{voter(""), learner(""), removal("")}).value() == a);
}

TEST_CASE("an address changes wherever its member is listed, and stays when a change brings none") {
  Configuration now;
  now.voters = {member("a", "one:1"), member("b", "two:2")};
  now.learners = {member("c", "three:3")};
  const Changes move{{MemberAction::update_address, member("b", "four:4")},
                     {MemberAction::update_address, member("c", "five:5")},
                     {MemberAction::update_address, member("unknown", "six:6")}};
  const Configuration moved = change_simply(now, move).value();
  CHECK(moved.voters[1].address == "four:4");
  CHECK(moved.learners[0].address == "five:5");
  CHECK_FALSE(moved.contains(NodeId("unknown")));

  const Configuration joint = enter_joint(now, Changes{learner("a"), voter("c")}, Transition::explicit_joint).value();
  CHECK(joint.learners_next == std::vector<Member>{member("a", "one:1")});
  CHECK(joint.voters == std::vector<Member>{member("b", "two:2"), member("c", "three:3")});
  const Changes elsewhere{{MemberAction::add_voter, member("a", "seven:7")}};
  CHECK(change_simply(now, elsewhere)->voters[0].address == "seven:7");
}

// What must hold of every configuration that the calculus gives.
void check_sound(const Configuration& configuration) {
  const auto sorted = [](const std::vector<Member>& list) {
    return std::adjacent_find(list.begin(), list.end(), [](const Member& left, const Member& right) {
             return left.id >= right.id;
           }) == list.end();
  };
  CHECK((sorted(configuration.voters) && sorted(configuration.outgoing) && sorted(configuration.learners) &&
         sorted(configuration.learners_next)));
  CHECK_FALSE(configuration.voters.empty());
  for (const Member& one : configuration.learners) CHECK_FALSE(configuration.is_voter(one.id));
  for (const Member& one : configuration.learners_next) {
    CHECK(configuration.is_voter(one.id));
    CHECK(std::none_of(configuration.voters.begin(), configuration.voters.end(),
                       [&](const Member& other) { return other.id == one.id; }));
  }
  if (!configuration.is_joint()) {
    CHECK(configuration.learners_next.empty());
    CHECK_FALSE(configuration.auto_leave);
  }
}

// The smallest majorities of two halves meet: no decision of one can be missed by the other.
bool majorities_overlap(const std::vector<Member>& left, const std::vector<Member>& right) {
  std::vector<Member> common;
  std::set_intersection(left.begin(), left.end(), right.begin(), right.end(), std::back_inserter(common));
  const std::size_t left_only = left.size() - common.size();
  const std::size_t right_only = right.size() - common.size();
  const std::size_t left_in_common = left.size() / 2 + 1 - std::min(left.size() / 2 + 1, left_only);
  const std::size_t right_in_common = right.size() / 2 + 1 - std::min(right.size() / 2 + 1, right_only);
  return left_in_common + right_in_common > common.size();
}

Changes random_changes(Seeded& seeded) {
  constexpr MemberAction actions[] = {MemberAction::add_voter, MemberAction::add_voter, MemberAction::add_learner,
                                      MemberAction::remove, MemberAction::update_address};
  Changes changes;
  for (std::size_t left = seeded.pick(4) + 1; left > 0; --left) {
    const std::string name(1, static_cast<char>('a' + seeded.pick(7)));
    changes.push_back({actions[seeded.pick(std::size(actions))], member(name)});
  }
  return changes;
}

TEST_CASE("after any sequence of changes the configuration is sound and overlaps the one before") {
  Seeded seeded(7);
  Configuration now = of_voters({"a"});
  int moves = 0;
  for (int round = 0; round < 5000; ++round) {
    const bool leave = now.is_joint() && seeded.pick(2) == 0;
    const auto transition = static_cast<Transition>(seeded.pick(3));
    const Result<Configuration> next = leave ? leave_joint(now) : apply(now, {transition, random_changes(seeded)});
    if (!next) continue;
    ++moves;
    check_sound(*next);
    // Old and new share a majority: through the voters, or because the joint one contains the old half.
    CHECK((majorities_overlap(now.voters, next->voters) || next->outgoing == now.voters ||
           (leave && next->voters == now.voters)));
    CHECK(decode_configuration(encode(*next).view()).value() == *next);
    now = *next;
  }
  CHECK(moves > 1000);
}

TEST_CASE("all members are listed once, by id") {
  Configuration joint = of_voters({"b", "c"});
  joint.outgoing = {member("a"), member("b")};
  joint.learners = {member("d")};
  joint.learners_next = {member("a")};
  CHECK(joint.members() == std::vector<Member>{member("a"), member("b"), member("c"), member("d")});
}

}  // namespace
}  // namespace consensus
