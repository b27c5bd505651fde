// Stores and state machines that are watched.
#include "node_simulator/recording.hpp"

#include <utility>

#include "consensus/node.hpp"
#include "consensus/simulator/random.hpp"

namespace consensus::simulator {
namespace {

std::uint64_t hash_of(std::string_view bytes) {
  return mix(crc32c(bytes), bytes.size());
}

// A hash of pieces that does not depend on how they are cut.
class RunningHash {
 public:
  void add(std::string_view piece) {
    crc_ = crc32c(piece, crc_);
    size_ += piece.size();
  }
  [[nodiscard]] std::uint64_t value() const { return mix(crc_, size_); }

 private:
  std::uint32_t crc_ = 0;
  std::uint64_t size_ = 0;
};

Error died() {
  return make_error(Errc::state_machine_failed, "the process has died");
}

Result<std::vector<Entry>> read_all(LogStore& log, const StoredLog& stored) {
  std::vector<Entry> entries;
  while (stored.base.index.value() + entries.size() < stored.last.index.value()) {
    const Index next = entries.empty() ? stored.base.index.next() : entries.back().index.next();
    Result<std::vector<Entry>> piece = log.read(next, stored.last.index, std::size_t{1} << 20U);
    if (!piece) return piece.error();
    entries.insert(entries.end(), piece->begin(), piece->end());
  }
  return entries;
}

}  // namespace

RecordingLogStore::RecordingLogStore(std::unique_ptr<LogStore> inner, std::string name, NodeLedger& ledger,
                                     NodeLedger::Suspicion suspicion)
    : inner_(std::move(inner)), name_(std::move(name)), ledger_(ledger), suspicion_(suspicion) {}

Result<StoredLog> RecordingLogStore::open() {
  Result<StoredLog> stored = inner_->open();
  if (!stored) return stored;
  id_ = make_node_id(name_, inner_->incarnation());
  was_damaged_ = stored->damaged;
  const Result<std::vector<Entry>> entries = read_all(*inner_, *stored);
  if (!entries) return entries.error();
  if (ledger_.opened(id_, *stored, *entries, suspicion_) == NodeLedger::Verdict::rolled_back) {
    return make_error(Errc::corrupt, name_ + ": its disk has gone back to an earlier time");
  }
  return stored;
}

Result<void> RecordingLogStore::write(const Write& write) {
  ledger_.writes(id_, write);
  Result<void> written = inner_->write(write);
  ledger_.wrote(id_, written);
  return written;
}

Result<Index> RecordingMachine::applied() {
  Result<Index> applied = inner_.applied();
  if (applied) applied_ = *applied;
  return applied;
}

Result<std::vector<std::string>> RecordingMachine::apply(std::span<const Command> commands, Index through) {
  if (is_dead_) return died();
  std::vector<std::pair<Index, std::uint64_t>> seen;
  seen.reserve(commands.size());
  for (const Command& command : commands) seen.emplace_back(command.index, hash_of(command.bytes));
  ledger_.applies(log_.id(), applied_, seen);
  Result<std::vector<std::string>> answers = inner_.apply(commands, through);
  if (!answers) return answers;
  applied_ = through;
  for (std::size_t i = 0; i < answers->size() && i < commands.size(); ++i) {
    ledger_.answers(log_.id(), commands[i].index, hash_of((*answers)[i]));
  }
  return answers;
}

class RecordingMachine::Source final : public SnapshotSource {
 public:
  Source(std::unique_ptr<SnapshotSource> inner, NodeLedger& ledger, NodeId id, Index index)
      : inner_(std::move(inner)), ledger_(ledger), id_(std::move(id)), index_(index) {}

  [[nodiscard]] Result<std::string> read() override {
    Result<std::string> piece = inner_->read();
    if (!piece) return piece;
    if (piece->empty()) ledger_.has_state(id_, index_, hash_.value());
    hash_.add(*piece);
    return piece;
  }

 private:
  std::unique_ptr<SnapshotSource> inner_;
  NodeLedger& ledger_;
  NodeId id_;
  Index index_;
  RunningHash hash_;
};

class RecordingMachine::Sink final : public SnapshotSink {
 public:
  Sink(std::unique_ptr<SnapshotSink> inner, RecordingMachine& machine, Index index)
      : inner_(std::move(inner)), machine_(machine), index_(index) {}

  [[nodiscard]] Result<void> write(std::string_view piece) override {
    hash_.add(piece);
    return inner_->write(piece);
  }

  [[nodiscard]] Result<void> finish() override {
    if (machine_.is_dead_) return died();
    Result<void> finished = inner_->finish();
    if (!finished) return finished;
    machine_.ledger_.has_state(machine_.log_.id(), index_, hash_.value());
    machine_.applied_ = index_;
    return finished;
  }

 private:
  std::unique_ptr<SnapshotSink> inner_;
  RecordingMachine& machine_;
  Index index_;
  RunningHash hash_;
};

Result<std::unique_ptr<SnapshotSource>> RecordingMachine::take_snapshot() {
  if (is_dead_) return died();
  Result<std::unique_ptr<SnapshotSource>> source = inner_.take_snapshot();
  if (!source) return source;
  return std::unique_ptr<SnapshotSource>(std::make_unique<Source>(std::move(*source), ledger_, log_.id(), applied_));
}

Result<std::unique_ptr<SnapshotSink>> RecordingMachine::restore_snapshot(Index index) {
  if (is_dead_) return died();
  Result<std::unique_ptr<SnapshotSink>> sink = inner_.restore_snapshot(index);
  if (!sink) return sink;
  return std::unique_ptr<SnapshotSink>(std::make_unique<Sink>(std::move(*sink), *this, index));
}

}  // namespace consensus::simulator
