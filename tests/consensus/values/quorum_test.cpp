// Majority arithmetic against a slow and obvious definition, over every small case.
#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "catch.hpp"
#include "consensus/configuration.hpp"

namespace consensus {
namespace {

std::vector<Member> members(std::size_t count, char first = 'a') {
  std::vector<Member> list;
  for (std::size_t i = 0; i < count; ++i) {
    list.push_back({NodeId(std::string(1, static_cast<char>(first + static_cast<char>(i)))), ""});
  }
  return list;
}

using Matches = std::map<NodeId, Index>;
using Votes = std::map<NodeId, std::optional<bool>>;

Index match_of(const Matches& matches, const NodeId& id) {
  const auto at = matches.find(id);
  return at == matches.end() ? Index(0) : at->second;
}

// The largest index that more than half have.
Index slow_committed(const std::vector<Member>& half, const Matches& matches, std::uint64_t largest) {
  for (std::uint64_t index = largest; index > 0; --index) {
    const auto have = std::count_if(half.begin(), half.end(),
                                    [&](const Member& member) { return match_of(matches, member.id) >= Index(index); });
    if (2 * static_cast<std::size_t>(have) > half.size()) return Index(index);
  }
  return Index(0);
}

// Won (lost) when it is won (lost) however the missing votes turn out.
VoteResult slow_vote(const std::vector<Member>& half, const Votes& votes) {
  std::size_t least = 0;
  std::size_t most = 0;
  for (const Member& member : half) {
    const std::optional<bool> vote = votes.at(member.id);
    least += vote.value_or(false) ? 1 : 0;
    most += vote.value_or(true) ? 1 : 0;
  }
  if (2 * least > half.size()) return VoteResult::won;
  return 2 * most > half.size() ? VoteResult::pending : VoteResult::lost;
}

// Calls `visit` with every way to give each of `count` places a number below `values`.
template <class Visit>
void for_each_choice(std::size_t count, unsigned values, Visit visit) {
  std::vector<unsigned> choice(count, 0);
  while (true) {
    visit(choice);
    std::size_t place = 0;
    while (place < count && ++choice[place] == values) choice[place++] = 0;
    if (place == count) return;
  }
}

TEST_CASE("the committed index of every group of up to six is what more than half have") {
  for (std::size_t count = 1; count <= 6; ++count) {
    const std::vector<Member> half = members(count);
    std::size_t wrong = 0;
    for_each_choice(count, 4, [&](const std::vector<unsigned>& choice) {
      Matches matches;
      for (std::size_t i = 0; i < count; ++i) matches[half[i].id] = Index(choice[i]);
      const Index index =
          committed_index(std::span<const Member>(half), [&](const NodeId& id) { return match_of(matches, id); });
      if (index != slow_committed(half, matches, 4)) ++wrong;
    });
    CHECK(wrong == 0);
  }
}

TEST_CASE("every vote of up to six is decided as soon as it cannot turn any more") {
  for (std::size_t count = 1; count <= 6; ++count) {
    const std::vector<Member> half = members(count);
    std::size_t wrong = 0;
    for_each_choice(count, 3, [&](const std::vector<unsigned>& choice) {
      Votes votes;
      for (std::size_t i = 0; i < count; ++i) {
        votes[half[i].id] = choice[i] == 0 ? std::nullopt : std::optional<bool>(choice[i] == 1);
      }
      const VoteResult result =
          vote_result(std::span<const Member>(half), [&](const NodeId& id) { return votes.at(id); });
      if (result != slow_vote(half, votes)) ++wrong;
    });
    CHECK(wrong == 0);
  }
}

TEST_CASE("MS-55: half of an even group is no majority") {
  const std::vector<Member> four = members(4);
  const auto two_have = [&](const NodeId& id) { return id <= four[1].id ? Index(9) : Index(0); };
  const auto three_have = [&](const NodeId& id) { return id <= four[2].id ? Index(9) : Index(0); };
  CHECK(committed_index(std::span<const Member>(four), two_have) == Index(0));
  CHECK(committed_index(std::span<const Member>(four), three_have) == Index(9));

  const auto two_agree = [&](const NodeId& id) { return std::optional<bool>(id <= four[1].id); };
  const auto three_agree = [&](const NodeId& id) { return std::optional<bool>(id <= four[2].id); };
  CHECK(vote_result(std::span<const Member>(four), two_agree) == VoteResult::lost);
  CHECK(vote_result(std::span<const Member>(four), three_agree) == VoteResult::won);
}

TEST_CASE("an empty half agrees to everything") {
  const std::vector<Member> nobody;
  CHECK(committed_index(std::span<const Member>(nobody), [](const NodeId&) { return Index(1); }) >
        Index(1'000'000'000));
  CHECK(vote_result(std::span<const Member>(nobody), [](const NodeId&) { return std::optional<bool>(false); }) ==
        VoteResult::won);
}

TEST_CASE("a joint configuration needs both majorities, for every pair of overlapping halves") {
  Configuration joint;
  joint.voters = members(3, 'a');    // a b c
  joint.outgoing = members(3, 'b');  // b c d
  const std::vector<Member> all = joint.members();
  std::size_t wrong = 0;
  for_each_choice(all.size(), 3, [&](const std::vector<unsigned>& choice) {
    Matches matches;
    Votes votes;
    for (std::size_t i = 0; i < all.size(); ++i) {
      matches[all[i].id] = Index(choice[i]);
      votes[all[i].id] = choice[i] == 0 ? std::nullopt : std::optional<bool>(choice[i] == 1);
    }
    const auto matched = [&](const NodeId& id) { return match_of(matches, id); };
    const auto voted = [&](const NodeId& id) { return votes.at(id); };
    const Index index = std::min(slow_committed(joint.voters, matches, 3), slow_committed(joint.outgoing, matches, 3));
    if (committed_index(joint, matched) != index) ++wrong;

    const VoteResult in = slow_vote(joint.voters, votes);
    const VoteResult out = slow_vote(joint.outgoing, votes);
    VoteResult result = VoteResult::pending;
    if (in == VoteResult::won && out == VoteResult::won) result = VoteResult::won;
    if (in == VoteResult::lost || out == VoteResult::lost) result = VoteResult::lost;
    if (vote_result(joint, voted) != result) ++wrong;
  });
  CHECK(wrong == 0);
}

TEST_CASE("learners have no say") {
  Configuration configuration;
  configuration.voters = members(3);
  configuration.learners = members(2, 'x');
  const auto learners_have = [&](const NodeId& id) { return configuration.is_learner(id) ? Index(9) : Index(2); };
  CHECK(committed_index(configuration, learners_have) == Index(2));
}

}  // namespace
}  // namespace consensus
