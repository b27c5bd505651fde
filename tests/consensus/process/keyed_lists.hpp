// A state machine for tests with processes: lists of numbers by key.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "consensus/state_machine.hpp"

namespace consensus_test {

// A command is "key value"; reading gives "1,2,3". One that begins with a space changes nothing. Used on one thread.
class KeyedLists final : public consensus::StateMachine {
 public:
  consensus::Result<consensus::Index> applied() override { return applied_; }
  consensus::Result<std::vector<std::string>> apply(std::span<const consensus::Command> commands,
                                                    consensus::Index through) override;
  consensus::Result<std::unique_ptr<consensus::SnapshotSource>> take_snapshot() override;
  consensus::Result<std::unique_ptr<consensus::SnapshotSink>> restore_snapshot(consensus::Index index) override;

  [[nodiscard]] std::string list(const std::string& key) const;

 private:
  struct Source;
  struct Sink;

  std::map<std::string, std::string, std::less<>> lists_;
  consensus::Index applied_;
};

}  // namespace consensus_test
