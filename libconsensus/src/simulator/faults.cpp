// What each action does, and the budget of damage.
#include "simulator/faults.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "simulator/world.hpp"

namespace consensus::simulator {
namespace {

bool has_sound_half(const World& world, const std::vector<Member>& half, MemberNumber without) {
  if (half.empty()) return true;
  const auto sound = std::count_if(half.begin(), half.end(), [&](const Member& one) {
    const MemberNumber number = world.number_of(one.id);
    return number != without && is_sound(world, number);
  });
  return static_cast<std::size_t>(sound) >= half.size() / 2 + 1;
}

SimulatedMember* target_of(const World& world, const Action& action) {
  if (action.node == 0) return world.leader();
  return world.member(action.node);
}

SimulatedMember* live_target_of(const World& world, const Action& action) {
  SimulatedMember* target = target_of(world, action);
  return target != nullptr && target->is_up() ? target : nullptr;
}

void announce_loss(World& world, MemberNumber of) {
  for (const SimulatedMember* peer : world.member_list()) {
    if (peer->number() == of || !peer->is_up()) continue;
    world.queue.push({.at = world.now + world.setup.network_latency,
                      .kind = EventKind::peer_lost,
                      .node = peer->number(),
                      .life = peer->life(),
                      .slot = of});
  }
}

bool crash(World& world, Action& action) {
  SimulatedMember* target = live_target_of(world, action);
  if (target == nullptr) return false;
  action.node = target->number();
  if (target->disk().would_be_damaged(action.value >> crash_bits::kept_shift) && !may_lose(world, target->number())) {
    action.value |= target->disk().unsynced() << crash_bits::kept_shift;  // at least all of them
  }
  target->crash(action.value);
  if ((action.value & crash_bits::announce) != 0) announce_loss(world, target->number());
  world.queue.push({.at = world.now + action.duration, .kind = EventKind::restart, .node = target->number()});
  return true;
}

bool wipe(World& world, const Action& action) {
  SimulatedMember* target = world.member(action.node);
  if (target == nullptr || target->is_wiped() || !may_lose(world, action.node)) return false;
  target->wipe();
  announce_loss(world, action.node);
  return true;
}

bool ail_disk(World& world, const Action& action) {
  SimulatedMember* target = target_of(world, action);
  if (target == nullptr || target->is_wiped()) return false;
  if (action.kind == ActionKind::stall_disk) {
    target->disk().stalled_until = world.now + action.duration;
    return true;
  }
  const bool full = action.kind == ActionKind::fill_disk;
  if (full) {
    target->disk().set_full(true);
    if (target->is_up()) target->give(input::SpaceChanged{Space::low});
  } else {
    target->disk().set_lying(true);
  }
  world.queue.push({.at = world.now + action.duration,
                    .kind = full ? EventKind::end_of_full_disk : EventKind::end_of_lie,
                    .node = target->number()});
  return true;
}

bool tell(World& world, const Action& action) {
  SimulatedMember* target = live_target_of(world, action);
  if (target == nullptr) return false;
  if (action.kind == ActionKind::lose_peer) {
    target->give(input::PeerLost{member_id(action.other)});
  } else if (action.kind == ActionKind::campaign) {
    target->give(input::Campaign{});
  } else if (action.kind == ActionKind::forget_leader) {
    target->give(input::ForgetLeader{});
  } else {
    std::optional<NodeId> to;
    if (action.other != 0) to = member_id(action.other);
    target->give(input::TransferLeadership{RequestId(), to});
  }
  return true;
}

ConfigurationChange change_of(const Action& action) {
  const Member subject{member_id(action.node), "address of " + member_id(action.node).name()};
  const auto one = [&](MemberAction kind) { return ConfigurationChange{Transition::automatic, {{kind, subject}}}; };
  const std::vector<MemberChange> exchange{{MemberAction::add_voter, subject},
                                           {MemberAction::remove, {member_id(action.other), ""}}};
  switch (static_cast<MembershipChange>(action.value)) {
    case MembershipChange::add_learner:
    case MembershipChange::demote:
      return one(MemberAction::add_learner);
    case MembershipChange::add_voter:
      return one(MemberAction::add_voter);
    case MembershipChange::remove:
      return one(MemberAction::remove);
    case MembershipChange::replace:
      return {Transition::implicit_joint, exchange};
    case MembershipChange::replace_stepwise:
      return {Transition::explicit_joint, exchange};
    case MembershipChange::update_address:
      return {Transition::automatic, {{MemberAction::update_address, {subject.id, "another " + subject.address}}}};
    case MembershipChange::leave_joint:
      return {};
  }
  return {};
}

bool change(World& world, const Action& action) {
  SimulatedMember* leader = world.leader();
  if (leader == nullptr || action.value > static_cast<std::uint64_t>(MembershipChange::leave_joint)) return false;
  const ConfigurationChange wanted = change_of(action);
  const Result<Configuration> next = apply(leader->core().configuration(), wanted);
  const auto kind = static_cast<MembershipChange>(action.value);
  const bool adds = kind == MembershipChange::add_learner || kind == MembershipChange::add_voter ||
                    kind == MembershipChange::replace || kind == MembershipChange::replace_stepwise;
  // The new one is there, blank, before it is made a member.
  const bool is_new = adds && action.node != 0 && action.node < 64 && world.member(action.node) == nullptr;
  if (is_new) {
    world.make_member(action.node, LogImage()).start();
  }
  if (next && !has_sound_quorum(world, *next, 0)) return is_new;
  if (leader->has_unread_change()) return is_new;
  leader->give(input::ChangeConfiguration{RequestId(), wanted});
  return true;
}

FaultOutcome ask(World& world, const Action& action) {
  SimulatedMember* target = live_target_of(world, action);
  if (target == nullptr) return {};
  return {true, world.requests.ask(*target, action.value)};
}

}  // namespace

bool is_sound(const World& world, MemberNumber number) {
  const SimulatedMember* member = world.member(number);
  return member != nullptr && !member->is_wiped() && !member->disk().image().damaged();
}

bool has_sound_quorum(const World& world, const Configuration& configuration, MemberNumber without) {
  return has_sound_half(world, configuration.voters, without) && has_sound_half(world, configuration.outgoing, without);
}

bool may_lose(const World& world, MemberNumber number) {
  // Older configurations than the newest committed one can decide nothing any more.
  const Index oldest = world.ledger.configuration().index;
  return std::all_of(world.member_list().begin(), world.member_list().end(), [&](const SimulatedMember* one) {
    const ConfigurationAt& stored = one->disk().image().configuration();
    if (stored.index >= oldest && !has_sound_quorum(world, stored.configuration, number)) return false;
    if (!one->is_up()) return true;
    // What it was told to change and has not looked at may be anything.
    if (one->has_unread_change()) return false;
    return one->core().status().configuration_index < oldest ||
           has_sound_quorum(world, one->core().configuration(), number);
  });
}

void end_full_disk(SimulatedMember& member) {
  member.disk().set_full(false);
  if (member.is_up()) member.give(input::SpaceChanged{Space::enough});
}

FaultOutcome carry_out(World& world, Action& action) {
  switch (action.kind) {
    case ActionKind::ask:
      return ask(world, action);
    case ActionKind::crash:
      return {crash(world, action), {}};
    case ActionKind::pause: {
      SimulatedMember* target = live_target_of(world, action);
      if (target != nullptr) target->pause(world.now + action.duration);
      return {target != nullptr, {}};
    }
    case ActionKind::isolate:
    case ActionKind::cut:
    case ActionKind::bridge:
      world.network.begin_cut({action.kind, action.node, action.other, action.value}, action.duration);
      return {true, {}};
    case ActionKind::skew: {
      SimulatedMember* target = world.member(action.node);
      if (target != nullptr) target->reset_clock(static_cast<std::int64_t>(action.value));
      return {target != nullptr, {}};
    }
    case ActionKind::stall_disk:
    case ActionKind::fill_disk:
    case ActionKind::lie:
      return {ail_disk(world, action), {}};
    case ActionKind::wipe:
      return {wipe(world, action), {}};
    case ActionKind::replay:
      world.network.replay(action.value);
      return {true, {}};
    case ActionKind::lose_peer:
    case ActionKind::campaign:
    case ActionKind::forget_leader:
    case ActionKind::transfer:
      return {tell(world, action), {}};
    case ActionKind::change:
      return {change(world, action), {}};
  }
  return {};
}

}  // namespace consensus::simulator
