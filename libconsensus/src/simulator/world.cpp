// The loop of events.
#include "simulator/world.hpp"

#include <charconv>
#include <utility>

#include "simulator/faults.hpp"
#include "simulator/healing.hpp"
#include "simulator/trace.hpp"

namespace consensus::simulator {
namespace {

thread_local const World* under_way = nullptr;

Configuration first_configuration(MemberNumber voters) {
  Configuration configuration;
  for (MemberNumber number = 1; number <= voters; ++number) configuration.voters.push_back({member_id(number), ""});
  std::sort(configuration.voters.begin(), configuration.voters.end());
  return configuration;
}

}  // namespace

const World* world_under_way() noexcept {
  return under_way;
}

World::World(const Setup& run_setup, Noise run_noise, std::unique_ptr<Subject> run_subject)
    : setup(run_setup), noise(std::move(run_noise)), subject(std::move(run_subject)) {
  const LogImage image(first_configuration(setup.voters));
  ledger.begin(image);
  for (MemberNumber number = 1; number <= setup.voters; ++number) make_member(number, image);
}

void World::run(ActionSource& source) {
  under_way = this;
  for (SimulatedMember* one : list_) one->start();
  const TimePoint end{setup.length};
  while (!has_failed() && advance(end, &source)) {
  }
  now = end;
  if (!has_failed()) heal_and_judge(*this);
  statistics.virtual_time = now.time_since_epoch();
  under_way = nullptr;
}

bool World::advance(TimePoint until, ActionSource* source) {
  const TimePoint event_at = queue.empty() ? TimePoint::max() : queue.top().at;
  if (source != nullptr && source->next_at() <= event_at && source->next_at() < until) {
    now = source->next_at();
    act(*source);
  } else if (event_at < until) {
    now = event_at;
    dispatch(queue.pop());
  } else {
    return false;
  }
  if (source != nullptr) {
    for (const std::uint32_t place : requests.take_ended()) source->ended(now, place);
  }
  return true;
}

void World::act(ActionSource& source) {
  Action action = source.take(*this);
  action.at = now;
  const FaultOutcome outcome = carry_out(*this, action);
  trace(now, action);
  if (!outcome.done) {
    source.skipped(now);
    return;
  }
  note(static_cast<std::uint64_t>(action.kind) << 56U ^ action.value ^ action.node << 8U ^ action.other);
  actions_.push_back(action);
  if (outcome.request) source.asked(*outcome.request);
}

void World::dispatch(const Event& event) {
  note(static_cast<std::uint64_t>(event.at.time_since_epoch().count()) << 8U ^ static_cast<std::uint64_t>(event.kind) ^
       static_cast<std::uint64_t>(event.node) << 48U);
  switch (event.kind) {
    case EventKind::deliver:
      return network.deliver(event);
    case EventKind::snapshot_arrived:
      return network.snapshot_arrived(event);
    case EventKind::snapshot_sent:
      return network.snapshot_sent(event);
    case EventKind::end_of_cut:
      return network.end_cut(event.slot);
    case EventKind::request_timeout:
      return requests.timed_out(event.slot);
    case EventKind::restart:
    case EventKind::end_of_full_disk:
    case EventKind::end_of_lie:
    case EventKind::wake:
    case EventKind::run:
    case EventKind::written:
    case EventKind::applied:
    case EventKind::log_read:
    case EventKind::snapshot_taken:
    case EventKind::peer_lost:
      return on_member_event(event);
  }
}

void World::on_member_event(const Event& event) {
  SimulatedMember* one = member(event.node);
  if (one == nullptr) return;
  if (event.kind == EventKind::restart) {
    if (!one->is_up() && !one->is_wiped()) one->start();
  } else if (event.kind == EventKind::end_of_full_disk) {
    end_full_disk(*one);
  } else if (event.kind == EventKind::end_of_lie) {
    one->disk().set_lying(false);
  } else if (one->is_up() && (event.life == one->life() || event.kind == EventKind::peer_lost)) {
    one->on_event(event);
  }
}

Report World::report() && {
  Report result;
  result.failure = std::move(failure_);
  result.statistics = statistics;
  result.hash = hash_;
  result.scenario = so_far();
  if (result.failure) {
    result.scenario.expect = result.failure->kind;
    result.scenario.comments.push_back(result.failure->text);
  }
  return result;
}

Scenario World::so_far() const {
  return {.comments = {}, .expect = {}, .setup = setup, .actions = actions_, .deviations = noise.happened()};
}

void World::fail(std::string kind, std::string text) {
  if (failure_) return;
  const auto microseconds = std::chrono::duration_cast<std::chrono::microseconds>(now.time_since_epoch()).count();
  failure_ = Failure{std::move(kind), std::move(text) + " (at " + std::to_string(microseconds) + " us)"};
}

SimulatedMember* World::member(MemberNumber number) const noexcept {
  return number == 0 || number > members_.size() ? nullptr : members_[number - 1].get();
}

MemberNumber World::number_of(const NodeId& id) const noexcept {
  const std::string& name = id.name();
  MemberNumber number = 0;
  if (name.empty() || name.front() != 'n') return 0;
  std::from_chars(name.data() + 1, name.data() + name.size(), number);
  return member(number) == nullptr ? 0 : number;
}

SimulatedMember& World::make_member(MemberNumber number, LogImage image) {
  if (members_.size() < number) members_.resize(number);
  members_[number - 1] = std::make_unique<SimulatedMember>(*this, number, std::move(image));
  list_.clear();
  for (const auto& one : members_) {
    if (one != nullptr) list_.push_back(one.get());
  }
  return *members_[number - 1];
}

SimulatedMember* World::leader() const noexcept {
  SimulatedMember* found = nullptr;
  for (SimulatedMember* one : list_) {
    if (one->leads() && (found == nullptr || found->core().term() < one->core().term())) found = one;
  }
  return found;
}

void World::note(std::uint64_t value) noexcept {
  hash_ = (hash_ ^ value) * 0x9e3779b97f4a7c15U;
  hash_ ^= hash_ >> 29U;
}

void World::note(const Message& message) noexcept {
  note(message.body.index() << 48U ^ message.term.value());
  if (const auto* append = std::get_if<AppendRequest>(&message.body)) {
    note(append->entries.empty() ? append->previous_index.value() : append->entries.back().chain);
    note(append->commit.value());
  } else if (const auto* reply = std::get_if<AppendReply>(&message.body)) {
    note(reply->match.value() << 1U ^ (reply->accepted ? 1U : 0U) ^ reply->hint_index.value() << 32U);
  }
}

}  // namespace consensus::simulator
