// A member's state machine: jobs in their order, snapshots taken and restored.
#include <algorithm>
#include <string>
#include <utility>

#include "simulator/member.hpp"
#include "simulator/world.hpp"

namespace consensus::simulator {
namespace {

// All of a source; or nothing, with the reason.
Result<std::string> read_all(SnapshotSource& source) {
  std::string bytes;
  while (true) {
    Result<std::string> piece = source.read();
    if (!piece) return piece;
    if (piece->empty()) return bytes;
    bytes += *piece;
  }
}

}  // namespace

void SimulatedMember::queue_jobs(Output& output) {
  const WriteId write = output.write ? output.write->id : WriteId();
  if (output.restore) {
    jobs_.push_back({.kind = Job::Kind::restore, .after = write, .meta = *output.restore, .range = {}});
  }
  if (output.apply) {
    const WriteId after = output.restore ? write : WriteId();
    jobs_.push_back({.kind = Job::Kind::apply, .after = after, .meta = {}, .range = std::move(*output.apply)});
  }
  if (output.take_snapshot) {
    const WriteId after = output.restore ? write : WriteId();
    jobs_.push_back({.kind = Job::Kind::take_snapshot, .after = after, .meta = {}, .range = {}});
  }
  start_job();
}

void SimulatedMember::start_job() {
  if (job_running_ || jobs_.empty() || jobs_.front().after > durable_write_) return;
  job_running_ = true;
  schedule(EventKind::applied, world_.setup.apply_latency + world_.noise.apply_delay(number_));
}

void SimulatedMember::end_job() {
  job_running_ = false;
  const Job job = std::move(jobs_.front());
  jobs_.pop_front();
  switch (job.kind) {
    case Job::Kind::restore:
      restore(job.meta);
      break;
    case Job::Kind::apply:
      apply(job.range);
      break;
    case Job::Kind::take_snapshot:
      take_snapshot();
      break;
  }
  if (world_.has_failed()) return;
  start_job();
  if (job.kind == Job::Kind::take_snapshot) return;
  world_.requests.advanced(*this);
  give(input::Applied{applied_.index});
}

void SimulatedMember::apply(const CommittedRange& range) {
  std::vector<Entry> read;
  if (range.entries.empty()) read = disk_.image().read(range.first, range.last, SIZE_MAX);
  const std::vector<Entry>& entries = range.entries.empty() ? read : range.entries;
  // The write of a snapshot has replaced the log meanwhile.
  const bool is_superseded = std::any_of(jobs_.begin(), jobs_.end(), [&](const Job& job) {
    return job.kind == Job::Kind::restore && job.meta.position.index >= range.last;
  });
  if (is_superseded && (entries.empty() || entries.front().index != applied_.index.next())) return;
  std::vector<Command> commands;
  std::vector<const Entry*> sources;
  for (const Entry& entry : entries) {
    world_.ledger.applies(*this, entry);
    if (world_.has_failed()) return;
    applied_ = entry.position();
    if (entry.kind == EntryKind::configuration) {
      if (auto decoded = decode_configuration(entry.payload.view())) {
        applied_configuration_ = {entry.index, std::move(*decoded)};
      }
    } else if (entry.kind == EntryKind::command) {
      commands.push_back({entry.index, Requests::bytes_of(entry.payload.view())});
      sources.push_back(&entry);
    }
  }
  if (applied_.index != range.last) {
    return world_.fail("apply",
                       "entries to be applied are not in the log: up to " + std::to_string(range.last.value()));
  }
  const auto answers = machine_->apply(commands, range.last);
  if (!answers || answers->size() != commands.size()) {
    return world_.fail("state-machine", answers ? "it gave another number of answers" : answers.error().message());
  }
  for (std::size_t place = 0; place < commands.size(); ++place) {
    world_.ledger.answered(*this, commands[place].index, (*answers)[place]);
    world_.requests.applied(*this, commands[place].index, sources[place]->payload.view(), (*answers)[place]);
  }
  if (auto complaint = world_.subject->check(*machine_)) world_.fail("state-machine", std::move(*complaint));
}

void SimulatedMember::restore(const SnapshotMeta& meta) {
  const PublishedSnapshot* snapshot = disk_.snapshot(meta);
  if (snapshot == nullptr) {
    world_.fail("restore", "a snapshot is to be restored that was never published here");
    return;
  }
  world_.ledger.restores(*this, meta);
  load(*snapshot);
}

void SimulatedMember::load(const PublishedSnapshot& snapshot) {
  const std::string_view bytes = *snapshot.bytes;
  auto sink = machine_->restore_snapshot(snapshot.meta.position.index);
  if (!sink) return world_.fail("state-machine", sink.error().message());
  const std::size_t half = bytes.size() / 2;
  for (const std::string_view piece : {bytes.substr(0, half), bytes.substr(half)}) {
    if (piece.empty()) continue;
    if (const auto written = (*sink)->write(piece); !written) {
      return world_.fail("state-machine", written.error().message());
    }
  }
  if (const auto finished = (*sink)->finish(); !finished) {
    return world_.fail("state-machine", finished.error().message());
  }
  applied_ = snapshot.meta.position;
  applied_configuration_ = {snapshot.meta.configuration_index, snapshot.meta.configuration};
}

std::string SimulatedMember::state_bytes() {
  const auto source = machine_->take_snapshot();
  Result<std::string> bytes = source ? read_all(**source) : Result<std::string>(source.error());
  if (!bytes) world_.fail("state-machine", bytes.error().message());
  return bytes ? std::move(*bytes) : std::string();
}

void SimulatedMember::take_snapshot() {
  PublishedSnapshot snapshot;
  snapshot.meta = {applied_, applied_configuration_.configuration, applied_configuration_.index};
  snapshot.bytes = std::make_shared<const std::string>(state_bytes());
  schedule(EventKind::snapshot_taken, world_.setup.snapshot_latency, world_.unpublished.put(std::move(snapshot)));
}

}  // namespace consensus::simulator
