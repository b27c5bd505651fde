// What lies between a simulated node and its stores and state machine, and tells the ledger of everything.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "consensus/log_store.hpp"
#include "consensus/state_machine.hpp"
#include "node_simulator/node_ledger.hpp"

namespace consensus::simulator {

class RecordingLogStore final : public LogStore {
 public:
  // `name` is that of the member; its id is known once the log is open.
  RecordingLogStore(std::unique_ptr<LogStore> inner, std::string name, NodeLedger& ledger,
                    NodeLedger::Suspicion suspicion);

  // Errors: also Errc::corrupt, when a disk that lied has gone back to an earlier time: such a member must not take
  // part again, and only an operator can know.
  [[nodiscard]] Result<StoredLog> open() override;
  [[nodiscard]] Incarnation incarnation() const override { return inner_->incarnation(); }
  [[nodiscard]] Result<void> write(const Write& write) override;
  [[nodiscard]] Result<std::vector<Entry>> read(Index first, Index last, std::size_t max_bytes) override {
    return inner_->read(first, last, max_bytes);
  }
  [[nodiscard]] Result<std::uint64_t> free_bytes() const override { return inner_->free_bytes(); }
  [[nodiscard]] Result<void> maintain() override { return inner_->maintain(); }

  [[nodiscard]] const NodeId& id() const noexcept { return id_; }
  [[nodiscard]] bool was_damaged() const noexcept { return was_damaged_; }

 private:
  std::unique_ptr<LogStore> inner_;
  std::string name_;
  NodeLedger& ledger_;
  NodeLedger::Suspicion suspicion_;
  NodeId id_;
  bool was_damaged_ = false;
};

class RecordingMachine final : public StateMachine {
 public:
  // `log` knows the member's id.
  RecordingMachine(StateMachine& inner, const RecordingLogStore& log, NodeLedger& ledger)
      : inner_(inner), log_(log), ledger_(ledger) {}

  [[nodiscard]] StateMachine& inner() noexcept { return inner_; }
  // The process has died: what is left of it changes the state no more.
  void kill() noexcept { is_dead_ = true; }

  [[nodiscard]] Result<Index> applied() override;
  [[nodiscard]] Result<std::vector<std::string>> apply(std::span<const Command> commands, Index through) override;
  [[nodiscard]] Result<std::unique_ptr<SnapshotSource>> take_snapshot() override;
  [[nodiscard]] Result<std::unique_ptr<SnapshotSink>> restore_snapshot(Index index) override;

 private:
  class Source;
  class Sink;

  StateMachine& inner_;
  const RecordingLogStore& log_;
  NodeLedger& ledger_;
  Index applied_;
  bool is_dead_ = false;
};

}  // namespace consensus::simulator
