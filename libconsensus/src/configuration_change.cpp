// How one configuration becomes the next: simple steps, into and out of joint consensus.
#include <algorithm>

#include "consensus/configuration.hpp"

namespace consensus {
namespace {

auto position_of(std::vector<Member>& members, const NodeId& id) {
  return std::lower_bound(members.begin(), members.end(), id,
                          [](const Member& member, const NodeId& wanted) { return member.id < wanted; });
}

bool take_out(std::vector<Member>& members, const NodeId& id) {
  const auto at = position_of(members, id);
  if (at == members.end() || at->id != id) return false;
  members.erase(at);
  return true;
}

void put_in(std::vector<Member>& members, const Member& member) {
  const auto at = position_of(members, member.id);
  if (at != members.end() && at->id == member.id) {
    *at = member;
  } else {
    members.insert(at, member);
  }
}

void update_address(Configuration& configuration, const Member& member) {
  for (auto* part :
       {&configuration.voters, &configuration.outgoing, &configuration.learners, &configuration.learners_next}) {
    const auto at = position_of(*part, member.id);
    if (at != part->end() && at->id == member.id) at->address = member.address;
  }
}

void make_learner(Configuration& configuration, const Member& member) {
  take_out(configuration.voters, member.id);
  take_out(configuration.learners, member.id);
  take_out(configuration.learners_next, member.id);
  // It still votes in the outgoing half; a member is never voter and learner at a time.
  std::vector<Member>& learners =
      configuration.is_voter(member.id) ? configuration.learners_next : configuration.learners;
  put_in(learners, member);
}

// A change need not repeat the address of a member that is known.
Member with_address(Configuration& configuration, Member member) {
  if (!member.address.empty()) return member;
  for (auto* part : {&configuration.voters, &configuration.outgoing, &configuration.learners}) {
    const auto at = position_of(*part, member.id);
    if (at != part->end() && at->id == member.id && member.address.empty()) member.address = at->address;
  }
  return member;
}

void apply_one(Configuration& configuration, const MemberChange& change) {
  if (change.member.id.empty()) return;
  switch (change.action) {
    case MemberAction::add_voter: {
      const Member voter = with_address(configuration, change.member);
      take_out(configuration.learners, voter.id);
      take_out(configuration.learners_next, voter.id);
      put_in(configuration.voters, voter);
      return;
    }
    case MemberAction::add_learner:
      make_learner(configuration, with_address(configuration, change.member));
      return;
    case MemberAction::remove:
      take_out(configuration.voters, change.member.id);
      take_out(configuration.learners, change.member.id);
      take_out(configuration.learners_next, change.member.id);
      return;
    case MemberAction::update_address:
      update_address(configuration, change.member);
      return;
  }
}

Result<Configuration> apply_all(Configuration next, std::span<const MemberChange> changes) {
  for (const MemberChange& change : changes) apply_one(next, change);
  if (next.voters.empty()) return make_error(Errc::invalid_argument, "removed all voters");
  return next;
}

// How many voters one has and the other has not.
std::size_t voters_changed(const Configuration& before, const Configuration& after) {
  const auto missing = [](const std::vector<Member>& from, const Configuration& in) {
    return static_cast<std::size_t>(
        std::count_if(from.begin(), from.end(), [&](const Member& member) { return !in.is_voter(member.id); }));
  };
  return missing(before.voters, after) + missing(after.voters, before);
}

}  // namespace

Result<Configuration> change_simply(const Configuration& now, std::span<const MemberChange> changes) {
  if (now.is_joint()) return make_error(Errc::invalid_argument, "can't apply simple config change in joint config");
  Result<Configuration> next = apply_all(now, changes);
  if (!next) return next;
  if (voters_changed(now, *next) > 1) {
    return make_error(Errc::invalid_argument, "more than one voter changed without entering joint config");
  }
  return next;
}

Result<Configuration> enter_joint(const Configuration& now, std::span<const MemberChange> changes,
                                  Transition transition) {
  if (now.is_joint()) return make_error(Errc::invalid_argument, "config is already joint");
  if (now.voters.empty()) return make_error(Errc::invalid_argument, "can't make a zero-voter config joint");
  Configuration next = now;
  next.outgoing = now.voters;
  Result<Configuration> changed = apply_all(std::move(next), changes);
  if (changed) changed->auto_leave = transition != Transition::explicit_joint;
  return changed;
}

Result<Configuration> leave_joint(const Configuration& now) {
  if (!now.is_joint()) return make_error(Errc::invalid_argument, "can't leave a non-joint config");
  Configuration next = now;
  next.outgoing.clear();
  for (const Member& member : now.learners_next) put_in(next.learners, member);
  next.learners_next.clear();
  next.auto_leave = false;
  return next;
}

Result<Configuration> apply(const Configuration& now, const ConfigurationChange& change) {
  if (change.changes.empty()) return leave_joint(now);
  if (change.transition == Transition::automatic) {
    Result<Configuration> simple = change_simply(now, change.changes);
    if (simple || now.is_joint()) return simple;
  }
  return enter_joint(now, change.changes, change.transition);
}

}  // namespace consensus
