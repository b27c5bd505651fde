// A state machine for tests: a list of texts, and what a test wants to break.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "consensus/state_machine.hpp"

namespace consensus_test {

// Every command is appended; its answer is its place in the list, from 1. Thread-safe for a test that looks at it.
class ListMachine final : public consensus::StateMachine {
 public:
  consensus::Result<consensus::Index> applied() override;
  consensus::Result<std::vector<std::string>> apply(std::span<const consensus::Command> commands,
                                                    consensus::Index through) override;
  consensus::Result<std::unique_ptr<consensus::SnapshotSource>> take_snapshot() override;
  consensus::Result<std::unique_ptr<consensus::SnapshotSink>> restore_snapshot(consensus::Index index) override;

  [[nodiscard]] std::vector<std::string> items() const;
  // From now on apply() is refused.
  void refuse();

 private:
  class Source;
  class Sink;

  mutable std::mutex mutex_;
  std::vector<std::string> items_;
  consensus::Index applied_;
  bool refuses_ = false;
};

}  // namespace consensus_test
