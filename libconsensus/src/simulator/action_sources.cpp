// Dice for clients and for faults.
#include "simulator/action_sources.hpp"

#include <algorithm>
#include <numeric>

#include "simulator/faults.hpp"

namespace consensus::simulator {

DicedActions::DicedActions(const Rates& rates, std::uint64_t seed) : rates_(rates), random_(seed) {
  total_weight_ = std::accumulate(rates_.weights.begin(), rates_.weights.end(), std::uint64_t{0});
  next_break_ = total_weight_ == 0 ? TimePoint::max() : TimePoint{} + around(rates_.action_interval);
  next_asks_.resize(rates_.clients);
  for (TimePoint& next : next_asks_) next = TimePoint{} + around(rates_.think_time);
}

// Between nothing and twice the mean.
Duration DicedActions::around(Duration mean) {
  return Duration(1 + static_cast<std::int64_t>(random_.below(2 * static_cast<std::uint64_t>(mean.count()))));
}

TimePoint DicedActions::next_at() const {
  TimePoint next = next_break_;
  for (const TimePoint at : next_asks_) next = std::min(next, at);
  return next;
}

Action DicedActions::take(const World& world) {
  const TimePoint at = next_at();
  taken_ = nobody;
  if (at == next_break_) {
    next_break_ = at + around(rates_.action_interval);
    return break_something(world);
  }
  taken_ = static_cast<std::size_t>(std::find(next_asks_.begin(), next_asks_.end(), at) - next_asks_.begin());
  next_asks_[taken_] = TimePoint::max();
  return ask_something(world);
}

void DicedActions::skipped(TimePoint now) {
  if (taken_ != nobody) next_asks_[taken_] = now + around(rates_.think_time);
}

void DicedActions::asked(std::uint32_t request) {
  client_of_.emplace(request, taken_);
}

void DicedActions::ended(TimePoint now, std::uint32_t request) {
  const auto found = client_of_.find(request);
  if (found == client_of_.end()) return;
  next_asks_[found->second] = now + around(rates_.think_time);
  client_of_.erase(found);
}

Action DicedActions::ask_something(const World& world) {
  Action action{.kind = ActionKind::ask, .value = random_.next()};
  if (random_.chance(250)) action.node = any_member(world);
  return action;
}

ActionKind DicedActions::any_kind() {
  std::uint64_t dice = random_.below(total_weight_);
  std::size_t kind = 0;
  while (dice >= rates_.weights[kind]) dice -= rates_.weights[kind++];
  return static_cast<ActionKind>(kind);
}

MemberNumber DicedActions::any_member(const World& world) {
  return random_.pick(world.member_list())->number();
}

std::uint64_t DicedActions::any_mask(const World& world) {
  if (random_.chance(500)) return std::uint64_t{1} << any_member(world) % 64U;
  return random_.next();
}

Action DicedActions::break_something(const World& world) {
  Action action{.kind = any_kind()};
  action.duration = around(rates_.action_interval * (random_.chance(200) ? 10 : 3));
  choose_target(world, action);
  return action;
}

// The leader half of the time.
void DicedActions::choose_target(const World& world, Action& action) {
  const SimulatedMember* leader = world.leader();
  action.node = leader != nullptr && random_.chance(500) ? leader->number() : any_member(world);
  switch (action.kind) {
    case ActionKind::ask:
    case ActionKind::pause:
    case ActionKind::stall_disk:
    case ActionKind::fill_disk:
    case ActionKind::lie:
    case ActionKind::wipe:
      return;
    case ActionKind::campaign:
    case ActionKind::forget_leader:
      action.duration = {};
      return;
    case ActionKind::crash:
      action.value = random_.below(8) | random_.below(4) << crash_bits::kept_shift;
      return;
    case ActionKind::isolate:
      action.node = 0;
      action.value =
          leader != nullptr && random_.chance(300) ? std::uint64_t{1} << leader->number() % 64U : any_mask(world);
      return;
    case ActionKind::bridge:
      action.value = any_mask(world);
      return;
    case ActionKind::cut:
      action.other = any_member(world);
      return;
    case ActionKind::skew: {
      constexpr std::int64_t most = 40'000;  // 4 %: any two within 10 %, as CoreOptions::clock_drift_percent has it
      action.value = static_cast<std::uint64_t>(static_cast<std::int64_t>(random_.below(2 * most)) - most);
      action.duration = {};
      return;
    }
    case ActionKind::replay:
      action.node = 0;
      action.value = random_.below(8 * 512);
      action.duration = {};
      return;
    case ActionKind::lose_peer:
      action.other = any_member(world);
      action.duration = {};
      return;
    case ActionKind::transfer:
      action.node = random_.chance(900) ? 0 : action.node;
      action.other = random_.chance(300) ? 0 : any_member(world);
      action.duration = {};
      return;
    case ActionKind::change:
      choose_change(world, action);
      action.duration = {};
      return;
  }
}

void DicedActions::choose_new_member(const World& world, Action& action) {
  // One that was there before and still has its data may come again.
  action.node = random_.chance(300) ? any_member(world) : world.member_list().back()->number() + 1;
}

void DicedActions::choose_change(const World& world, Action& action) {
  const Configuration& now = world.ledger.configuration().configuration;
  const std::vector<Member> members = now.members();
  const auto member = [&] { return world.number_of(random_.pick(members).id); };
  // Who lost everything is replaced first.
  for (const Member& one : members) {
    const MemberNumber number = world.number_of(one.id);
    if (number == 0 || is_sound(world, number) || !world.member(number)->is_wiped()) continue;
    action.node = number;
    action.value = static_cast<std::uint64_t>(MembershipChange::remove);
    if (random_.chance(500)) return;
    action.other = number;
    action.value = static_cast<std::uint64_t>(MembershipChange::replace);
    return choose_new_member(world, action);
  }
  auto kind = static_cast<MembershipChange>(random_.below(8));
  const bool crowded = members.size() >= rates_.most_members;
  if (crowded && (kind == MembershipChange::add_learner || kind == MembershipChange::add_voter)) {
    kind = MembershipChange::remove;
  }
  action.value = static_cast<std::uint64_t>(kind);
  action.node = member();
  if (kind == MembershipChange::replace || kind == MembershipChange::replace_stepwise) action.other = member();
  if (kind == MembershipChange::add_learner || kind == MembershipChange::replace ||
      kind == MembershipChange::replace_stepwise) {
    choose_new_member(world, action);
  } else if (kind == MembershipChange::add_voter && (now.learners.empty() || random_.chance(300))) {
    choose_new_member(world, action);
  } else if (kind == MembershipChange::add_voter) {
    action.node = world.number_of(random_.pick(now.learners).id);
  }
}

}  // namespace consensus::simulator
