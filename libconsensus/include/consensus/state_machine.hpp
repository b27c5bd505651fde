// The port to what is replicated: the embedder's deterministic state machine.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "consensus/entry.hpp"
#include "consensus/error.hpp"

namespace consensus {

struct Command {
  Index index;
  std::string_view bytes;  // what was proposed; valid during the call
};

// A consistent view of the state at one index, read piece by piece while newer commands are applied. Used from one
// thread, not that of apply().
class SnapshotSource {
 public:
  virtual ~SnapshotSource() = default;
  // The next piece, of any size up to about a megabyte; empty at the end.
  [[nodiscard]] virtual Result<std::string> read() = 0;
};

// Takes the place of the state when it is complete; dropped before finish(), it leaves the state as it was. May be
// there for as long as a snapshot takes to arrive; the state machine is called for nothing else meanwhile.
class SnapshotSink {
 public:
  virtual ~SnapshotSink() = default;
  [[nodiscard]] virtual Result<void> write(std::string_view piece) = 0;
  // Replaces the state and its applied index, atomically.
  [[nodiscard]] virtual Result<void> finish() = 0;
};

// Called by the node from one thread at a time (reads by the embedder are the embedder's affair). Blocking is allowed;
// outside effects are not: the same commands are applied on every node, and again after a crash when they had not been
// kept. apply() and the applied index are atomic: a state machine that keeps its state on disk keeps the index with it.
class StateMachine {
 public:
  virtual ~StateMachine() = default;

  // Up to where the state goes; Index(0) for an empty one. Asked once, at the start.
  [[nodiscard]] virtual Result<Index> applied() = 0;
  // Applies commands in order; `through` is the new applied index (the log also has entries that are not commands, so
  // it may be past the last command, and there may be no command at all). Gives one answer for each command, handed to
  // whoever proposed it. An error stops the node: a deterministic state machine cannot go on without an entry.
  [[nodiscard]] virtual Result<std::vector<std::string>> apply(std::span<const Command> commands, Index through) = 0;
  // A view of the state as it is now. Must be cheap: applying waits for it.
  [[nodiscard]] virtual Result<std::unique_ptr<SnapshotSource>> take_snapshot() = 0;
  // Takes a snapshot whose state is that after `index`.
  [[nodiscard]] virtual Result<std::unique_ptr<SnapshotSink>> restore_snapshot(Index index) = 0;
};

}  // namespace consensus
