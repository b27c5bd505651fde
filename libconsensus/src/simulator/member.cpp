// Carries out what a core orders, with all the delays of a real machine.
#include "simulator/member.hpp"

#include <algorithm>
#include <utility>

#include "simulator/trace.hpp"
#include "simulator/world.hpp"

namespace consensus::simulator {

SimulatedMember::SimulatedMember(World& world, MemberNumber number, LogImage image)
    : world_(world), number_(number), id_(member_id(number)), disk_(std::move(image)) {}

void SimulatedMember::start() {
  ++life_;
  const PublishedSnapshot* snapshot = disk_.newest_snapshot();
  const bool kept = world_.setup.durable_state_machine != 0 && machine_ != nullptr;
  if (!kept || (snapshot != nullptr && applied_.index < disk_.image().base().index)) {
    machine_ = world_.subject->make_state_machine();
    applied_ = {};
    applied_configuration_ = {};
    if (snapshot != nullptr) load(*snapshot);
  }
  BootState boot;
  boot.log = disk_.image().boot(mix(world_.setup.seed, number_, life_) % 40);
  if (snapshot != nullptr) boot.snapshot = snapshot->meta;
  boot.applied = applied_.index;
  CoreOptions options = world_.setup.core;
  options.id = id_;
  const std::uint64_t seed = mix(world_.setup.seed, number_, life_, 1);
  ledger_mark_ = {};
  core_.emplace(options, std::move(boot), seed, clock_.local(world_.now));
  world_.ledger.started(*this);
  if (is_traced()) trace(world_.now, number_, disk_.image().damaged() ? "starts, damaged" : "starts");
  give(input::Tick{});
}

void SimulatedMember::crash(std::uint64_t value) {
  const std::uint64_t kept = std::min(value >> crash_bits::kept_shift, disk_.unsynced());
  const bool damaged = disk_.would_be_damaged(kept);
  const LogImage before = damaged ? disk_.image() : LogImage();
  disk_.crash(kept, (value & crash_bits::keep_write) != 0);
  if (damaged) {
    ++world_.statistics.damaged;
    note_lost(before);
  }
  disk_.stalled_until = {};
  core_.reset();
  inbox_.clear();
  unread_change_ = write_refused_ = false;
  run_scheduled_ = false;
  busy_until_ = paused_until_ = {};
  deadline_ = wake_event_at_ = TimePoint::max();
  after_write_.clear();
  jobs_.clear();
  job_running_ = false;
  durable_write_ = {};
  if (world_.setup.durable_state_machine == 0) machine_.reset();
  if ((value & crash_bits::lose_sent) != 0) world_.network.lose_sent(number_);
  world_.requests.crashed(*this);
  ++world_.statistics.crashes;
}

void SimulatedMember::wipe() {
  if (is_up()) crash(0);
  const LogImage before = disk_.image();
  disk_ = Disk();
  note_lost(before);
  machine_.reset();
  wiped_ = true;
}

void SimulatedMember::note_lost(const LogImage& before) {
  for (Index index = before.base().index; index <= before.last().index; index = index.next()) {
    const LogPosition position = *before.position(index);
    const bool is_kept = disk_.image().position(index) == position;
    (is_kept ? kept_ : lost_).push_back(position);
  }
}

bool SimulatedMember::had_before_damage(const LogPosition& position) const noexcept {
  return std::find(lost_.begin(), lost_.end(), position) != lost_.end() ||
         std::find(kept_.begin(), kept_.end(), position) != kept_.end();
}

void SimulatedMember::give(Input input) {
  if (std::holds_alternative<input::ChangeConfiguration>(input)) unread_change_ = true;
  inbox_.push_back(std::move(input));
  if (run_scheduled_) return;
  const TimePoint when = std::max(busy_until_, paused_until_);
  if (when <= world_.now) {
    step();
  } else {
    run_scheduled_ = true;
    schedule(EventKind::run, when - world_.now);
  }
}

void SimulatedMember::reset_clock(std::int64_t millionths) {
  clock_.set_skew(world_.now, millionths);
  if (is_up()) schedule_wake(deadline_);
}

void SimulatedMember::on_event(const Event& event) {
  if (paused_until_ > world_.now) {
    Event later = event;
    later.at = paused_until_;
    if (event.kind == EventKind::wake) wake_event_at_ = later.at;
    world_.queue.push(later);
    return;
  }
  switch (event.kind) {
    case EventKind::wake:
      if (event.at != wake_event_at_) return;
      wake_event_at_ = TimePoint::max();
      if (clock_.local(world_.now) >= deadline_) return give(input::Tick{});
      return schedule_wake(deadline_);
    case EventKind::run:
      run_scheduled_ = false;
      return step();
    case EventKind::written:
      return end_write();
    case EventKind::applied:
      return end_job();
    case EventKind::peer_lost:
      return give(input::PeerLost{member_id(event.slot)});
    case EventKind::log_read: {
      const LogReadOrder order = world_.reads.take(event.slot);
      return give(input::LogRead{order.peer, disk_.image().read(order.first, order.last, order.max_bytes)});
    }
    case EventKind::snapshot_taken: {
      PublishedSnapshot snapshot = world_.unpublished.take(event.slot);
      const SnapshotMeta meta = snapshot.meta;
      world_.ledger.took_snapshot(*this, meta);
      disk_.publish(std::move(snapshot));
      ++world_.statistics.snapshots_taken;
      return give(input::SnapshotTaken{meta});
    }
    case EventKind::deliver:
    case EventKind::snapshot_arrived:
    case EventKind::snapshot_sent:
    case EventKind::restart:
    case EventKind::end_of_cut:
    case EventKind::end_of_full_disk:
    case EventKind::end_of_lie:
    case EventKind::request_timeout:
      return;
  }
}

void SimulatedMember::step() {
  busy_until_ = world_.now + world_.setup.step_duration;
  inputs_.clear();
  inputs_.swap(inbox_);
  unread_change_ = false;
  Output output = core_->step(clock_.local(world_.now), inputs_);
  ++world_.statistics.steps;
  world_.ledger.stepped(*this, output);
  if (output.changed && is_traced()) trace_role(world_.now, *this);
  if (!world_.has_failed()) perform(std::move(output));
}

void SimulatedMember::perform(Output output) {
  for (Message& message : output.send) {
    world_.ledger.sends(*this, message);
    world_.network.post(number_, std::move(message));
  }
  queue_jobs(output);
  if (output.write) {
    begin_write(std::move(*output.write), std::move(output.send_after_write));
  } else if (!output.send_after_write.empty()) {
    world_.fail("output", "messages wait for a write that is not there");
  }
  for (const Completion& completion : output.completions) world_.requests.complete(*this, completion);
  for (LogReadOrder& order : output.log_reads) {
    schedule(EventKind::log_read, world_.setup.write_latency, world_.reads.put(std::move(order)));
  }
  for (const SnapshotOrder& order : output.snapshots) {
    world_.ledger.sends_snapshot(*this, order);
    world_.network.send_snapshot(number_, order);
  }
  deadline_ = output.next_deadline;
  schedule_wake(deadline_);
}

void SimulatedMember::begin_write(Write write, std::vector<Message> after) {
  if (disk_.is_writing()) {
    world_.fail("output", "a second write began before the first had ended");
    return;
  }
  world_.ledger.writes(*this, write);
  if (is_traced()) trace(world_.now, number_, write);
  write_refused_ = false;
  disk_.begin(std::move(write));
  after_write_ = std::move(after);
  ++world_.statistics.writes;
  const TimePoint end = world_.now + world_.setup.write_latency + world_.noise.write_delay(number_);
  schedule(EventKind::written, std::max(end, disk_.stalled_until) - world_.now);
}

void SimulatedMember::end_write() {
  if (disk_.stalled_until > world_.now) return schedule(EventKind::written, disk_.stalled_until - world_.now);
  const WriteId id = disk_.under_way().id;
  if (disk_.full()) {
    disk_.give_up();
    write_refused_ = true;
    after_write_.clear();
    // What waited for it was not carried out; the core orders it again with the next write.
    std::erase_if(jobs_, [&](const Job& job) { return job.after == id; });
    return give(input::Written{id, input::WriteOutcome::no_space});
  }
  if (disk_.under_way().recovered) {
    lost_.clear();
    kept_.clear();
  }
  disk_.finish();
  if (is_traced()) trace(world_.now, number_, "has written " + std::to_string(id.value()));
  durable_write_ = id;
  for (Message& message : std::exchange(after_write_, {})) {
    world_.ledger.sends(*this, message);
    world_.network.post(number_, std::move(message));
  }
  start_job();
  give(input::Written{id, input::WriteOutcome::durable});
}

void SimulatedMember::schedule(EventKind kind, Duration after, std::uint32_t slot) {
  world_.queue.push({.at = world_.now + after, .kind = kind, .node = number_, .life = life_, .slot = slot});
}

// An event that is already there and comes sooner looks again when it comes.
void SimulatedMember::schedule_wake(TimePoint local_deadline) {
  if (local_deadline == TimePoint::max()) return;
  const TimePoint when = std::max(clock_.true_time(local_deadline), world_.now + Duration(1000));
  if (when >= wake_event_at_) return;
  wake_event_at_ = when;
  schedule(EventKind::wake, when - world_.now);
}

}  // namespace consensus::simulator
