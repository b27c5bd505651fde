// Majority arithmetic of configuration.hpp.
#pragma once

#include <algorithm>
#include <functional>
#include <limits>

#include "consensus/configuration.hpp"

namespace consensus {

template <class Matched>
Index committed_index(std::span<const Member> half, Matched matched) {
  if (half.empty()) return Index(std::numeric_limits<std::uint64_t>::max());
  std::vector<Index> indexes;
  indexes.reserve(half.size());
  for (const Member& member : half) indexes.push_back(matched(member.id));
  // The majority-th largest: at least that many members have it.
  const auto middle = indexes.begin() + static_cast<std::ptrdiff_t>(half.size() / 2);
  std::nth_element(indexes.begin(), middle, indexes.end(), std::greater<>());
  return *middle;
}

template <class Voted>
VoteResult vote_result(std::span<const Member> half, Voted voted) {
  if (half.empty()) return VoteResult::won;
  std::size_t yes = 0;
  std::size_t open = 0;
  for (const Member& member : half) {
    const std::optional<bool> vote = voted(member.id);
    if (!vote.has_value()) {
      ++open;
    } else if (*vote) {
      ++yes;
    }
  }
  const std::size_t majority = half.size() / 2 + 1;
  if (yes >= majority) return VoteResult::won;
  return yes + open >= majority ? VoteResult::pending : VoteResult::lost;
}

template <class Matched>
Index committed_index(const Configuration& configuration, Matched matched) {
  return std::min(committed_index(std::span<const Member>(configuration.voters), matched),
                  committed_index(std::span<const Member>(configuration.outgoing), matched));
}

template <class Voted>
VoteResult vote_result(const Configuration& configuration, Voted voted) {
  const VoteResult incoming = vote_result(std::span<const Member>(configuration.voters), voted);
  const VoteResult outgoing = vote_result(std::span<const Member>(configuration.outgoing), voted);
  if (incoming == VoteResult::lost || outgoing == VoteResult::lost) return VoteResult::lost;
  if (incoming == VoteResult::won && outgoing == VoteResult::won) return VoteResult::won;
  return VoteResult::pending;
}

}  // namespace consensus
