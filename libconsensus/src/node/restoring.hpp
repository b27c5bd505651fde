// Puts a stored snapshot into the state machine.
#pragma once

#include <memory>
#include <string_view>
#include <utility>

#include "consensus/node.hpp"
#include "node/applier.hpp"
#include "node/envelope.hpp"

namespace consensus {

// Takes a snapshot's own bytes piece by piece. Blocking. Dropped before finish(), it leaves the state as it was.
class Restoring {
 public:
  [[nodiscard]] static Result<Restoring> begin(StateMachine& state_machine, SnapshotMeta meta);
  [[nodiscard]] Result<void> take(std::string_view piece);
  // After the last piece, once the whole was verified: replaces the state.
  [[nodiscard]] Result<void> finish(Applier& applier);

 private:
  Restoring(SnapshotMeta meta, std::unique_ptr<SnapshotSink> sink) : meta_(std::move(meta)), sink_(std::move(sink)) {}

  SnapshotMeta meta_;
  std::unique_ptr<SnapshotSink> sink_;
  SnapshotHeaderReader header_;
};

// Blocking. Reads the published snapshot that `meta` describes, verifies it and replaces the state by it.
[[nodiscard]] Result<void> restore_from_store(NodePorts& ports, const SnapshotMeta& meta, Applier& applier);

}  // namespace consensus
